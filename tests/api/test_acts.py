"""The acts door over HTTP: keys, exactly once, problems, limits."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from bihuan.api import callers
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

KEY = "a device's key"


@pytest.fixture
def county(db: None) -> make.County:
    callers._known.clear()  # a key is remembered for some seconds: the one of the test before is another member's
    county = make.county()
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    issued = make.does(
        county.wu, "issue_token", at=datetime.now(UTC), member=county.wu.id, device="phone", digest=digest
    )
    assert issued.status == "done", issued.reason
    return county


def send(*acts: dict[str, Any], key: str = KEY, **more: Any) -> Any:
    return Client().post(
        "/api/v1/acts",
        data=json.dumps({"acts": list(acts)}, default=str),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"} | more,
    )


def visit(row: Any, outcome: str = "not_found") -> dict[str, Any]:
    return {"id": uuid7(), "act": "report_visit", "at": make.DAY.isoformat(), "args": {"row": row, "outcome": outcome}}


def open_rows() -> list[Any]:
    with scoped(make.EVERYBODY):
        return [r.id for r in intake_reads.open_rows(make.EVERYBODY).order_by("row_number")]


def test_a_visit_sent_twice_is_done_once(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    act = visit(open_rows()[0])
    first, second = send(act), send(act)
    assert first.json()["acts"][0]["status"] == "done", first.content
    assert second.json()["acts"][0]["status"] == "already_done"
    assert not open_rows()


def test_one_refused_act_spoils_no_other(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    liuquan, shiqiao = open_rows()
    answer = send(visit(liuquan), visit(shiqiao), {"id": uuid7(), "act": "fly", "at": make.DAY.isoformat()})
    assert [a["status"] for a in answer.json()["acts"]] == ["done", "refused", "refused"]
    assert [a["code"] for a in answer.json()["acts"]] == [None, "no_such_row", "unknown_act"]
    assert open_rows() == [shiqiao]


def test_strangers_and_nonsense_get_a_problem_in_their_language(county: make.County) -> None:
    stranger = send(key="wrong")
    assert (stranger.status_code, stranger["Content-Type"]) == (401, "application/problem+json")
    nonsense = Client().post(
        "/api/v1/acts", data="{", content_type="application/json", headers={"Authorization": f"Bearer {KEY}"}
    )
    assert nonsense.status_code == 400
    many = send(*[visit(uuid7()) for _ in range(1001)])
    assert many.status_code == 413


def test_the_reads_are_masked_and_scoped(county: make.County) -> None:
    zhao, sun = make.person(cast.ZHAO), make.person(cast.SUN, area="991027102001")
    client = Client(headers={"Authorization": f"Bearer {KEY}"})
    mine = client.get("/api/v1/persons").json()
    assert [p["id"] for p in mine] == [str(zhao)]
    assert cast.ZHAO.id_number not in str(mine)
    assert cast.ZHAO.name not in str(mine)
    other = client.get(f"/api/v1/persons/{sun}")
    assert (other.status_code, other["Content-Type"]) == (404, "application/problem+json")
    assert client.get("/api/v1/openapi.json").status_code == 200
