"""What comes by itself: a report at its hour for those who asked for it, and a call when a sender falls silent."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.engines import signals
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice, Task
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import cast, make

DAY, HOUR = make.DAY, timedelta(hours=1)


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def told(kind: str) -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(
            Notice.objects.filter(kind=kind).order_by("created_at", "member__username").select_related("member")
        )


def desk(member: Any, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(member)
    return client


def test_a_report_is_there_every_morning_as_of_its_hour_until_it_is_stopped(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        unit = make.unit("县疾控中心", UnitKind.DEPARTMENT, make.COUNTY)
        make.serves(cast.Staff("孔疾", "kong", "health"), make.post(unit, "主任", Role.HEALTH))
    page = desk(county.zheng)
    answer = page.post(reverse("desk:schedule_report", args=["daily"]), {"unit": unit.id, "hour": 7}, follow=True)
    assert "已定期收取" in answer.content.decode()
    twice = make.does(county.zheng, "schedule_report", report="daily", title="日报", unit=unit.id)
    assert twice.code == "asked_already"
    with scoped(make.EVERYBODY):
        (rhythm,) = command_reads.rhythms(make.EVERYBODY)
    first = rhythm.next_at
    for _ in range(2):
        tick(first)
    (notice,) = told("report_ready")
    assert notice.member.username == "kong"
    assert not Task.objects.filter(kind="report_delivery").exists()  # nothing to do: something to read
    tick(first + timedelta(days=1))
    assert len(told("report_ready")) == 2
    for language, words in (("zh-hans", "《疫情防控日报》已出"), ("en", "is ready")):
        client = desk(notice.member, language)
        body = client.get(reverse("desk:notices")).content.decode()
        assert words in body
    address = f"{reverse('desk:report', args=['daily'])}?as_of="
    assert address in body
    there = client.get(reverse("desk:report", args=["daily"]), {"as_of": notice.words["as_of"], "area": make.COUNTY})
    assert there.status_code == 200
    stopped = make.does(county.zheng, "stop_rhythm", rhythm=rhythm.id, reason="改为自己查看")
    assert stopped.status == "done"
    tick(first + timedelta(days=2))
    assert len(told("report_ready")) == 2


@pytest.mark.parametrize(("given", "code"), [({"hour": 24}, "bad_time"), ({"every_days": 0}, "bad_time"),
                                             ({"report": "Nonsense!"}, "no_such_report")])  # fmt: skip
def test_what_cannot_be_scheduled_says_why(county: make.County, given: dict[str, Any], code: str) -> None:
    with scoped(make.EVERYBODY):
        unit = make.unit("县疾控中心", UnitKind.DEPARTMENT, make.COUNTY)
    asked = {"report": "daily", "title": "日报", "unit": unit.id, **given}
    assert make.does(county.zheng, "schedule_report", **asked).code == code
    assert make.does(county.wu, "schedule_report", **asked).code == "not_permitted"


def test_a_township_cannot_ask_for_the_county_s(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        far = make.unit("石桥卫生院", UnitKind.DEPARTMENT, "991027102")
    answer = desk(county.chen).post(reverse("desk:schedule_report", args=["daily"]), {"unit": far.id})
    assert answer.status_code == 403


def test_a_sender_that_falls_silent_is_called_once(county: make.County) -> None:
    for n in range(4):  # the province sends twice a day
        make.receives(county.wang, make.told(cast.ZHAO), content_hash=f"list-{n}", at=DAY + 12 * n * HOUR)
    last = DAY + 36 * HOUR
    tick(last + 23 * HOUR)
    assert not told("feed_silent")
    for hours in (25, 26, 30):
        tick(last + hours * HOUR)
    (notice,) = told("feed_silent")
    assert notice.member_id == county.wang.id
    assert notice.words["hours"] == 12
    assert "12" in desk(county.wang).get(reverse("desk:notices")).content.decode()
    make.receives(county.wang, make.told(cast.SUN), content_hash="again", at=last + 40 * HOUR)
    tick(last + 41 * HOUR)
    assert len(told("feed_silent")) == 1
    tick(last + 80 * HOUR)  # silent again: another call
    assert len(told("feed_silent")) == 2


def test_a_habit_needs_three_arrivals_and_one_long_pause_does_not_change_it() -> None:
    assert signals.silent_from([DAY, DAY + HOUR]) is None
    due, usual = signals.silent_from([DAY + 30 * HOUR, DAY, DAY + 10 * HOUR, DAY + 20 * HOUR])  # type: ignore[misc]
    assert (due, usual) == (DAY + 54 * HOUR, 10 * HOUR)
    due, usual = signals.silent_from([DAY + n * HOUR for n in (0, 24, 48, 72, 400)])  # type: ignore[misc]
    assert usual == 24 * HOUR
    assert due == DAY + 448 * HOUR
