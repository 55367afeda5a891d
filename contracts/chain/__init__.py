"""The only code that knows a chain: nothing else imports web3, eth_tester or eth."""

import sys
from typing import Final

RECURSION_LIMIT: Final = sys.getrecursionlimit()
"""As it was before py-evm came in: its import sets 100,000 for the whole process, with which any
deeply nested input (JSON from a stranger, for one) overflows the stack and kills the process. Our
contracts call no other contract, so that the machine needs no such depth."""
