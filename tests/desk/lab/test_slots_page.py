"""The page of a plan of sampling slots: drafted by the form, confirmed, printed; how full it is costs no question a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.ledgers.lab.slots.models import SlotPlan
from bihuan.ledgers.territory.scope import scoped
from tests import make, make_lab


@pytest.fixture
def chain(db: None) -> make_lab.Chain:
    return make_lab.chain()


def client_of(who: Any) -> Client:
    client = Client()
    client.force_login(who)
    return client


def drafted(chain: make_lab.Chain, client: Client) -> str:
    begin = datetime.now(UTC).replace(microsecond=0, second=0) + timedelta(hours=1)
    form = {"title": "柳泉采样", "station": [str(chain.liuquan)], f"samplers-{chain.liuquan}": "2", "areas": ["991027101"],
            "starts_at": f"{begin:%Y-%m-%dT%H:%M}+00:00", "ends_at": f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M}+00:00",
            "slot_minutes": "30", "speed": "10", "share": "100"}  # fmt: skip
    answer = client.post(f"/lab/rounds/{chain.round}/slots/", form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def test_a_plan_is_drafted_confirmed_and_printed(chain: make_lab.Chain) -> None:
    make_lab.people(12)
    client = client_of(chain.county.zheng)
    address = drafted(chain, client)
    page = client.get(address).content.decode()
    assert '">10</td>' in page
    assert "村**" in page
    assert "村民" not in page, "names stay masked"
    assert client.post(address, {"do": "confirm_slots"}).status_code == 302
    with scoped(make.EVERYBODY):
        assert SlotPlan.objects.get().state == "confirmed"
    for kind in ("xlsx", "docx", "pdf"):
        assert len(client.get(f"{address}?export={kind}").content) > 2000
    assert client_of(chain.county.chen).get(address).content.decode().count("村**") == 0
    assert "柳泉一号" in client_of(chain.cai).get(f"/field/sampling/{chain.session}/expected/").content.decode()


def test_more_people_cost_no_more_questions(chain: make_lab.Chain) -> None:
    make_lab.people(3)
    client = client_of(chain.county.zheng)
    first = drafted(chain, client)
    make_lab.people(20)
    second = drafted(chain, client)
    asked = []
    for address in (first, second):
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 25
