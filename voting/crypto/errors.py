"""Errors of the poll's cryptography; each code is the number of the check in ``voting/SPEC.md``.

CryptoError
├── GroupError                          elements of the groups and scalars
│   ├── PointEncodingError       G-01   not the one canonical encoding of a point on the curve
│   ├── IdentityPointError       G-02   the neutral element where a real point is needed
│   ├── SubgroupError            G-03   on the curve, but outside the subgroup of order r
│   ├── ScalarRangeError         G-04   wrong length, or not below r
│   └── OperandCountError        G-05   an empty or unequal list of operands, or too many
├── ParameterError                      what the definition fixes
│   ├── PollShapeError           P-01   options, min, max or seq bound out of range
│   └── KeyClashError            P-02   a key equal to another one, or to a fixed point
├── BallotError
│   ├── BallotLengthError        B-01   not the one length that the poll's shape prescribes
│   ├── BallotVersionError       B-02   unknown version byte
│   ├── ForeignPollError         B-03   the ballot names another poll
│   ├── SequenceRangeError       B-04   sequence number zero or above max_casts
│   ├── BallotSignatureError     B-05   sv G = R + cV does not hold
│   ├── BallotTokenError         B-06   e(sigma, G2) = e(h, PK) does not hold
│   ├── RandomnessEquationError  B-07   zG = xA + A' does not hold
│   ├── OptionEquationError      B-08   f_i G + z Y_i = x B_i + B'_i does not hold for some i
│   ├── BitEquationError         B-09   the quadratic equation does not hold
│   ├── ChoiceError              B-10   choices that the poll does not allow (device side)
│   ├── OrdinateError            B-11   an ordinate that is not that of the ballot's point
│   └── ForeignChoiceError       B-12   a sealed choice of another context or key (device side)
├── OpeningError
│   ├── OpeningFormError         O-01   an opening that is malformed or breaks the poll's rules
│   └── OpeningMismatchError     O-02   the opening leads to another tracking code
├── TokenError
│   ├── ShareIdError             T-01   not exactly t distinct registrars of 1..n
│   ├── TokenShareError          T-02   e(S_j, G2) = e(M, PK_j) does not hold
│   └── TokenCombinationError    T-03   the combined token does not verify under PK
├── CeremonyError                       carries ``culprit``, the 1-based index of who broke the rule
│   ├── CeremonyRuleError        K-01   n, t, f, m or chain id out of range, or 2t <= n + f
│   ├── PartyListError           K-02   identity keys or messages not exactly one per index
│   ├── CeremonySignatureError   K-03   a message is not signed by its sender
│   ├── TransportKeyError        K-04   an X25519 key that is unusable or used twice
│   ├── CommitmentCountError     K-05   not exactly m*t points of the role's group
│   ├── CommitmentOpeningError   K-06   an opening that does not match the first-round hash
│   ├── KnowledgeProofError      K-07   no proof of knowledge of a constant term
│   ├── ShareDecryptionError     K-08   a share that does not decrypt to scalars below r
│   ├── ShareEquationError       K-09   a share that contradicts the dealer's commitments
│   ├── TranscriptMismatchError  K-10   a signature under another transcript
│   ├── EquivocationError        K-11   two different signed messages of one party for one round
│   ├── FalseComplaintError      K-12   the accused did nothing wrong, or it is another key's secret
│   ├── EndorsementError         K-13   a party's signature under (poll id, transcript) fails
│   ├── ViewMismatchError        K-14   an answer to other messages than the published ones
│   └── OwnAnnouncementError     K-15   round one holds another announcement than the party's own
└── DecryptionError
    ├── AggregateFormError       D-01   an aggregate with impossible numbers or lengths
    ├── TrusteeIdError           D-02   not exactly t distinct trustees of 1..n
    ├── ForeignAggregateError    D-03   a partial decryption for another aggregate
    ├── DecryptionProofError     D-04   the proof of a partial decryption does not hold
    ├── CountRangeError          D-05   no count between 0 and N fits a result point
    ├── CountSumError            D-06   counts whose sum is not between min N and max N
    └── TooFewBallotsError       D-07   fewer ballots than min_ballots: nothing is decrypted
"""

from typing import ClassVar

from voting.errors import VotingError


class CryptoError(VotingError):
    """Any failure of the poll's cryptography."""

    code: ClassVar[str] = "crypto"


class GroupError(CryptoError):
    """An element of a group, or a scalar, that cannot be used."""

    code = "crypto.group"


class PointEncodingError(GroupError):
    """Bytes that are not the one canonical encoding of a point on the curve."""

    code = "G-01"


class IdentityPointError(GroupError):
    """The neutral element where a real point is needed."""

    code = "G-02"


class SubgroupError(GroupError):
    """A point on the curve that lies outside the subgroup of order r."""

    code = "G-03"


class ScalarRangeError(GroupError):
    """A scalar of the wrong length, or not below r."""

    code = "G-04"


class OperandCountError(GroupError):
    """Lists of operands that are empty, too long, or of unequal length."""

    code = "G-05"


class ParameterError(CryptoError):
    """Parameters under which no poll may be held."""

    code = "crypto.parameters"


class PollShapeError(ParameterError):
    """Options, limits or the bound of sequence numbers out of range."""

    code = "P-01"


class KeyClashError(ParameterError):
    """A key that equals another one, or one of the fixed points."""

    code = "P-02"


class BallotError(CryptoError):
    """A ballot that is refused."""

    code = "crypto.ballot"


class BallotLengthError(BallotError):
    """A ballot of another length than the poll's shape prescribes."""

    code = "B-01"


