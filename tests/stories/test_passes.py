"""Codes: a colour is a reading of orders, a pass says it for hours, what changes revokes what was issued before."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bihuan.engines import passes
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes.models import PassKey
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from tests import cast, make

AT = make.DAY
COUNTY = make.PATHS[make.COUNTY]
HOUR = timedelta(hours=1)


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def qian(county: make.County) -> UUID:
    return make.person(cast.QIAN)


def bind(
    person: UUID, county: make.County, *, code: str, start: datetime, end: datetime, served: datetime, **more: Any
) -> UUID:
    """An order as the room keeps it, signed and served."""
    told: dict[str, Any] = {
        "measure": "home_quarantine" if code == "yellow" else "central_quarantine", "protocol": "covid-19/2022-06-28",
        "class_name": "close_contact", "basis": "第九版", "ground": f"contact:{uuid7()}", "ground_words": "密切接触者",
        "area_id": "991027101001", "path": make.PATHS["991027101001"], "issuer_post": "指挥部 指挥长",
    }  # fmt: skip
    with scoped(make.EVERYBODY):
        return Order.objects.create(
            person_id=person, chain=uuid7(), starts_at=start, ends_at=end, state="in_force", proposed_at=served,
            proposed_by=county.zheng, issuer=county.zheng, signed_at=served, served_at=served,
            notice_number=str(uuid7()), code=code, **(told | more),
        ).id  # fmt: skip


def issued(who: Any, person: UUID, at: datetime) -> tuple[str, dict[str, Any]]:
    answer = make.does(who, "issue_pass", at=at, person=person)
    assert answer.status == "done", answer
    with scoped(Scope(COUNTY)):
        return pass_bridge.pass_text(COUNTY, person, answer.result), answer.result


def colour(person: UUID, at: datetime) -> str:
    with scoped(make.EVERYBODY):
        return pass_bridge.colour(make.EVERYBODY, person, at).code


def verdict(code: str, at: datetime, known_at: datetime | None = None) -> passes.Verdict:
    """What a post says that fetched keys and slices at `known_at`."""
    with scoped(Scope(COUNTY)):
        ring = passes.KeyRing.read(json.dumps(pass_bridge.key_list(COUNTY)))
        held = passes.Revocations([passes.read_slice(m, keys=ring) for m in pass_bridge.slices(COUNTY, known_at or at)])
    return passes.verify(code, keys=ring, at=at, revocations=held)


def test_the_colour_is_the_gravest_of_what_binds_now(county: make.County, qian: UUID) -> None:
    bind(qian, county, code="yellow", start=AT, end=AT + 10 * HOUR, served=AT)
    bind(qian, county, code="red", start=AT + 2 * HOUR, end=AT + 4 * HOUR, served=AT)
    said = [colour(qian, AT + n * HOUR) for n in (-1, 0, 1, 2, 3, 4, 9, 10)]
    assert said == ["green", "yellow", "yellow", "red", "red", "yellow", "yellow", "green"]


def test_what_is_only_proposed_or_not_served_gives_no_colour(county: make.County, qian: UUID) -> None:
    order = bind(qian, county, code="red", start=AT, end=AT + 10 * HOUR, served=AT)
    with scoped(make.EVERYBODY):
        Order.objects.filter(id=order).update(state="signed", served_at=None)
        assert pass_bridge.colour(make.EVERYBODY, qian, AT + HOUR).code == "green"


def test_a_pass_ends_when_the_colour_would_change_by_itself(county: make.County, qian: UUID) -> None:
    bind(qian, county, code="red", start=AT + 2 * HOUR, end=AT + 5 * HOUR, served=AT)
    _code, before = issued(county.zheng, qian, AT + HOUR)
    _code, during = issued(county.zheng, qian, AT + 3 * HOUR)
    _code, after = issued(county.zheng, qian, AT + 6 * HOUR)
    assert (before["status"], before["expires_at"]) == ("green", (AT + 2 * HOUR).isoformat())
    assert (during["status"], during["ground"], during["expires_at"]) == (
        "red", "central_quarantine", (AT + 5 * HOUR).isoformat(),
    )  # fmt: skip
    assert (after["status"], after["ground"], after["expires_at"]) == ("green", "", (AT + 18 * HOUR).isoformat())


def test_a_post_offline_believes_the_pass_until_it_hears_of_the_order(county: make.County, qian: UUID) -> None:
    code, _ = issued(county.zheng, qian, AT)
    assert verdict(code, AT + HOUR).valid
    bind(qian, county, code="red", start=AT + 2 * HOUR, end=AT + 90 * HOUR, served=AT + 2 * HOUR)
    assert verdict(code, AT + 3 * HOUR, known_at=AT + HOUR).valid  # has heard nothing yet
    assert verdict(code, AT + 3 * HOUR).reason == "revoked"
    fresh, _ = issued(county.zheng, qian, AT + 3 * HOUR)
    assert verdict(fresh, AT + 4 * HOUR).shown.status == "red"
    with scoped(make.EVERYBODY):
        Order.objects.update(state="ended", ended_at=AT + 5 * HOUR, end_reason="appeal")
    assert verdict(fresh, AT + 6 * HOUR).reason == "revoked"
    free, _ = issued(county.zheng, qian, AT + 6 * HOUR)
    assert (verdict(free, AT + 7 * HOUR).valid, verdict(free, AT + 7 * HOUR).shown.status) == (True, "green")


def test_a_pass_of_yesterday_is_revoked_under_yesterdays_pseudonym(county: make.County, qian: UUID) -> None:
    evening = AT.replace(hour=15, minute=30)  # 23:30 in China: the pass outlives midnight and its pseudonym
    code, _ = issued(county.zheng, qian, evening)
    bind(qian, county, code="red", start=evening + 2 * HOUR, end=evening + 90 * HOUR, served=evening + 2 * HOUR)
    assert verdict(code, evening + 3 * HOUR).reason == "revoked"
    assert pass_bridge.subject_of(qian, evening) != pass_bridge.subject_of(qian, evening + HOUR)


def test_one_lost_paper_and_all_of_a_person_are_revoked(county: make.County, qian: UUID) -> None:
    lost, _ = issued(county.zheng, qian, AT)
    kept, _ = issued(county.zheng, qian, AT + HOUR)
    assert make.does(county.zheng, "revoke_pass", at=AT + 2 * HOUR, code=lost).status == "done"
    assert verdict(lost, AT + 3 * HOUR).reason == "revoked"
    assert verdict(kept, AT + 3 * HOUR).valid
    assert make.does(county.zheng, "revoke_pass", at=AT + 4 * HOUR, person=qian).status == "done"
    assert verdict(kept, AT + 5 * HOUR).reason == "revoked"
    assert make.does(county.zheng, "revoke_pass", at=AT + 5 * HOUR, code="BH1:NONSENSE").code == "not_ours"
    with scoped(make.EVERYBODY):
        assert lost not in json.dumps(list(Act.objects.filter(verb="revoke_pass").values_list("args", flat=True)))


def test_a_new_key_signs_and_the_old_one_still_verifies(county: make.County, qian: UUID) -> None:
    old, first = issued(county.zheng, qian, AT)
    assert make.does(county.zheng, "rotate_pass_key", at=AT + HOUR).status == "done"
    new, second = issued(county.zheng, qian, AT + 2 * HOUR)
    assert first["key_id"] != second["key_id"]
    assert verdict(old, AT + 3 * HOUR).valid
    assert verdict(new, AT + 3 * HOUR).valid
    assert make.does(county.wu, "rotate_pass_key").code == "not_permitted"


def test_a_key_is_renewed_by_the_clock_once(county: make.County, qian: UUID) -> None:
    issued(county.zheng, qian, AT)
    for days, keys in ((29, 1), (30, 2), (31, 2)):
        tick(AT + timedelta(days=days))
        with scoped(make.EVERYBODY):
            assert PassKey.objects.count() == keys


def test_the_private_half_is_sealed_and_never_leaves(county: make.County, qian: UUID) -> None:
    issued(county.zheng, qian, AT)
    with scoped(make.EVERYBODY):
        key = PassKey.objects.get()
        assert b"PRIVATE" not in bytes(key.sealed)
        assert b"PRIVATE KEY" in cipher.unseal_bytes(key.sealed)
    body = Client().get("/api/v1/passes/keys").content.decode()
    assert key.key_id in body
    assert "PRIVATE" not in body
    assert '"d"' not in body


def test_the_journal_keeps_no_pass(county: make.County, qian: UUID) -> None:
    code, _ = issued(county.zheng, qian, AT)
    with scoped(make.EVERYBODY):
        act = Act.objects.get(verb="issue_pass")
    assert "BH1:" not in json.dumps([act.args, act.result])
    assert code.startswith("BH1:")


def test_the_same_act_twice_is_the_same_pass(county: make.County, qian: UUID) -> None:
    act = uuid7()
    first = make.does(county.zheng, "issue_pass", id_=act, person=qian)
    again = make.does(county.zheng, "issue_pass", id_=act, person=qian)
    assert (again.status, again.result) == ("already_done", first.result)
    with scoped(Scope(COUNTY)):
        texts = {pass_bridge.pass_text(COUNTY, qian, r.result) for r in (first, again)}
    assert len(texts) == 1


def test_another_township_can_issue_nothing_for_qian(county: make.County, qian: UUID) -> None:
    assert make.does(county.chen, "issue_pass", person=qian).code == "no_such_person"
    assert make.does(county.chen, "dispute_code", person=qian, words="不对").code == "no_such_person"
    assert make.does(county.wu, "issue_pass", person=qian).status == "done"


def test_a_disputed_colour_is_a_task_with_a_clock_and_sealed_words(county: make.County, qian: UUID) -> None:
    order = bind(qian, county, code="yellow", start=AT, end=AT + 10 * HOUR, served=AT)
    words = "我没有去过那里"
    answer = make.does(county.wu, "dispute_code", at=AT + HOUR, person=qian, words=words)
    with scoped(make.EVERYBODY):
        task = Task.objects.get(kind="correct_code")
        assert task.clock.due_at == AT + 5 * HOUR
        assert task.detail["orders"] == [str(order)]
        assert words not in json.dumps(task.detail)
        assert cipher.unseal(bytes.fromhex(task.detail["sealed"])) == words
        assert words not in json.dumps(Act.objects.get(id=answer.id).args)
    assert colour(qian, AT + 2 * HOUR) == "yellow"  # a machine changes nothing


def test_slices_and_keys_are_public_and_verify(county: make.County, qian: UUID) -> None:
    now = datetime.now(AT.tzinfo)
    assert Client().get("/api/v1/passes/keys").json() == {"keys": []}
    issued(county.zheng, qian, now)
    keys = Client().get("/api/v1/passes/keys")
    ring = passes.KeyRing.read(keys.content.decode())
    told = Client().get("/api/v1/passes/slices").json()
    slices = [passes.read_slice(bytes.fromhex(s), keys=ring) for s in told["slices"]]
    assert [s.issuer for s in slices] == [make.COUNTY]
    assert "max-age" in keys.headers["Cache-Control"]


def desk(who: Any, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(who)
    return client


def test_the_desk_shows_the_reason_and_prints_a_paper(county: make.County, qian: UUID) -> None:
    now = datetime.now(AT.tzinfo)
    bind(qian, county, code="yellow", start=now - HOUR, end=now + 90 * HOUR, served=now - HOUR)
    page = f"/codes/person/{qian}/"
    body = desk(county.wu).get(page).content.decode()
    for words in ("黄码", "密切接触者", "指挥部 指挥长", "居家隔离医学观察"):
        assert words in body, words
    assert cast.QIAN.name not in body
    paper = desk(county.wu).post(page, {"act": str(uuid7())})
    assert paper.content.startswith(b"%PDF")
    assert paper.headers["Cache-Control"] == "no-store"
    overview = desk(county.zheng, "en").get("/codes/").content.decode()
    assert "Yellow code" in overview
    assert PassKey.objects.count() == 0  # no scope, no key
    desk(county.zheng).post("/codes/", {"rotate": "1", "act": str(uuid7())})
    with scoped(make.EVERYBODY):
        assert PassKey.objects.count() == 2
    desk(county.wu).post(page, {"words": "去错了地方", "act": str(uuid7())})
    assert "核实码色" in desk(county.zheng).get("/codes/").content.decode()
    assert desk(county.chen).get(page).status_code == 404
    assert desk(county.zhou).get(page).status_code == 403
