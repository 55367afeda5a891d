"""Square roots modulo r, for an attacker who solves quadratic equations (Tonelli and Shanks)."""

from voting.crypto.transcript import ORDER

_TWOS = (ORDER - 1 & -(ORDER - 1)).bit_length() - 1
_ODD = (ORDER - 1) >> _TWOS
_ROOT_OF_UNITY = pow(7, _ODD, ORDER)


def square_root(value: int) -> int | None:
    """A number whose square is ``value`` mod r, or None where there is none."""
    value %= ORDER
    if pow(value, (ORDER - 1) // 2, ORDER) != 1:
        return None
    root, rest = pow(value, (_ODD + 1) // 2, ORDER), pow(value, _ODD, ORDER)
    step, order = _ROOT_OF_UNITY, _TWOS
    while rest != 1:
        exponent, square = 0, rest
        while square != 1:
            square, exponent = square * square % ORDER, exponent + 1
        factor = pow(step, 1 << (order - exponent - 1), ORDER)
        root, step = root * factor % ORDER, factor * factor % ORDER
        rest, order = rest * step % ORDER, exponent
    return root
