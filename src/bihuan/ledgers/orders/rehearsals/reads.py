"""Questions about rehearsals."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from bihuan.ledgers.orders.rehearsals.models import Rehearsal
from bihuan.ledgers.territory.scope import Scope


def rehearsals(scope: Scope) -> QuerySet[Rehearsal]:
    """Every rehearsal of the scope, the latest first, without its curves."""
    return (
        Rehearsal.objects.filter(scope.inside()).select_related("asked_by").defer("daily").order_by("-asked_at", "-id")
    )


def rehearsal(scope: Scope, id_: UUID) -> Rehearsal | None:
    """One rehearsal."""
    return Rehearsal.objects.filter(scope.inside(), id=id_).select_related("asked_by", "area").first()


def several(scope: Scope, ids: Collection[UUID]) -> list[Rehearsal]:
    """These rehearsals in the order asked for."""
    known = {r.id: r for r in Rehearsal.objects.filter(scope.inside(), id__in=list(ids))}
    return [known[i] for i in ids if i in known]
