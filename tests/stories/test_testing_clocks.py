"""The clocks of the chain: two hours at a post, six at a fever clinic; a result that answers what is owed, or makes a case."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan.desk.command.words import notice_words
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice, Task
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.models import Duty
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import cast, make
from tests import make_lab as lab
from tests.loop import _orders
from tests.make_lab import DAY, MINUTE

HOUR = timedelta(hours=1)


def tasks(kind: str) -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(command_reads.tasks(make.EVERYBODY).filter(kind=kind))


def notices(kind: str) -> list[str]:
    with scoped(make.EVERYBODY):
        return sorted(Notice.objects.filter(kind=kind).values_list("member__username", flat=True))


def test_a_post_that_misses_its_departure_is_an_alarm_at_the_post_and_at_headquarters(db: None) -> None:
    chain = lab.chain(station_kind="checkpoint", kind="checkpoint")
    with scoped(make.EVERYBODY):
        office = make.post(make.unit("指挥部办公室", UnitKind.WORKING_GROUP, make.COUNTY), "值班", Role.OFFICE)
        make.serves(cast.Staff("何办", "he", "office"), office)
    (a, b) = lab.people(2)
    tick(DAY)
    assert not tasks("send_samples")  # an empty table has no clock
    lab.fills(chain, "A001", [a])
    tick(DAY + 1 * MINUTE)
    (task,) = tasks("send_samples")
    assert task.clock.due_at == DAY + 2 * HOUR  # from the first swab, not from when somebody looked
    tick(DAY + 119 * MINUTE)
    assert not notices("departure_missed")
    for minutes in (121, 122, 130):  # told once, however often time passes
        tick(DAY + minutes * MINUTE)
    assert notices("departure_missed") == ["cai", "he"]
    with scoped(make.EVERYBODY):
        told = Notice.objects.filter(kind="departure_missed").first()
        assert told is not None
        assert "没有发车" in notice_words(told.kind, told.words)
    lab.brings(chain, "BOX1", "A001", at=DAY + 125 * MINUTE)
    (task,) = tasks("send_samples")
    assert (task.closed_at, lab.tube("A001").state) == (DAY + 155 * MINUTE, "received")
    assert command_reads.clock_state(task.clock, DAY + 3 * HOUR) == "met_late"
    cause = make.does(chain.jian, "explain_late", task=task.id, cause="other", at=DAY + 3 * HOUR)
    assert cause.code == "no_cause"
    assert make.does(chain.jian, "explain_late", task=task.id, cause="transport", at=DAY + 3 * HOUR).status == "done"
    lab.fills(chain, "A002", [b], at=DAY + 4 * HOUR)
    tick(DAY + 4 * HOUR + MINUTE)
    assert [t.clock.due_at for t in tasks("send_samples") if t.closed_at is None] == [DAY + 6 * HOUR]


def test_a_fever_clinics_sample_warns_at_four_hours_and_breaks_at_six_with_the_link_it_stands_in(db: None) -> None:
    chain = lab.chain(station_kind="fever_clinic", kind="fever_clinic", pool_size=1)
    (a,) = lab.people(1)
    lab.fills(chain, "F001", [a])
    lab.brings(chain, "BOX1", "F001")
    tick(DAY + 239 * MINUTE)
    assert not tasks("fever_result")
    tick(DAY + 241 * MINUTE)
    (task,) = tasks("fever_result")
    assert (task.clock.due_at, task.detail["link"]) == (DAY + 6 * HOUR, "testing")
    tick(DAY + 6 * HOUR)
    with scoped(make.EVERYBODY):
        assert command_reads.late_clocks(DAY + 6 * HOUR) >= 1
    assert lab.reads(chain, "F001", "negative", at=DAY + 7 * HOUR).status == "done"
    (task,) = tasks("fever_result")
    assert task.closed_at == DAY + 7 * HOUR + 5 * MINUTE


def test_the_slowest_link_is_named_for_each_batch_and_an_outage_is_told_apart(db: None) -> None:
    chain = lab.chain()
    lab.fills(chain, "A001", lab.people(3))
    lab.brings(chain, "BOX1", "A001")
    away = make.does(chain.jian, "log_outage", system="省平台", at=DAY + 3 * HOUR)
    assert away.result
    back = make.does(chain.jian, "log_outage", outage=away.result["outage"], at=DAY + 5 * HOUR)
    assert back.word == "back"
    assert lab.reads(chain, "A001", "negative", at=DAY + 4 * HOUR).status == "done"
    with scoped(make.EVERYBODY):
        (times,) = lab_figures.link_times(make.EVERYBODY, chain.round)
        spans = list(lab_reads.outages(make.EVERYBODY))
    assert times.slowest == "testing"
    assert [round(t or 0) for t in (times.sampling, times.transport, times.testing, times.reporting)] == [1, 59, 180, 5]
    assert lab_reads.outage_minutes(DAY, DAY + 4 * HOUR, spans) == 60
    assert lab_reads.outage_minutes(DAY + 6 * HOUR, DAY + 9 * HOUR, spans) == 0


def test_a_negative_result_meets_the_test_an_order_owes_by_the_hour_it_was_sampled(db: None) -> None:
    staff = _orders.command()
    chain = lab.chain(kind="orders", pool_size=1, county=staff.county)
    zhao = make.person(cast.ZHAO)
    central = _orders.in_force(staff, zhao)
    with scoped(make.EVERYBODY):
        first = orders_reads.duties(make.EVERYBODY, central).filter(kind="test").first()
    assert first is not None
    sampled = first.due_from + HOUR
    lab.fills(chain, "O001", [zhao], at=sampled)
    lab.brings(chain, "BOX1", "O001", at=sampled)
    tick(first.due_until + MINUTE)  # the window closes while the laboratory still works
    assert lab.reads(chain, "O001", "negative", at=first.due_until + HOUR).status == "done"
    with scoped(make.EVERYBODY):
        met = Duty.objects.get(id=first.id)
    assert (met.done_at, met.result, met.evidence.partition(":")[0]) == (sampled, "negative", "swab")


def test_a_positive_single_becomes_a_case_once_and_a_task_where_no_outbreak_is_answered(db: None) -> None:
    chain = lab.chain(kind="fever_clinic", station_kind="fever_clinic", pool_size=1)
    a, b = lab.people(2)
    lab.fills(chain, "F001", [a])
    lab.fills(chain, "F002", [b])
    lab.brings(chain, "BOX1", "F001", "F002")
    assert lab.reads(chain, "F001", "positive").status == "done"
    with scoped(make.EVERYBODY):
        assert not cases_reads.cases(make.EVERYBODY).exists()
        assert Task.objects.filter(kind="positive_found", subject=f"person:{a}").count() == 1
    words = {"name": "新冠疫情处置", "disease": "covid-19", "protocol": _orders.V9, "level": "Ⅱ级响应"}
    assert make.does(chain.county.zheng, "set_response", at=DAY + 5 * HOUR, **words).status == "done"
    out = lab.reads(chain, "F002", "positive", at=DAY + 6 * HOUR)
    assert out.result
    assert out.result["number"]
    with scoped(make.EVERYBODY):
        (case,) = cases_reads.cases(make.EVERYBODY)
    assert (case.person_id, case.sampled_at) == (b, DAY)
    assert case.origin.startswith("swab:")
    again = make.does(chain.jian, "record_result", tube="F002", value="weak_positive", reason="复测", at=DAY + 8 * HOUR)
    assert again.result
    given = {"results": [again.result["result"]], "findings": 1}
    assert make.does(chain.fu, "release_results", at=DAY + 9 * HOUR, **given).status == "done"
    with scoped(make.EVERYBODY):
        assert cases_reads.cases(make.EVERYBODY).count() == 1  # one case, whatever the laboratory says again


@pytest.mark.parametrize("value", ["positive", "negative"])
def test_an_environment_sample_ends_in_a_result_and_an_action(db: None, value: str) -> None:
    from bihuan.ledgers.territory.models import Place

    chain = lab.chain(kind="environment", pool_size=1)
    with scoped(make.EVERYBODY):
        market = Place.objects.create(
            name="柳泉市场", kind="market", area_id="991027101001", path=make.PATHS["991027101001"]
        )
    spotless = make.does(chain.cai, "draw_swab", session=chain.session, tube="E001", place=market.id)
    assert spotless.code == "no_spot"
    drawn = make.does(chain.cai, "draw_swab", session=chain.session, tube="E001", place=market.id, spot="案板")
    assert drawn.status == "done"
    make.does(chain.cai, "close_tube", tube="E001")
    lab.brings(chain, "BOX1", "E001")
    assert lab.reads(chain, "E001", value).status == "done"
    with scoped(make.EVERYBODY):
        assert lab_figures.last_environment(make.EVERYBODY, DAY + 9 * HOUR) == {market.id: (DAY, value)}
    assert len(tasks("positive_place")) == (value == "positive")
