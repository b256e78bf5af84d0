"""What the posts of Qinghe see in a day: three lists of risk areas, three motorway posts, who was stopped, codes on paper."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.demo.acting import Hands
from bihuan.demo.founding import Staff
from bihuan.ledgers.intake.sightings import landing
from bihuan.ledgers.intake.sightings.choices import RedStep
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.people import access
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

ALL = Scope(EVERYWHERE)
HOUR = timedelta(hours=1)
# Invented places of an invented neighbour province; each list is whole, as the province's centre would issue it.
_LISTS: tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...] = (
    (62, "风险地区清单 7月第1期", (("邻省东山市城南区和平街道幸福小区", "medium"), ("邻省西山市河东区", "low"))),  # data
    (27, "风险地区清单 7月第2期", (
        ("邻省东山市城南区和平街道幸福小区", "high"), ("邻省东山市城南区和平街道团结小区", "medium"),  # data
        ("邻省东山市城南区", "low"), ("邻省西山市河东区", "low"),  # data
    )),
    (3, "风险地区清单 7月第3期", (
        ("邻省东山市城南区和平街道幸福小区", "high"), ("邻省东山市城南区和平街道团结小区", "high"),  # data
        ("邻省东山市城南区胜利街道光明社区", "medium"), ("邻省东山市城南区", "low"),  # data
    )),
)  # fmt: skip
# What came to the posts: colour, where from, starred, landing test, how many.
_ARRIVALS: tuple[tuple[str, str, bool, bool, int], ...] = (
    ("green", "邻省东山市城南区和平街道幸福小区", False, True, 2),  # data
    ("green", "邻省东山市城南区胜利街道光明社区", False, True, 2),  # data
    ("green", "邻省北山市", False, True, 5),  # data
    ("green", "邻省北山市", True, False, 2),  # data
    ("yellow", "邻省东山市城北区", False, False, 2),  # data
    ("red", "邻省东山市城南区和平街道团结小区", False, False, 1),  # data
    ("none", "邻省北山市", False, False, 1),  # data
)
_NAMES = "曹安、苏平、潘远、田野、汪洋、石磊、龙飞、万里、段东、雷鸣、侯静、邵华、孟夏、龚正、钱来、江河"  # data


class Posts:
    """Plays the posts' part of the day with the staff of Qinghe."""

    def __init__(self, staff: Staff, now: datetime, seed: int) -> None:
        self.staff, self.now = staff, now
        self.hands = Hands(staff.ids, "demo")
        self.chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.lines: list[tuple[datetime, str]] = []

    def play(self) -> list[tuple[datetime, str]]:
        """Everything up to now; answers what is worth telling."""
        for hours, document, areas in _LISTS:
            at = self.now - hours * HOUR
            self._do(
                "office", "load_risk_areas", at, source="省疾病预防控制中心", document=document, effective_from=at,  # data
                areas=[{"name": name, "level": level} for name, level in areas], content_hash=document,
            )  # fmt: skip
        posts = self._posts()
        self._stops(posts)
        self._codes()
        return self.lines

    def _do(self, who: str, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
        return dict(self.hands.do(who, verb, at, **args).result or {})

    def _posts(self) -> list[Any]:
        """The motorway posts with hours, a shift, devices of which one is broken, and a spot check each."""
        with scoped(ALL):
            places = list(territory_reads.places(ALL, [PlaceKind.CHECKPOINT]))
            gate = next(p.unit_id for p in staff_reads.roster(ALL, self.now) if p.id == self.staff.posts["gate"])
        early = self.now - 30 * HOUR
        for number, place in enumerate(places):
            self._do(
                "office", "register_checkpoint", early, area=place.area_id, name=place.name, hours="00:00–24:00", unit=gate,
                address=place.address,
            )  # fmt: skip
            with scoped(ALL):
                (post,) = staff_reads.posts_at(ALL, [place.id])
            if number != 1:  # one post stands empty on the rota
                self._do(
                    "office", "fill_shift", early, post=post.id, shift_from=self.now - 4 * HOUR,
                    shift_until=self.now + 8 * HOUR, member=self.staff.ids["gate"],
                )  # fmt: skip
            for kind, label in (("thermometer", f"T-{number + 1:02d}"), ("scanner", f"S-{number + 1:02d}")):
                device = self._do("gate", "register_device", early, place=place.id, kind=kind, label=label)["device"]
                works = (number, kind) != (2, "thermometer")
                self._do("gate", "check_device", self.now - 5 * HOUR, device=UUID(device), works=works)
            for days in range(6, 0, -1):
                is_empty = number == 1 and days in (2, 5)
                answers = {"how": "call"} if is_empty else {"how": "on_site", "people": "3"}
                outcome = "absent" if is_empty else "in_order"
                at = self.now - timedelta(days=days, hours=self.chance.randint(1, 9))
                self._do("inspector", "check_presence", at, place=place.id, outcome=outcome, answers=answers)
            for hours in range(11, -1, -1):
                hour = self.now - hours * HOUR
                self._do("gate", "count_crossings", hour, place=place.id, hour=hour, clear=self.chance.randint(20, 180))
        return places

    def _stops(self, posts: Sequence[Any]) -> None:
        with scoped(ALL):
            townships = territory_reads.townships(Scope(territory_reads.above(posts[0].path)[2].path))
        names = iter(_NAMES.split("、"))  # data
        levels = dict(_LISTS[-1][2])
        stopped = 0
        for colour, origin, is_starred, is_landing, people in _ARRIVALS:
            for _number in range(people):
                at = self.now - timedelta(minutes=self.chance.randint(35, 600))
                level = levels.get(origin, "")
                said = landing.answer(colour=colour, level=level, is_starred=is_starred, is_landing=is_landing)
                goes_to = self.chance.choice(townships)
                answer = self._do(
                    "gate", "record_stop", at, place=self.chance.choice(posts).id, colour=colour, level=level,
                    is_starred=is_starred, is_landing=is_landing, reason=said.reason, origin=origin,
                    decision=said.action if said.action != "check" else "passed", destination=goes_to.name,
                    destination_area=goes_to.code, name=next(names), phone=f"199{self.chance.randint(0, 10**8):08d}",
                )  # fmt: skip
                stopped += 1
                if "red_code" in answer:
                    for minutes, step in ((4, RedStep.CLARIFIED), (9, RedStep.REPORTED)):
                        self._do(
                            "office", "advance_red_code", at + timedelta(minutes=minutes), task=UUID(answer["red_code"]),
                            step=step, note="县疾控已核实",  # data
                        )  # fmt: skip
        self.lines.append(
            (self.now, f"at {len(posts)} posts {stopped} people were stopped, each with a reason and a rule")
        )

    def _codes(self) -> None:
        """Passes on paper, codes of the resident's page, one colour disputed, one call for help."""
        with scoped(ALL):
            bound = [o.person_id for o in orders_reads.orders_in_force(ALL, self.now) if o.person_id][:6]
            people = bound or list(people_reads.persons(ALL).order_by("id").values_list("id", flat=True)[:6])
        for number, person in enumerate(people):
            at = self.now - timedelta(minutes=50 - 5 * number)
            self._do("health", "issue_pass", at, person=person, on_paper=True)
            made = self._do("health", "make_access_code", at, person=person)
            if number == 0:
                self.lines.append(
                    (at, f"a resident's own page: /me/ with the code {access.code_of(UUID(made['access_code']))}")
                )
        self._do(
            "health", "dispute_code", self.now - timedelta(minutes=40), person=people[0], words="我当天不在那里"
        )  # data
        self._do(
            "health",
            "ask_help",
            self.now - timedelta(minutes=15),
            person=people[-1],
            need="medicine",
            words="降压药快没了",
        )  # data
