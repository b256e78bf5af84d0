"""How injects happen: the event itself through the acts of those who bring it about, then the answer of the players."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bihuan.demo.county import COUNTY_CODE
from bihuan.exercise.injects import Inject
from bihuan.exercise.script import Found
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import BoxState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

if TYPE_CHECKING:
    from bihuan.exercise.day import Exercise

ALL = Scope(EVERYWHERE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Answering = Callable[[datetime], Any]


class Throwing:
    """Throws each inject at its hour, notes what is expected, and lets the players answer, late or never by chance."""

    def __init__(self, day: "Exercise") -> None:
        self.day = day
        self._short: Inject | None = None

    def plan(self) -> None:
        """Every inject on the agenda."""
        for inject in self.day.injects:
            self.day.later(self.day.begins + inject.after, partial(getattr(self, f"_{inject.kind}"), inject))

    def _note(self, inject: Inject, at: datetime, *matches: tuple[str, list[Any]]) -> None:
        """matches: for each expectation the argument that tells the answer, and the values each owed one."""
        expects = []
        for number, one in enumerate(inject.expects):
            argument, values = matches[number] if number < len(matches) else ("", [])
            expects.append(dict(one) | {"argument": argument, "values": [str(v) for v in values]})
        self.day.rule(
            "note_inject", at, drill=str(self.day.drill), area=COUNTY_CODE, key=inject.key, kind=inject.kind, zh=inject.zh,
            en=inject.en, expects=expects,
        )  # fmt: skip

    def _react(self, inject: Inject, at: datetime, answer: Answering) -> None:
        if inject.reaction and self.day.chance.random() < inject.chance:
            self.day.later(at + self.day.chance.randint(*inject.reaction) * MINUTE, answer)

    def _list_pushed(self, inject: Inject, at: datetime) -> None:
        tasks = self.day.lists.receive(int(inject.given["rows"]), at, source="市大数据专班")  # data
        self._note(inject, at, ("task", [t.id for t in tasks]))
        for task in tasks:
            self._react(inject, at, partial(self.day.lists._name, task))

    def _post_empty(self, inject: Inject, at: datetime) -> None:
        staff = self.day.staff
        post = staff.posts[str(inject.given["post"])]
        given = {"post": post, "shift_from": at, "shift_until": at + 12 * HOUR}
        self.day.ask("office", "fill_shift", at - MINUTE, **given)
        self._note(inject, at, ("post", [post]))
        member = staff.ids["commander"]
        self._react(inject, at, lambda when: self.day.ask("office", "fill_shift", when, **given, member=member))

    def _resident_help(self, inject: Inject, at: datetime) -> None:
        resident = self.day.residents[self.day.chance.randrange(len(self.day.residents))]
        head = self.day.grid_of(resident["village_code"], 0)
        told = self.day.ask(head, "ask_help", at, person=resident["id"], need=inject.given["need"],
                            words="演练：居家人员需要帮助", channel="phone")  # fmt: skip # data
        if "task" not in told:
            return
        self._note(inject, at, ("task", [told["task"]]))
        words = "药品已送到门口，本人签收"  # data
        self._react(inject, at, partial(self._help_done, head, told["task"], words))

    def _help_done(self, head: str, task: str, words: str, at: datetime) -> None:
        """Done by the township, looked at by the office."""
        self.day.ask(head, "report_done", at, task=task, words=words)
        self.day.later(
            at + 10 * MINUTE,
            lambda when: self.day.ask("office", "close_task", when, task=task, evidence="电话回访属实"),
        )  # data

    def _count_differs(self, inject: Inject, at: datetime) -> None:
        self._short = inject
        self.day.testing.short_count = at

    def count_differs(self, at: datetime) -> None:
        """The courier has just counted one tube too few: from now on the clock of the answer runs."""
        if self._short:
            self._note(self._short, at + MINUTE)
            self._short = None

    def _school_positive(self, inject: Inject, at: datetime) -> None:
        """A child of school age nobody has heard of yet; the school next to its home is the place."""
        day = self.day
        born = day.begins.year
        pupils = [
            n for n, r in enumerate(day.residents)
            if 7 <= born - r["birth_date"].year <= 15 and n not in day.script.persons
        ]  # fmt: skip
        with scoped(ALL):
            schools = sorted(territory_reads.places(ALL, [PlaceKind.SCHOOL]), key=lambda p: (p.area_id, p.name))
        if not pupils or not schools:
            return
        number = day.chance.choice(pupils)
        resident = day.resident(number)
        school = next((s for s in schools if s.area_id[:9] == resident["village_code"][:9]), schools[0])
        case = Found(-1, number, -1, day.script.day - 3, day.script.day, day.script.day, "school_class", ())
        day.testing.single(case, f"P{number:05}", at)
        self._expect_of_case(inject, case, school, at, at)

    def _expect_of_case(self, inject: Inject, case: Found, school: Any, since: datetime, at: datetime) -> None:
        """What is expected runs from the swab; which case it became is known once the result is out."""
        person = self.day.resident(case.person)["id"]
        with scoped(ALL):
            standing = cases_reads.persons_with_case(ALL, [person]).get(person)
        if standing is None and at < since + 9 * HOUR:
            self.day.later(at + 10 * MINUTE, partial(self._expect_of_case, inject, case, school, since))
            return
        self._note(inject, since, ("case", [standing or "no_case"]), ("place", [school.id]))
        if standing is not None:
            self._react(inject, at, partial(self._close, school, standing))

    def _close(self, school: Any, case: Any, at: datetime) -> None:
        self.day.ask(
            "office", "propose_closure", at, place=school.id, ground=f"case:{case}", ground_words="学生核酸阳性，停课排查",
            starts_at=at + 30 * MINUTE, ends_at=at + 72 * HOUR, emergency_access="东门常开，救护车可直入",
            detour="由南侧道路绕行", review_at=at + 24 * HOUR, contact="县疫情防控指挥部 0999-8800000",
        )  # fmt: skip # data

    def _lab_down(self, inject: Inject, at: datetime) -> None:
        self.day.testing.held_until = at + float(inject.given["hours"]) * HOUR
        self._note(inject, at)
        self._react(inject, at, self._reroute)

    def _reroute(self, at: datetime) -> None:
        """Whatever no laboratory has received yet goes to the second one."""
        with scoped(ALL):
            waiting = lab_reads.boxes(ALL).exclude(state__in=[BoxState.RECEIVED, BoxState.DONE])
            boxes = sorted((b.code, b.id) for b in waiting)
        if boxes:
            self.day.ask("office", "reroute_box", at, boxes=[i for _c, i in boxes], laboratory=self.day.testing.second)

    def _platform_outage(self, inject: Inject, at: datetime) -> None:
        until = at + float(inject.given["hours"]) * HOUR
        self.day.testing.held_until = until
        self._note(inject, at)
        self._react(inject, at, partial(self._log_outage, until))

    def _log_outage(self, until: datetime, at: datetime) -> None:
        told = self.day.ask("lab1", "log_outage", at, system="省核酸检测平台", note="上报接口无响应")  # data
        if "outage" in told:
            back = max(until, at + MINUTE)
            self.day.later(back, lambda when: self.day.ask("lab1", "log_outage", when, outage=told["outage"]))

    def _risk_list(self, inject: Inject, at: datetime) -> None:
        document = f"风险地区清单（演练）{at:%Y%m%d}"  # data
        self._note(inject, at, ("document", [document]))
        areas = [{"name": "邻省东山市城南区和平街道幸福小区", "level": "high"}]  # data
        self._react(
            inject, at,
            lambda when: self.day.ask(
                "office", "load_risk_areas", when, source="省疾病预防控制中心", document=document,  # data
                effective_from=at, areas=areas, content_hash=document,
            ),
        )  # fmt: skip
