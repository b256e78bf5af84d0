"""Revocation slices: small signed lists of codes that no longer count, cut so that a phone fetches only what it needs.

An entry is the first 8 bytes of a SHA-256: a list tells nothing about anybody, and a thousand codes are 8 kB.
Among a million live codes and as many entries a wrong hit has a chance of about 1 in 18 million (10⁶·10⁶/2⁶⁴).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cbor2

from bihuan.engines.passes import _claims, _cose
from bihuan.engines.passes._claims import Pass
from bihuan.engines.passes._keys import KeyRing, SigningKey

SEQUENCE, INDEX, CUTS, CODES, SUBJECTS = -65540, -65541, -65542, -65543, -65544
ENTRY_BYTES = 8
_SUBJECT_BYTES = ENTRY_BYTES + 4


@dataclass(frozen=True)
class RevokedSubject:
    """All passes of this pseudonym issued before `issued_before` no longer count; later ones do."""

    subject: str
    issued_before: datetime


@dataclass(frozen=True)
class RevocationSlice:
    """One verified slice: `codes` and `subjects` are its sorted entries, end to end."""

    issuer: str
    sequence: int
    index: int
    cuts: int
    issued_at: datetime
    expires_at: datetime
    codes: bytes
    subjects: bytes


def make_slices(
    codes: Iterable[bytes],
    *,
    subjects: Iterable[RevokedSubject] = (),
    key: SigningKey,
    sequence: int,
    issued_at: datetime,
    valid_hours: float = 24,
    cuts: int = 1,
) -> tuple[bytes, ...]:
    """The signed slices of everything revoked, one message for each of `cuts` cuts (a power of two up to 256).

    codes: code ids. sequence: rises with every issue; a verifier never goes back to a lower one.
    """
    if cuts not in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        raise ValueError(f"{cuts} cuts: take a power of two up to 256")
    if not 0 < valid_hours <= 24 * 7:
        raise ValueError("a slice is good for more than 0 hours and at most a week")
    if sequence < 1:
        raise ValueError("sequence starts at 1")
    by_cut: list[tuple[set[bytes], dict[bytes, int]]] = [(set(), {}) for _ in range(cuts)]
    for code in codes:
        entry = code_entry(code)
        by_cut[entry[0] * cuts // 256][0].add(entry)
    for revoked in subjects:
        entry = subject_entry(revoked.subject)
        held = by_cut[entry[0] * cuts // 256][1]
        held[entry] = max(held.get(entry, 0), int(revoked.issued_before.timestamp()))
    start = int(issued_at.timestamp())
    end = int((issued_at + timedelta(hours=valid_hours)).timestamp())
    messages = []
    for index, (entries, held) in enumerate(by_cut):
        claims = {
            _claims.ISSUER: key.verifying.issuer,
            _claims.EXPIRES: end,
            _claims.ISSUED: start,
            SEQUENCE: sequence,
            INDEX: index,
            CUTS: cuts,
            CODES: b"".join(sorted(entries)),
            SUBJECTS: b"".join(entry + held[entry].to_bytes(4, "big") for entry in sorted(held)),
        }
        payload = cbor2.dumps(claims, canonical=True)
        protected = _cose.header(key.verifying.key_id)
        messages.append(_cose.assemble(protected, payload, key.sign(_cose.to_be_signed(protected, payload))))
    return tuple(messages)


def read_slice(message: bytes, *, keys: KeyRing) -> RevocationSlice:
    """The slice in this message. Raises Refusal: a list that is not signed by a known key says nothing."""
    sealed = _cose.take_apart(message)
    key = keys.keys.get(sealed.key_id)
    if key is None:
        raise _cose.Refusal("unknown_key", f"no key {sealed.key_id.hex()} in the list")
    if not key.fits(sealed.signature, sealed.signed):
        raise _cose.Refusal("bad_signature", "the signature does not fit")
    claims = _cose.decode_map(sealed.payload, "payload")
    needed = {_claims.ISSUER, _claims.EXPIRES, _claims.ISSUED, SEQUENCE, INDEX, CUTS, CODES, SUBJECTS}
    if claims.keys() != needed:
        raise _cose.Refusal("malformed", "these are not the claims of a revocation slice")
    kinds = {_claims.ISSUER: str, CODES: bytes, SUBJECTS: bytes}
    if any(type(value) is not kinds.get(name, int) for name, value in claims.items()):
        raise _cose.Refusal("malformed", "a claim has the wrong type")
    found = RevocationSlice(
        issuer=claims[_claims.ISSUER],
        sequence=claims[SEQUENCE],
        index=claims[INDEX],
        cuts=claims[CUTS],
        issued_at=_claims.instant(claims[_claims.ISSUED]),
        expires_at=_claims.instant(claims[_claims.EXPIRES]),
        codes=claims[CODES],
        subjects=claims[SUBJECTS],
    )
    if found.issuer != key.issuer or not key.covers(found.issued_at):
        raise _cose.Refusal("key_out_of_period", "the key was not this issuer's key at that time")
    if len(found.codes) % ENTRY_BYTES or len(found.subjects) % _SUBJECT_BYTES:
        raise _cose.Refusal("malformed", "an entry is cut")
    if not 0 <= found.index < found.cuts <= 256:
        raise _cose.Refusal("malformed", "a cut that cannot be")
    return found


class Revocations:
    """What a verifier knows to be revoked: the newest slice of each cut, by issuer."""

    def __init__(self, slices: Sequence[RevocationSlice] = ()) -> None:
        self._held: dict[tuple[str, int], tuple[RevocationSlice, frozenset[bytes], dict[bytes, int]]] = {}
        self._cuts: dict[str, tuple[int, int]] = {}
        for one in slices:
            self.add(one)

    def add(self, one: RevocationSlice) -> bool:
        """Take in a slice; False, and nothing changed, when a newer sequence is already held."""
        newest, cuts = self._cuts.get(one.issuer, (0, one.cuts))
        held = self._held.get((one.issuer, one.index))
        if (held and held[0].sequence > one.sequence) or (one.cuts != cuts and one.sequence <= newest):
            return False
        if one.cuts != cuts:
            self._held = {at: kept for at, kept in self._held.items() if at[0] != one.issuer}
        self._cuts[one.issuer] = (max(newest, one.sequence), one.cuts)
        codes = frozenset(one.codes[i : i + ENTRY_BYTES] for i in range(0, len(one.codes), ENTRY_BYTES))
        rows = (one.subjects[i : i + _SUBJECT_BYTES] for i in range(0, len(one.subjects), _SUBJECT_BYTES))
        subjects = {row[:ENTRY_BYTES]: int.from_bytes(row[ENTRY_BYTES:], "big") for row in rows}
        self._held[one.issuer, one.index] = (one, codes, subjects)
        return True

    def revoked(self, one: Pass) -> bool:
        """Whether a held slice names this pass, or its subject with a later time. A stale slice still counts."""
        code, subject = code_entry(one.code_id), subject_entry(one.subject)
        by_code, by_subject = self._slice(one.issuer, code), self._slice(one.issuer, subject)
        if by_code and code in by_code[1]:
            return True
        return bool(by_subject and one.issued_at.timestamp() < by_subject[2].get(subject, 0))

    def state(self, one: Pass, *, at: datetime) -> str:
        """`checked`, `stale` (a slice's time is over) or `unknown` (no slice for this pass), at this time."""
        found = [self._slice(one.issuer, e) for e in (code_entry(one.code_id), subject_entry(one.subject))]
        if any(held is None for held in found):
            return "unknown"
        return "stale" if any(held and held[0].expires_at <= at for held in found) else "checked"

    def _slice(self, issuer: str, entry: bytes) -> tuple[RevocationSlice, frozenset[bytes], dict[bytes, int]] | None:
        cuts = self._cuts.get(issuer, (0, 1))[1]
        return self._held.get((issuer, entry[0] * cuts // 256))


def code_entry(code_id: bytes) -> bytes:
    """The entry of one pass."""
    return hashlib.sha256(b"code:" + code_id).digest()[:ENTRY_BYTES]


def subject_entry(subject: str) -> bytes:
    """The entry of one pseudonym."""
    return hashlib.sha256(b"subject:" + subject.encode()).digest()[:ENTRY_BYTES]
