"""One day of an outbreak in Qinghe, played through the same acts as the web: three lists, one township late, one doubt."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from bihuan.adapters import pushed_lists, spreadsheets
from bihuan.demo import county as invented
from bihuan.demo import problems, public, registers, unit_reports
from bihuan.demo.acting import Agenda, Hands
from bihuan.demo.cases import Chain
from bihuan.demo.codes import Posts
from bihuan.demo.founding import Staff
from bihuan.demo.lab import Testing
from bihuan.demo.orders import Orders
from bihuan.demo.sites import Isolation
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop.tick import tick

ALL = Scope(EVERYWHERE)
# How often time itself looks while the day is played; a real house looks every ten seconds.
TICK_EVERY = timedelta(minutes=6)
# How long before now each list came in: the first is nearly done, the second in hand, the third has just arrived.
ARRIVED_MINUTES_AGO = {"province": 185, "rail": 55, "letter": 11}
# Shiqiao's head sits in a meeting: the second list finds nobody there for longer than twenty minutes.
LATE_TOWNSHIP = "石桥乡"  # data
FOUND = {"number_checked": "1", "identity_checked": "是", "location": "在家", "control_status": "居家健康监测"}  # data
FREE = {"number_checked": "1", "identity_checked": "是", "location": "在家", "control_status": "无需管控"}  # data


@dataclass
class Story:
    """What happened, for the terminal: (when, what) lines, and the receipts of the lists."""

    lines: list[tuple[datetime, str]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)


class Day:
    """Plays the day. Every step happens at its own instant, learned at that instant; the tick runs in between."""

    def __init__(self, county: Any, staff: Staff, now: datetime, seed: int) -> None:
        self.county, self.staff, self.now = county, staff, now
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.story = Story()
        self.agenda = Agenda()
        self._later, self._do = self.agenda.later, Hands(staff.ids, "demo").do

    def play(self) -> Story:
        """Play everything up to now, in order of time."""
        self._rota()
        start = self.now - timedelta(minutes=200)
        bound = Orders(self.staff, self.now, self.seed)
        bound.history()
        Isolation(self).play()
        self.story.lines += Chain(self.staff, self.now, start, self.seed).play()
        bound.today(self._later)
        self._do("commander", "set_response", start, name="新冠疫情处置", disease="covid-19",  # data
                 protocol="covid-19/2022-06-28", level="Ⅱ级响应")  # fmt: skip # data
        problems.play(self._do, self.staff, self.now, self._tell)
        unit_reports.play(self._do, self.staff, self.now, self._tell)
        public.play(self._do, self.now)
        registers.play(self._do, self.staff, self.now)
        for file in invented.pushed_lists(self.county):
            arrived = self.now - timedelta(minutes=ARRIVED_MINUTES_AGO[file.key])
            self._later(arrived, partial(self._receive, file))
        Testing(self).plan()
        minute = start
        while minute <= self.now:
            self.agenda.until(minute)
            tick(minute)
            minute += TICK_EVERY
        self.story.lines += Posts(self.staff, self.now, self.seed).play()
        return self.story

    def _tell(self, at: datetime, words: str) -> None:
        self.story.lines.append((at, words))

    def _rota(self) -> None:
        """Today's duty: two shifts a post; one slot is empty, one hand-over not acknowledged yet."""
        morning = timezone.localtime(self.now).replace(hour=8, minute=0, second=0, microsecond=0)
        if self.now < morning:
            morning -= timedelta(days=1)
        posts = ["leader", "office", "clerk", "cdc", *(t[0] for t in self.staff.townships.values())]
        at = self.now - timedelta(minutes=200)
        for number, username in enumerate(posts):
            for half in (0, 1):
                begin = morning + timedelta(hours=12 * half)
                member = None if number == 3 else self.staff.ids[username]
                answer = self._do(
                    "office", "fill_shift", at, post=self.staff.posts[username], shift_from=begin,
                    shift_until=begin + timedelta(hours=12), member=member,
                )  # fmt: skip
                if member and begin <= self.now < begin + timedelta(hours=12) and number != 2:
                    self._do(username, "acknowledge_shift", at, shift=UUID(answer.result["shift"]))

    def _receive(self, file: Any, at: datetime) -> None:
        book = spreadsheets.Book(file.content)
        remembered = pushed_lists.mapping_of(file.sender, spreadsheets.mappings().values())
        reading = spreadsheets.read_rows(book, remembered, received_on=date(2022, 1, 6))
        incoming = pushed_lists.incoming(reading)
        answer = self._do(
            "clerk", "receive_list", at,
            **incoming.arguments(source=file.sender, purpose=file.purpose, basis=file.basis, file_name=file.filename),
        )  # fmt: skip
        receipt = answer.result
        self.story.receipts[file.key] = receipt
        self._tell(
            at,
            f"{file.sender}: {receipt['rows_read']} rows = {receipt['accepted']} accepted + {len(receipt['rejected'])} "
            f"rejected; {receipt['matched']} matched, {receipt['created']} new, {receipt['to_review']} in doubt, "
            f"{receipt['duplicate_in_list']} twice; {receipt.get('assigned', 0)} sent to townships",
        )
        with scoped(ALL):
            tasks = list(
                command_reads.open_tasks(ALL).filter(kind=TaskKind.NAME_TEAM, subject=f"list:{receipt['list']}")
            )
            outside = [r for r in intake_reads.open_rows(ALL).filter(pushed_list=receipt["list"]) if
                       r.routing.get("outside_code")]  # fmt: skip
        for task in tasks:
            is_late = task.area.name == LATE_TOWNSHIP and file.key != "province"
            if file.key == "letter" or is_late:
                continue
            named = at + timedelta(minutes=self.chance.randint(4, 17))
            self._later(named, partial(self._name_team, task, file.key))
        for row in outside:
            self._later(at + timedelta(minutes=25), partial(self._hand_over, row))

    def _name_team(self, task: Any, key: str, at: datetime) -> None:
        team = self.staff.townships[task.area_id]
        self._do(
            team[0], "name_team", at, task=task.id,
            head=self.staff.ids[team[0]], deputy=self.staff.ids[team[1]], worker=self.staff.ids[team[4]],
        )  # fmt: skip
        with scoped(ALL):
            rows = [r.id for r in intake_reads.open_rows(ALL).filter(dispatch__task=task.id)]
        for number, row in enumerate(rows):
            if self.chance.random() < (0.82 if key == "province" else 0.3):
                when = at + timedelta(minutes=12 + 6 * number + self.chance.randint(0, 5))
                self._later(when, partial(self._visit, row, team[4]))

    def _visit(self, row: UUID, who: str, at: datetime) -> None:
        outcome, answers = self.chance.choices(
            [
                (RowState.FOUND_MANAGED, FOUND),
                (RowState.NO_MEASURE, FREE),
                (RowState.REVISIT, {}),
                (RowState.LEFT, {"location": "已离开本县"}),  # data
                (RowState.NOT_FOUND, {}),
            ],
            weights=(55, 22, 12, 7, 4),
        )[0]
        self._do(who, "report_visit", at, row=row, outcome=outcome, answers=answers)

    def _hand_over(self, row: Any, at: datetime) -> None:
        code, name = row.routing["outside_code"], row.routing["outside_name"]
        county = invented.NEIGHBOUR if code.startswith(invented.NEIGHBOUR_CODE) else (code, name)
        letter = self._do("clerk", "hand_over_row", at, row=row.id, county_code=county[0], county_name=county[1])
        self._tell(at, f"one person lives in {county[1]}: handed over by letter {letter.result['letter']}")
