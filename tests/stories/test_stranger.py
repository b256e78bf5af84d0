"""Somebody of another township walks through every page and every read route, and finds nothing of a township not theirs."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bihuan.api import callers
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.reports import library
from tests import cast, make, make_lab
from tests.architecture.test_house import UNGUARDED, room_models
from tests.loop import test_stays
from tests.loop.test_sites import site

# Addresses that show nothing of the county's matters, or only act; each with its reason.
NOT_WALKED = {
    "login", "logout", "set_language", "healthz", "readyz", "metrics", "acts",  # before log-in, or machines
    "manifest", "save_view", "assign", "search", "roster_new",  # the phone's icon; answers to forms; no rows
    "openapi-json", "openapi-view", "api-root",  # the description of the API
}  # fmt: skip
FOUND_IN_LIUQUAN = "诊所夜间无人值守"
GUARDED = ("people.Person", "people.Identity", "intake.ListRow", "intake.RowEvent", "intake.Dispatch", "command.Task")
GUARDED += ("lab.Session", "lab.Tube", "lab.Swab", "lab.Box", "lab.Result", "lab.Recall", "lab.Recheck")
GUARDED += ("command.Clock", "command.Visit", "staff.Posting", "orders.Order", "orders.Duty", "orders.Appeal")
GUARDED += ("command.Clock", "command.Visit", "staff.Posting", "command.Problem", "command.Proof")
GUARDED += ("orders.Stay", "orders.Transfer", "lab.Appointment")


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    qian = make.person(cast.QIAN)
    make.receives(made.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        row = intake_reads.open_rows(make.EVERYBODY).get().id
        task = command_reads.open_tasks(make.EVERYBODY).get().id
    seats = {"head": made.wu.id, "deputy": made.feng.id, "worker": made.zhou.id}
    assert make.does(made.wu, "name_team", task=task, **seats).status == "done"
    assert make.does(made.zhou, "report_visit", row=row, outcome="revisit").status == "done"
    binds(made, qian)
    told = {"subject": make.place("河湾诊所", "clinic"), "item": "free/gate", "words": FOUND_IN_LIUQUAN}
    found = make.does(made.wu, "raise_problem", **told)
    assert found.status == "done", found.reason
    shown = {"subject": f"problem:{found.result['problem']}", "kind": "evidence", "words": FOUND_IN_LIUQUAN}
    assert make.does(made.wu, "add_proof", **shown).status == "done"
    _isolated(made)
    samples(made, qian)
    return made


def binds(made: make.County, person: UUID) -> None:
    """An order in force on a person, with an objection against it."""
    protocol = "covid-19/2022-06-28"
    words = {"name": "处置", "disease": "covid-19", "protocol": protocol, "level": "Ⅱ级响应"}
    make.does(made.zheng, "set_response", **words)
    proposed = make.does(
        made.zheng, "propose_order", person=person, class_name="close_contact", ground="contact:1",
        ground_words="与病例同桌就餐", anchors={"last_exposure": make.DAY, "identified": make.DAY},
    )  # fmt: skip
    order = proposed.result["orders"][0]
    assert make.does(made.zheng, "sign_order", orders=[order]).status == "done"
    assert make.does(made.zhou, "serve_notice", order=order).status == "done"
    assert make.does(made.wu, "appeal_order", order=order, words="当天在外地").status == "done"


def _isolated(made: make.County) -> None:
    """One of Liuquan in a bed of Liuquan, and about to be taken to another."""
    facility = site(made)
    order = test_stays.order(make.person(cast.ZHAO), made.zheng).id
    where = {"order": order, "bed": test_stays.bed(facility, "101").id, "is_here": True}
    assert make.does(made.zheng, "assign_bed", **where).status == "done"
    move = {"kind": "between", "from_facility": facility, "to_facility": facility}
    planned = make.does(made.zheng, "start_transfer", passengers=[{"order": order, "seat": 1}], **move)
    assert planned.status == "done", planned.reason


def samples(made: make.County, qian: UUID) -> None:
    """A pool of Liuquan is positive, and one more swab of it is in doubt."""
    chain = make_lab.chain(county=made)
    others = make_lab.people(2)
    make_lab.fills(chain, "A001", [qian, others[0]])
    late = make_lab.swab(chain.session, "A001", others[1], at=make.DAY)
    assert make_lab.send(chain.cai, late, recorded_at=make.DAY + timedelta(hours=1))[0].word == "doubted"
    asked = {"of_round": chain.round, "title": "河湾村采样", "tables": [{"station": chain.liuquan}], "areas": ["991027101"],
             "starts_at": make.DAY + timedelta(hours=2), "ends_at": make.DAY + timedelta(hours=3)}  # fmt: skip
    planned = make.does(made.zheng, "plan_slots", **asked)
    assert planned.status == "done", planned.reason
    assert make.does(made.zheng, "confirm_slots", plan=planned.result["plan"]).status == "done"
    make_lab.brings(chain, "BOX1", "A001")
    assert make_lab.reads(chain, "A001", "positive").status == "done"


def addresses(resolver: URLResolver | None = None, above: str = "/") -> Iterator[tuple[str, str]]:
    """Every named address of the house, with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = above + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, pattern)
        elif isinstance(entry, URLPattern) and (entry.name or "") not in NOT_WALKED:
            yield entry.name or "", pattern


