"""The comparison word: what the screen that asks and the wallet both show of one request.

It is derived from the application's number and the request's nonce, so that a request that was
passed on shows its own application's number and word, not those of the person who is asked to
answer it. Everybody can derive it again; it is no secret and shows nothing by itself.

Not stopped by it: somebody who talks a person into comparing with a screen that he shows them, and
wallets that show nothing of a request but who asks.
"""

from typing import Final

from api.openid.secret_words import TAG
from contracts.evidence.encoding import tagged_hash
from verifier.eligibility.wording import Bilingual

_NUMBERS: Final = 90
_FIRST: Final = 10
_NOUNS: Final = (
    ("소나무", "pine"),
    ("바다", "sea"),
    ("기차", "train"),
    ("우산", "umbrella"),
    ("사과", "apple"),
    ("호랑이", "tiger"),
    ("달", "moon"),
    ("의자", "chair"),
    ("다리", "bridge"),
    ("연필", "pencil"),
    ("구름", "cloud"),
    ("고래", "whale"),
    ("시계", "clock"),
    ("장미", "rose"),
    ("감자", "potato"),
    ("나비", "butterfly"),
    ("종", "bell"),
    ("사자", "lion"),
    ("눈", "snow"),
    ("배추", "cabbage"),
    ("거울", "mirror"),
    ("코끼리", "elephant"),
    ("사다리", "ladder"),
    ("포도", "grape"),
    ("강", "river"),
    ("토끼", "rabbit"),
    ("열쇠", "key"),
    ("모자", "hat"),
    ("별", "star"),
    ("수박", "watermelon"),
    ("거북이", "turtle"),
    ("피아노", "piano"),
)


def comparison_word(application: str, nonce: str) -> Bilingual:
    """The word of a request, as ``소나무 42`` and ``pine 42``: one of 2,880.

    Args:
        application: number of the application that is asked for.
        nonce: of the request, as the wallet gets it.
    """
    digest = tagged_hash(TAG + "comparison", application.encode(), nonce.encode())
    chosen = int.from_bytes(digest[:8], "big")
    rest, noun = divmod(chosen, len(_NOUNS))
    number = _FIRST + rest % _NUMBERS
    ko, en = _NOUNS[noun]
    return Bilingual(f"{ko} {number}", f"{en} {number}")
