"""Questions to what was published and what was asked."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from bihuan.ledgers.command.public.models import Bulletin, Enquiry
from bihuan.ledgers.people.access import digest_of
from bihuan.ledgers.territory.scope import Scope


def bulletins(scope: Scope) -> QuerySet[Bulletin]:
    """Everything published about places inside the scope, the latest first; everybody may see it."""
    return Bulletin.objects.filter(scope.inside()).select_related("area", "corrects").order_by("-published_at", "-id")


def bulletin(scope: Scope, id_: UUID) -> Bulletin | None:
    """One of them."""
    return bulletins(scope).filter(id=id_).first()


def same_figures(scope: Scope, since: datetime) -> list[Bulletin]:
    """What was published since an instant: whatever they hide stays hidden."""
    return list(bulletins(scope).filter(as_of__gte=since))


def enquiries(scope: Scope) -> QuerySet[Enquiry]:
    """What the public asked and told inside the scope, the latest first."""
    found = Enquiry.objects.filter(scope.inside()).select_related("area", "task__clock", "task__responsible_unit")
    return found.order_by("-received_at", "-id")


def enquiry(scope: Scope, id_: UUID) -> Enquiry | None:
    """One of them."""
    return enquiries(scope).filter(id=id_).first()


def enquiry_of_code(scope: Scope, code: str) -> Enquiry | None:
    """The one a receipt's code belongs to."""
    return enquiries(scope).filter(receipt=digest_of(code)).first()


def enquiries_to_forget(at: datetime) -> QuerySet[Enquiry]:
    """Enquiries whose contact is kept past its time; the scope entered decides which are seen."""
    return Enquiry.objects.filter(keep_until__lte=at.date()).exclude(sealed=b"").order_by("keep_until", "id")


def shown(scope: Scope) -> QuerySet[Enquiry]:
    """Questions whose answer stands on the public page."""
    return enquiries(scope).filter(is_shown=True, answered_at__isnull=False)


def next_number(prefix: str) -> int:
    """One more than the numbers with this prefix."""
    return Bulletin.objects.filter(number__startswith=prefix).count() + 1


def next_enquiry_number(prefix: str) -> int:
    """One more than the enquiries with this prefix, counted in the whole county."""
    return Enquiry.objects.filter(number__startswith=prefix).count() + 1
