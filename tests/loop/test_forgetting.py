"""A list is kept as long as it may be, and not a day longer; what was done and counted stays."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.ledgers.command.models import Visit
from bihuan.ledgers.intake.models import ListRow, PushedList, RejectedRow, RowEvent
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import cast, make


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def end_of_keeping(pushed: PushedList) -> datetime:
    return timezone.make_aware(datetime.combine(pushed.keep_until, time(12)))


def test_names_and_answers_go_when_the_keeping_time_is_over_and_counts_stay(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        pushed, row = PushedList.objects.get(), ListRow.objects.get()
    answers = {"location": "在外地"}
    make.does(county.zhou, "report_visit", row=row.id, outcome="left", answers=answers)
    tick(end_of_keeping(pushed) - timedelta(days=1))
    with scoped(make.EVERYBODY):
        assert ListRow.objects.get().name == cast.ZHAO.name
    for _again in range(2):
        tick(end_of_keeping(pushed))
    with scoped(make.EVERYBODY):
        row, pushed = ListRow.objects.get(), PushedList.objects.get()
        assert (row.name, row.address, bytes(row.sealed), row.state) == ("", "", b"", "left")
        assert pushed.forgotten_at == end_of_keeping(pushed)
        assert Visit.objects.get().answers == {}
        assert RowEvent.objects.count() == 2
        assert RejectedRow.objects.count() == 0
    client = Client()
    client.force_login(county.zheng)
    assert client.get(f"/rows/{row.id}/").status_code == 200


def test_a_list_with_an_open_row_waits_for_its_end(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        pushed = PushedList.objects.get()
    tick(end_of_keeping(pushed))
    with scoped(make.EVERYBODY):
        assert ListRow.objects.get().name == cast.ZHAO.name
