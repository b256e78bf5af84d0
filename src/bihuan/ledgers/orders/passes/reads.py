"""Questions to orders, keys and revocations that a colour and its pass need."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.passes.models import PassKey, RevokedPass
from bihuan.ledgers.orders.reads import in_force
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import Scope

# Acts that change what binds somebody; one told late made passes wrong until it was told.
COLOURING = ("serve_notice", "release_order", "withdraw_order", "decide_appeal", "reclass_orders")
DRIFT = timedelta(minutes=1)


def served_and_not_over(scope: Scope, person_ids: Collection[UUID], at: datetime) -> QuerySet[Order]:
    """Orders on these persons that were served by `at` and whose time is not over: those that bind, and those to come."""
    return Order.objects.filter(
        scope.inside(), state__in=[OrderState.IN_FORCE, OrderState.ENDED], served_at__lte=at, ends_at__gt=at,
        person__in=list(person_ids),
    ).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at)).select_related("issuer", "area")  # fmt: skip


def coloured(scope: Scope, at: datetime) -> dict[str, int]:
    """How many persons bear each colour other than green at `at`; who bears two counts under the graver."""
    found = Order.objects.filter(scope.inside(), in_force(at), person__isnull=False, code__in=["red", "yellow"])
    red = found.filter(code="red").values("person").distinct().count()
    both = found.values("person").distinct().count()
    return {"red": red, "yellow": both - red}


def pass_keys(path: str) -> list[PassKey]:
    """The county's keys, the oldest first. Public halves are everybody's; the private half opens with the house's secret."""
    return list(PassKey.objects.filter(path=path).order_by("valid_from"))


def paths_with_keys() -> list[str]:
    """The counties that sign passes here."""
    return list(PassKey.objects.order_by("path").values_list("path", flat=True).distinct())


def signing_key(path: str, at: datetime) -> PassKey | None:
    """The key the county signs with at `at`."""
    held = Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))
    return PassKey.objects.filter(held, path=path).order_by("-valid_from").first()


def pass_keys_older_than(before: datetime) -> QuerySet[PassKey]:
    """Keys in use that began before an instant; for the clock."""
    return PassKey.objects.filter(valid_until__isnull=True, valid_from__lte=before).order_by("valid_from")


def passes_made_wrong(scope: Scope, since: datetime, until: datetime) -> list[tuple[UUID, datetime]]:
    """(person, instant): passes of this person issued before the instant may say what is no longer so.

    An order served, ended before its end or extended changes a colour; so does somebody's own word that a paper is lost.
    """
    span = {"served_at": ("served_at__gt", "served_at__lte"), "ended_at": ("ended_at__gt", "ended_at__lte")}
    told: dict[UUID, datetime] = {}
    for field, (after, by) in span.items():
        # What was never served bound nobody and coloured nobody: its end changes nothing.
        rows = Order.objects.filter(
            scope.inside(), person__isnull=False, served_at__isnull=False, **{after: since, by: until}
        )
        for person, at in rows.values_list("person", field):
            told[person] = max(told.get(person, at), at)
    for person, at in _told_late(scope, since, until):
        told[person] = max(told.get(person, at), at)
    own = RevokedPass.objects.filter(scope.inside(), person__isnull=False, keep_until__gt=until, revoked_at__lte=until)
    for person, at in own.values_list("person", "revoked_at"):
        told[person] = max(told.get(person, at), at)
    return sorted(told.items(), key=lambda t: (t[1], t[0]))


def _told_late(scope: Scope, since: datetime, until: datetime) -> list[tuple[UUID, datetime]]:
    """Orders whose change happened before but became known only in this span: passes issued meanwhile said the old colour."""
    acts = staff_reads.acts(scope).filter(
        verb__in=COLOURING, recorded_at__gt=since, recorded_at__lte=until, subject__startswith="order:"
    )
    late = {UUID(a.subject[6:]): a.recorded_at for a in acts if a.recorded_at - a.at > DRIFT}
    found = Order.objects.filter(scope.inside(), id__in=list(late), person__isnull=False)
    return [(person, late[id_]) for id_, person in found.values_list("id", "person") if person]


def revoked_codes(scope: Scope, at: datetime) -> list[str]:
    """Code ids revoked one by one whose time is not over."""
    found = RevokedPass.objects.filter(scope.inside(), keep_until__gt=at, revoked_at__lte=at).exclude(code_id="")
    return list(found.values_list("code_id", flat=True))
