"""The library of reports: one definition, on screen and as papers, as of any hour."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan import reports
from bihuan.ledgers.staff.models import Member
from tests import cast, make

NAMES = [r.name for r in reports.library()]


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    make.receives(made.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    return made


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_the_library_names_every_report(county: make.County) -> None:
    page = client_of(county.zheng).get("/reports/").content.decode()
    assert all(f"/reports/{name}/" in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_report_is_drawn(county: make.County, name: str, language: str) -> None:
    client = client_of(county.zheng)
    client.cookies["django_language"] = language
    answer = client.get(f"/reports/{name}/")
    assert answer.status_code == 200
    assert "青禾县" in answer.content.decode()


@pytest.mark.parametrize(
    ("format_", "begin"), [("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf"), ("json", b"{")]
)
def test_a_report_is_downloaded(county: make.County, format_: str, begin: bytes) -> None:
    answer = client_of(county.zheng).get("/reports/daily_screening/", {"export": format_})
    assert answer.status_code == 200
    assert answer.content.startswith(begin)
    assert f".{format_}" in answer["Content-Disposition"]


def test_a_report_looks_back(county: make.County) -> None:
    client = client_of(county.zheng)
    before = client.get("/reports/list_ledger/", {"as_of": "2022-07-01T15:00", "export": "json"}).content
    after = client.get("/reports/list_ledger/", {"as_of": "2022-07-01T17:00", "export": "json"}).content
    assert "省卫健委" not in before.decode()
    assert "省卫健委" in after.decode()
    assert json.loads(after)


def test_a_township_reports_on_itself_alone(county: make.County) -> None:
    page = client_of(county.chen).get("/reports/daily_screening/", {"area": "991027101"}).content.decode()
    assert "石桥乡" in page
    assert "柳泉镇" not in page


def test_an_area_of_the_scope_can_be_chosen(county: make.County) -> None:
    asked = {"area": "991027101", "as_of": "2022-07-01T23:00"}
    page = client_of(county.zheng).get("/reports/daily_screening/", asked).content.decode()
    assert "柳泉镇 排查日报" in page
    assert "<td>石桥乡" not in page


def test_an_unknown_report_is_not_there(county: make.County) -> None:
    client = client_of(county.zheng)
    assert client.get("/reports/nonsense/").status_code == 404
    assert client.post("/reports/daily_screening/").status_code == 405


@pytest.mark.parametrize("name", ["", *(f"{n}/" for n in NAMES)])
def test_questions_do_not_grow_with_the_rows(county: make.County, name: str) -> None:
    client = client_of(county.zheng)
    client.get(f"/reports/{name}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/reports/{name}")
    for n in range(3):
        make.receives(county.wang, make.told(cast.LI), content_hash=f"more-{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/reports/{name}")
    assert len(many) <= len(few) + 1  # a county with unrouted rows of its own is asked for by name
