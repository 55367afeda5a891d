"""Verification against its floor and its peer, issuing, and the complete check.

``python -m bench.credential``: medians of five interleaved runs, CPU time of one thread. The floor
is two ES256 verifications by ``cryptography`` with keys and signatures already parsed: what any
verifier must do for a credential and its key binding. It is the hardest floor: a holder's key comes
with its credential and is used once, so that every verifier has to read it too. The second line
says what that alone costs. No act keeps anything of a presentation for the next one; the issuer's
key is ready in all of them. The peer is the package ``sd-jwt``.
"""

import json
import statistics
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from tests.simulators.issuer import answer, material
from tests.simulators.world import CLAIMS, PATHS, World
from verifier.credential.jws import Jws
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey, public_jwk
from verifier.credential.sdjwt import parse_sd_jwt, verify_sd_jwt
from verifier.credential.standing import Policy
from verifier.credential.verification import verify

RUNS = 5
ROUNDS = 15
BATCH = 40
ES256 = ec.ECDSA(hashes.SHA256())


def floor_of(jws: Jws, point: bytes) -> Callable[[], None]:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + point)
    r, s = (int.from_bytes(jws.signature[at : at + 32], "big") for at in (0, 32))
    signature = encode_dss_signature(r, s)
    return lambda: key.verify(signature, jws.signed, ES256)


def cpu_seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(BATCH):
        act()
    return (time.process_time() - start) / BATCH


def compare(acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median CPU seconds of each act; the acts take turns, so that all meet the same machine."""
    runs: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        taken: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(ROUNDS):
            for name, act in acts.items():
                taken[name].append(cpu_seconds(act))
        for name, seconds in taken.items():
            runs[name].append(statistics.median(seconds))
    return {name: statistics.median(seconds) for name, seconds in runs.items()}


def main() -> None:
    world = World()
    credential = world.anchored()
    request, trust, now = world.request(), material(world.issuer), world.chain.now
    text = answer(credential, world.holder, request, PATHS, now)
    parsed = parse_sd_jwt(text)
    if parsed.key_binding is None:
        raise SystemExit("the example has no key binding")
    issuer = PublicKey.of(world.issuer.key.point)
    challenge = Challenge(request.nonce, request.audience)
    peer_key = JWK.from_json(json.dumps(public_jwk(world.issuer.key.point)))
    first = floor_of(parsed.jws, world.issuer.key.point)
    second = floor_of(parsed.key_binding, world.holder.point)
    policy = Policy()
    bound, point = parsed.key_binding, world.holder.point

    def with_key() -> None:
        first()
        bound.check(PublicKey.of(point))

    def peer() -> object:
        checked = SDJWTVerifier(text, lambda *_: peer_key, request.audience, request.nonce)
        return checked.get_verified_payload()

    taken = compare(
        {
            "floor": lambda: (first(), second()),
            "holder's key too": with_key,
            "sd-jwt verify": lambda: verify_sd_jwt(text, issuer, challenge=challenge, at=now),
            "package sd-jwt": peer,
            "complete check": lambda: verify({"work": [text]}, request, trust, now, policy),
            "issue": lambda: world.issuer.issue(CLAIMS, world.holder),
        }
    )
    for name, seconds in taken.items():
        ratio = taken["floor"] / seconds
        print(f"{name:16} {1 / seconds:8.0f} per CPU second  {ratio:5.2f} of the floor")
    print(f"sd-jwt verify / package sd-jwt: {taken['package sd-jwt'] / taken['sd-jwt verify']:.2f}")


if __name__ == "__main__":
    main()
