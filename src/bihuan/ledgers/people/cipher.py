"""Seals what identifies a person, and finds equal ones without opening them.

AES-256-GCM for the words, keyed BLAKE2b for the blind index; both keys derive from BIHUAN_SECRET by HKDF. A digest is
eight bytes: short enough for a plain btree of bigints, long enough that two persons of a county rarely share one
(a hit is always verified on the opened value).
"""

import hashlib
import json
import os
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@cache
def _key(purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=b"bihuan", info=purpose).derive(settings.SECRET_KEY.encode())


@cache
def _box() -> AESGCM:
    return AESGCM(_key(b"seal"))


def seal(words: str) -> bytes:
    """Encrypt; equal words give different bytes."""
    return seal_bytes(words.encode())


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt a whole file; equal files give different bytes."""
    nonce = os.urandom(12)
    return nonce + _box().encrypt(nonce, plain, None)


def unseal(sealed: bytes | memoryview) -> str:
    """The words back. Raises InvalidTag when key or bytes are wrong."""
    return unseal_bytes(sealed).decode()


def unseal_bytes(sealed: bytes | memoryview) -> bytes:
    """A whole file back. Raises InvalidTag when key or bytes are wrong."""
    whole = bytes(sealed)
    return _box().decrypt(whole[:12], whole[12:], None)


def seal_json(value: Any) -> bytes:
    """Encrypt a whole row of cells."""
    return seal(json.dumps(value, ensure_ascii=False, default=str))


def unseal_json(sealed: bytes | memoryview) -> Any:
    """A whole row of cells back; none where they have been forgotten."""
    return json.loads(unseal(sealed)) if sealed else {}


def blind(words: str) -> int:
    """A keyed digest as a signed 64-bit number: equal words, equal number; nothing else can be learned without the key."""
    return int.from_bytes(hashlib.blake2b(words.encode(), key=_key(b"blind"), digest_size=8).digest(), signed=True)
