"""The intake and people pages open for the county, and show a stranger from another township nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.demo import county as demo
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make


@pytest.fixture
def county(db):
    return make.county()


def client(member):
    visitor = Client()
    visitor.force_login(member)
    return visitor


def pages(row, person):
    return [
        reverse("desk:list", args=[row.pushed_list_id]),
        reverse("desk:row", args=[row.id]),
        reverse("desk:person", args=[person]),
        reverse("desk:row_reveal", args=[row.id, "name"]),
        reverse("desk:person_reveal", args=[person, "name"]),
    ]


def test_pages_are_masked_and_a_stranger_finds_nothing(county):
    person = make.person(cast.ZHAO)
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        (row,) = intake_reads.rows(make.EVERYBODY)
    for name in ("lists", "rows", "review", "people", "upload"):
        shown = client(county.wang).get(reverse(f"desk:{name}"))
        assert shown.status_code == 200, name
        assert cast.ZHAO.name not in shown.content.decode()
    for address in pages(row, person):
        shown = client(county.wang).get(address)
        assert shown.status_code == 200, address
        assert cast.ZHAO.name not in shown.content.decode()
        assert client(county.chen).get(address).status_code in (403, 404), address
    assert "赵" not in client(county.chen).get(reverse("desk:rows")).content.decode()
    assert client(county.wang).get(reverse("desk:assign")).status_code == 405


def test_a_reveal_needs_a_reason_and_then_shows_the_name(county):
    person = make.person(cast.ZHAO)
    address = reverse("desk:person_reveal", args=[person, "name"])
    assert client(county.wang).post(address).status_code == 422
    assert cast.ZHAO.name in client(county.wang).post(address, {"reason": "contact"}).content.decode()


def test_search_finds_by_document_and_not_across_townships(county):
    make.person(cast.ZHAO)
    given = {"q": cast.ZHAO.id_number}
    assert client(county.wang).post(reverse("desk:search"), given).status_code == 302
    assert client(county.chen).post(reverse("desk:search"), given).status_code == 200


def test_the_ugly_workbook_goes_through_the_wizard(county, settings_home):
    rail = demo.pushed_lists(demo.build(500))[1]
    clerk = client(county.wang)
    given = {"source": rail.sender, "purpose": rail.purpose, "basis": rail.basis}
    step = clerk.post(reverse("desk:upload"), {**given, "file": SimpleUploadedFile("rail.xlsx", rail.content)})
    assert step.status_code == 302
    shown = clerk.get(step.url)
    assert shown.status_code == 200
    address = step.url.replace("columns", "preview")
    assert clerk.get(address).status_code == 200
    done = clerk.post(address)
    assert done.status_code == 302
    assert clerk.get(done.url).status_code == 200
    with scoped(make.EVERYBODY):
        (pushed,) = intake_reads.lists(make.EVERYBODY)
    assert pushed.rows_read == len(rail.rows) == pushed.rows_accepted + pushed.rows_rejected
    rejects = clerk.get(reverse("desk:rejects", args=[pushed.id]))
    assert rejects.status_code == 200
    with scoped(make.EVERYBODY):
        assert Act.objects.get(verb="reveal_person").subject == f"list:{pushed.id}"
    again = clerk.post(reverse("desk:upload"), {**given, "file": SimpleUploadedFile("again.xlsx", rail.content)})
    twice = clerk.post(again.url.replace("columns", "preview"), follow=True)
    assert pushed.number in twice.content.decode()
    with scoped(make.EVERYBODY):
        assert intake_reads.lists(make.EVERYBODY).count() == 1


@pytest.mark.parametrize("format_", ["xlsx", "docx", "pdf", "csv", "json"])
@pytest.mark.parametrize("name", ["lists", "rows", "people", "tasks", "roster"])
def test_every_list_leaves_as_a_paper(county, name, format_):
    make.person(cast.ZHAO)
    make.receives(county.wang, make.told(cast.ZHAO), content_hash="another")
    paper = client(county.zheng).get(reverse(f"desk:{name}"), {"export": format_})
    assert paper.status_code == 200
    assert paper["Content-Disposition"].startswith("attachment")
    assert len(paper.content) > 50


@pytest.mark.parametrize(
    ("verb", "given", "state"),
    [
        ("return_row", {"reason": "incomplete"}, "returned"),
        ("hand_over_row", {"county_code": "991028", "county_name": "邻水县"}, "handed_over"),
        ("route_row", {"area": "991027102001"}, "dispatched"),
    ],
)
def test_a_row_is_acted_on_from_its_page(county, verb, given, state):
    make.receives(county.wang, make.told(cast.ZHAO), content_hash="one more")
    with scoped(make.EVERYBODY):
        row = intake_reads.open_rows(make.EVERYBODY).filter(name=cast.ZHAO.name).last()
    address = reverse("desk:row_act", args=[row.id, verb])
    assert client(county.zheng).post(address, given).status_code == 302
    with scoped(make.EVERYBODY):
        assert intake_reads.row(make.EVERYBODY, row.id).state == state


@pytest.fixture
def settings_home(tmp_path, monkeypatch):
    monkeypatch.setattr("bihuan.desk.intake.receiving.sheets_folder", lambda: tmp_path)
