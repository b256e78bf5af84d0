"""Base45 (RFC 9285): bytes in the 45 characters that a QR code packs two to 11 bits. Each byte string has one spelling."""

from itertools import product

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = [a + b for b, a in product(_ALPHABET, repeat=2)]


def encode(data: bytes) -> str:
    """The text of these bytes: three characters for two bytes, two for a last single one."""
    parts = []
    for at in range(0, len(data) - 1, 2):
        high, low = divmod((data[at] << 8) + data[at + 1], 2025)
        parts.append(_PAIRS[low] + _ALPHABET[high])
    if len(data) % 2:
        parts.append(_PAIRS[data[-1]])
    return "".join(parts)


def decode(text: str) -> bytes:
    """The bytes of this text. Raises ValueError for a strange character, a cut group or a group that is too large."""
    try:
        values = [_VALUES[letter] for letter in text]
    except KeyError:
        raise ValueError("not a Base45 character") from None
    if len(values) % 3 == 1:
        raise ValueError("the last group is cut")
    out = bytearray()
    whole = len(values) - len(values) % 3
    for at in range(0, whole, 3):
        number = values[at] + 45 * values[at + 1] + 2025 * values[at + 2]
        if number > 0xFFFF:
            raise ValueError("a group is too large")
        out += number.to_bytes(2, "big")
    if whole < len(values):
        number = values[whole] + 45 * values[whole + 1]
        if number > 0xFF:
            raise ValueError("the last group is too large")
        out.append(number)
    return bytes(out)
