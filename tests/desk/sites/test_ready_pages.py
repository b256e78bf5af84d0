"""The register of sites and one site's readiness on the desk."""

from typing import Any

import pytest
from django.test import Client

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.loop.test_sites import GOOD, place, site


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def client(member: Any, language: str = "zh-hans") -> Client:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(member)
    return browser


def test_the_register_says_what_is_missing(county: make.County) -> None:
    site(county, ready=False)
    shown = client(county.zheng).get("/sites/").content.decode()
    assert "柳泉宾馆" in shown
    assert "未就绪" in shown
    assert "Not ready: no" in client(county.zheng, "en").get("/sites/").content.decode()
    assert "柳泉宾馆" not in client(county.chen).get("/sites/").content.decode()


def test_a_place_becomes_a_site_is_checked_and_opened_on_the_desk(county: make.County) -> None:
    browser = client(county.zheng)
    form = {"place": str(place()), "kind": "isolation_site", "level": "county"}
    zones = {"zone_clean": "北楼", "zone_buffer": "大厅", "zone_isolation": "南楼"}
    answer = browser.post("/sites/new/", form | zones | {"floors": "2", "singles": "3", "families": "1"})
    assert answer.status_code == 302
    address = answer.headers["Location"]
    with scoped(make.EVERYBODY):
        (facility,) = resources_reads.sites(make.EVERYBODY)
        assert resources_reads.capacity([facility.id])[facility.id] == {"ready": 12}
        assert [r.number for r in resources_reads.rooms(facility.id)][:5] == ["101", "102", "103", "104", "201"]
        assert {r.zone.name for r in resources_reads.rooms(facility.id)} == {"南楼"}
    house = browser.get(f"/sites/{facility.id}/").content.decode()
    assert house.index("北楼") < house.index("大厅") < house.index("南楼")
    shown = browser.get(address).content.decode()
    assert shown.count('name="seat"') == 6
    for seat in ("leader", "deputy", "medical", "funding", "police", "fire"):
        browser.post(f"/sites/{facility.id}/seats/", {"seat": seat, "name": "某"})
    browser.post(f"/sites/{facility.id}/open/", {"what": "open"})
    assert "必须按标准检查" in browser.get(address).content.decode()
    assert browser.post(address, GOOD).status_code == 302
    browser.post(f"/sites/{facility.id}/open/", {"what": "open"})
    assert "已启用" in browser.get(address).content.decode()


def test_half_a_check_is_given_back_with_what_was_filled(county: make.County) -> None:
    facility = site(county, ready=False)
    shown = client(county.wu).post(f"/sites/{facility}/check/", {"three_zones": "no", "note": "缓冲区未设"})
    assert shown.status_code == 200
    assert "没有填写" in shown.content.decode()
    assert "缓冲区未设" in shown.content.decode()
    assert 'value="no" checked' in shown.content.decode()


def test_a_stranger_opens_no_page_of_the_site(county: make.County) -> None:
    facility = site(county)
    for address in (f"/sites/{facility}/check/", f"/sites/{facility}/seats/", f"/sites/{facility}/open/"):
        assert client(county.chen).get(address).status_code in (403, 404, 405)
        assert client(county.chen).post(address, {}).status_code in (403, 404)
