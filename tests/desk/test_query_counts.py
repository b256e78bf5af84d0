"""How many questions each page asks the database is pinned: a page that begins to ask one a row is seen here first.

After a change that is meant: `UPDATE_QUERY_COUNTS=1 pytest tests/desk/test_query_counts.py`, and look at the difference.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bihuan.ledgers.staff.models import Member
from tests import cast, make
from tests.loop import _orders as orders

PINNED = Path(__file__).with_name("query_counts.json")
PAGES = ("situation", "tasks", "lists", "rows", "review", "people", "letters", "roster", "journal", "notices")
PAGES += ("orders", "proposals")
PAGES += ("problems", "directives", "inspections", "checklists", "process", "board", "rhythms")
PAGES += ("unit_reports", "urgent", "enquiries", "bulletins", "phones", "plans")


def counts(member: Member) -> dict[str, int]:
    """How many statements each page sends."""
    client = Client()
    client.force_login(member)
    found = {}
    for name in PAGES:
        address = reverse(f"desk:{name}")
        assert client.get(address).status_code == 200, name  # the first look fills what is kept between requests
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, name
        found[name] = len(asked)
    return found


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    zhao = make.person(cast.ZHAO)
    make.person(cast.QIAN)
    orders.proposes(made.zheng, zhao, protocol=orders.V9)
    make.receives(made.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    finds(made, make.place("河湾药店", "pharmacy"))
    make.does(
        made.zheng, "receive_directive", kind="notice", title="通知", issuer="省", text="各乡镇要在24小时内摸排。"
    )
    return made


def finds(county: make.County, subject: str) -> None:
    told = {"subject": subject, "item": "pharmacy/policy", "source": "inspection"}
    assert make.does(county.zheng, "raise_problem", **told).status == "done"


def test_each_page_asks_as_often_as_pinned(county: make.County) -> None:
    found = counts(county.zheng)
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(PINNED.read_text()), (
        "if this is meant: UPDATE_QUERY_COUNTS=1 pytest tests/desk/test_query_counts.py"
    )


def test_a_longer_list_asks_no_more(county: make.County) -> None:
    before = counts(county.zheng)
    for number in range(3):
        make.receives(
            county.wang, make.told(cast.LI, 2), make.told(cast.QIAN, 3), make.told(cast.SUN, 4),
            content_hash=f"more-{number}",
        )  # fmt: skip
        someone = make.person(cast.LI._replace(name=f"李{'甲乙丙'[number]}", id_number="", phone=""))
        assert orders.proposes(county.zheng, someone, protocol=orders.V9).status == "done"
        finds(county, make.place(f"药店{number}", "pharmacy"))
    assert counts(county.zheng) == before
