"""Power cuts: a server process killed in the middle of a list, a database gone while somebody works."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client

from bihuan.api import callers
from bihuan.config import database
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.models import ListRow, PushedList
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

ROOT = Path(__file__).resolve().parents[2]
ROWS = 6000
RECEIVER = """
import sys
from tests import make, cast, conftest
from bihuan.ledgers.staff.reads import member_named
rows = [make.told(cast.ZHAO, n, name=f"赵{n:05d}", id_number="", phones=(f"199{n:08d}",)) for n in range(2, %d + 2)]
print("begin", flush=True)
print(make.receives(member_named("wang"), *rows, content_hash="big").status, flush=True)
"""


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def receiver() -> subprocess.Popen[str]:
    """A process of its own that receives a list of six thousand rows."""
    return subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup()\n" + RECEIVER.replace(", conftest", "") % ROWS],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))},
    )


def counts() -> tuple[int, int, int, int]:
    with scoped(make.EVERYBODY):
        return tuple(m.objects.count() for m in (PushedList, ListRow, Person, Act))  # type: ignore[return-value]


def test_killed_in_the_middle_of_a_list_nothing_of_it_is_there_and_it_can_be_sent_again(county: make.County) -> None:
    before = counts()
    process = receiver()
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    _until_writing()
    process.send_signal(signal.SIGKILL)
    process.wait()
    _until_alone()
    assert counts() == before
    again = receiver()
    assert again.stdout is not None
    assert again.stdout.read().split() == ["begin", "done"]
    with scoped(make.EVERYBODY):
        assert intake_reads.rows(make.EVERYBODY).count() == ROWS


def _until_writing() -> None:
    """Wait until the receiver has inserted rows that nobody else can see yet."""
    for _ in range(600):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
                "WHERE c.relname = 'intake_pushedlist' AND l.mode = 'RowExclusiveLock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("the receiver never began to write")


def _until_alone() -> None:
    """Wait until PostgreSQL has noticed that the receiver is gone."""
    for _ in range(200):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
                           "WHERE c.relname = 'intake_pushedlist' AND l.mode = 'RowExclusiveLock'")  # fmt: skip
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="only the embedded server may be stopped by a test")
def test_while_the_database_is_gone_nothing_is_half_written_and_the_caller_is_told(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    with scoped(make.EVERYBODY):
        row = intake_reads.open_rows(make.EVERYBODY).get().id
    key, now = "a phone on the road", datetime.now(UTC)
    digest = hashlib.sha256(key.encode()).hexdigest()
    make.does(county.zhou, "issue_token", at=now, member=county.zhou.id, device="phone", digest=digest)
    act = {"id": uuid7(), "act": "report_visit", "at": now.isoformat(), "args": {"row": row, "outcome": "left"}}

    def send() -> tuple[int, dict]:
        callers._known.clear()
        answer = Client(raise_request_exception=False).post(
            "/api/v1/acts",
            data=json.dumps({"acts": [act]}, default=str),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
        )
        return answer.status_code, answer.json() if answer["Content-Type"].endswith("json") else {}

    server = database.Embedded(Path(os.environ["BIHUAN_HOME"]) / "postgres")
    connections.close_all()
    server.stop()
    try:
        status, told = send()
        assert (status, told.get("type")) == (503, "urn:bihuan:problem:no_database")
        page = Client(raise_request_exception=False).get("/login/")
        assert page.status_code in (200, 503)
        ready = Client(raise_request_exception=False).get("/readyz")
        assert ready.status_code == 503
    finally:
        connections.close_all()
        server.ensure()
    assert send()[1]["acts"][0]["status"] == "done"
    assert send()[1]["acts"][0]["status"] == "already_done"


def test_the_embedded_server_killed_with_everything_comes_back_with_what_was_committed(county: make.County) -> None:
    if "DATABASE_URL" in os.environ:
        pytest.skip("only the embedded server may be killed by a test")
    make.receives(county.wang, make.told(cast.ZHAO))
    server = database.Embedded(Path(os.environ["BIHUAN_HOME"]) / "postgres")
    connections.close_all()
    server.kill()
    server.ensure()
    assert counts()[:2] == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
