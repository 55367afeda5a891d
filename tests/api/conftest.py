"""Both demonstrations for every test below."""

from tests.demonstrations import allowance, contest, copy_of

__all__ = ["allowance", "contest", "copy_of"]
