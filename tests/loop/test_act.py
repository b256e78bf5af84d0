"""The one machinery: exactly once, late, two at once, all or nothing."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.models import ListRow, PushedList, RowEvent
from bihuan.ledgers.staff.models import Act, Unit
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import door
from bihuan.loop.act import Request
from bihuan.loop.tick import tick
from tests import cast, make


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def count(model: type) -> int:
    with scoped(make.EVERYBODY):
        return model.objects.count()


def one_row() -> UUID:
    with scoped(make.EVERYBODY):
        return intake_reads.open_rows(make.EVERYBODY).get().id


def test_sent_twice_it_is_done_once_and_says_so(county: make.County) -> None:
    id_ = uuid7()
    first = make.receives(county.wang, make.told(cast.ZHAO), id_=id_)
    again = make.receives(county.wang, make.told(cast.ZHAO), id_=id_)
    assert (first.status, again.status) == ("done", "already_done")
    assert again.result["list"] == first.result["list"]
    assert count(PushedList) == 1


def test_sent_late_it_counts_when_it_happened_and_was_learned(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    happened, learned = make.DAY + timedelta(hours=1), make.DAY + timedelta(hours=9)
    answer = door.perform(
        "report_visit", {"row": one_row(), "outcome": "not_found"}, by=county.zhou.id, at=happened, recorded_at=learned
    )
    assert answer.status == "done", answer.reason
    with scoped(make.EVERYBODY):
        act = Act.objects.get(verb="report_visit")
        assert (act.at, act.recorded_at) == (happened, learned)
        event = RowEvent.objects.get(kind="closed")
        assert (event.at, event.recorded_at) == (happened, learned)


def test_the_future_is_refused(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    answer = door.perform(
        "report_visit",
        {"row": one_row(), "outcome": "not_found"},
        by=county.zhou.id,
        at=make.DAY + timedelta(hours=1),
        recorded_at=make.DAY,
    )
    assert answer.code == "clock_ahead"


def test_two_workers_with_the_same_act_do_it_once(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    row, id_ = one_row(), uuid7()
    answers, start = [], threading.Barrier(4)

    def send() -> None:
        start.wait()
        answers.append(make.does(county.zhou, "report_visit", id_=id_, row=row, outcome="not_found").status)
        connections.close_all()

    workers = [threading.Thread(target=send) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == ["already_done", "already_done", "already_done", "done"]
    assert count(Act) == 5  # the list, its dispatch, the look whether it is complete, one visit, the reply
    with scoped(make.EVERYBODY):
        assert RowEvent.objects.filter(kind="closed").count() == 1


def test_a_follower_refused_rolls_the_whole_act_back(county: make.County) -> None:
    with scoped(make.EVERYBODY):  # nobody answers for the townships any more: dispatch_list must refuse
        Unit.objects.filter(kind="township").update(kind="village")
    answer = make.receives(county.wang, make.told(cast.ZHAO))
    assert (answer.status, answer.code) == ("refused", "nobody_answers")
    assert (count(PushedList), count(ListRow), count(Act)) == (0, 0, 0)


def test_an_id_of_somebody_else_is_not_acknowledged(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    with scoped(make.EVERYBODY):
        zhao, sun = (r.id for r in intake_reads.open_rows(make.EVERYBODY).order_by("row_number"))
    id_ = uuid7()
    assert make.does(county.zhou, "report_visit", id_=id_, row=zhao, outcome="not_found").status == "done"
    stranger = make.does(county.chen, "report_visit", id_=id_, row=sun, outcome="not_found")
    assert (stranger.status, stranger.code) == ("refused", "id_taken")


def test_without_a_post_nothing_can_be_done(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    make.does(county.zheng, "close_member", member=county.zhou.id)
    answer = make.does(county.zhou, "report_visit", row=one_row(), outcome="not_found")
    assert answer.code == "no_post"


def test_the_journal_is_written_once_and_holds_no_names(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        act = Act.objects.get(verb="receive_list")
        words = f"{act.args}{act.result}"
        assert cast.ZHAO.name not in words
        assert cast.ZHAO.id_number not in words
    for change in ("UPDATE staff_act SET word = 'something else'", "DELETE FROM staff_act"):
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(change)


def test_many_visits_at_once_come_to_the_same_as_one_by_one(county: make.County) -> None:
    rows = [make.told(cast.ZHAO, n, name=f"赵{n}", id_number="", phones=(f"1990000{n:04d}",)) for n in range(2, 32)]
    make.receives(county.wang, *rows)
    with scoped(make.EVERYBODY):
        ids = [r.id for r in intake_reads.open_rows(make.EVERYBODY)]
    acts = [
        Request(uuid7(), "report_visit", make.DAY, "", {"row": i, "outcome": "revisit" if n % 3 else "left"})
        for n, i in enumerate(ids)
    ]
    bad = Request(uuid7(), "report_visit", make.DAY, "", {"row": uuid7(), "outcome": "left"})
    answers = door.perform_many([*acts, bad, acts[0]], member=county.zhou.id, recorded_at=make.DAY)
    assert [a.status for a in answers] == ["done"] * len(ids) + ["refused", "already_done"]
    with scoped(make.EVERYBODY):
        assert intake_reads.open_rows(make.EVERYBODY).count() == len([n for n in range(len(ids)) if n % 3])


def test_two_visits_to_one_person_in_one_outbox_leave_what_the_last_found(county: make.County) -> None:
    """Not at home at nine, found at eleven, no signal until noon: both are facts, the row stands as at eleven."""
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.QIAN, 3))
    with scoped(make.EVERYBODY):
        first, second = (r.id for r in intake_reads.open_rows(make.EVERYBODY).order_by("row_number"))
    found = [(first, "revisit"), (first, "left"), (second, "revisit"), (second, "revisit"), (first, "not_found")]
    acts = [Request(uuid7(), "report_visit", make.DAY, "", {"row": row, "outcome": word}) for row, word in found]
    answers = door.perform_many(acts, member=county.zhou.id, recorded_at=make.DAY)
    assert [a.status for a in answers] == ["done"] * 5
    with scoped(make.EVERYBODY):
        assert intake_reads.row(make.EVERYBODY, first).state == "left"
        assert intake_reads.row(make.EVERYBODY, first).evidence == f"visit:{acts[1].id}"
        assert intake_reads.row(make.EVERYBODY, second).state == "revisit"
        assert RowEvent.objects.filter(kind="closed").count() == 1


def test_several_ticks_at_once_raise_each_clock_once(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    raised: list[int] = []

    def turn() -> None:
        raised.append(tick(make.DAY + timedelta(minutes=10)))
        connections.close_all()

    workers = [threading.Thread(target=turn) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(raised) == 2
    with scoped(Scope(make.LIUQUAN)):
        assert command_reads.notices(county.wu.id).filter(kind="reminder").count() == 1


def test_a_late_clock_climbs_to_the_office_and_the_leader(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    for minutes in (10, 20, 40, 60):
        tick(make.DAY + timedelta(minutes=minutes))
    with scoped(make.EVERYBODY):
        told = set(command_reads.notices(county.zheng.id).values_list("kind", flat=True))
    assert told == {"escalation_2"}
