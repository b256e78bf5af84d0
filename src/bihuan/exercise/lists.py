"""Pushed lists in an exercise: received, sent to townships by rule, three people named, every row visited."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

if TYPE_CHECKING:
    from bihuan.exercise.day import Exercise

ALL = Scope(EVERYWHERE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FOUND = {"number_checked": "1", "identity_checked": "是", "location": "在家", "control_status": "居家健康监测"}  # data
DAILY_ROWS, DAILY_HOUR = 16, 9.5
VISITED_SHARE, NIGHT = 0.25, (6.0, 22.0)


class Lists:
    """The clerk, the heads of the townships, and those who go from door to door."""

    def __init__(self, day: "Exercise") -> None:
        self.day = day

    def plan(self) -> None:
        """The list of an ordinary morning."""
        at = self.day.begins + timedelta(hours=DAILY_HOUR)
        self.day.later(at, self._daily)

    def _daily(self, at: datetime) -> None:
        for task in self.receive(DAILY_ROWS, at, source="省疫情防控指挥部"):  # data
            self.name_after(task, at + self.day.chance.randint(5, 18) * MINUTE)

    def receive(self, rows: int, at: datetime, *, source: str) -> list[Any]:
        """The clerk takes a list of so many residents; answers the tasks of the townships, by code."""
        people = self.day.chance.sample(self.day.residents, min(rows, len(self.day.residents)))
        told = [
            {
                "row_number": n, "name": p["name"], "id_number": p["id_number"] or "", "sex": p["sex"],
                "id_kind": "resident_identity_card" if p["id_number"] else "", "birth_on": p["birth_date"].isoformat(),
                "phones": [p["phone"]] if p["phone"] else [], "address": p["address"],
            }
            for n, p in enumerate(people, 2)
        ]  # fmt: skip
        answer = self.day.ask(
            "clerk", "receive_list", at, source=source, purpose="风险人员排查", rows=told,  # data
            basis="传染病防治法 第五十八条", content_hash=f"drill:{self.day.seed}:{at.isoformat()}:{rows}",  # data
        )  # fmt: skip
        if "list" not in answer:
            return []
        with scoped(ALL):
            found = command_reads.open_tasks(ALL).filter(kind=TaskKind.NAME_TEAM, subject=f"list:{answer['list']}")
            return sorted(found, key=lambda t: t.area_id)

    def name_after(self, task: Any, at: datetime) -> None:
        """The head of the township names three people at an instant to come."""
        self.day.later(at, partial(self._name, task))

    def _name(self, task: Any, at: datetime) -> None:
        team, ids = self.day.staff.townships[task.area_id], self.day.staff.ids
        self.day.ask(
            team[0], "name_team", at, task=task.id, head=ids[team[0]], deputy=ids[team[1]], worker=ids[team[4]]
        )

    def look(self, at: datetime) -> None:
        """By day whoever was named visits some of the rows that wait."""
        if not NIGHT[0] <= (at - self.day.begins) / HOUR < NIGHT[1]:
            return
        with scoped(ALL):
            rows = list(
                intake_reads.open_rows(ALL)
                .filter(dispatch__task__closed_at__lte=at)
                .order_by("pushed_list__received_at", "row_number")
                .values_list("id", "dispatch__task__area_id")
            )
        outboxes: dict[str, list[Any]] = {}
        for id_, area in rows:
            if area in self.day.staff.townships and self.day.chance.random() < VISITED_SHARE:
                given = {"row": id_, "outcome": RowState.FOUND_MANAGED, "answers": FOUND}
                outboxes.setdefault(self.day.grid_of(area), []).append(
                    self.day.hands.request("report_visit", at, given)
                )
        for who, outbox in sorted(outboxes.items()):
            self.day.hands.send(who, outbox, at)