def ids() -> dict[str, UUID]:
    """One id of every kind of thing that belongs to Liuquan."""
    with scoped(Scope(make.LIUQUAN)):
        found: dict[str, Any] = {}
        for label in GUARDED:
            model = apps.get_model(label)
            first = model.objects.filter(path__startswith=make.LIUQUAN).first()
            if first is not None:
                found[label] = first.pk
        return found


def walk(who: Any) -> dict[str, tuple[int, str]]:
    """Every page and route as somebody sees it: address → (status, body)."""
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(who)
    seen = {}
    for name, pattern in addresses():
        if "(" in pattern or name == "":
            continue
        if "<" not in pattern:
            tries = [pattern]
        else:
            kinds = [str(i) for i in ids().values()]
            codes = ["991027101", "991027101001", *(r.name for r in library())]
            start, end = pattern.index("<"), pattern.index(">") + 1
            tries = [pattern[:start] + k + pattern[end:] for k in (kinds if "uuid" in pattern[start:end] else codes)]
        for address in tries:
            if "<" in address:
                continue
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            seen[address] = (answer.status_code, body.decode("utf-8", "replace"))
    return seen


# Staff and bodies are a public directory; what must not be seen is a resident: by name, number, phone, masked or not.
OF_LIUQUAN = (
    FOUND_IN_LIUQUAN,
    "赵一鸣",
    "赵**",
    "钱二妹",
    "钱**",
    cast.ZHAO.id_number,
    cast.ZHAO.phone,
    cast.QIAN.phone,
    "1990000000",
)


def test_every_guarded_table_is_empty_for_another_township(county: make.County) -> None:
    mine, theirs = {}, {}
    every = [
        m for m in room_models() if m._meta.db_table not in UNGUARDED and any(f.name == "path" for f in m._meta.fields)
    ]
    for model in every:
        label = model._meta.label
        with scoped(Scope(make.LIUQUAN)):
            mine[label] = model.objects.filter(path__startswith=make.LIUQUAN).count()
        with scoped(Scope(make.SHIQIAO)):
            theirs[label] = model.objects.filter(path__startswith=make.LIUQUAN).count()
    assert len(every) >= 20
    assert all(mine[label] for label in GUARDED), mine
    assert not any(theirs.values()), theirs


def test_another_township_walks_everywhere_and_sees_no_resident_of_liuquan(county: make.County) -> None:
    stranger, commander = walk(county.chen), walk(county.zheng)
    assert len(stranger) > 60
    for address, (status, body) in stranger.items():
        assert status in (200, 302, 403, 404, 405, 422), (address, status)
        found = [words for words in OF_LIUQUAN if words in body]
        assert not found, (address, found)
        if any(str(i) in address for i in ids().values()):
            assert status in (302, 403, 404, 405, 422), (address, status)
    # The walk can fail: the county's commander meets them on many of the same pages.
    met = [a for a, (_s, body) in commander.items() if any(words in body for words in OF_LIUQUAN)]
    assert len(met) >= 4, met


def test_another_township_reads_nothing_by_the_api(county: make.County) -> None:
    callers._known.clear()
    key = "a stranger's key"
    digest = hashlib.sha256(key.encode()).hexdigest()
    make.does(county.chen, "issue_token", at=datetime.now(UTC), member=county.chen.id, device="phone", digest=digest)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    for route in ("areas", "lists", "rows", "tasks", "persons", "notices"):
        body = client.get(f"/api/v1/{route}").content.decode()
        assert not [words for words in OF_LIUQUAN if words in body], route
    for id_ in ids().values():
        assert client.get(f"/api/v1/persons/{id_}").status_code in (404, 422), id_  # 422: not even an id of a person
