"""A complete synthetic poll with real cryptography, for demonstrations, tests and measuring."""
