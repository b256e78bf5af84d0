"""Reports on registers that are data: supplies against thirty days at full load, campaigns against households."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan import reports
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import make

DAY = make.DAY
COUNTY = Scope(make.PATHS[make.COUNTY])


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def loads(county: make.County, register: str, *rows: dict[str, str]) -> None:
    answer = make.does(county.zheng, "load_register", register=register, rows=rows)
    assert answer.result["rejected"] == []


def entry(name: str) -> Any:
    with scoped(make.EVERYBODY):
        return command_reads.entries(make.EVERYBODY).get(name=name)


def fills(county: make.County, checklist: str, name: str, at: Any, **answers: str) -> None:
    told = make.filled(checklist) | {key: {"answer": said} for key, said in answers.items()}
    given = {"checklist": checklist, "subject": f"entry:{entry(name).id}", "kind": "dispatch", "answers": told}
    answer = make.does(county.wu, "fill_checklist", at=at, **given)
    assert answer.status == "done", answer


def built(name: str, at: Any) -> Any:
    report = reports.report(name)
    assert report is not None
    with scoped(make.EVERYBODY):
        return report(COUNTY, at)


def test_the_latest_count_decides_how_long_a_supply_lasts(county: make.County) -> None:
    mask = {"item": "N95口罩", "unit": "柳泉镇人民政府", "burn_per_day": "100", "lead_days": "7", "pack_size": "50"}
    loads(
        county, "supplies",
        mask | {"name": "N95 镇库", "place": "镇库", "stock": "2000"},
        mask | {"name": "N95 卫生院", "place": "卫生院", "stock": "900", "burn_per_day": "0"},
        {"name": "消毒液 镇库", "item": "消毒液", "unit": "柳泉镇人民政府", "stock": "9000", "burn_per_day": "100",
         "expires_on": "2022-07-20"},
    )  # fmt: skip
    before = built("supplies", DAY + timedelta(hours=1))
    line = next(r for r in before.sections[1].table.rows if r["item"] == "N95口罩")
    assert (line["stock"], line["days"], line["missing"], line["order"]) == (2900, 29.0, 100, 100)
    fills(county, "stock_count", "N95 镇库", DAY + timedelta(hours=2), counted="1000", expired="120")
    after = built("supplies", DAY + timedelta(hours=3))
    line = after.sections[1].table.rows[0]
    assert line["item"] == "N95口罩"  # the tightest first
    assert (line["stock"], line["burn"], line["missing"], line["order"]) == (1780, 100, 1220, 1250)
    assert line["within"] == "11 天内"
    assert built("supplies", DAY + timedelta(hours=1)).sections[1].table.rows == before.sections[1].table.rows
    stores = {s["store"]: s for s in after.sections[2].table.rows}
    assert stores["镇库"]["soon"] is True or any(s["soon"] for s in after.sections[2].table.rows)
    late = built("supplies", DAY + timedelta(days=31))
    assert all(s["old"] for s in late.sections[2].table.rows if s["store"] != "镇库" or s["item"] == "消毒液")
    gone = next(r for r in late.sections[1].table.rows if r["item"] == "消毒液")
    assert gone["stock"] == 0  # a batch past its date is no stock


def test_a_campaign_reaches_no_more_than_there_is_and_a_silent_one_says_so(county: make.County) -> None:
    told = {"content": "勤洗手", "channels": "村村响、上门", "unit": "柳泉镇人民政府"}
    loads(
        county,
        "campaigns",
        told | {"name": "爱国卫生月", "households": "500"},
        told | {"name": "打疫苗", "households": "300"},
    )
    fills(
        county,
        "campaign_reach",
        "爱国卫生月",
        DAY + timedelta(hours=1),
        reached="300",
        loudspeaker="14",
        screens="0",
        messages="20",
    )
    fills(
        county,
        "campaign_reach",
        "爱国卫生月",
        DAY + timedelta(days=7),
        reached="260",
        loudspeaker="10",
        screens="2",
        messages="0",
    )
    page = built("campaigns", DAY + timedelta(days=10))
    silent, heard = page.sections[0].table.rows
    assert (silent["name"], silent["late"], silent["last"]) == ("打疫苗", True, "没有登记")
    assert (heard["reached"], heard["share"], heard["loudspeaker"], heard["late"]) == (500, 1.0, 24, False)
    assert page.sections[0].table.total["wanted"] == 800
