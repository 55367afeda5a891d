"""The cryptography of the poll; ``voting/SPEC.md`` defines every byte and numbers every check."""
