"""Keys: who signs, which key verifies, and from when to when it counts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from bihuan.engines.passes._cose import KEY_ID_BYTES, P256_ORDER

_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_PLAIN = ec.ECDSA(hashes.SHA256())


class KeyFault(ValueError):
    """A key or a key list that cannot be used; the message says why."""


@dataclass(frozen=True)
class VerifyingKey:
    """A public key: messages issued in [valid_from, valid_until) by `issuer` may be signed with it."""

    key_id: bytes
    issuer: str
    x: bytes
    y: bytes
    valid_from: datetime
    valid_until: datetime | None
    public: ec.EllipticCurvePublicKey

    def covers(self, issued_at: datetime) -> bool:
        """Whether the key was in use at that time."""
        return self.valid_from <= issued_at and (self.valid_until is None or issued_at < self.valid_until)

    def fits(self, signature: bytes, signed: bytes) -> bool:
        """Whether this is the one accepted signature of these bytes (the lower s; the twin n - s is refused)."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not 0 < r < P256_ORDER or not 0 < s <= P256_ORDER // 2:
            return False
        try:
            self.public.verify(encode_dss_signature(r, s), signed, _PLAIN)
        except InvalidSignature:
            return False
        return True

    def as_json(self) -> dict[str, Any]:
        """The key as one entry of a key list (JWK members, and the times it counts)."""
        return {
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "kid": self.key_id.hex(),
            "x": _b64(self.x),
            "y": _b64(self.y),
            "issuer": self.issuer,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


@dataclass(frozen=True)
class SigningKey:
    """A private key and its public half."""

    verifying: VerifyingKey
    private: ec.EllipticCurvePrivateKey

    def sign(self, signed: bytes) -> bytes:
        """r and s, 32 bytes each. The same bytes always get the same signature (RFC 6979), with the lower s."""
        r, s = decode_dss_signature(self.private.sign(signed, _DETERMINISTIC))
        return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")

    def pem(self) -> bytes:
        """The private half as PKCS #8 PEM, not encrypted: keep the file readable by its owner alone."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def new_key(*, issuer: str, valid_from: datetime, valid_until: datetime | None = None) -> SigningKey:
    """A fresh key from the operating system's entropy: the one thing here that must not be repeatable."""
    return _signing(ec.generate_private_key(ec.SECP256R1()), issuer, valid_from, valid_until)


def signing_key(pem: bytes, *, issuer: str, valid_from: datetime, valid_until: datetime | None = None) -> SigningKey:
    """The signing key in this PEM. Raises KeyFault unless it is an unencrypted P-256 private key."""
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise KeyFault("not an unencrypted private key in PEM") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyFault("not a P-256 key")
    return _signing(private, issuer, valid_from, valid_until)


def verifying_key(entry: Mapping[str, Any]) -> VerifyingKey:
    """The key of one entry of a key list. Raises KeyFault when a member is missing or does not fit."""
    try:
        x, y = _unb64(entry["x"]), _unb64(entry["y"])
        if entry["kty"] != "EC" or entry["crv"] != "P-256" or len(x) != 32 or len(y) != 32:
            raise KeyFault(f"key {entry.get('kid')} is not a P-256 key")
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
        start, end = datetime.fromisoformat(entry["valid_from"]), entry.get("valid_until")
        stop = datetime.fromisoformat(end) if end else None
        if start.tzinfo is None or (stop and stop.tzinfo is None):
            raise KeyFault(f"key {entry['kid']} has a time without offset")
        key = VerifyingKey(_key_id(x, y), str(entry["issuer"]), x, y, start, stop, numbers.public_key())
    except KeyFault:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise KeyFault(f"a key cannot be read ({fault})") from None
    if key.key_id.hex() != entry["kid"]:
        raise KeyFault(f"key id {entry['kid']} is not the one of its key ({key.key_id.hex()})")
    return key


class KeyRing:
    """The public keys a post trusts, by key id."""

    def __init__(self, keys: Iterable[VerifyingKey]) -> None:
        self.keys = {key.key_id: key for key in keys}

    @classmethod
    def read(cls, text: str) -> KeyRing:
        """The key list in this JSON ({"keys": […]}). Raises KeyFault."""
        try:
            entries = json.loads(text)["keys"]
        except (ValueError, KeyError, TypeError):
            raise KeyFault('not a key list: JSON like {"keys": […]} is needed') from None
        return cls(verifying_key(entry) for entry in entries)

    def write(self) -> str:
        """The key list as JSON, oldest key first."""
        ordered = sorted(self.keys.values(), key=lambda key: (key.valid_from, key.key_id))
        return json.dumps({"keys": [key.as_json() for key in ordered]}, indent=1, ensure_ascii=False) + "\n"

    def rotated(self, key: VerifyingKey) -> KeyRing:
        """The list with a new key; the issuer's older keys stop signing when it starts, and go on verifying."""
        older = [
            replace(k, valid_until=key.valid_from)
            if k.issuer == key.issuer and (k.valid_until is None or k.valid_until > key.valid_from)
            else k
            for k in self.keys.values()
        ]
        return KeyRing([*older, key])


def _signing(
    private: ec.EllipticCurvePrivateKey, issuer: str, valid_from: datetime, valid_until: datetime | None
) -> SigningKey:
    if valid_from.tzinfo is None or (valid_until and valid_until.tzinfo is None):
        raise KeyFault("a key's times need an offset")
    public = private.public_key()
    numbers = public.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return SigningKey(VerifyingKey(_key_id(x, y), issuer, x, y, valid_from, valid_until, public), private)


def _key_id(x: bytes, y: bytes) -> bytes:
    """First 8 bytes of SHA-256 of the uncompressed point."""
    return hashlib.sha256(b"\x04" + x + y).digest()[:KEY_ID_BYTES]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
