"""Orders ↔ the engine of passes: the colour orders in force give, the signed pass that says so, what is revoked.

A colour is read, never kept. A pass ends when the colour would next change by itself, and at the latest after its
lifetime; what changes earlier (an order served, ended, withdrawn) revokes what was issued before, by the same orders.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bihuan.engines import passes
from bihuan.engines.passes import Verdict
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.passes import reads
from bihuan.ledgers.orders.passes.models import PassKey
from bihuan.ledgers.orders.reads import weight
from bihuan.ledgers.people import cipher
from bihuan.ledgers.territory.scope import Scope

GRAVEST_FIRST = ("red", "yellow")
GREEN = "green"
LONGEST = timedelta(hours=passes.MAX_VALID_HOURS)
SLICE_HOURS = 24
# A pseudonym lasts a civil day: two posts on two days cannot tell that the same person passed.
CIVIL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Colour:
    """What a post may rely on: the colour, the orders that give it (the gravest first), and when it next changes by itself."""

    code: str
    orders: tuple[Order, ...]
    until: datetime | None


def colours(scope: Scope, person_ids: Collection[UUID], at: datetime) -> dict[UUID, Colour]:
    """The colour of each of these persons at `at`, in one query. Who is bound by nothing is green."""
    known: dict[UUID, list[Order]] = defaultdict(list)
    for one in reads.served_and_not_over(scope, person_ids, at):
        if one.person_id:
            known[one.person_id].append(one)
    return {id_: _colour(known[id_], at) for id_ in person_ids}


def colour(scope: Scope, person_id: UUID, at: datetime) -> Colour:
    """The colour of one person at `at`, with its reasons."""
    return colours(scope, [person_id], at)[person_id]


def _colour(served: list[Order], at: datetime) -> Colour:
    binding = sorted((o for o in served if o.starts_at <= at), key=weight)
    changes = [o.ends_at for o in binding] + [o.starts_at for o in served if o.starts_at > at]
    code = next((c for c in GRAVEST_FIRST if any(o.code == c for o in binding)), GREEN)
    first = sorted(binding, key=lambda o: GRAVEST_FIRST.index(o.code) if o.code in GRAVEST_FIRST else 9)
    return Colour(code, tuple(first), min(changes, default=None))


def pass_ends(found: Colour, at: datetime, life: timedelta) -> datetime:
    """When a pass issued now ends: after its lifetime, or when the colour would change, whole seconds."""
    ends = min(at + min(life, LONGEST), found.until or at + LONGEST)
    return max(ends.replace(microsecond=0), at.replace(microsecond=0) + timedelta(seconds=1))


def subject_of(person_id: UUID, at: datetime) -> str:
    """The pseudonym of a person on the civil day of `at`: nothing can be learned from it without the house's key."""
    return f"{cipher.blind(f'pass:{person_id}:{at.astimezone(CIVIL):%Y%m%d}') & (2**64 - 1):016x}"


def code_id(act: UUID) -> bytes:
    """The id of the pass an act issues: it follows from the act, so that the act's pass can be named and made again."""
    return hashlib.blake2b(act.bytes, digest_size=passes.CODE_ID_BYTES).digest()


def new_key(issuer: str, path: str, at: datetime) -> dict[str, Any]:
    """A fresh signing key as the fields of a `PassKey`, its private half sealed."""
    made = passes.new_key(issuer=issuer, valid_from=at.replace(microsecond=0))
    return {
        "path": path, "issuer": issuer, "key_id": made.verifying.key_id.hex(), "public": made.verifying.as_json(),
        "sealed": cipher.seal_bytes(made.pem()), "valid_from": made.verifying.valid_from,
    }  # fmt: skip


def pass_text(path: str, person_id: UUID, issued: Mapping[str, str]) -> str:
    """The signed text of the pass that the act `issue_pass` told in its result. The same result gives the same text.

    path: the county's. Raises ValueError when the key it names is gone.
    """
    key = next((k for k in reads.pass_keys(path) if k.key_id == issued["key_id"]), None)
    if key is None:
        raise ValueError(f"no key {issued['key_id']} here")
    at = datetime.fromisoformat(issued["issued_at"])
    one = passes.Pass(
        issuer=key.issuer, subject=subject_of(person_id, at), status=issued["status"],
        issued_at=at.replace(microsecond=0), expires_at=datetime.fromisoformat(issued["expires_at"]),
        code_id=bytes.fromhex(issued["code_id"]), ground=issued["ground"],
    )  # fmt: skip
    return passes.issue(one, key=_signing(key))


def qr_svg(code: str) -> str:
    """A pass as a picture."""
    return passes.qr_svg(code)


def key_list(path: str) -> dict[str, Any]:
    """The public keys of a county, as verifiers read them; old ones stay until the last pass they signed has ended."""
    return {"keys": [_public(k) for k in reads.pass_keys(path)]}


def check(code: str, path: str, at: datetime) -> Verdict:
    """Whether a pass counts, by what the county itself knows at `at`."""
    ring = passes.KeyRing([passes.verifying_key(_public(k)) for k in reads.pass_keys(path)])
    held = passes.Revocations([passes.read_slice(m, keys=ring) for m in slices(path, at)])
    return passes.verify(code.strip(), keys=ring, at=at, revocations=held)


def slices(path: str, at: datetime) -> tuple[bytes, ...]:
    """The signed revocation slices of a county at `at`; none before it has a key."""
    key = reads.signing_key(path, at)
    if key is None:
        return ()
    since = at - LONGEST
    subjects = []
    for person_id, changed in reads.passes_made_wrong(Scope(path), since, at):
        # A pass issued before the change bears the pseudonym of the day it was issued.
        for days in range(LONGEST.days + 1):
            day = changed - timedelta(days=days)
            subjects.append(passes.RevokedSubject(subject_of(person_id, day), changed))
    codes = reads.revoked_codes(Scope(path), at)
    return passes.make_slices(
        [bytes.fromhex(c) for c in codes], subjects=subjects, key=_signing(key), sequence=max(1, int(at.timestamp())),
        issued_at=at.replace(microsecond=0), valid_hours=SLICE_HOURS, cuts=_cuts(len(subjects) + len(codes)),
    )  # fmt: skip


def _cuts(entries: int) -> int:
    """Into how many slices: a phone should not fetch more than about two thousand entries at once."""
    cuts = 1
    while cuts < 256 and entries > 2000 * cuts:
        cuts *= 2
    return cuts


def _signing(key: PassKey) -> passes.SigningKey:
    return passes.signing_key(
        cipher.unseal_bytes(key.sealed), issuer=key.issuer, valid_from=key.valid_from, valid_until=key.valid_until
    )


def _public(key: PassKey) -> dict[str, Any]:
    """The key list's entry with the times it counts as they are now."""
    until = key.valid_until.isoformat() if key.valid_until else None
    return {**key.public, "valid_until": until}
