"""Hold one contest from the data set to the anchored result, writing every step to the folder."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from api.demo.contest.polling import (
    ChainWitness,
    Turnout,
    audit_poll,
    hold_poll,
    poll_document,
)
from api.demo.contest.record import ContestRecord, Definition
from api.demo.contest.source import ContestSource, read_source, source_bytes
from api.demo.contest.synthesis import make_entries, make_panel, make_sheets
from api.demo.errors import MismatchError
from api.demo.making import Stage
from api.demo.notary import Notary
from contracts.evidence.encoding import Json, parse_json
from voting.contest.commitments import SheetOpening, commitments_root, seal_sheet
from voting.contest.entries import Entry, entries_hash, entries_to_json
from voting.contest.panel import Judge, panel_hash, panel_to_json
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.contest.rounds import advance
from voting.contest.rules import ContestRules
from voting.poll.definition import PollDefinition


@dataclass(slots=True)
class Contest:
    """One year's contest being held."""

    year: str
    stage: Stage
    turnout: Turnout
    source: ContestSource = field(init=False)
    entries: tuple[Entry, ...] = field(init=False)
    panel: tuple[Judge, ...] = field(init=False)
    notary: Notary = field(init=False)

    def __post_init__(self) -> None:
        data = source_bytes(self.year)
        self.source = read_source(data)
        self.entries = make_entries(self.source)
        self.panel = make_panel(self.source)
        self._write("source.json", parse_json(data))

    @property
    def rules(self) -> ContestRules:
        """The rules, as frozen."""
        return self.source.rules

    def hold(self) -> None:
        """Every step, in the order that the rules demand."""
        self.stage.clock.set(self.source.opens - timedelta(days=30))
        self.notary = Notary(
            f"contest-{self.year}", self.stage.run, self.stage.ledger, self.stage.folder
        )
        self.stage.tell(
            f"{self.year}: 사례 {len(self.entries)}건과 규칙 고정",
            f"{self.year}: freezing {len(self.entries)} cases and the rules",
        )
        definition = self._freeze()
        finalists = self._rounds()
        sealed = self._commit(definition, finalists)
        counts = self._poll(finalists, sealed)
        self._decide(finalists, sealed, counts)
        self.notary.write()

    def _freeze(self) -> Definition:
        source = self.source
        definition = Definition(
            year=source.year,
            rules=self.rules.rules_hash(),
            entries=entries_hash(self.entries),
            panel=panel_hash(self.panel),
            opens=source.opens,
            closes=source.closes,
            choices=source.choices,
        )
        self._write("rules.json", self.rules.to_json())
        self._write("entries.json", entries_to_json(self.entries))
        self._write("panel.json", panel_to_json(self.panel))
        self._write("definition.json", definition.to_json())
        self._seal("source.json", "rules.json", "entries.json", "panel.json", "definition.json")
        return definition

    def _rounds(self) -> tuple[Entry, ...]:
        taken = self.entries
        for number, this in enumerate(self.rules.rounds):
            self.stage.clock.set(self.source.opens - timedelta(days=20 - 5 * number))
            sheets = make_sheets(self.source, this.id, taken, self.panel)
            result = advance(self.rules.judging, this, taken, self.panel, sheets)
            self._write(f"rounds/{this.id}/sheets.json", [sheet.to_json() for sheet in sheets])
            self._write(f"rounds/{this.id}/advancement.json", result.to_json())
            self._seal(f"rounds/{this.id}/sheets.json", f"rounds/{this.id}/advancement.json")
            self.stage.tell(
                f"{this.id} 심사: {len(taken)} -> {len(result.advanced)}",
                f"{this.id} round: {len(taken)} -> {len(result.advanced)}",
            )
            taken = result.advanced
        return taken

    def _commit(self, definition: Definition, finalists: tuple[Entry, ...]) -> list[SheetOpening]:
        """Experts commit to their final sheets before anyone votes."""
        self.stage.clock.set(self.source.opens - timedelta(days=1))
        sheets = make_sheets(self.source, "final", finalists, self.panel)
        sealed = [
            seal_sheet(definition.draft_id(), expert, sheet, secrets.token_bytes)
            for expert, sheet in enumerate(sheets)
        ]
        commitments_root([commitment for commitment, _ in sealed])
        listed: list[Json] = [{"commitment": commitment.hex()} for commitment, _ in sealed]
        self._write("final/commitments.json", {"commitments": listed})
        self._seal("final/commitments.json")
        return [opening for _, opening in sealed]

    def _poll(self, finalists: tuple[Entry, ...], openings: list[SheetOpening]) -> PollCounts:
        """People vote, experts open their sheets after closing, then trustees decrypt the sum."""
        voters = self.turnout.of(self.source)

        def publish(definition: PollDefinition) -> None:
            self._write("poll.json", poll_document(self.source, definition, voters))
            self._seal("poll.json")

        def open_sheets() -> None:
            self._write("final/openings.json", [opening.to_json() for opening in openings])
            self._seal("final/openings.json")

        self.stage.tell(
            f"투표: 합성 유권자 {voters:,}명, 실제 암호로",
            f"poll: {voters:,} synthetic voters, real cryptography",
        )
        witness = ChainWitness(self.stage, publish, open_sheets)
        made = hold_poll(self.stage, self.source, finalists, witness, voters)
        keys = made.organisers
        self.stage.folder.write_json(
            f"keys/poll-{self.year}.json",
            {
                "test_only": True,
                "board": keys.board_key.private_bytes_raw().hex(),
                "registrars": [one.private_bytes_raw().hex() for one in keys.registrars.identities],
            },
        )
        self._seal("poll/manifest.json")
        return self._audited()

    def _audited(self) -> PollCounts:
        """The counts of the audited tally; nothing else is taken from the poll."""
        self.stage.tell("투표 기록 감사", "auditing the poll's record")
        record = ContestRecord(self.stage.folder, self.year)
        report = audit_poll(record, self.stage.ledger.snapshot())
        if not report.holds:
            raise MismatchError(f"the audit of the poll found: {report.findings[0].message}")
        return record.counts()

    def _decide(
        self, finalists: tuple[Entry, ...], openings: list[SheetOpening], counts: PollCounts
    ) -> None:
        """The blend is computed, the result is anchored."""
        sheets = [opening.sheet for opening in openings]
        result = decide(self.rules, finalists, self.panel, sheets, counts)
        self.stage.clock.set(self.source.announced)
        self._write("result.json", result.to_json())
        self._seal("result.json")

    def _write(self, name: str, value: Json) -> None:
        self.stage.folder.write_json(f"{self.year}/{name}", value)

    def _seal(self, *names: str) -> None:
        self.notary.seal(*(f"{self.year}/{name}" for name in names))
