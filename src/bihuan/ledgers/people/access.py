"""The code on paper: ten letters that nobody confuses, following from the row's id and the house's key, kept nowhere."""

from uuid import UUID

from bihuan.ledgers.people import cipher

# Crockford's: no I, L, O, U; what is read wrongly is read right.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 10
_READ = str.maketrans("OIL", "011")


def code_of(id_: UUID) -> str:
    """The code of an access code's row, as it is printed: 7K2QF-9M3PX. Fifty bits."""
    number = cipher.blind(f"access-code:{id_}") % 2 ** (5 * LETTERS)
    letters = "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(LETTERS)))
    return f"{letters[:5]}-{letters[5:]}"


def digest_of(code: str) -> int:
    """By which a code that is typed is found again, however it is spaced and whatever case it has."""
    read = "".join(c for c in code.upper().translate(_READ) if c in ALPHABET)
    return cipher.blind(f"access:{read}")
