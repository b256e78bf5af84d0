"""A planner changes numbers of a protocol, watches what they would do, holds them against the protocol, and proposes."""

import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.rehearsals import bridge
from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop import rehearsing
from tests import make

NINTH = "covid-19/2022-06-28"
ASKED = {
    "title": "按方案", "scenario": "county-omicron", "protocol": NINTH, "people": "3000", "days": "25", "runs": "3",
    "seed": "4",
}  # fmt: skip
CALM = {"measures.mass_on_detected": "0", "delays.result_days": "0.1", "measures.close_days": "7"}  # seven as it is


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def client_of(member: object) -> Client:
    client = Client()
    client.force_login(member)  # type: ignore[arg-type]
    return client


def starts(client: Client, **more: str) -> UUID:
    answer = client.post(reverse("desk:rehearsal_new"), {"act": str(uuid7()), **ASKED, **more})
    assert answer.status_code == 302
    return UUID(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def now() -> datetime:
    return datetime.now(UTC)


def page_of(client: Client, id_: UUID) -> str:
    return client.get(reverse("desk:rehearsal", args=[id_])).content.decode()


def test_a_changed_copy_is_run_in_the_background_held_against_the_protocol_and_proposed(county: make.County) -> None:
    client = client_of(county.zheng)
    form = client.get(reverse("desk:rehearsal_new"), {"scenario": "county-omicron", "protocol": NINTH}).content.decode()
    assert "密接管控天数" in form
    assert str(bridge.numbers_now("county-omicron", NINTH)["measures.close_days"]) in form

    plain, calm = starts(client), starts(client, title="不做全员检测", **CALM)
    waiting = ProcrastinateJob.objects.filter(task_name="rehearse")
    assert {j.args["rehearsal"] for j in waiting} >= {str(plain), str(calm)}
    assert "hx-get" in page_of(client, calm)  # it asks again by itself
    assert [rehearsing.rehearse(id_, now=now) for id_ in (plain, calm)] == ["done", "done"]
    assert rehearsing.rehearse(plain, now=now) == "stopped"  # a job told twice is computed once

    told = page_of(client, calm)
    assert all(words in told for words in ("<svg", "采样到出结果", "0.1", "感染人数", "送指挥长决定"))
    assert "hx-get" not in told
    assert "没有改动" in page_of(client, plain)
    with scoped(make.EVERYBODY):
        before, after = rehearsal_reads.several(make.EVERYBODY, [plain, calm])
    assert [f["seed"] for f in before.figures] == [f["seed"] for f in after.figures] == [4, 5, 6]
    assert sum(f["tests"] for f in after.figures) < sum(f["tests"] for f in before.figures)
    side = client.get(reverse("desk:rehearsal_compare"), {"pick": [str(plain), str(calm)]}).content.decode()
    assert "不做全员检测" in side
    assert "<svg" in side
    assert f"{bridge.apart(after.figures, before.figures, 'tests')[0]:+,.0f} (" in side

    words = {"step": "propose", "words": "实验室能够承受"}
    for _twice in range(2):
        client.post(reverse("desk:rehearsal", args=[calm]), {"act": str(uuid7()), **words})
    with scoped(make.EVERYBODY):
        task = command_reads.open_tasks(make.EVERYBODY).get(kind="protocol_proposal")
        assert (task.responsible_id, task.subject) == (county.zheng.id, f"rehearsal:{calm}")
        assert {d["number"]: d["to"] for d in task.detail["diff"]} == {
            "measures.mass_on_detected": 0,
            "delays.result_days": 0.1,
        }
    assert make.does(county.zheng, "propose_protocol", rehearsal=plain, words="没有改动").code == "no_change"


def test_one_that_is_stopped_gives_its_core_back_and_keeps_what_it_has(
    county: make.County, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(county.zheng)
    id_ = starts(client, days="60")
    monkeypatch.setattr(rehearsing, "TELL_EVERY_SECONDS", 0.0)
    tell, seen = rehearsal_writes.note_progress, []

    def told(one: UUID, **how_far: object) -> bool:
        seen.append(how_far["days_done"])
        if len(seen) == 3:  # somebody presses the button while it runs
            assert rehearsal_writes.end(one, state="stopped", at=now())
        return tell(one, **how_far)  # type: ignore[arg-type]

    monkeypatch.setattr(rehearsal_writes, "note_progress", told)
    assert rehearsing.rehearse(id_, now=now) == "stopped"
    assert len(seen) == 3
    with scoped(make.EVERYBODY):
        one = rehearsal_reads.rehearsal(make.EVERYBODY, id_)
    assert one
    assert (one.state, len(one.daily["new_infections"]), one.figures) == ("stopped", seen[1], [])
    assert "<svg" in page_of(client, id_)


def test_the_worker_of_a_served_house_computes_what_waits(county: make.County) -> None:
    client = client_of(county.zheng)
    id_ = starts(client, runs="1")
    work = [sys.executable, "-m", "bihuan.cli", "work", "--once", "--queue", "rehearsals"]
    done = subprocess.run(work, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    with scoped(make.EVERYBODY):
        one = rehearsal_reads.rehearsal(make.EVERYBODY, id_)
    assert one
    assert (one.state, len(one.figures), one.days_done) == ("done", 1, 25), done.stderr


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"people": 10}, "out_of_range"),
        ({"people": 2_000_000, "days": 365, "runs": 50}, "too_much"),
        ({"scenario": "../../etc/passwd"}, "cannot_rehearse"),
        ({"protocol": "covid-19/1999-01-01"}, "cannot_rehearse"),
        ({"changes": {"measures.close_days": -1}}, "cannot_rehearse"),
        ({"changes": {"measures.close_days": 2.5}}, "cannot_rehearse"),
        ({"changes": {"measures.close_mode": "prison"}}, "cannot_rehearse"),
        ({"changes": {"costs.test": 1}}, "cannot_rehearse"),
        ({"title": " "}, "no_title"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_before_it_waits(
    county: make.County, more: dict[str, object], code: str
) -> None:
    given = {"title": "试", "scenario": "county-omicron", "protocol": NINTH, "people": 3000, "days": 20}
    assert make.does(county.zheng, "start_rehearsal", **{**given, **more}).code == code


def test_a_township_neither_starts_one_nor_sees_the_countys(county: make.County) -> None:
    id_ = starts(client_of(county.zheng))
    client = client_of(county.wu)
    assert client.get(reverse("desk:rehearsal", args=[id_])).status_code == 404
    assert "按方案" not in client.get(reverse("desk:rehearsals")).content.decode()
    assert client.post(reverse("desk:rehearsal_new"), ASKED).status_code == 403
    assert make.does(county.zheng, "stop_rehearsal", rehearsal=uuid4()).code == "no_rehearsal"
