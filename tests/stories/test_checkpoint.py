"""A post: who passes clear is a number, who is stopped has a reason, a rule and an officer, what is broken is somebody's task."""

import itertools
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bihuan import field
from bihuan.config import frontend
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.models import Notice, Task, Visit
from bihuan.ledgers.intake.sightings import landing
from bihuan.ledgers.intake.sightings import reads as sighting_reads
from bihuan.ledgers.intake.sightings.choices import Colour
from bihuan.ledgers.intake.sightings.models import Crossing, Sighting
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.staff.models import Act, Member, Post
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.models import Device, Place, RiskArea
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from tests import cast, make

AT = make.DAY
HOUR = timedelta(hours=1)


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def post(county: make.County) -> Place:
    """The road into Liuquan, manned by its township."""
    with scoped(make.EVERYBODY):
        unit = Post.objects.filter(path=make.LIUQUAN).first().unit_id
    answer = make.does(
        county.wu, "register_checkpoint", area="991027101", name="柳泉北口", hours="24小时", unit=unit, address="省道12公里",
    )  # fmt: skip
    assert answer.status == "done", answer
    return Place.objects.get(name="柳泉北口")


@pytest.fixture
def guard(post: Place) -> Member:
    with scoped(make.EVERYBODY):
        return make.serves(cast.Staff("卫门", "wei", "guard"), Post.objects.get(place=post))


def stop(who: Member, post: Place, **changes: Any) -> Any:
    at = changes.pop("at", AT)
    id_ = changes.pop("id_", None)
    told = {
        "place": post.id, "colour": "yellow", "decision": "single_sample", "reason": "yellow_code",
        "origin": "邻省东山市", "destination": "石桥乡上坡村", "destination_area": "991027102001",
        "name": cast.SUN.name, "id_number": cast.SUN.id_number, "phone": cast.SUN.phone, "vehicle": "演A12345",
    }  # fmt: skip
    return make.does(who, "record_stop", at=at, id_=id_, **(told | changes))


@pytest.mark.parametrize(
    ("colour", "level", "starred", "landed", "action", "tubes"),
    [
        ("red", "", False, False, "closed_loop", (1,)),
        ("green", "high", False, False, "closed_loop", (1,)),
        ("green", "medium", True, True, "closed_loop", (1,)),
        ("yellow", "", False, False, "single_sample", (1,)),
        ("green", "", True, True, "single_sample", (1,)),
        ("green", "low", False, False, "two_samples", (1, 10)),
        ("green", "", False, True, "two_samples", (1, 10)),
        ("none", "", False, False, "check", ()),
        ("green", "", False, False, "pass", ()),
    ],
)
def test_the_post_is_told_what_to_do(
    colour: str, level: str, starred: bool, landed: bool, action: str, tubes: tuple[int, ...]
) -> None:
    said = landing.answer(colour=colour, level=level, is_starred=starred, is_landing=landed)
    assert (said.action, said.tubes) == (action, tubes)


def test_every_combination_has_an_answer_and_only_the_clear_pass() -> None:
    for colour, level, starred, landed in itertools.product(
        Colour.values, ("", "high", "medium", "low"), (False, True), (False, True)
    ):
        said = landing.answer(colour=colour, level=level, is_starred=starred, is_landing=landed)
        is_clear = colour == "green" and not level and not starred and not landed
        assert (said.action == "pass") == is_clear


def test_who_passes_clear_leaves_a_number_and_nothing_else(guard: Member, post: Place) -> None:
    act = uuid7()
    for _ in range(2):  # a phone sends again what it is not sure of
        assert make.does(guard, "count_crossings", id_=act, place=post.id, hour=AT, clear=12).status != "refused"
    make.does(guard, "count_crossings", place=post.id, hour=AT + timedelta(minutes=40), clear=3)
    refused = stop(guard, post, colour="green", decision="passed", reason="other")
    assert refused.code == "passes_clear"
    with scoped(make.EVERYBODY):
        assert Crossing.objects.get().clear == 15
        assert not Sighting.objects.exists()
        kept = {f.name for f in Crossing._meta.get_fields() if f.concrete}
        assert kept == {"id", "place", "path", "hour", "clear"}
    assert make.does(guard, "count_crossings", place=post.id, hour=AT, clear=0).code == "bad_count"


