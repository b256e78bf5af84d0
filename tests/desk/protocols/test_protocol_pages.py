"""The plan is read, compared and put in force; what was ordered under the one before is looked at again."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.protocols import bridge
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop._orders import proposes

EIGHTH, NINTH = "covid-19/2021-05-11", "covid-19/2022-06-28"


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def client_of(member: object) -> Client:
    client = Client()
    client.force_login(member)  # type: ignore[arg-type]
    return client


def test_every_edition_has_a_page_with_the_source_of_each_number(county: make.County) -> None:
    client = client_of(county.zheng)
    shelf = client.get("/protocols/").content.decode()
    for one in bridge.shelf():
        assert one.title in shelf
        page = client.get(f"/protocols/{one.id}/").content.decode()
        sheet = bridge.sheet(one.id)
        assert sheet
        assert all(n.basis.document in page for n in sheet.numbers)
    assert client.get("/protocols/covid-19/1999-01-01/").status_code == 404


def test_two_editions_side_by_side_say_who_gains_how_many_days(county: make.County) -> None:
    told = bridge.compare(EIGHTH, NINTH)
    assert told
    close = next(c for c in told.classes if c.after and c.after.name == "close_contact")
    assert (close.direction, close.days) == ("lighter", -11)  # 14+7 days become 7+3
    assert (told.days, len(told.others) > 0) == (-43, True)
    page = client_of(county.wu).get(f"/protocols/compare/?before={EIGHTH}&after={NINTH}").content.decode()
    assert "密切接触者" in page
    assert ">-11<" in page


def test_an_edition_is_put_in_force_by_whoever_may_declare_the_response(county: make.County) -> None:
    words = {"name": "新冠疫情处置", "level": "Ⅱ级响应"}
    assert client_of(county.wu).post(f"/protocols/{NINTH}/adopt/", words).status_code == 403
    assert client_of(county.zheng).get(f"/protocols/{NINTH}/adopt/").status_code == 200
    client_of(county.zheng).post(f"/protocols/{NINTH}/adopt/", words)
    with scoped(make.EVERYBODY):
        response = command_reads.response_at(make.LIUQUAN, datetime.now(UTC))
    assert response
    assert response.protocol == NINTH


def test_orders_of_the_edition_before_are_put_up_for_a_second_look(county: make.County) -> None:
    words = {"name": "新冠疫情处置", "disease": "covid-19", "level": "Ⅱ级响应"}
    make.does(county.zheng, "set_response", protocol=EIGHTH, **words)
    zhao = make.person(cast.ZHAO)
    made = proposes(county.zheng, zhao, protocol=EIGHTH)
    assert made.status == "done", made.reason
    answer = make.does(county.zheng, "set_response", protocol=NINTH, **words)
    assert answer.result["orders"] > 0
    with scoped(make.EVERYBODY):
        assert orders_reads.reclasses(make.EVERYBODY).get().cause == "edition"


def test_a_protocol_nobody_has_written_cannot_be_put_in_force(county: make.County) -> None:
    answer = make.does(
        county.zheng, "set_response", name="x", disease="covid-19", protocol="covid-19/1999-01-01", level="Ⅰ"
    )
    assert (answer.status, answer.code) == ("refused", "no_protocol")
