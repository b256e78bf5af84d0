"""Passes and keys for the tests: one county, one key, one pseudonym, and every way to spoil a message."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cbor2

from bihuan.engines import passes
from bihuan.engines.passes import _base45, _cose

AT = datetime(2022, 7, 1, 8, tzinfo=UTC)
KEY = passes.new_key(issuer="991027", valid_from=AT - timedelta(days=1))
RING = passes.KeyRing([KEY.verifying])
GREEN = passes.Pass(
    issuer="991027",
    subject="q7.f3k2",
    status="green",
    ground="",
    issued_at=AT,
    expires_at=AT + timedelta(hours=12),
    code_id=b"\x01\x02\x03\x04\x05\x06\x07\x08",
)


def code(**changes: object) -> str:
    """A signed pass, with these claims changed."""
    return passes.issue(replace(GREEN, **changes), key=KEY)  # type: ignore[arg-type]


def message(text: str) -> bytes:
    """The bytes inside a code."""
    return _base45.decode(text.removeprefix(passes.PREFIX))


def text(data: bytes) -> str:
    """The code of these bytes."""
    return passes.PREFIX + _base45.encode(data)


def signed(payload: bytes, *, protected: bytes | None = None, key: passes.SigningKey = KEY) -> str:
    """A rightly signed message around any payload and header."""
    head = _cose.header(key.verifying.key_id) if protected is None else protected
    return text(_cose.assemble(head, payload, key.sign(_cose.to_be_signed(head, payload))))


def claims() -> dict[int, object]:
    """The claims of GREEN."""
    return dict(cbor2.loads(cbor2.loads(message(code())).value[2]))


def spoilt(seed: int, number: int) -> list[str]:
    """Seeded forgeries: flipped bits, changed letters, cuts, additions, spliced and re-encoded messages."""
    chance = random.Random(seed)
    sources = [code(), code(status="red", ground="close_contact"), code(code_id=b"ABCDEFGH", subject="abcd")]
    alphabet = _base45._ALPHABET
    made: list[str] = []
    while len(made) < number:
        whole = chance.choice(sources)
        data = bytearray(message(whole))
        kind = chance.randrange(7)
        if kind == 0:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            made.append(text(bytes(data)))
        elif kind == 1:
            at = chance.randrange(len(whole))
            made.append(whole[:at] + chance.choice(alphabet) + whole[at + 1 :])
        elif kind == 2:
            made.append(whole[: chance.randrange(len(whole))])
        elif kind == 3:
            at = chance.randrange(len(data))
            made.append(text(bytes(data[:at] + bytes([chance.randrange(256)]) + data[at:])))
        elif kind == 4:
            other = message(chance.choice(sources))
            at = chance.randrange(1, len(data))
            made.append(text(bytes(data[:at]) + other[at:]))
        elif kind == 5:
            made.append(text(bytes(data[: chance.randrange(len(data))])))
        else:
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(1, 9)] = chance.randbytes(chance.randrange(9))
            made.append(text(bytes(data)))
        if made[-1] in sources:
            made.pop()
    return made
