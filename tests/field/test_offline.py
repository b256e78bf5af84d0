"""What the phone takes with it: lists that spell out nobody, pages that hold nobody, and a silence that is noticed."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from bihuan.field import sampling, tasks
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff.models import Act, Member, Phone
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import cast, make, make_lab
from tests.loop import _houses, _orders

MINUTE = timedelta(minutes=1)
# The shortest picture that is one: a frame, a scan of two bytes, an end.
PHOTO = b"\xff\xd8\xff\xdb\x00\x03\x00\xff\xda\x00\x03\x00\x11\x22\xff\xd9"


def phone(member: Member, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(member)
    return client


@pytest.fixture
def chain(db: None) -> make_lab.Chain:
    return make_lab.chain()


def test_a_table_s_list_finds_people_and_names_none(chain: make_lab.Chain) -> None:
    zhao = make.person(cast.ZHAO)
    answer = phone(chain.cai).get(f"/field/sampling/{chain.session}/pack.json")
    body, told = answer.content.decode(), answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert cast.ZHAO.name not in body
    assert cast.ZHAO.id_number not in body
    (line,) = [one for one in told["people"] if one[0] == str(zhao)]
    _id, masked, tail, by_number, by_name, subjects, is_sampled = line
    assert masked.startswith(cast.ZHAO.name[0])
    assert tail == cast.ZHAO.id_number[-4:]
    assert by_number == sampling.digest(told["salt"], f" {cast.ZHAO.id_number.lower()} ")
    assert by_name == sampling.digest(told["salt"], cast.ZHAO.name)
    assert pass_bridge.subject_of(zhao, datetime.now(UTC)) in subjects
    assert not is_sampled
    again = phone(chain.cai).get(f"/field/sampling/{chain.session}/pack.json").json()
    assert again["salt"] != told["salt"]  # two phones' lists cannot be laid side by side
    make_lab.fills(chain, "A001", [zhao])
    (line,) = [
        one
        for one in phone(chain.cai).get(f"/field/sampling/{chain.session}/pack.json").json()["people"]
        if one[0] == str(zhao)
    ]
    assert line[-1] is True


def test_another_township_s_table_gives_no_list(chain: make_lab.Chain) -> None:
    assert phone(chain.shi).get(f"/field/sampling/{chain.session}/pack.json").status_code == 404
    assert phone(chain.liu).get(f"/field/sampling/{chain.session}/pack.json").status_code == 403


def test_without_script_one_form_binds_one_person(chain: make_lab.Chain) -> None:
    client = phone(chain.cai)
    zhao = cast.ZHAO
    make.person(zhao)
    told = {"session": str(chain.session), "tube": "A001", "id_number": zhao.id_number, "name": zhao.name}
    now = datetime.now(UTC)
    make.does(chain.cai, "open_session", of_round=chain.round, station=chain.liuquan, at=now)
    answer = client.post("/field/sampling/", {**told, "act": str(uuid7())}, follow=True)
    assert "已登记" in answer.content.decode()
    assert make_lab.tube("A001").swabs == 1


def test_my_day_is_taken_along_masked(db: None) -> None:
    county = make.county()
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    answer = phone(county.zhou).get("/field/tasks/pack.json")
    (visits,) = answer.json()["sections"]
    assert len(visits["rows"]) == 1
    assert cast.ZHAO.name not in json.dumps(answer.json(), ensure_ascii=False)
    (outcome,) = [o for o in visits["outcomes"] if o["key"] == "found_managed"]
    assert {q["name"] for q in outcome["questions"]} >= {"control_status", "location"}
    assert phone(county.chen).get("/field/tasks/pack.json").json()["sections"][0]["rows"] != visits["rows"]


def test_the_doors_drawn_for_me_are_taken_along_and_nobody_elses(db: None) -> None:
    house = _houses.house()
    inspector = make.inspector()
    for who, room in ((cast.ZHAO, "101"), (cast.QIAN, "102")):
        _houses.lodged(house, make.person(who), room)
    make.does(house.hua, "draw_visits", at=_houses.DAY + _houses.HOUR, count=1, seed=7, inspector=inspector.id)
    make.does(house.hua, "draw_visits", at=_houses.DAY + _houses.HOUR, count=1, seed=8, inspector=house.county.zheng.id)
    with scoped(make.EVERYBODY):
        drawn = {t.responsible_id: t for t in command_reads.open_tasks(make.EVERYBODY).filter(kind="unannounced_visit")}
    answer = phone(inspector).get("/field/tasks/pack.json")
    (doors,) = answer.json()["sections"]
    assert [row["id"] for row in doors["rows"]] == [str(drawn[inspector.id].id)]
    assert doors["rows"][0]["title"] == drawn[inspector.id].title
    assert doors["photos"] == tasks.MOST_PHOTOS
    assert {o["key"] for o in doors["outcomes"]} == {"kept", "not_kept", "no_answer"}
    assert cast.ZHAO.name not in answer.content.decode()
    assert drawn[inspector.id].title in phone(inspector).get("/field/inspect/").content.decode()
    for other in (house.nurse, house.county.zhou, house.county.chen):
        told = phone(other).get("/field/tasks/pack.json").json()["sections"]
        assert "unannounced" not in {section["key"] for section in told}


def test_a_home_to_be_assessed_is_taken_along_masked(db: None) -> None:
    house = _houses.house()
    now = datetime.now(UTC)
    order = _orders.in_force(
        house.staff, make.person(cast.ZHAO), at=now - 3 * MINUTE, last_exposure=now - timedelta(hours=24)
    )
    with scoped(make.EVERYBODY):
        Order.objects.filter(id=order).update(measure="home_quarantine")
    answer = phone(house.county.zhou).get("/field/tasks/pack.json")
    (homes,) = [s for s in answer.json()["sections"] if s["key"] == "homes"]
    assert [row["id"] for row in homes["rows"]] == [str(order)]
    assert homes["questions"]
    assert cast.ZHAO.name not in json.dumps(answer.json(), ensure_ascii=False)
    assert "homes" not in {s["key"] for s in phone(house.county.chen).get("/field/tasks/pack.json").json()["sections"]}


def test_a_photo_comes_after_its_act_in_the_same_call_and_once(db: None) -> None:
    make.county()
    inspector, pharmacy = make.inspector(), make.place("河湾药店", "pharmacy")
    form, shown = str(uuid7()), str(uuid7())
    at = datetime.now(UTC).isoformat()
    filled = {"checklist": "pharmacy", "subject": pharmacy, "kind": "inspection", "answers": make.filled("pharmacy")}
    photo = base64.b64encode(PHOTO).decode()
    proof = {"subject": f"visit:{form}", "kind": "evidence", "photo": photo}
    acts = [
        {"id": form, "act": "fill_checklist", "at": at, "device": "phone", "args": filled},
        {"id": shown, "act": "add_proof", "at": at, "device": "phone", "args": proof},
    ]
    client = phone(inspector)
    told = [client.post("/api/v1/acts", {"acts": acts}, content_type="application/json").json() for _ in range(2)]
    assert [[a["status"] for a in one["acts"]] for one in told] == [["done"] * 2, ["already_done"] * 2]
    with scoped(make.EVERYBODY):
        (kept,) = command_reads.proofs(make.EVERYBODY, [f"visit:{form}"]).defer(None)
        assert cipher.unseal_bytes(kept.sealed) == PHOTO
        assert "photo" not in Act.objects.get(id=shown).args
    assert "照片 1 张" in client.get(f"/field/inspect/filled/{form}/").content.decode()


@pytest.mark.parametrize("page", ["tasks", "outbox", "about", "sampling", "carry"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_the_phone_keeps_hold_nobody(chain: make_lab.Chain, page: str, language: str) -> None:
    make.receives(chain.county.wang, make.told(cast.ZHAO))
    make.person(cast.QIAN)
    body = phone(chain.cai, language).get(f"/field/{page}/").content.decode()
    assert not any(who.name in body or who.name[0] + "*" in body for who in (cast.ZHAO, cast.QIAN))
    assert 'src="/static/field/phone.js"' in body


def test_the_worker_keeps_one_edition_of_files_that_exist() -> None:
    answer = Client().get("/field/sw.js")
    script = answer.content.decode()
    assert "{{" not in script
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", script).group(1))  # type: ignore[union-attr]
    assert "/static/field/sampling.js" in files
    assert all(finders.find(name.removeprefix("/static/")) for name in files)
    imports = set()
    for name in files:
        if name.endswith(".js"):
            text = Path(finders.find(name.removeprefix("/static/"))).read_text()  # type: ignore[arg-type]
            imports |= {f"/static/field/{found}" for found in re.findall(r'from "\./([\w-]+\.js)"', text)}
    assert imports <= set(files)  # a page without a network lacks no module


def test_libraries_of_others_are_named_with_version_and_licence(db: None) -> None:
    body = Client().get("/field/about/").content.decode()
    assert re.search(r"zxing-wasm[^<]*\d+\.\d+", body)
    assert "MIT" in body


def test_a_silent_phone_that_keeps_swabs_is_told_once(chain: make_lab.Chain) -> None:
    day = make_lab.DAY
    device = uuid7()
    told = {"device": device, "waiting": 12, "oldest_at": day, "skew_seconds": -60}
    make.does(chain.cai, "report_phone", at=day, **told)
    idle = uuid7()
    make.does(chain.liu, "report_phone", at=day, device=idle)  # keeps nothing, has no table: silence is rest
    tick(day + 40 * MINUTE)
    assert not Notice.objects.filter(kind="phone_silent").exists()
    for minutes in (46, 47, 90):
        tick(day + minutes * MINUTE)
    with scoped(make.EVERYBODY):
        (notice,) = Notice.objects.filter(kind="phone_silent", member=chain.county.wu)
        assert notice.words["n"] == 12
        assert Phone.objects.get(id=idle).silent_at is None
    make.does(chain.cai, "report_phone", at=day + 100 * MINUTE, **told)
    tick(day + 150 * MINUTE)
    with scoped(make.EVERYBODY):
        assert (
            Notice.objects.filter(kind="phone_silent", member=chain.county.wu).count() == 2
        )  # a new silence is a new alarm
    page = phone(chain.county.wu).get("/notices/").content.decode()
    assert "蔡采" in page
    assert "12" in page


def test_a_phone_changes_hands_between_townships(chain: make_lab.Chain) -> None:
    device = uuid7()
    for who in (chain.cai, chain.shi):
        assert make.does(who, "report_phone", device=device, waiting=1).status == "done"
    with scoped(make.EVERYBODY):
        assert Phone.objects.get().member_id == chain.shi.id
    body = phone(chain.county.chen).get("/phones/").content.decode()
    assert "石采" in body
    assert "石采" not in phone(chain.county.wu).get("/phones/").content.decode()
