"""ES256 signatures in the form that tokens carry, and in the form that the library reads."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from verifier.credential.errors import SignatureError
from verifier.credential.keys import PublicKey, SigningKey

KEY = SigningKey.of_secret(7)


class Recorder:
    """Stands where the library's key is, and keeps the signature that reaches it."""

    def __init__(self) -> None:
        self.seen = b""

    def verify(self, signature: bytes, _message: bytes, _algorithm: object) -> None:
        self.seen = signature


NUMBERS = st.integers(0, 2**256 - 1) | st.integers(0, 300)


@given(NUMBERS, NUMBERS)
@example(0, 1)
@example(0x7F, 0x80)
@example(2**255 - 1, 2**255)
@example(2**256 - 1, 2**248)
def test_a_signature_of_any_size_of_numbers_is_written_as_the_library_would(r: int, s: int) -> None:
    recorder = Recorder()
    key = PublicKey(KEY.point, recorder)  # type: ignore[arg-type]  # only the signature is looked at
    key.check(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"")
    assert recorder.seen == encode_dss_signature(r, s)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_has_64_bytes(length: int) -> None:
    key = PublicKey.of(KEY.point)
    key.check(KEY.sign(b"message"), b"message")
    with pytest.raises(SignatureError):
        key.check(bytes(length), b"message")
