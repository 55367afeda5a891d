"""A poll around the cryptography: definition, registrars, board, tally and public record."""
