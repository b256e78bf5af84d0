"""The reports of the library add up on the demo's own kind of day, as of the hour asked and not a minute later."""

from datetime import timedelta

import pytest
from django.utils import translation

from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.reports import report
from bihuan.reports._page import Page, Table
from tests import cast, make
from tests import make_lab as lab

COUNTY = Scope(make.PATHS["991027"])
HOUR = timedelta(hours=1)


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def page(name: str, at: object, **params: object) -> Page:
    found = report(name)
    assert found is not None
    with scoped(COUNTY):
        return found(COUNTY, at, **params)  # type: ignore[arg-type]


def table(of: Page, number: int) -> Table:
    return of.tables()[number][1]


def test_a_list_is_followed_from_reading_to_its_end_and_every_step_balances(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3), make.told(cast.LI, 4, address="不知何处"))
    with scoped(make.EVERYBODY):
        from bihuan.ledgers.intake import reads as intake_reads

        rows = {r.name: r.id for r in intake_reads.open_rows(make.EVERYBODY)}
    make.does(county.zhou, "report_visit", at=make.DAY + 2 * HOUR, row=rows[cast.ZHAO.name], outcome="left")
    before, after = (page("list_funnel", make.DAY + h * HOUR) for h in (1, 3))
    (line,) = table(before, 0).rows
    assert (line["accepted"], line["sent"], line["ended"], line["open"]) == (3, 2, 0, 3)
    (line,) = table(after, 0).rows
    assert (line["ended"], line["left"], line["open"]) == (1, 1, 2)
    assert line["ended"] == sum(line[k] for k in ("found", "free", "left", "away", "none", "other"))
    towns = {r["area"]: r for r in table(after, 1).rows}
    assert (towns["柳泉镇"]["sent"], towns["柳泉镇"]["ended"], towns["柳泉镇"]["end"]) == (1, 1, 120.0)
    assert all(r["sent"] == r["ended"] + r["open"] for r in towns.values())


def test_the_day_is_one_page_whose_townships_sum_to_the_county(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.LI, 3, address="不知何处"))
    at = make.DAY + HOUR
    told = page("daily", at)
    figures = {r["key"]: r for r in table(told, 0).rows}
    towns = table(told, 1)
    assert towns.total is not None
    assert figures["rows"]["now"] == towns.total["rows"] == sum(r["rows"] for r in towns.rows) == 2
    assert {r["area"]: r["rows"] for r in towns.rows if r["rows"]} == {"柳泉镇": 1, "县级": 1}
    assert figures["cases"]["new"] == figures["cases"]["now"] == 0  # a matter with nothing says zero
    earlier = {r["key"]: r for r in table(page("daily", make.DAY - HOUR), 0).rows}
    assert (earlier["rows"]["now"], earlier["tasks"]["now"]) == (0, 0)


def test_links_are_timed_batch_by_batch_and_nothing_after_the_hour_counts(db: None) -> None:
    chain = lab.chain()
    lab.fills(chain, "A001", lab.people(3))
    lab.brings(chain, "BOX1", "A001")
    assert lab.reads(chain, "A001", "negative", at=make.DAY + 6 * HOUR).status == "done"
    late, early = page("testing_links", make.DAY + 7 * HOUR), page("testing_links", make.DAY + 5 * HOUR)
    (done,) = table(late, 1).rows
    (running,) = table(early, 1).rows
    links = ("sampling", "transport", "testing", "reporting")
    assert done["whole"] == pytest.approx(sum(done[k] for k in links), abs=0.2)
    assert done[{v: k for k, v in zip(links, ("采样", "送样", "检测", "报告"), strict=True)}[done["slowest"]]] == max(
        done[k] for k in links
    )
    assert running["whole"] is None
    assert running["reporting"] is None
    assert [r["reported"] for r in table(early, 0).rows if r["tubes"]] == [0]
    assert [r["reported"] for r in table(late, 0).rows if r["tubes"]] == [1]


def test_a_problem_that_came_back_stands_first_and_found_is_mended_plus_open(county: make.County) -> None:
    told = page("problems", make.DAY)
    assert table(told, 0).total == {"name": "合计", "found": 0, "again": 0, "mended": 0, "open": 0, "late": 0}
    assert list(table(told, 2).rows) == []


def test_a_report_is_told_in_english_too(county: make.County) -> None:
    with translation.override("en"):
        for name in ("daily", "special", "isolation", "testing_links", "problems", "list_funnel", "tracing_summary"):
            of = page(name, make.DAY)
            words = [
                of.title,
                *(s.heading for s in of.sections),
                *(c.label for _h, t in of.tables() for c in t.columns),
            ]
            assert not [w for w in words if any("\u4e00" <= c <= "\u9fff" for c in w)], name


def test_another_township_sees_only_its_own(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    shiqiao = Scope(make.PATHS["991027102"])
    found = report("list_funnel")
    assert found is not None
    with scoped(shiqiao):
        rows = found(shiqiao, make.DAY + HOUR).tables()[1][1].rows
    assert [(r["area"], r["sent"]) for r in rows] == [("石桥乡", 0)]
