"""The phone: my visits, what each outcome asks, once however often it is tapped, nothing of another township."""

import pytest
from django.test import Client

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

CLEAR = {"number_checked": "3", "identity_checked": "yes", "location": "在家", "control_status": "home_monitoring"}


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    make.receives(made.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    return made


def phone(who: object) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(who)  # type: ignore[arg-type]
    return client


def row_of(name: str) -> object:
    with scoped(make.EVERYBODY):
        return intake_reads.rows(make.EVERYBODY).get(name=name)


def test_i_see_the_open_rows_of_my_area_masked(county: make.County) -> None:
    body = phone(county.zhou).get("/field/").content.decode()
    assert "赵" in body
    assert cast.ZHAO.name not in body
    assert "孙" not in body


def test_an_outcome_asks_only_what_it_needs(county: make.County) -> None:
    row = row_of(cast.ZHAO.name)
    found = phone(county.zhou).get(f"/field/rows/{row.id}/?outcome=found_managed").content.decode()
    gone = phone(county.zhou).get(f"/field/rows/{row.id}/?outcome=not_found").content.decode()
    assert 'name="control_status"' in found
    assert 'name="control_status"' not in gone


def test_a_double_tap_is_one_visit_and_the_row_ends(county: make.County) -> None:
    row, act = row_of(cast.ZHAO.name), str(uuid7())
    client = phone(county.zhou)
    for _ in range(2):
        answer = client.post(f"/field/rows/{row.id}/", {"act": act, "outcome": "found_managed", **CLEAR}, follow=True)
        assert answer.status_code == 200
    with scoped(make.EVERYBODY):
        assert intake_reads.row(make.EVERYBODY, row.id).state == "found_managed"
        assert Act.objects.filter(verb="report_visit").count() == 1


def test_what_is_not_four_times_clear_is_refused_and_kept(county: make.County) -> None:
    row = row_of(cast.ZHAO.name)
    answer = phone(county.zhou).post(
        f"/field/rows/{row.id}/", {"act": str(uuid7()), "outcome": "found_managed", "location": "村口小店"}
    )
    body = answer.content.decode()
    assert "四清" in body
    assert "村口小店" in body


def test_a_look_needs_a_reason_and_is_journalled(county: make.County) -> None:
    row = row_of(cast.ZHAO.name)
    client = phone(county.zhou)
    assert cast.ZHAO.phone not in client.get(f"/field/rows/{row.id}/who/").content.decode()
    assert cast.ZHAO.phone not in client.post(f"/field/rows/{row.id}/who/", {"reason": ""}).content.decode()
    told = client.post(f"/field/rows/{row.id}/who/", {"reason": "上门走访"}).content.decode()
    assert cast.ZHAO.phone in told
    with scoped(make.EVERYBODY):
        assert Act.objects.get(verb="reveal_person").subject == f"row:{row.id}"


def test_a_person_on_no_list_is_added_at_once(county: make.County) -> None:
    client = phone(county.zhou)
    assert client.get("/field/off-list/").status_code == 200
    client.post(
        "/field/off-list/",
        {
            "act": str(uuid7()),
            "name": cast.LI.name,
            "phone": cast.LI.phone,
            "area": "991027101001",
            "how_found": "敲门",
        },
    )
    assert row_of(cast.LI.name).path == make.PATHS["991027101001"]


def test_another_township_finds_nothing(county: make.County) -> None:
    row = row_of(cast.ZHAO.name)
    stranger = phone(county.chen)
    for address in (f"/field/rows/{row.id}/", f"/field/rows/{row.id}/who/"):
        assert stranger.get(address).status_code == 404
    assert "赵" not in stranger.get("/field/").content.decode()


def test_notices_and_manifest(county: make.County) -> None:
    head = phone(county.wu)
    assert "20" in head.get("/field/notices/").content.decode()
    assert head.post("/field/notices/").status_code == 302
    assert head.get("/field/manifest.webmanifest").json()["display"] == "standalone"


def test_a_form_with_a_fault_says_where(tmp_path: object) -> None:
    bad = tmp_path / "bad.yaml"  # type: ignore[operator]
    bad.write_text(
        "form: bad\ntitle: {zh: 甲, en: a}\noutcomes:\n  left: {zh: 乙, en: b, asks: [nowhere]}\n"
        "fields:\n  note: {kind: song, zh: 丙, en: c}\n",
        encoding="utf-8",
    )
    assert forms.faults(bad) == [
        "bad.yaml:6:10: kind must be one of text number date yes_no choice note",
        "bad.yaml:4:24: no field «nowhere»",
    ]
