"""One positive: the case is opened, its contacts are derived, found in their townships, followed to the last day, and ended."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, Step
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.models import Order, Reclass
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Act, Member
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from tests import cast, make

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An hour of July 2022 in Shanghai."""
    return datetime(2022, 7, day, hour, minute, tzinfo=ZONE)


class Outbreak:
    """赵 is positive on 4 July; 钱 shares his door, 孙 sat beside him at the market, 李 met 孙 at school."""

    def __init__(self) -> None:
        self.county = make.county()
        with scoped(make.EVERYBODY):
            cdc = make.unit("县疾控中心", UnitKind.WORKING_GROUP, make.COUNTY)
            self.tracer: Member = make.serves(
                cast.Staff("许溯", "xu", "tracer"), make.post(cdc, "流调队员", Role.TRACER)
            )
            area = make.PATHS["991027101001"]
            self.market = Place.objects.create(area_id="991027101001", path=area, name="河湾集贸市场", kind="market")
            self.school = Place.objects.create(area_id="991027101001", path=area, name="河湾小学", kind="school")
        self.zhao, self.qian = make.person(cast.ZHAO), make.person(cast.QIAN)
        self.sun, self.li = make.person(cast.SUN, "991027102001"), make.person(cast.LI)
        with scoped(make.EVERYBODY):
            home = make.household([self.zhao, self.qian])
            assert home

    def does(
        self, verb: str, *, when: datetime | None = None, who: Member | None = None, **args: Any
    ) -> dict[str, Any]:
        """What the tracer does, and must be able to."""
        answer = make.does(who or self.tracer, verb, at=when or at(4), **args)
        assert answer.status == "done", (verb, answer.reason)
        return dict(answer.result or {})

    def opens(self, who: UUID | None = None, **args: Any) -> UUID:
        words = {
            "onset_at": at(3, 8),
            "sampled_at": at(3, 20),
            "disease": "covid-19",
            "protocol": "covid-19/2022-06-28",
        }
        return UUID(self.does("open_case", person=who or self.zhao, **(words | args))["case"])

    def was(self, case: UUID, place: Place, start: datetime, until: datetime, who: UUID | None = None) -> UUID:
        told = self.does("add_case_visit", case=case, place=place.id, from_at=start, until_at=until, person=who)
        return UUID(told["visit"])

    def contacts(self, case: UUID) -> dict[UUID, Any]:
        with scoped(make.EVERYBODY):
            return {c.person_id: c for c in cases_reads.contacts_of(make.EVERYBODY, case)}


@pytest.fixture
def outbreak(db: None) -> Outbreak:
    return Outbreak()


@pytest.fixture
def case(outbreak: Outbreak) -> UUID:
    """The case with an account of three stays."""
    case = outbreak.opens()
    outbreak.was(case, outbreak.market, at(2, 10), at(2, 11))
    outbreak.was(case, outbreak.market, at(2, 10, 30), at(2, 12), who=outbreak.sun)
    outbreak.was(case, outbreak.school, at(3, 15), at(3, 16), who=outbreak.sun)
    outbreak.was(case, outbreak.school, at(3, 15), at(3, 15, 40), who=outbreak.li)
    return case


def test_a_positive_gets_a_window_a_clock_and_steps(outbreak: Outbreak) -> None:
    case = outbreak.opens()
    with scoped(make.EVERYBODY):
        found = cases_reads.case(make.EVERYBODY, case)
        steps = list(cases_reads.steps(make.EVERYBODY, case))
    assert found is not None
    assert found.infectious_from == at(1, 0)  # two civil days before onset
    assert found.infectious_until is None  # not isolated yet
    assert found.task is not None
    assert found.task.clock.due_at == at(4) + timedelta(hours=24)
    assert {s.step for s in steps} == set(Step.values)
    assert found.number == "991027-2022-0001"


def test_contacts_of_both_levels_with_their_reasons(outbreak: Outbreak, case: UUID) -> None:
    told = outbreak.does("derive_contacts", case=case)
    assert (told["close"], told["secondary"]) == (2, 1)
    found = outbreak.contacts(case)
    assert found[outbreak.qian].basis == "household"
    assert found[outbreak.sun].basis == "trace"
    assert found[outbreak.sun].overlap_s == 30 * 60
    assert found[outbreak.li].level == 2
    assert found[outbreak.li].via_id == found[outbreak.sun].id
    assert found[outbreak.li].class_name == "secondary_contact"
    assert told["townships"] == 2  # one task for each township, 孙 lives in the other