def test_a_stop_keeps_reason_rule_officer_and_goes_where_the_person_goes(
    county: make.County, guard: Member, post: Place
) -> None:
    person = make.person(cast.SUN, "991027102001")
    answer = stop(guard, post)
    assert answer.status == "done", answer
    with scoped(Scope(make.SHIQIAO)):
        kept = sighting_reads.sightings(Scope(make.SHIQIAO)).get()
        assert (kept.answer, kept.decision, kept.reason, kept.member_id) == (
            "single_sample", "single_sample", "yellow_code", guard.id,
        )  # fmt: skip
        assert "004/2" in kept.rule
        assert kept.person_id == person
        assert cast.SUN.name.encode() not in bytes(kept.sealed)
        assert cipher.unseal_json(kept.sealed)["vehicle"] == "演A12345"
    with scoped(make.EVERYBODY):
        args = json.dumps(Act.objects.get(id=answer.id).args, ensure_ascii=False)
    for words in (cast.SUN.name, cast.SUN.id_number, cast.SUN.phone, "演A12345", "东山市"):
        assert words not in args


def test_who_lands_is_handed_to_the_township_they_go_to(county: make.County, guard: Member, post: Place) -> None:
    stop(guard, post, colour="green", level="high", decision="closed_loop", reason="risk_area")
    with scoped(make.EVERYBODY):
        task = Task.objects.get(kind="arrival")
        assert task.path == make.PATHS["991027102001"]
        assert task.clock.due_at == AT + 2 * HOUR
        assert Notice.objects.get(kind="arrival").member_id == county.chen.id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"origin": ""}, "no_route"),
        ({"destination": " "}, "no_route"),
        ({"name": "", "id_number": "", "phone": ""}, "nobody"),
        ({"decision": "advised_return", "note": ""}, "no_words"),
        ({"decision": "advised_return", "colour": "green", "reason": "other", "note": "车辆来自外省"}, "no_ground"),
        ({"destination_area": "991028"}, "no_such_area"),
        ({"level": "grey"}, "incomplete"),
        ({"decision": "arrest"}, "incomplete"),
    ],
)
def test_a_decision_without_its_ground_is_refused(
    guard: Member, post: Place, changes: dict[str, Any], code: str
) -> None:
    assert stop(guard, post, **changes).code == code


def test_a_red_code_is_clarified_reported_and_handed_over_in_order(
    county: make.County, guard: Member, post: Place
) -> None:
    stop(guard, post, colour="red", decision="closed_loop", reason="red_code")
    with scoped(make.EVERYBODY):
        task = Task.objects.get(kind="red_code")
        assert task.clock.due_at == AT + timedelta(minutes=20)
    go = lambda step, minutes, who=guard: make.does(  # noqa: E731
        who, "advance_red_code", at=AT + timedelta(minutes=minutes), task=task.id, step=step, note="县疾控"
    )
    assert go("reported", 3).code == "out_of_order"
    assert [go(s, m).status for s, m in (("clarified", 4), ("reported", 7), ("handed_over", 15))] == ["done"] * 3
    assert go("handed_over", 16).code == "already_closed"
    with scoped(make.EVERYBODY):
        done = Task.objects.get(id=task.id)
        assert [done.detail[f"{s}_at"][14:16] for s in ("seen", "clarified", "reported", "handed_over")] == [
            "00", "04", "07", "15",
        ]  # fmt: skip
        assert done.clock.stopped_at == AT + timedelta(minutes=15)


def test_a_stop_is_forgotten_when_its_time_is_over(guard: Member, post: Place) -> None:
    stop(guard, post)
    for days, left in ((29, 1), (30, 0)):
        tick(AT + timedelta(days=days))
        with scoped(make.EVERYBODY):
            assert Sighting.objects.count() == left


