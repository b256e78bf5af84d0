"""Facts of the roster and the journal, recorded one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from bihuan.ledgers.staff.models import Member, Phone, Post, Posting, SavedView, Shift, Token, Unit
from bihuan.ledgers.territory.models import Area
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, ask


def add_acts(rows: Sequence[Mapping[str, Any]], *, back: Scope) -> int:
    """Write journal rows, wherever they ended; answers how many were new. Then the scope is `back`.

    The unique key, not a look-up, decides a race.
    """
    _, fresh = ask(
        Scope(EVERYWHERE),
        """INSERT INTO staff_act
             (id, verb, actor_id, device, at, recorded_at, path, subject, args, word, result, because_id)
           SELECT id, verb, actor, device, at, recorded_at, path, subject, args, word, result, because
           FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, verb text, actor uuid, device text, at timestamptz,
                recorded_at timestamptz, path text, subject text, args jsonb, word text, result jsonb, because uuid)
           ON CONFLICT (id) DO NOTHING""",
        [msgspec.json.encode(rows, enc_hook=str).decode()],
        back=back,
    )
    return fresh


def add_posting(post: Post, member: Member, *, is_deputy: bool, at: datetime) -> Posting:
    """A member takes a post."""
    return Posting.objects.create(
        post=post, member=member, path=post.path, is_deputy=is_deputy, held_from=at, confirmed_at=at
    )


def close_postings(post: UUID, *, is_deputy: bool, at: datetime) -> int:
    """Whoever holds the seat leaves it."""
    return Posting.objects.filter(post=post, is_deputy=is_deputy, held_until__isnull=True).update(held_until=at)


def set_confirmed(posting: UUID, at: datetime) -> None:
    """The holder says: still me, still this phone."""
    Posting.objects.filter(id=posting).update(confirmed_at=at)


def set_absence(posting: UUID, absent_from: datetime | None, absent_until: datetime | None) -> None:
    """The holder is away; tasks and alarms go to the deputy."""
    Posting.objects.filter(id=posting).update(absent_from=absent_from, absent_until=absent_until)


def set_shift(post: Post, shift_from: datetime, shift_until: datetime, member: UUID | None) -> Shift:
    """Put somebody, or nobody, on a span of duty; a new name has not acknowledged yet."""
    shift, _ = Shift.objects.update_or_create(
        post=post,
        shift_from=shift_from,
        defaults={
            "shift_until": shift_until,
            "member_id": member,
            "path": post.path,
            "acknowledged_at": None,
        },
    )
    return shift


def set_acknowledged(shift: UUID, at: datetime) -> None:
    """The member on duty has taken over."""
    Shift.objects.filter(id=shift).update(acknowledged_at=at)


def add_token(member: UUID, device: str, digest: bytes, at: datetime, expires_at: datetime) -> Token:
    """A device may speak for a member until it expires."""
    return Token.objects.create(member_id=member, device=device, digest=digest, created_at=at, expires_at=expires_at)


def void_token(token: UUID, at: datetime) -> None:
    """A lost device may speak no more."""
    Token.objects.filter(id=token, revoked_at__isnull=True).update(revoked_at=at)


def add_view(member: UUID, page: str, name: str, query: str) -> None:
    """Remember a filter under a name; the same name is overwritten."""
    SavedView.objects.update_or_create(member_id=member, page=page, name=name, defaults={"query": query})


def add_unit(*, id_: UUID, name: str, kind: str, area: Area, phone: str) -> Unit:
    """Register a unit; the same name at the same area is the same unit."""
    unit, _ = Unit.objects.get_or_create(
        area=area, name=name, defaults={"id": id_, "kind": kind, "path": area.path, "phone": phone}
    )
    return unit


def add_post(
    *, id_: UUID, unit: Unit, title: str, role: str, rank: int, round_the_clock: bool, place: UUID | None = None
) -> Post:
    """Register a post of a unit, and the place it stands at where it stands at one."""
    return Post.objects.create(
        id=id_, unit=unit, path=unit.path, title=title, role=role, rank=rank, round_the_clock=round_the_clock,
        place_id=place,
    )  # fmt: skip


def add_member(*, id_: UUID, username: str, name: str, phone: str, password: str) -> Member:
    """Open an account with a password that is already hashed."""
    return Member.objects.create(id=id_, username=username, name=name, phone=phone, password=password)


def void_member(member: UUID, at: datetime) -> None:
    """Close an account and its devices."""
    Member.objects.filter(id=member).update(is_active=False)
    Token.objects.filter(member=member, revoked_at__isnull=True).update(revoked_at=at)


def set_password(member: UUID, password_hash: str) -> None:
    """A member's new password, hashed."""
    Member.objects.filter(id=member).update(password=password_hash)


def keep_phone(id_: UUID, *, member: UUID, path: str, **told: Any) -> None:
    """What a phone says of itself; whoever holds it now is its holder, and it is silent no more."""
    Phone.objects.update_or_create(id=id_, defaults={"member_id": member, "path": path, "silent_at": None, **told})


def set_silent(phone: UUID, *, heard_at: datetime, at: datetime) -> bool:
    """Claim telling of a phone's silence; False when it was told, or the phone has been heard meanwhile."""
    return bool(Phone.objects.filter(id=phone, heard_at=heard_at, silent_at__isnull=True).update(silent_at=at))
