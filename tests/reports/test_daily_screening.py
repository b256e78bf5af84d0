"""The daily balance holds at any hour, against a count of the rows themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import door
from bihuan.reports import library, report
from bihuan.reports.daily_screening import balances
from tests import cast, make

COUNTY = Scope(make.PATHS["991027"])


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def test_every_report_of_the_library_builds_for_an_empty_county(county: make.County) -> None:
    with scoped(COUNTY):
        for one in library():
            page = one(COUNTY, make.DAY)
            assert page.area_name == "青禾县"
            assert page.sections


def test_opening_plus_new_minus_closed_is_open(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    with scoped(make.EVERYBODY):
        rows = {r.name: r.id for r in intake_reads.open_rows(make.EVERYBODY)}
    noon, tomorrow = make.DAY + timedelta(hours=4), make.DAY + timedelta(days=1)
    make.does(county.zhou, "report_visit", at=noon, row=rows[cast.ZHAO.name], outcome="left")
    make.does(county.wang, "route_row", at=noon, row=rows[cast.SUN.name], area="991027101001")
    with scoped(COUNTY):
        lines = {r["area"]: r for r in balances(COUNTY, make.DAY, noon)}
        assert (lines["柳泉镇"]["opened"], lines["柳泉镇"]["closed"], lines["柳泉镇"]["moved_in"]) == (1, 1, 1)
        assert (lines["石桥乡"]["moved_out"], lines["石桥乡"]["open"]) == (1, 0)
        next_day = {r["area"]: r for r in balances(COUNTY, tomorrow, tomorrow)}
        assert (next_day["柳泉镇"]["opening"], next_day["柳泉镇"]["opened"], next_day["柳泉镇"]["open"]) == (1, 0, 1)


def test_rows_that_wait_for_their_township_stand_at_the_county(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.LI, 3, address="不知何处"))
    with scoped(COUNTY):
        lines = {r["area"]: r["open"] for r in balances(COUNTY, make.DAY, make.DAY) if r["open"]}
        assert lines == {"柳泉镇": 1, "青禾县": 1}
        assert sum(lines.values()) == intake_reads.open_rows(COUNTY).count()


def test_what_was_learned_later_is_not_in_the_earlier_report(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        (row,) = intake_reads.open_rows(make.EVERYBODY)
    happened, learned = make.DAY + timedelta(hours=1), make.DAY + timedelta(hours=9)
    door.perform(
        "report_visit", {"row": row.id, "outcome": "left"}, by=county.zhou.id, at=happened, recorded_at=learned
    )
    with scoped(COUNTY):
        open_at = {h: sum(r["open"] for r in balances(COUNTY, make.DAY, make.DAY + timedelta(hours=h))) for h in (2, 9)}
    assert open_at == {2: 1, 9: 0}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["left", "revisit", "return", "reopen", "route"]), st.integers(0, 5)), max_size=12
    )
)
def test_the_balance_equals_the_rows_after_any_history(county: make.County, steps: list[tuple[str, int]]) -> None:
    told = [make.told(cast.ZHAO, n, name=f"赵{n}", id_number="", phones=(f"1990000{n:04d}",)) for n in range(2, 8)]
    make.receives(county.wang, *told, content_hash=str(door.uuid7()))
    with scoped(make.EVERYBODY):
        ids = list(intake_reads.rows(make.EVERYBODY).values_list("id", flat=True))[-6:]
    for minute, (step, which) in enumerate(steps):
        at = make.DAY + timedelta(minutes=minute)
        match step:
            case "left" | "revisit":
                make.does(county.zheng, "report_visit", at=at, row=ids[which], outcome=step)
            case "return":
                make.does(county.zheng, "return_row", at=at, row=ids[which], reason="incomplete")
            case "reopen":
                make.does(county.zheng, "reopen_row", at=at, row=ids[which], reason="再查")
            case "route":
                make.does(county.zheng, "route_row", at=at, row=ids[which], area="991027102001")
    with scoped(COUNTY):
        told_open = {
            r["code"]: r["open"] for r in balances(COUNTY, make.DAY, make.DAY + timedelta(hours=1)) if r["open"]
        }
        seen = Counter(
            territory_reads.township_path(p) for p in intake_reads.open_rows(COUNTY).values_list("path", flat=True)
        )
    assert told_open == {path.rstrip("/").rsplit("/", 1)[1]: n for path, n in seen.items()}


def test_a_report_is_found_by_name() -> None:
    assert report("overdue") is not None
    assert report("no_such_report") is None