def test_what_a_family_did_together_is_told_once(outbreak: Outbreak) -> None:
    case = outbreak.opens()
    market = outbreak.was(case, outbreak.market, at(2, 10), at(2, 11), who=outbreak.qian)
    outbreak.was(case, outbreak.school, at(3, 15), at(3, 16), who=outbreak.qian)
    stranger = make.does(outbreak.tracer, "copy_household_visits", at=at(4), case=case, from_person=outbreak.sun)
    assert stranger.code == "not_household"
    copy = {"case": case, "from_person": outbreak.qian}
    assert outbreak.does("copy_household_visits", **copy, visits=[market])["visits"] == 1
    assert outbreak.does("copy_household_visits", **copy)["visits"] == 1  # what was copied before is not doubled
    assert make.does(outbreak.tracer, "copy_household_visits", at=at(4), **copy).code == "nothing_to_copy"
    with scoped(make.EVERYBODY):
        mine = list(cases_reads.visits_of_person(make.EVERYBODY, outbreak.zhao))
    assert {v.place_id for v in mine} == {outbreak.market.id, outbreak.school.id}
    assert {v.source for v in mine} == {"household"}
    assert all(v.companions[0]["person"] == str(outbreak.qian) for v in mine)
    assert mine[0].copied_from_id or mine[1].copied_from_id


def test_a_preview_writes_nothing_and_says_the_same(outbreak: Outbreak, case: UUID) -> None:
    with scoped(make.EVERYBODY):
        asked = cases_reads.case(make.EVERYBODY, case)
        assert asked is not None
        acts = Act.objects.count()
        seen = cases_bridge.trace_case(make.EVERYBODY, asked, at=at(4))
        assert Act.objects.count() == acts
        assert not cases_reads.contacts(make.EVERYBODY).exists()
    outbreak.does("derive_contacts", case=case)
    assert {c.person: (c.level, c.overlap_s, c.last_day) for c in seen.candidates} == {
        p: (c.level, c.overlap_s, c.last_day) for p, c in outbreak.contacts(case).items()
    }


