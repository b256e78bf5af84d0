"""What a pass says: who (a pseudonym), which status, computed when, good until when. No name, no number, no place."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from bihuan.engines.passes._cose import Refusal

MAX_VALID_HOURS = 72
"""A pass states a status of the moment: longer than this neither issued nor accepted, hours."""

CODE_ID_BYTES = 8
ISSUER, SUBJECT, EXPIRES, ISSUED, CODE_ID = 1, 2, 4, 6, 7  # RFC 8392
STATUS, GROUND = -65537, -65538  # private use
_WORD = re.compile(r"[a-z][a-z0-9_]{0,23}")
_SUBJECT = re.compile(r"[A-Za-z0-9._-]{4,48}")
_PERSONAL = re.compile(r"\d{17}[\dXx]|1[3-9]\d{9}|\d{15}")


@dataclass(frozen=True)
class Pass:
    """A signed statement about one pseudonym at one time; it ends by itself.

    subject: 4–48 of A–Z a–z 0–9 . _ -, never an identity or phone number. status: a code word (`green`, `yellow`,
    `red`, or a protocol's own). ground: code word of the reason, may be empty. Times aware, whole seconds.
    code_id: 8 bytes by which this one pass can be revoked.
    """

    issuer: str
    subject: str
    status: str
    issued_at: datetime
    expires_at: datetime
    code_id: bytes
    ground: str = ""


def check(one: Pass) -> None:
    """Refuse what must never be in a pass, or what no verifier would accept. Raises ValueError in words."""
    if not 1 <= len(one.issuer) <= 32:
        raise ValueError("an issuer has 1 to 32 characters, for example a division code")
    if not _SUBJECT.fullmatch(one.subject):
        raise ValueError("a subject is a pseudonym of 4 to 48 letters, digits, dots, dashes: no name")
    if _PERSONAL.fullmatch(one.subject):
        raise ValueError("the subject looks like an identity or phone number; give a pseudonym")
    if not _WORD.fullmatch(one.status) or (one.ground and not _WORD.fullmatch(one.ground)):
        raise ValueError("status and ground are code words: small letters, digits, underline, at most 24")
    if len(one.code_id) != CODE_ID_BYTES:
        raise ValueError(f"a code id has {CODE_ID_BYTES} bytes")
    for at in (one.issued_at, one.expires_at):
        if at.tzinfo is None or at.microsecond:
            raise ValueError("times are whole seconds with an offset")
    if not timedelta() < one.expires_at - one.issued_at <= timedelta(hours=MAX_VALID_HOURS):
        raise ValueError(f"a pass lives more than 0 and at most {MAX_VALID_HOURS} hours")


def to_payload(one: Pass) -> bytes:
    """The claims in deterministic CBOR."""
    claims: dict[int, Any] = {
        ISSUER: one.issuer,
        SUBJECT: one.subject,
        EXPIRES: int(one.expires_at.timestamp()),
        ISSUED: int(one.issued_at.timestamp()),
        CODE_ID: one.code_id,
        STATUS: one.status,
    }
    if one.ground:
        claims[GROUND] = one.ground
    return cbor2.dumps(claims, canonical=True)


def from_claims(claims: dict[Any, Any]) -> Pass:
    """The pass in these claims. Raises Refusal unless they are exactly a pass's claims."""
    needed = {ISSUER, SUBJECT, EXPIRES, ISSUED, CODE_ID, STATUS}
    if not needed <= claims.keys() <= needed | {GROUND}:
        raise Refusal("malformed", "these are not the claims of a pass")
    for key, kind in ((EXPIRES, int), (ISSUED, int), (CODE_ID, bytes), (ISSUER, str), (SUBJECT, str), (STATUS, str)):
        if type(claims[key]) is not kind:
            raise Refusal("malformed", f"claim {key} has the wrong type")
    ground = claims.get(GROUND, "")
    if type(ground) is not str or (GROUND in claims and not ground):
        raise Refusal("malformed", "the ground is not a word")
    found = Pass(
        issuer=claims[ISSUER],
        subject=claims[SUBJECT],
        status=claims[STATUS],
        issued_at=instant(claims[ISSUED]),
        expires_at=instant(claims[EXPIRES]),
        code_id=claims[CODE_ID],
        ground=ground,
    )
    if found.expires_at - found.issued_at > timedelta(hours=MAX_VALID_HOURS):
        raise Refusal("lifetime_too_long", f"a pass of more than {MAX_VALID_HOURS} hours")
    try:
        check(found)
    except ValueError as fault:
        raise Refusal("malformed", str(fault)) from None
    return found


def instant(seconds: int) -> datetime:
    """Seconds since 1970 as UTC time. Raises Refusal outside the years that can be."""
    if not 0 <= seconds < 2**32:
        raise Refusal("malformed", "a time that cannot be")
    return datetime.fromtimestamp(seconds, UTC)