def test_a_broken_thermometer_is_one_repair_until_it_works(county: make.County, guard: Member, post: Place) -> None:
    device = UUID(make.does(guard, "register_device", place=post.id, kind="thermometer", label="T-07").result["device"])
    say = lambda works, hours: make.does(guard, "check_device", at=AT + hours * HOUR, device=device, works=works)  # noqa: E731
    assert [say(True, 0).word, say(False, 1).word, say(False, 2).word] == ["works", "broken", "still_broken"]
    with scoped(make.EVERYBODY):
        assert Task.objects.filter(kind="repair_device", closed_at__isnull=True).count() == 1
    assert say(True, 1).word == "older"  # the outbox of a phone that was away: what is known later counts
    assert say(True, 3).word == "works"
    with scoped(make.EVERYBODY):
        assert not Task.objects.filter(kind="repair_device", closed_at__isnull=True).exists()
        assert (Device.objects.get().works, Device.objects.get().tested_at) == (True, AT + 3 * HOUR)
    assert make.does(guard, "register_device", place=post.id, kind="thermometer", label="T-07").code == "known"
    assert make.does(county.chen, "check_device", device=device, works=False).code == "no_such_device"


def test_an_empty_post_is_a_problem_with_a_clock(county: make.County, post: Place) -> None:
    look = lambda outcome, **answers: make.does(  # noqa: E731
        county.zheng, "check_presence", place=post.id, outcome=outcome, answers=answers
    )
    assert look("in_order", how="on_site").code == "incomplete"
    assert look("in_order", how="on_site", people="2").word == "in_order"
    assert look("absent", how="call").word == "found_wanting"
    with scoped(make.EVERYBODY):
        assert Visit.objects.filter(subject=f"place:{post.id}").count() == 2
        assert Task.objects.get(kind="post_presence").responsible_unit.path == make.LIUQUAN
    assert make.does(county.wu, "check_presence", place=post.id, outcome="absent", answers={"how": "call"}).code == (
        "not_permitted"
    )  # nobody inspects themselves


def test_registering_twice_mends_and_makes_one_post(county: make.County, post: Place) -> None:
    with scoped(make.EVERYBODY):
        unit = Post.objects.get(place=post).unit_id
    words = {"area": "991027101", "name": "柳泉北口", "unit": unit}
    assert make.does(county.wu, "register_checkpoint", hours="6:00–22:00", **words).result["place"] == str(post.id)
    assert make.does(county.chen, "register_checkpoint", hours="24小时", **words).code == "no_such_area"
    with scoped(make.EVERYBODY):
        assert Place.objects.get(name="柳泉北口").hours == "6:00–22:00"
        (chair,) = Post.objects.filter(place=post)
        assert (chair.role, chair.round_the_clock) == (Role.CHECKPOINT, True)


def test_another_township_may_do_nothing_here(county: make.County, post: Place) -> None:
    assert stop(county.chen, post).code == "no_such_place"
    assert make.does(county.chen, "count_crossings", place=post.id, hour=AT, clear=1).code == "no_such_place"


# The phone.


def phone(who: Any) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(who)
    return client


@pytest.fixture
def code(county: make.County, guard: Member) -> str:
    """Qian's pass, green at this hour."""
    person = make.person(cast.QIAN)
    answer = make.does(county.zheng, "issue_pass", at=datetime.now(AT.tzinfo), person=person)
    with scoped(Scope(make.PATHS[make.COUNTY])):
        return pass_bridge.pass_text(make.PATHS[make.COUNTY], person, answer.result)