class BallotVersionError(BallotError):
    """A ballot of an unknown version."""

    code = "B-02"


class ForeignPollError(BallotError):
    """A ballot that names another poll."""

    code = "B-03"


class SequenceRangeError(BallotError):
    """A sequence number of zero, or above the poll's bound."""

    code = "B-04"


class BallotSignatureError(BallotError):
    """A ballot whose signature does not hold under its key."""

    code = "B-05"


class BallotTokenError(BallotError):
    """A ballot whose token the registrars did not sign for its key."""

    code = "B-06"


class RandomnessEquationError(BallotError):
    """A ballot whose first ciphertext component fails its equation."""

    code = "B-07"


class OptionEquationError(BallotError):
    """A ballot with an option or slack component that fails its equation."""

    code = "B-08"


class BitEquationError(BallotError):
    """A ballot whose votes are not shown to be bits."""

    code = "B-09"


class ChoiceError(BallotError):
    """Choices that the poll does not allow; nothing is encrypted."""

    code = "B-10"


class OrdinateError(BallotError):
    """An ordinate beside a ballot that is not that of the point in its bytes."""

    code = "B-11"


class ForeignChoiceError(BallotError):
    """A sealed choice that was made for another context or another key; nothing is signed."""

    code = "B-12"


class OpeningError(CryptoError):
    """A checked ciphertext that does not open."""

    code = "crypto.opening"


class OpeningFormError(OpeningError):
    """An opening that is malformed or breaks the poll's rules."""

    code = "O-01"


class OpeningMismatchError(OpeningError):
    """An opening that leads to another tracking code."""

    code = "O-02"


class TokenError(CryptoError):
    """A token or share of a token that is refused."""

    code = "crypto.token"


class ShareIdError(TokenError):
    """Shares that are not exactly t of distinct registrars."""

    code = "T-01"


class TokenShareError(TokenError):
    """A share that its registrar's key did not make; ``registrar`` is its 1-based index."""

    code = "T-02"

    def __init__(self, registrar: int) -> None:
        super().__init__(f"the share of registrar {registrar} does not verify under its key")
        self.registrar = registrar


class TokenCombinationError(TokenError):
    """A token that does not verify under the registrars' common key."""

    code = "T-03"


class CeremonyError(CryptoError):
    """A ceremony that ends; ``culprit`` is the 1-based index of who broke it, 0 for the setting."""

    code = "crypto.ceremony"

    def __init__(self, culprit: int, message: str) -> None:
        super().__init__(f"party {culprit}: {message}" if culprit else message)
        self.culprit = culprit


class CeremonyRuleError(CeremonyError):
    """Numbers of parties under which no ceremony may be held."""

    code = "K-01"


class PartyListError(CeremonyError):
    """Identity keys or messages that are not exactly one per index, in order."""

    code = "K-02"


class CeremonySignatureError(CeremonyError):
    """A message that its sender did not sign."""

    code = "K-03"


class TransportKeyError(CeremonyError):
    """An X25519 key that nobody can encrypt to, or that another party has already."""

    code = "K-04"


class CommitmentCountError(CeremonyError):
    """Another number of commitments than m*t, or elements of another group."""

    code = "K-05"


class CommitmentOpeningError(CeremonyError):
    """Commitments that do not lead to the hash of the first round."""

    code = "K-06"


class KnowledgeProofError(CeremonyError):
    """A constant term whose discrete logarithm its sender does not show to know."""

    code = "K-07"


class ShareDecryptionError(CeremonyError):
    """A share that does not decrypt to the right number of scalars below r."""

    code = "K-08"


class ShareEquationError(CeremonyError):
    """A share that contradicts its dealer's commitments."""

    code = "K-09"


class TranscriptMismatchError(CeremonyError):
    """A confirmation of another transcript than the published one."""

    code = "K-10"


class EquivocationError(CeremonyError):
    """Two different messages of one party for one round, both signed."""

    code = "K-11"


class FalseComplaintError(CeremonyError):
    """A complaint that its own evidence refutes."""

    code = "K-12"


class EndorsementError(CeremonyError):
    """A party's signature under the poll and the ceremony's transcript that fails."""

    code = "K-13"


class ViewMismatchError(CeremonyError):
    """A message that answers to other messages than the published ones; ``judge_view`` decides."""

    code = "K-14"


class OwnAnnouncementError(CeremonyError):
    """A first round in which this party's place holds something else than it announced."""

    code = "K-15"


class DecryptionError(CryptoError):
    """A decryption that is refused."""

    code = "crypto.decryption"


class AggregateFormError(DecryptionError):
    """An aggregate with impossible numbers or lengths."""

    code = "D-01"


class TrusteeIdError(DecryptionError):
    """Partial decryptions that are not exactly t of distinct trustees."""

    code = "D-02"


class ForeignAggregateError(DecryptionError):
    """A partial decryption that was made for another aggregate."""

    code = "D-03"


class DecryptionProofError(DecryptionError):
    """A partial decryption without a valid proof; ``trustee`` is its 1-based index."""

    code = "D-04"

    def __init__(self, trustee: int) -> None:
        super().__init__(f"the decryption proof of trustee {trustee} does not hold")
        self.trustee = trustee


class CountRangeError(DecryptionError):
    """A result point that is no count between 0 and the number of ballots."""

    code = "D-05"


class CountSumError(DecryptionError):
    """Counts that so many ballots cannot give."""

    code = "D-06"


class TooFewBallotsError(DecryptionError):
    """Fewer ballots than may be decrypted."""

    code = "D-07"
