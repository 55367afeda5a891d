"""How long a request waits for what every request may need."""

from typing import Final

DATABASE_SECONDS: Final = 4.0
"""For a turn, a connection or an answer of the database."""
CHAIN_SECONDS: Final = 5.0
"""For the chain's owner."""
