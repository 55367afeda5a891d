"""Staff over JSON: the door, accounts, acts of two people. Every route says who may use it."""
