"""The arithmetic of a contest: entries, expert rounds, sheets, blending, ranks and prizes.

Everything here is pure and exact: scores are ``fractions.Fraction``, money is whole won, and the
same inputs give the same bytes everywhere. Rounding happens only in figures shown to people.
"""
