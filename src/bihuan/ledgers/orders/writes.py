"""Facts of orders: proposed, signed, served, ended; duties laid down, done, missed; appeals, extensions, releases."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from bihuan.ledgers.orders.bridge import Owed
from bihuan.ledgers.orders.choices import EndReason, OrderState
from bihuan.ledgers.orders.models import Appeal, Duty, Extension, Order, Reclass, Release


def add_orders(rows: Sequence[Mapping[str, Any]]) -> list[Order]:
    """Record proposals."""
    return Order.objects.bulk_create([Order(**row) for row in rows], batch_size=1000)


def set_signed(
    orders: Sequence[Order], *, issuer: UUID, post: str, numbers: Sequence[str], at: datetime, override: str
) -> int:
    """Signed in one stroke, each under its own number; only proposals change, so that two signers cannot both sign."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE orders_order o SET state = 'signed', issuer_id = %s, issuer_post = %s, signed_at = %s,
                      notice_number = n.number, override_reason = CASE WHEN o.is_verified THEN '' ELSE %s END
               FROM unnest(%s::uuid[], %s::text[]) AS n(id, number) WHERE o.id = n.id AND o.state = 'proposed'""",
            [issuer, post, at, override, [o.id for o in orders], list(numbers)],
        )
        return int(cursor.rowcount)


def set_lighter(order: Order) -> None:
    """The lighter measure takes the place of the proposed one before anybody signs."""
    told = order.lighter
    rest = {name: told[name] for name in ("lighter_person_days", "lighter_away_days")}
    Order.objects.filter(id=order.id, state=OrderState.PROPOSED).update(
        measure=told["measure"], room=told["room"], basis=told["basis"], person_days=told["lighter_person_days"],
        is_verified=told["is_verified"], lighter={"chosen_instead_of": order.measure, **rest},
    )  # fmt: skip


def set_served(orders: Collection[UUID], *, at: datetime, by: UUID, how: str) -> int:
    """The notice is in the hands of the one bound."""
    return Order.objects.filter(id__in=list(orders), state=OrderState.SIGNED).update(
        state=OrderState.IN_FORCE, served_at=at, served_by=by, served_how=how
    )


def end_orders(orders: Collection[UUID], *, at: datetime, reason: EndReason, words: str = "") -> int:
    """What was in force has ended; what was not yet is withdrawn. Duties that had not fallen due are void."""
    ids = list(orders)
    told = {"ended_at": at, "end_reason": reason, "end_words": words}
    count = Order.objects.filter(id__in=ids, state=OrderState.IN_FORCE).update(state=OrderState.ENDED, **told)
    count += Order.objects.filter(id__in=ids, state__in=[OrderState.PROPOSED, OrderState.SIGNED]).update(
        state=OrderState.WITHDRAWN, **told
    )
    kept = Q(detail__made_up=True) if reason == EndReason.EXPIRED else Q(pk__in=[])
    Duty.objects.filter(order__in=ids, done_at__isnull=True, void_at__isnull=True, due_until__gt=at).exclude(
        kept
    ).update(void_at=at)
    return count


def expire_order(order: UUID, ends_at: datetime) -> bool:
    """Compare-and-set: the order that still ends at this instant has ended; True for one of several workers."""
    served = Order.objects.filter(id=order, ends_at=ends_at, state=OrderState.IN_FORCE).exists()
    reason = EndReason.EXPIRED if served else EndReason.NOT_SERVED
    return bool(
        Order.objects.filter(id=order, ends_at=ends_at).exists() and end_orders([order], at=ends_at, reason=reason)
    )


def set_refused(orders: Collection[UUID], *, at: datetime, by: UUID, post: str, reason: str) -> int:
    """A proposal is not followed; why stays written."""
    return Order.objects.filter(id__in=list(orders), state=OrderState.PROPOSED).update(
        state=OrderState.REFUSED, ended_at=at, end_words=reason, issuer=by, issuer_post=post
    )


def set_period(order: UUID, *, starts_at: datetime, ends_at: datetime) -> None:
    """Another period; whoever may do that decided it before."""
    Order.objects.filter(id=order).update(starts_at=starts_at, ends_at=ends_at, release_asked_at=None)


def void_after(order: UUID, ends_at: datetime) -> None:
    """With a sooner end nothing is owed after it."""
    Duty.objects.filter(order=order, done_at__isnull=True, void_at__isnull=True, due_from__gte=ends_at).update(
        void_at=ends_at
    )


def set_rule(order: UUID, *, protocol: str, anchors: Mapping[str, str]) -> None:
    """From now on this edition and these anchors date the order."""
    Order.objects.filter(id=order).update(protocol=protocol, anchors=dict(anchors))


def set_release_asked(order: UUID, at: datetime) -> bool:
    """Somebody was asked to release or extend; True once."""
    return bool(Order.objects.filter(id=order, release_asked_at__isnull=True).update(release_asked_at=at))


def add_duties(order: Order, owed: Sequence[Owed]) -> int:
    """Lay down what is owed; what was laid down before stays as it is."""
    rows = [
        Duty(
            order=order, path=order.path, kind=o.kind, detail=dict(o.detail), due_from=o.due_from, due_until=o.due_until
        )
        for o in owed
    ]
    return len(Duty.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True))


def replan_duties(order: Order, owed: Sequence[Owed], at: datetime) -> None:
    """What nobody has acted on yet gives way to a new plan; done and missed duties are facts and stay."""
    Duty.objects.filter(order=order, done_at__isnull=True, missed_at__isnull=True, due_until__gt=at).delete()
    add_duties(order, owed)


def set_duties_done(facts: Sequence[Mapping[str, Any]]) -> int:
    """Done, with what each found; one that was done before stands, unless only its result was awaited."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE orders_duty d SET done_at = f.at, done_by_id = f.by, result = f.result, evidence = f.evidence
               FROM unnest(%s::uuid[], %s::timestamptz[], %s::uuid[], %s::text[], %s::text[])
                    AS f(id, at, by, result, evidence)
               WHERE d.id = f.id AND (d.done_at IS NULL OR d.result = 'drawn')""",
            [[f[name] for f in facts] for name in ("id", "at", "by", "result", "evidence")],
        )
        return int(cursor.rowcount)


def set_duty_done(duty: UUID, *, at: datetime, by: UUID, result: str, evidence: str) -> bool:
    """The same for one duty; True for the first who says so, or where only the result was awaited."""
    return bool(set_duties_done([{"id": duty, "at": at, "by": by, "result": result, "evidence": evidence}]))


def set_missed(duty: UUID, at: datetime) -> bool:
    """Nobody did it in its window; True for one of several workers."""
    return bool(
        Duty.objects.filter(id=duty, done_at__isnull=True, missed_at__isnull=True, void_at__isnull=True).update(
            missed_at=at
        )
    )


def move_duties(order: UUID, path: str, at: datetime) -> int:
    """What is still owed is done at another place from now on."""
    return Duty.objects.filter(order=order, done_at__isnull=True, due_until__gt=at).update(path=path)


def add_extension(**fields: Any) -> Extension:
    """A longer end was signed; it counts once served."""
    return Extension.objects.create(**fields)


def set_extension_served(extension: Extension, at: datetime) -> bool:
    """The notice of the longer end is handed over before the old end: from now on the longer end holds."""
    served = Extension.objects.filter(id=extension.id, served_at__isnull=True, ends_before__gt=at).update(served_at=at)
    if not served:
        return False
    return bool(
        Order.objects.filter(
            id=extension.order_id, state=OrderState.IN_FORCE, ends_at=extension.ends_before
        ).update(ends_at=extension.ends_after, release_asked_at=None)
    )  # fmt: skip


def drop_extension(order: UUID) -> None:
    """A longer end nobody has served yet is taken back."""
    Extension.objects.filter(order=order, served_at__isnull=True).delete()


def add_appeal(**fields: Any) -> Appeal:
    """The one bound objects."""
    return Appeal.objects.create(**fields)


def set_appeal_decided(appeal: UUID, *, decision: str, reason: str, at: datetime, by: UUID) -> bool:
    """Answered; True once."""
    return bool(
        Appeal.objects.filter(id=appeal, decided_at__isnull=True).update(
            decision=decision, reason=reason, decided_at=at, decided_by=by
        )
    )


def add_release(**fields: Any) -> Release:
    """The decision that sets free."""
    return Release.objects.create(**fields)


def add_reclass(**fields: Any) -> Reclass:
    """A second look at orders is asked for, or was signed."""
    return Reclass.objects.create(**fields)


def set_reclass_signed(
    reclass: UUID, *, issuer: UUID, at: datetime, before: Sequence[Any], after: Sequence[Any]
) -> bool:
    """Signed and done; True once."""
    return bool(
        Reclass.objects.filter(id=reclass, signed_at__isnull=True, dropped_at__isnull=True).update(
            issuer=issuer, signed_at=at, before=list(before), after=list(after)
        )
    )


def set_reclass_undone(reclass: UUID, at: datetime) -> bool:
    """Taken back; True once."""
    return bool(
        Reclass.objects.filter(id=reclass, signed_at__isnull=False, undone_at__isnull=True).update(undone_at=at)
    )


def set_reclass_dropped(reclass: UUID, at: datetime) -> bool:
    """Looked at and not followed; True once."""
    return bool(
        Reclass.objects.filter(id=reclass, signed_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
    )


def take_numbers(series: str, count: int) -> list[int]:
    """The next numbers of a series, each given once whoever asks at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO orders_noticeseries (series, last) VALUES (%s, %s)
               ON CONFLICT (series) DO UPDATE SET last = orders_noticeseries.last + excluded.last RETURNING last""",
            [series, count],
        )
        (last,) = cursor.fetchone()
    return list(range(last - count + 1, last + 1))
