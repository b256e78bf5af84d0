"""What binds people in an exercise: proposals are signed by health, notices served at the door, checks recorded."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

if TYPE_CHECKING:
    from bihuan.exercise.day import Exercise

ALL = Scope(EVERYWHERE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# A decision maker looks at the pile after half an hour; one in seven piles waits for the next look.
RIPE, MISSED_LOOK = 30 * MINUTE, 0.15
MOST = 200
SERVED_SHARE, CHECK_MISSED = 0.5, 0.02
NIGHT = (6.0, 22.0)


class Measures:
    """The decision makers of health, and the grid workers who stand at the door."""

    def __init__(self, day: "Exercise") -> None:
        self.day = day

    def look(self, at: datetime, *, is_eve: bool = False) -> None:
        """Sign what is ripe, serve what is signed, and at noon and in the evening record the checks that are due."""
        hour = (at - self.day.begins) / HOUR
        self._sign(at, is_eve=is_eve)
        if is_eve or NIGHT[0] <= hour < NIGHT[1]:
            self._serve(at, share=1.0 if is_eve else SERVED_SHARE)
        if hour in (8.0, 11.0, 21.0):
            self._check(at)

    def _sign(self, at: datetime, *, is_eve: bool) -> None:
        if not is_eve and self.day.chance.random() < MISSED_LOOK:
            return
        with scoped(ALL):
            ripe = list(
                orders_reads.proposals(ALL)
                .filter(proposed_at__lte=at - RIPE, ends_at__gt=at)
                .order_by("proposed_at", "person_id")
                .values_list("id", flat=True)[:MOST]
            )
        if ripe:
            reason = "按方案采取措施，条文经法制审核"  # data
            self.day.ask("health", "sign_order", at, orders=ripe, override_reason=reason)

    def _serve(self, at: datetime, *, share: float) -> None:
        with scoped(ALL):
            waiting = list(
                orders_reads.to_serve(ALL)
                .filter(person__isnull=False, stage=0, signed_at__lte=at)
                .order_by("signed_at", "person_id", "id")
                .values_list("id", "path")
            )
        outboxes: dict[str, list[object]] = {}
        for id_, path in waiting:
            if self.day.chance.random() >= share:
                continue
            code = path.strip("/").split("/")[3] if path.count("/") >= 5 else ""
            who = self.day.staff.townships[code][5] if code in self.day.staff.townships else "cdc"
            outboxes.setdefault(who, []).append(self.day.hands.request("serve_notice", at, {"order": id_}))
        for who, outbox in sorted(outboxes.items()):
            self.day.hands.send(who, outbox, at)  # type: ignore[arg-type] # requests, as the hands made them

    def _check(self, at: datetime) -> None:
        with scoped(ALL):
            due = [
                d
                for d in orders_reads.duties_due(ALL, at - 12 * HOUR, at).order_by("due_from", "order__person_id", "id")
                if d.due_from <= at and d.kind == "check"
            ]
        outbox = [
            self.day.hands.request(
                "record_duty",
                at if d.missed_at else max(d.due_from + MINUTE, min(at, d.due_until - MINUTE)),
                {"duty": d.id, "result": "well"},
            )
            for d in due
            if self.day.chance.random() >= CHECK_MISSED
        ]
        if outbox:
            self.day.hands.send("office", outbox, at)
