"""COSE_Sign1 (RFC 9052) with ES256, in exactly one spelling: what is not byte for byte that spelling is refused.

One spelling means: tag 18, array of 4, protected header {1: -7, 4: key id of 8 bytes}, empty unprotected header, shortest
lengths, payload in deterministic CBOR, and the lower of the two ECDSA signatures that fit. Nothing is compressed: a
payload of 100 bytes does not shrink, and deflate has many spellings of one text.
"""

from dataclasses import dataclass
from typing import Any

import cbor2

KEY_ID_BYTES = 8
SIGNATURE_BYTES = 64
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_START = b"\xd2\x84"
_HEADER_START = b"\xa2\x01\x26\x04\x48"  # {1: -7, 4: bytes of 8}
_CONTEXT = b"\x84\x6aSignature1"


class Refusal(ValueError):
    """Why a message is not accepted: `reason` is a word of the closed list, the text says more."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Sealed:
    """A message taken apart, not yet verified."""

    key_id: bytes
    payload: bytes
    signature: bytes
    signed: bytes


def byte_string(data: bytes) -> bytes:
    """These bytes as a CBOR byte string with the shortest length."""
    size = len(data)
    if size < 24:
        return bytes((0x40 + size,)) + data
    for marker, width in ((0x58, 1), (0x59, 2), (0x5A, 4)):
        if size < 1 << (8 * width):
            return bytes((marker,)) + size.to_bytes(width, "big") + data
    raise ValueError("more than 4 GiB in one message")


def header(key_id: bytes) -> bytes:
    """The protected header for this key id."""
    return _HEADER_START + key_id


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The bytes a signature covers: Sig_structure without external data."""
    return _CONTEXT + byte_string(protected) + b"\x40" + byte_string(payload)


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """The whole message."""
    return _START + byte_string(protected) + b"\xa0" + byte_string(payload) + byte_string(signature)


def take_apart(message: bytes) -> Sealed:
    """Split a message; raises Refusal where it is not spelt as `assemble` spells it."""
    if message[:2] != _START:
        raise Refusal("malformed", "not a tagged COSE_Sign1 message")
    protected, at = _read_bytes(message, 2)
    if at >= len(message):
        raise Refusal("malformed", "the message is cut")
    if message[at] != 0xA0:
        raise Refusal("not_canonical", "something stands in the unprotected header")
    payload, at = _read_bytes(message, at + 1)
    signature, at = _read_bytes(message, at)
    if at != len(message):
        raise Refusal("not_canonical", "bytes follow the message")
    if protected[: len(_HEADER_START)] != _HEADER_START or len(protected) != len(_HEADER_START) + KEY_ID_BYTES:
        raise _header_refusal(protected)
    if len(signature) != SIGNATURE_BYTES:
        raise Refusal("malformed", f"a signature of {len(signature)} bytes")
    return Sealed(protected[-KEY_ID_BYTES:], payload, signature, to_be_signed(protected, payload))


def _header_refusal(protected: bytes) -> Refusal:
    # Told from three bytes: nothing that is not yet verified is given to a CBOR reader.
    if protected[1:3] != _HEADER_START[1:3]:
        return Refusal("unknown_algorithm", "the header does not begin with the algorithm ES256 (-7)")
    return Refusal("malformed", "the header must hold the algorithm and a key id of 8 bytes, nothing else")


def decode_map(data: bytes, what: str) -> dict[Any, Any]:
    """A CBOR map in deterministic spelling; raises Refusal otherwise."""
    try:
        found = cbor2.loads(data)
        again = cbor2.dumps(found, canonical=True)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise Refusal("malformed", f"the {what} is not CBOR") from None
    if not isinstance(found, dict):
        raise Refusal("malformed", f"the {what} is not a map")
    if again != data:
        raise Refusal("not_canonical", f"the {what} is not in deterministic CBOR")
    return found


def _read_bytes(message: bytes, at: int) -> tuple[bytes, int]:
    if at >= len(message):
        raise Refusal("malformed", "the message is cut")
    marker = message[at]
    at += 1
    if 0x40 <= marker < 0x58:
        size = marker - 0x40
    elif marker in (0x58, 0x59, 0x5A):
        width = 1 << (marker - 0x58)
        if at + width > len(message):
            raise Refusal("malformed", "the message is cut")
        size = int.from_bytes(message[at : at + width], "big")
        at += width
        if size < (24 if width == 1 else 1 << (4 * width)):
            raise Refusal("not_canonical", "a length is longer than it need be")
    else:
        raise Refusal("malformed", "a byte string was expected")
    if at + size > len(message):
        raise Refusal("malformed", "the message is cut")
    return message[at : at + size], at + size
