"""The allowance demonstration: played, summed up and told."""

from api.demo.allowance.playing import make_play
from api.demo.allowance.record import AllowanceRecord
from api.demo.allowance.source import read_source, source_bytes
from api.demo.allowance.summary import SUMMARY, summarise
from api.demo.allowance.telling import tell_allowance
from api.demo.folder import Folder
from api.demo.making import Stage
from api.demo.trail import Trail
from contracts.evidence.encoding import parse_json


def play_allowance(stage: Stage) -> Trail:
    """Play every round and tell of it."""
    data = source_bytes()
    stage.folder.write_json("source.json", parse_json(data))
    play = make_play(stage, read_source(data))
    play.play()
    stage.folder.write_json(SUMMARY, summarise(play.record))
    return tell_allowance(play.record)


def tell_again(folder: Folder, run: str) -> Trail:
    """The trail of a folder made before, for its check."""
    return tell_allowance(AllowanceRecord(folder, read_source(source_bytes()), run))
