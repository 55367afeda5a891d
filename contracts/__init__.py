"""What is anchored, and where: evidence (no I/O), contracts, and the code that knows a chain."""
