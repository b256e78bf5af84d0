"""Questions to the ledger of orders: what binds whom, what is due, what waits for a signature."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from bihuan.ledgers.orders.choices import LIVE_STATES, RESTRICTING, EndReason, OrderState
from bihuan.ledgers.orders.models import Appeal, Duty, Extension, Order, Reclass, Release
from bihuan.ledgers.territory.scope import Scope

# Closures without emergency access, detour or review date (R055).
IRREGULAR = Q(place__isnull=False) & (Q(emergency_access="") | Q(detour="") | Q(review_at__isnull=True))


def in_force(at: datetime) -> Q:
    """The condition «binds at `at`»: served, begun, not past its end, not ended before. Needs no stored state."""
    served = Q(state__in=[OrderState.IN_FORCE, OrderState.ENDED], served_at__lte=at, starts_at__lte=at)
    return served & Q(ends_at__gt=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def orders(scope: Scope) -> QuerySet[Order]:
    """Orders inside the scope with what a list line shows, the latest proposed first."""
    return (
        Order.objects.filter(scope.inside())
        .select_related("person", "place", "area", "issuer")
        .order_by("-proposed_at", "-id")
    )


def order(scope: Scope, id_: UUID) -> Order | None:
    """One order."""
    return orders(scope).filter(id=id_).first()


def orders_by_id(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Order]:
    """Several orders at once."""
    return {o.id: o for o in orders(scope).filter(id__in=list(ids))}


def orders_in_force(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Orders that bind at `at`, the soonest to end first."""
    return orders(scope).filter(in_force(at)).order_by("ends_at", "id")


def orders_of_person(scope: Scope, person_id: UUID) -> QuerySet[Order]:
    """Everything ever ordered or proposed for one person, the latest first."""
    return orders(scope).filter(person=person_id).order_by("-starts_at", "-id")


def orders_of_place(scope: Scope, place_id: UUID) -> QuerySet[Order]:
    """Everything ever ordered or proposed for one place, the latest first."""
    return orders(scope).filter(place=place_id).order_by("-starts_at", "-id")


def orders_on_ground(scope: Scope, grounds: Collection[str]) -> QuerySet[Order]:
    """Orders that rest on any of these grounds and are not over."""
    return orders(scope).filter(ground__in=list(grounds), state__in=LIVE_STATES)


def chain(scope: Scope, chain_id: UUID) -> list[Order]:
    """All stages of one proposal in order."""
    return list(orders(scope).filter(chain=chain_id).order_by("stage"))


def binding_at(scope: Scope, person_ids: Collection[UUID], at: datetime) -> dict[UUID, list[Order]]:
    """What binds each of these persons at `at`, the heaviest measure first; who is free has no entry."""
    found: dict[UUID, list[Order]] = defaultdict(list)
    rows = Order.objects.filter(scope.inside(), in_force(at), person__in=list(person_ids)).select_related(
        "issuer", "area"
    )
    for one in rows:
        if one.person_id is not None:
            found[one.person_id].append(one)
    return {person: sorted(several, key=weight) for person, several in found.items()}


def weight(one: Order) -> tuple[int, datetime]:
    """Sorts the heaviest measure first, then the longest."""
    heavy = [str(m) for m in RESTRICTING].index(one.measure) if one.measure in RESTRICTING else len(RESTRICTING)
    return heavy, one.starts_at


def proposals(scope: Scope) -> QuerySet[Order]:
    """What waits for a signature: the first stage of each proposal, the oldest first."""
    return orders(scope).filter(state=OrderState.PROPOSED, stage=0).order_by("proposed_at", "id")


def proposal_groups(scope: Scope) -> list[dict[str, Any]]:
    """Like proposals together: protocol, class, measure, how many wait, and their person-days."""
    found = Order.objects.filter(scope.inside(), state=OrderState.PROPOSED, stage=0)
    alike = found.values("protocol", "class_name", "measure").annotate(n=Count("id"), person_days=Sum("person_days"))
    return [dict(group) for group in alike.order_by("-n", "protocol", "class_name", "measure")]


def to_serve(scope: Scope) -> QuerySet[Order]:
    """Signed orders whose notice nobody has handed over yet."""
    return orders(scope).filter(state=OrderState.SIGNED).order_by("signed_at", "id")


def duties(scope: Scope, order_id: UUID) -> QuerySet[Duty]:
    """Everything owed under one order, by time."""
    return Duty.objects.filter(scope.inside(), order=order_id).select_related("done_by").order_by("due_from", "kind")


def duties_due(scope: Scope, since: datetime, until: datetime) -> QuerySet[Duty]:
    """Open duties whose window meets the period from `since` until `until`, the soonest closing first."""
    return (
        Duty.objects.filter(
            scope.inside(), done_at__isnull=True, void_at__isnull=True, due_from__lt=until, due_until__gt=since
        )
        .select_related("order__person", "order__place", "order__area")
        .order_by("due_until", "id")
    )


def tests_owed(scope: Scope, since: datetime, until: datetime) -> QuerySet[Duty]:
    """Tests of persons not done yet whose window meets the period, missed ones too: a late result still answers them."""
    return duties_due(scope, since, until).filter(kind="test", order__person__isnull=False)


def duty(scope: Scope, id_: UUID) -> Duty | None:
    """One duty with its order."""
    return Duty.objects.filter(scope.inside(), id=id_).select_related("order__person", "order__area").first()


