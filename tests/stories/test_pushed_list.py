"""A pushed list from receipt to reply, through the one door."""

from datetime import timedelta

import pytest

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import cast, make

CLEAR = {"number_checked": "1", "identity_checked": "是", "location": "在家", "control_status": "居家监测"}


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def test_every_row_is_accounted_for(county: make.County) -> None:
    make.person(cast.ZHAO)
    answer = make.receives(
        county.wang,
        make.told(cast.ZHAO, 2),
        make.told(cast.SUN, 3),
        make.told(cast.SUN, 4, name="孙三强 "),
        make.told(cast.LI, 5, address="邻水县东关镇"),
    )
    assert answer.status == "done", answer.reason
    receipt = answer.result
    assert receipt["rows_read"] == 4
    assert receipt["accepted"] == sum(receipt[k] for k in ("duplicate_in_list", "matched", "created", "to_review"))
    assert (receipt["matched"], receipt["duplicate_in_list"], receipt["created"]) == (1, 1, 2)
    assert receipt["assigned"] == 2  # one row each to Liuquan and Shiqiao; the one of another county waits


def test_from_receipt_to_reply(county: make.County) -> None:
    make.person(cast.ZHAO)
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(Scope(make.LIUQUAN)):
        (task,) = command_reads.open_tasks(Scope(make.LIUQUAN))
        (row,) = intake_reads.open_rows(Scope(make.LIUQUAN))
    assert task.clock.due_at == make.DAY + timedelta(minutes=20)
    named = make.does(
        county.wu, "name_team", task=task.id, head=county.wu.id, deputy=county.feng.id, worker=county.zhou.id
    )
    assert named.status == "done", named.reason
    visit = make.does(county.zhou, "report_visit", row=row.id, outcome=RowState.FOUND_MANAGED, answers=CLEAR)
    assert visit.status == "done", visit.reason
    assert visit.result["reply"]
    with scoped(make.EVERYBODY):
        letter = command_reads.letters(make.EVERYBODY).get()
        assert letter.body["counts"] == {"found_managed": 1}


def test_a_visit_that_is_not_four_times_clear_is_refused(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        (row,) = intake_reads.open_rows(make.EVERYBODY)
    answer = make.does(county.zhou, "report_visit", row=row.id, outcome="found_managed", answers={"location": "在家"})
    assert (answer.status, answer.code) == ("refused", "not_clear")


def test_another_township_sees_and_does_nothing(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        (row,) = intake_reads.open_rows(make.EVERYBODY)
    with scoped(Scope(make.SHIQIAO)):
        assert not intake_reads.rows(Scope("/")).exists()
    answer = make.does(county.chen, "report_visit", row=row.id, outcome="not_found")
    assert (answer.status, answer.code) == ("refused", "no_such_row")