def test_the_township_finds_its_contacts_and_the_clock_stops_with_the_last(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    county = outbreak.county
    for person, member in ((outbreak.qian, county.zhou), (outbreak.li, county.zhou), (outbreak.sun, county.chen)):
        row = outbreak.contacts(case)[person]
        with scoped(make.EVERYBODY):
            still = {t.kind for t in command_reads.open_tasks(make.EVERYBODY)}
        assert "investigate_case" in still
        outbreak.does(
            "record_follow_up", who=member, when=at(4, 15), contact=row.id, outcome="seen_ok", temperature_c=36.5
        )
    with scoped(make.EVERYBODY):
        assert not [
            t for t in command_reads.open_tasks(make.EVERYBODY) if t.kind in ("investigate_case", "find_contacts")
        ]
        assert cases_reads.steps(make.EVERYBODY, case).get(step=Step.ALL_FOUND).done_at == at(4, 15)


def test_another_township_can_not_touch_a_contact(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    row = outbreak.contacts(case)[outbreak.qian]
    answer = make.does(outbreak.county.chen, "record_follow_up", at=at(4, 12), contact=row.id, outcome="seen_ok")
    assert answer.code == "no_such_contact"
    with scoped(Scope(make.SHIQIAO)):
        seen = list(cases_reads.contacts(Scope(make.SHIQIAO)))
    assert [c.person_id for c in seen] == [outbreak.sun]
    assert seen[0].case is None  # 石桥 follows its contact and does not learn whose
    assert seen[0].case_id == case


@pytest.mark.parametrize(
    ("days_followed", "state"),
    [((4, 5, 6, 7, 8, 9, 10, 11), ContactState.COMPLETED), ((4, 5, 6, 7, 8, 9, 10), ContactState.FOLLOWED)],
    ids=["the last day followed", "the last day missed"],
)
def test_the_last_day_is_followed_and_not_one_more(
    outbreak: Outbreak, case: UUID, days_followed: tuple[int, ...], state: str
) -> None:
    """孙 met the case last on the 2nd: seven days in quarantine to the 9th, three more at home: the 12th is the last."""
    outbreak.does("derive_contacts", case=case)
    row = outbreak.contacts(case)[outbreak.sun]
    # 第九版: 7 d central after the last exposure (2 July → whole of the 9th), 3 d at home → whole of the 12th
    assert row.last_day == date(2022, 7, 12)
    assert row.follow_until == at(13, 0)
    for day in (*days_followed, *((12,) if state == ContactState.COMPLETED else ())):
        outbreak.does("record_follow_up", who=outbreak.county.chen, when=at(day, 16), contact=row.id, outcome="seen_ok")
    with scoped(make.EVERYBODY):
        due = cases_reads.follow_up_due(make.EVERYBODY, date(2022, 7, 12))
        assert outbreak.sun in {c.person_id for c in due}
        assert outbreak.sun not in {c.person_id for c in cases_reads.follow_up_due(make.EVERYBODY, date(2022, 7, 13))}
    tick(at(12, 23, 59))
    assert outbreak.contacts(case)[outbreak.sun].ended_at is None
    tick(at(13, 0))
    tick(at(13, 0, 1))
    after = outbreak.contacts(case)[outbreak.sun]
    assert after.state == state
    if state == ContactState.FOLLOWED:  # asked on the 13th after all: that closes it
        outbreak.does("record_follow_up", who=outbreak.county.chen, when=at(13, 8), contact=row.id, outcome="seen_ok")
        assert outbreak.contacts(case)[outbreak.sun].state == ContactState.COMPLETED


def test_a_contact_becomes_a_case_and_a_contact_again_and_nothing_is_lost(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    first = outbreak.contacts(case)[outbreak.sun]
    second = outbreak.opens(outbreak.sun, when=at(6), onset_at=at(5, 9), sampled_at=at(5, 20))
    row = outbreak.contacts(case)[outbreak.sun]
    assert (row.id, row.state, row.became_id) == (first.id, ContactState.BECAME_CASE, second)
    assert (row.overlap_s, row.first_exposure_at) == (first.overlap_s, first.first_exposure_at)
    with scoped(make.EVERYBODY):
        (link,) = cases_reads.infectors_of(make.EVERYBODY, second)
        assert link.infector_id == case
        assert cases_reads.contacts_of_person(make.EVERYBODY, outbreak.sun).count() == 1


def test_a_refuted_case_frees_who_hung_on_it_alone_and_can_come_back(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    other = outbreak.opens(outbreak.li, when=at(4, 10), onset_at=at(3, 20), sampled_at=at(3, 21))
    outbreak.was(other, outbreak.school, at(3, 15), at(3, 15, 40))
    outbreak.does("derive_contacts", case=other, when=at(4, 11))
    assert outbreak.sun in outbreak.contacts(other)
    before = {c.id: (c.state, c.ended_at, c.last_day) for c in outbreak.contacts(case).values()}
    told = outbreak.does("refute_case", case=case, reason="复核阴性", when=at(4, 14))
    assert told["dropped"] == 2  # 钱 and 孙; 李 had become a case
    assert {c.state for p, c in outbreak.contacts(case).items() if p != outbreak.li} == {ContactState.DROPPED}
    assert outbreak.contacts(other)[outbreak.sun].ended_at is None  # still the contact of the other case
    with scoped(make.EVERYBODY):
        kinds = [t.kind for t in command_reads.open_tasks(make.EVERYBODY) if t.subject == f"case:{case}"]
    assert kinds == []
    outbreak.does("undo_reclassing", reclassing=UUID(told["reclassing"]), when=at(4, 15))
    assert {c.id: (c.state, c.ended_at, c.last_day) for c in outbreak.contacts(case).values()} == before
    with scoped(make.EVERYBODY):
        again = cases_reads.case(make.EVERYBODY, case)
        assert again is not None
        assert not again.is_refuted


def test_a_moved_window_takes_back_and_brings_in(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    told = outbreak.does("revise_case", case=case, changes={"onset_at": at(5, 8).isoformat()}, when=at(5, 12))
    assert told["is_moved"]
    with scoped(make.EVERYBODY):
        asked = cases_reads.case(make.EVERYBODY, case)
        assert asked is not None
        assert asked.is_behind  # the window is the 3rd now; contacts still say the 1st
    again = outbreak.does("derive_contacts", case=case, when=at(5, 12, 30))
    rows = outbreak.contacts(case)
    assert rows[outbreak.sun].state == ContactState.DROPPED  # met on the 2nd only
    assert rows[outbreak.li].state == ContactState.DROPPED
    assert rows[outbreak.qian].state == ContactState.IDENTIFIED
    assert (again["dropped"], again["added"]) == (2, 0)
    outbreak.does("undo_reclassing", reclassing=UUID(again["reclassing"]), when=at(5, 13))
    assert outbreak.contacts(case)[outbreak.sun].state == ContactState.IDENTIFIED


def test_contradictions_and_holes_are_named(outbreak: Outbreak, case: UUID) -> None:
    outbreak.was(case, outbreak.school, at(2, 10, 30), at(2, 11, 30))
    with scoped(make.EVERYBODY):
        asked = cases_reads.case(make.EVERYBODY, case)
        assert asked is not None
        kinds = {f.kind for f in cases_bridge.findings(make.EVERYBODY, asked)}
    assert {"overlap"} <= kinds


def test_seats_by_the_protocols_rule(outbreak: Outbreak, case: UUID) -> None:
    people = [
        {"person": str(outbreak.sun), "seat": {"row": "8"}, "relation": "fellow_traveller"},
        {"person": str(outbreak.li), "seat": {"row": "9"}, "relation": "fellow_traveller"},
    ]
    outbreak.does(
        "add_exposure", case=case, kind="bus_open", run="青禾1路 07-03", seat={"row": "5"}, from_at=at(3, 7),
        until_at=at(3, 8), people=people,
    )  # fmt: skip
    outbreak.does("derive_contacts", case=case)
    found = outbreak.contacts(case)
    assert found[outbreak.sun].class_name == "close_contact"  # three rows away
    assert found[outbreak.li].class_name == "general_contact"  # four rows away: met nearer by nobody else


def proposals() -> dict[UUID, list[Any]]:
    """What waits for a signature or was signed, by person."""
    with scoped(make.EVERYBODY):
        found: dict[UUID, list[Any]] = {}
        for order in Order.objects.filter(state__in=["proposed", "signed", "in_force"]).order_by("chain", "stage"):
            found.setdefault(order.person_id, []).append(order)
        return found


def test_each_contact_gets_a_proposal_at_once_and_nobody_is_bound(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    found = proposals()
    assert set(found) == {outbreak.zhao, outbreak.qian, outbreak.sun, outbreak.li}
    assert {o.state for several in found.values() for o in several} == {"proposed"}
    assert [o.measure for o in found[outbreak.sun]] == ["central_quarantine", "home_monitoring"]
    assert found[outbreak.sun][-1].ends_at == at(13, 0) == outbreak.contacts(case)[outbreak.sun].follow_until
    assert found[outbreak.zhao][0].measure == "hospital"
    again = outbreak.does("derive_contacts", case=case, when=at(4, 10))
    assert (again["added"], again["changed"]) == (
        0,
        1,
    )  # the case is not isolated yet: who shares the door is exposed on
    assert {p: len(o) for p, o in proposals().items()} == {p: len(o) for p, o in found.items()}


def test_a_contact_of_two_cases_is_proposed_for_once(outbreak: Outbreak) -> None:
    first, second = outbreak.opens(), outbreak.opens(outbreak.li)
    outbreak.was(first, outbreak.market, at(2, 10), at(2, 11))
    outbreak.was(second, outbreak.market, at(2, 10), at(2, 11))
    outbreak.was(first, outbreak.market, at(2, 10, 30), at(2, 12), who=outbreak.sun)
    outbreak.does("derive_contacts", case=first)
    before = len(proposals()[outbreak.sun])
    told = outbreak.does("derive_contacts", case=second, when=at(4, 11))
    assert (told["added"], told["bound_already"]) == (1, 1)
    assert len(proposals()[outbreak.sun]) == before


def test_what_binds_the_contacts_of_a_refuted_case_is_put_before_a_signer(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    told = outbreak.does("refute_case", case=case, reason="复核阴性", when=at(4, 14))
    assert len(proposals()) == 4  # nothing was ended by a rule: a person signs that
    with scoped(make.EVERYBODY):
        (look,) = Reclass.objects.filter(signed_at__isnull=True, dropped_at__isnull=True)
    answer = make.does(outbreak.county.zheng, "reclass_orders", at=at(4, 15), reclass=look.id)
    assert answer.status == "done", answer.reason
    assert proposals() == {}
    outbreak.does("undo_reclassing", reclassing=UUID(told["reclassing"]), when=at(4, 16))
    assert set(proposals()) == {outbreak.qian, outbreak.sun, outbreak.li}


def test_an_undo_before_the_signature_leaves_every_order_as_it_was(outbreak: Outbreak, case: UUID) -> None:
    outbreak.does("derive_contacts", case=case)
    before = {o.id: (o.state, o.ends_at) for several in proposals().values() for o in several}
    told = outbreak.does("refute_case", case=case, reason="复核阴性", when=at(4, 14))
    outbreak.does("undo_reclassing", reclassing=UUID(told["reclassing"]), when=at(4, 15))
    with scoped(make.EVERYBODY):
        assert not Reclass.objects.filter(signed_at__isnull=True, dropped_at__isnull=True).exists()
    assert {o.id: (o.state, o.ends_at) for several in proposals().values() for o in several} == before


def crowd(outbreak: Outbreak, case: UUID, people: int) -> None:
    """So many strangers at the market with the case."""
    codes = ("991027101001", "991027102001")
    with scoped(make.EVERYBODY):
        asked = cases_reads.case(make.EVERYBODY, case)
        ids = people_writes.add_persons(
            [
                people_writes.NewPerson(f"众{n}", "male", None, codes[n % 2], make.PATHS[codes[n % 2]], "")
                for n in range(people)
            ],
            recorded_at=at(1), keep_until=None,
        )  # fmt: skip
        cases_writes.add_visits(
            {"case": asked, "person_id": p, "path": make.PATHS[codes[n % 2]], "place_id": outbreak.market.id,
             "from_at": at(2, 10, n % 30), "until_at": at(2, 12), "recorded_at": at(4)}
            for n, p in enumerate(ids)
        )  # fmt: skip


def test_five_hundred_contacts_cost_no_more_statements_than_fifty(outbreak: Outbreak) -> None:
    """Recording and proposing go by the hundred: what grows is rows, not round trips (three more for every thousand)."""
    asked = []
    for number, people in enumerate((50, 500)):
        who = (outbreak.zhao, outbreak.li)[number]
        case = outbreak.opens(who, onset_at=at(3, 8 + number))
        outbreak.was(case, outbreak.market, at(2, 10), at(2, 11))
        crowd(outbreak, case, people - 50 * number)
        with CaptureQueriesContext(connection) as queries:
            told = outbreak.does("derive_contacts", case=case, when=at(4, 9 + number))
        assert told["close"] >= people
        asked.append(len(queries))
    assert asked[1] <= asked[0] + 12, asked
    assert sum(len(o) for o in proposals().values()) >= 1000  # two stages each


def test_scans_and_statements_are_one_account(outbreak: Outbreak) -> None:
    # 赵 told of the market; the code at its door knows 孙, and the school's register knows 孙 and 李
    case = outbreak.opens()
    outbreak.was(case, outbreak.market, at(2, 10), at(2, 11))
    seen = [
        {"person": person, "place": place.id, "seen_from": start, "seen_until": until}
        for person, place, start, until in (
            (outbreak.sun, outbreak.market, at(2, 10, 30), at(2, 12)),
            (outbreak.sun, outbreak.school, at(3, 15), at(3, 15, 30)),
            (outbreak.sun, outbreak.school, at(3, 15, 30), at(3, 16)),
            (outbreak.li, outbreak.school, at(3, 15), at(3, 15, 40)),
        )
    ]
    outbreak.does("record_presences", source="scan", evidence="file:gate", seen=seen)
    told = outbreak.does("derive_contacts", case=case)
    assert (told["close"], told["secondary"]) == (2, 1)
    found = outbreak.contacts(case)
    assert (found[outbreak.sun].basis, found[outbreak.sun].overlap_s) == ("trace", 1800)
    assert (found[outbreak.li].level, found[outbreak.li].overlap_s, found[outbreak.li].encounters) == (2, 2400, 1)