def duties_by_id(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Duty]:
    """Several duties at once, each with its order."""
    return {d.id: d for d in Duty.objects.filter(scope.inside(), id__in=list(ids)).select_related("order")}


def duties_to_miss(at: datetime) -> QuerySet[Duty]:
    """Duties whose window has closed undone and that nobody was told of; for the clock."""
    return Duty.objects.filter(
        due_until__lte=at, done_at__isnull=True, missed_at__isnull=True, void_at__isnull=True
    ).order_by("due_until")


def orders_to_end(at: datetime) -> QuerySet[Order]:
    """Proposed, signed or served orders whose end has come; for the clock."""
    return Order.objects.filter(state__in=LIVE_STATES, ends_at__lte=at).order_by("ends_at")


def orders_to_decide(before: datetime) -> QuerySet[Order]:
    """Restricting orders that end before an instant and whose release nobody was asked to decide yet; for the clock."""
    return Order.objects.filter(
        state=OrderState.IN_FORCE, ends_at__lte=before, measure__in=RESTRICTING, person__isnull=False,
        release_asked_at__isnull=True,
    ).order_by("ends_at")  # fmt: skip


def undecided(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Restricting orders on persons that ran out without anybody deciding release or extension (R079)."""
    return orders(scope).filter(
        state=OrderState.ENDED, end_reason=EndReason.EXPIRED, measure__in=RESTRICTING, person__isnull=False,
        ended_at__lte=at, released__isnull=True, release_asked_at__isnull=False,
    ).order_by("ended_at", "id")  # fmt: skip


def extensions(scope: Scope, order_id: UUID) -> QuerySet[Extension]:
    """Longer ends of one order, the latest first."""
    return Extension.objects.filter(scope.inside(), order=order_id).select_related("issuer").order_by("-signed_at")


def extension(scope: Scope, id_: UUID) -> Extension | None:
    """One extension with its order."""
    return Extension.objects.filter(scope.inside(), id=id_).select_related("order__person", "issuer").first()


def appeals(scope: Scope) -> QuerySet[Appeal]:
    """Objections inside the scope: the open ones by when an answer is due, then the decided."""
    return (
        Appeal.objects.filter(scope.inside())
        .select_related("order__person", "order__place", "order__area", "decided_by")
        .order_by(F("decided_at").desc(nulls_first=True), "due_at")
    )


def appeal(scope: Scope, id_: UUID) -> Appeal | None:
    """One objection."""
    return appeals(scope).filter(id=id_).first()


def open_appeal(scope: Scope, order_id: UUID) -> Appeal | None:
    """The objection to an order that nobody has decided yet."""
    return appeals(scope).filter(order=order_id, decided_at__isnull=True).first()


def release(scope: Scope, order_id: UUID) -> Release | None:
    """The decision that set free, if there is one."""
    return Release.objects.filter(scope.inside(), order=order_id).select_related("issuer").first()


def public_notices(at: datetime) -> QuerySet[Order]:
    """Measures on places that bind at `at` or will: what the public is told (R064). No person stands here."""
    return (
        Order.objects.filter(place__isnull=False, state=OrderState.IN_FORCE, ends_at__gt=at)
        .select_related("place", "area", "issuer")
        .order_by("path", "starts_at")
    )


def shared_grounds(scope: Scope, at: datetime, least: int) -> list[dict[str, Any]]:
    """Measures that at least so many persons of one area bear on one shared ground (R062)."""
    found = Order.objects.filter(scope.inside(), person__isnull=False, state__in=LIVE_STATES, ends_at__gt=at)
    alike = found.values("area", "area__name", "area__path", "measure", "ground", "ground_words").annotate(
        n=Count("person", distinct=True), ends=Count("ends_at", distinct=True)
    )
    return [dict(group) for group in alike.filter(n__gte=least).order_by("-n")]


def reclasses(scope: Scope) -> QuerySet[Reclass]:
    """Second looks at orders, the latest first."""
    return Reclass.objects.filter(scope.inside()).select_related("proposed_by", "issuer").order_by("-proposed_at")


def unsigned_reclasses(scope: Scope) -> QuerySet[Reclass]:
    """Second looks that wait for a signature."""
    return reclasses(scope).filter(signed_at__isnull=True, dropped_at__isnull=True)


def live_of(scope: Scope, person_ids: Collection[UUID]) -> dict[UUID, list[Order]]:
    """What is proposed, signed or in force for each of these persons; who has nothing is left out."""
    found = Order.objects.filter(scope.inside(), person__in=list(person_ids), state__in=LIVE_STATES)
    by_person: dict[UUID, list[Order]] = {}
    for one in found:
        by_person.setdefault(one.person_id, []).append(one)  # type: ignore[arg-type]
    return by_person


def reclass(scope: Scope, id_: UUID) -> Reclass | None:
    """One second look."""
    return reclasses(scope).filter(id=id_).first()


def counts_by_state(scope: Scope) -> dict[str, int]:
    """How many orders stand in each state."""
    return dict(Order.objects.filter(scope.inside()).values_list("state").annotate(n=Count("id")).order_by())


def results_of(order_ids: Sequence[UUID]) -> dict[UUID, list[Duty]]:
    """The duties of several orders at once, by time; for the rule checks of the loop."""
    found: dict[UUID, list[Duty]] = defaultdict(list)
    for one in Duty.objects.filter(order__in=list(order_ids)).order_by("due_from"):
        found[one.order_id].append(one)
    return found
