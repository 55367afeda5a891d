"""Write all vector files anew: ``python -m tests.voting.crypto.generate_vectors``.

They come out the same every time; ``test_vectors.py`` fails where they do not.
"""

from collections.abc import Callable

from tests.voting.crypto.vector_files import Vectors, write
from tests.voting.crypto.vectors_of_ballots import ballot_vectors, opening_vectors, token_vectors
from tests.voting.crypto.vectors_of_ceremonies import ceremony_vectors, decryption_vectors
from tests.voting.crypto.vectors_of_groups import group_vectors, transcript_vectors

FILES: dict[str, Callable[[], Vectors]] = {
    "groups.json": group_vectors,
    "transcript.json": transcript_vectors,
    "ballots.json": ballot_vectors,
    "openings.json": opening_vectors,
    "tokens.json": token_vectors,
    "ceremonies.json": ceremony_vectors,
    "decryption.json": decryption_vectors,
}

if __name__ == "__main__":
    for name, make in FILES.items():
        write(name, make())