def test_the_page_answers_without_script(county: make.County, guard: Member, post: Place, code: str) -> None:
    client = phone(guard)
    assert "没有风险地区清单" in client.get("/field/checkpoint/").content.decode()
    asked = {"place": str(post.id), "do": "ask"}
    body = client.post("/field/checkpoint/", {**asked, "code": code}).content.decode()
    assert 'class="answer pass"' in body
    body = client.post("/field/checkpoint/", {**asked, "code": code[:-30] + "100000000" + code[-21:]}).content.decode()
    assert "签名不符" in body
    assert 'class="answer check"' in body
    body = client.post("/field/checkpoint/", {**asked, "colour": "red"}).content.decode()
    assert 'class="answer closed_loop"' in body
    act = str(uuid7())
    for _ in range(2):
        client.post("/field/checkpoint/", {"place": str(post.id), "do": "clear", "act": act})
    with scoped(make.EVERYBODY):
        assert Crossing.objects.get().clear == 1
    stopped = {
        "place": str(post.id), "do": "stop", "act": str(uuid7()), "colour": "yellow", "decision": "single_sample",
        "reason": "yellow_code", "origin": "东山市", "destination": "", "name": cast.SUN.name,
    }  # fmt: skip
    body = client.post("/field/checkpoint/", stopped).content.decode()
    assert "来源地和目的地" in body
    assert "东山市" in body
    client.post("/field/checkpoint/", {**stopped, "destination": "上坡村", "act": str(uuid7())})
    with scoped(make.EVERYBODY):
        assert Sighting.objects.get().destination == "上坡村"


def test_the_pack_holds_what_is_needed_and_nobody(county: make.County, guard: Member, post: Place, code: str) -> None:
    now = datetime.now(AT.tzinfo)
    make.does(
        county.zheng, "load_risk_areas", at=now, source="省", document="文", effective_from=now - HOUR, content_hash="x",
        areas=({"name": "邻省东山市城南区", "level": "high"},),
    )  # fmt: skip
    answer = phone(guard).get("/field/checkpoint/pack.json")
    pack = answer.json()
    assert [a["level"] for a in pack["risk"]["areas"]] == ["high"]
    assert len(pack["keys"]["keys"]) == len(pack["slices"]) == 1
    assert answer.headers["Cache-Control"] == "no-store"
    for words in (cast.QIAN.name, cast.QIAN.id_number, cast.QIAN.phone):
        assert words not in answer.content.decode()
    assert phone(county.zhou).get("/field/checkpoint/pack.json").status_code == 403


def test_the_phone_and_the_server_tell_the_post_the_same(tmp_path: Path) -> None:
    node = frontend.node()
    areas = [
        {"name": "邻省东山市城南区和平街道幸福小区", "code": "", "level": "medium"},
        {"name": "东山市城南区", "code": "881201000000", "level": "high"},
        {"name": "石桥", "code": "", "level": "low"},
    ]
    places = [
        "",
        "东山市城南区和平街道幸福小区3号楼",
        "邻省东山市",
        "西山市城南区",
        "881201003",
        "88",
        "石桥乡",
        "石桥",
    ]
    places += ["城南区", "幸福小区", "邻省 东山市，城南区", "邻省东山市城南区和平街道"]
    seen = list(itertools.product(Colour.values, ("", "high", "medium", "low"), (False, True), (False, True)))
    rows = [RiskArea(**a) for a in areas]
    expect = {
        "places": [(found.level if (found := risk.gravest(rows, p)) else "") for p in places],
        "answers": [
            landing.answer(colour=c, level=lv, is_starred=s, is_landing=la).action for c, lv, s, la in seen
        ],
    }  # fmt: skip
    assert set(expect["places"]) >= {"", "high", "low"}
    script = Path(field.__file__).parent / "static" / "field" / "landing.js"
    runner = tmp_path / "run.mjs"
    given = {"areas": areas, "places": places, "seen": seen, "table": landing.table()}
    runner.write_text(
        f"import {{ answer, gravest }} from {json.dumps(script.as_uri())};"
        f"const given = {json.dumps(given)};"
        "const places = given.places.map((p) => gravest(given.areas, p)?.level ?? '');"
        "const answers = given.seen.map(([colour, level, is_starred, is_landing]) =>"
        " answer(given.table, { colour, level, is_starred, is_landing }).action);"
        "console.log(JSON.stringify({ places, answers }));",
        encoding="utf-8",
    )
    done = subprocess.run([node, str(runner)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == expect
