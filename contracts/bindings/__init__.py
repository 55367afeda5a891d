"""The contracts as typed Python, generated from their ABI: run ``python -m contracts compile``."""
