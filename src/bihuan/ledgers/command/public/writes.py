"""Facts of the public side: published, received, answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.command.public.models import Bulletin, Enquiry


def add_bulletin(**fields: Any) -> Bulletin:
    """Publish."""
    return Bulletin.objects.create(**fields)


def add_enquiry(**fields: Any) -> Enquiry:
    """Record what somebody asked or told."""
    return Enquiry.objects.create(**fields)


def forget_contact(enquiry: UUID) -> bool:
    """Who asked is known no more; True for the first who empties it."""
    return bool(Enquiry.objects.filter(id=enquiry).exclude(sealed=b"").update(sealed=b""))


def set_answer(enquiry: UUID, *, answer: str, at: datetime, by: UUID, is_shown: bool) -> None:
    """It was answered."""
    Enquiry.objects.filter(id=enquiry).update(answer=answer, answered_at=at, answered_by=by, is_shown=is_shown)
