"""The contest demonstration: both years held on one chain, and told."""

from api.demo.contest.holding import Contest
from api.demo.contest.polling import Turnout
from api.demo.contest.source import YEARS
from api.demo.contest.telling import contest_steps
from api.demo.folder import Folder
from api.demo.making import Stage
from api.demo.trail import Sentence, Sources, Trail

SCALED_DOWN = Turnout({})


def play_contest(stage: Stage, turnout: Turnout = SCALED_DOWN) -> Trail:
    """Hold the contests of all years and tell of them."""
    for year in YEARS:
        Contest(year, stage, turnout).hold()
    return tell_contest(stage.folder)


def tell_contest(folder: Folder) -> Trail:
    """The trail, from the folder's files alone."""
    sources = Sources(folder)
    title = Sentence(
        "민원서비스 우수사례 대회: 전문가와 시민이 반씩 (합성 자료가 섞인 시연)",
        "Civil-service awards: experts and citizens (a demonstration, partly synthetic)",
    )
    return Trail(title, tuple(step for year in YEARS for step in contest_steps(sources, year)))
