"""A party that has left the path of the commands: it signs what it likes with its own key."""

from dataclasses import dataclass, field, replace

from tests.voting.keeping.desk import PASSPHRASE, Desk
from tests.voting.keeping.held_poll import RNG
from voting.crypto.ceremony import Round, SignedMessage, sign_message
from voting.crypto.dkg import Party, begin, deal_shares, open_commitments
from voting.crypto.randomness import random_scalar
from voting.keeping.disk import message_name, open_key_file, read_posted
from voting.keeping.setting import Role, Setting
from voting.keeping.state import KeyState


def state_of(desk: Desk, role: str, party: int) -> KeyState:
    """What is in a key file."""
    with open_key_file(desk.key(role, party), Role(role), lambda: PASSPHRASE, RNG) as key:
        return key.state


@dataclass
class Cheater:
    """Trustee ``index`` of a ceremony that was prepared on a desk."""

    desk: Desk
    index: int = 3
    party: Party = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.desk.exchange("trustee")
        self.identity = state_of(self.desk, "trustee", self.index).signer
        setting = Setting.parse((self.folder / "ceremony.json").read_bytes())
        self.ceremony = setting.trustees()
        self.party, self.announcement = begin(self.ceremony, self.index, self.identity, RNG)

    def sign(self, kind: Round, body: bytes) -> SignedMessage:
        return sign_message(self.ceremony, kind, self.index, body, self.identity)

    def post(self, message: SignedMessage) -> None:
        (self.folder / message_name(message.kind, self.index)).write_bytes(message.encode())

    def round(self, kind: Round) -> tuple[SignedMessage, ...]:
        posted = read_posted(self.folder)
        return tuple(SignedMessage.decode(posted[kind, j]) for j in (1, 2, 3))

    def announce(self) -> None:
        self.post(self.announcement)

    def opening(self) -> SignedMessage:
        return open_commitments(self.ceremony, self.party, self.round(Round.ANNOUNCE), RNG)

    def dealing(self, *, wrong: bool = False) -> SignedMessage:
        """The dealing; with ``wrong`` of shares that do not fit the commitments."""
        rows = tuple(tuple(random_scalar(RNG) for _ in row) for row in self.party.polynomials)
        party = replace(self.party, polynomials=rows) if wrong else self.party
        return deal_shares(self.ceremony, party, self.round(Round.ANNOUNCE), self.round(Round.OPEN))
