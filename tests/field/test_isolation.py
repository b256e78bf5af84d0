"""The phone of whoever looks after people in isolation: two taps a check, symptoms, needs, deliveries."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop import _houses, _orders
from tests.loop._houses import House

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(db: None) -> House:
    return _houses.house()


def phone(member: Any, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(member)
    return client


def lodged(here: House) -> UUID:
    now = datetime.now(UTC)
    order = _orders.in_force(
        here.staff, make.person(cast.ZHAO), at=now - 3 * MINUTE, last_exposure=now - timedelta(hours=24)
    )
    where = {"order": order, "bed": _houses.bed(here.site, "101"), "is_here": True}
    given = make.does(here.hua, "assign_bed", at=now - MINUTE, **where)
    assert given.status == "done", given.reason
    return UUID(given.result["stay"])


def test_a_check_is_two_taps(here: House) -> None:
    stay = lodged(here)
    client = phone(here.nurse)
    listed = client.get("/field/isolation/").content.decode()
    assert "赵**" in listed
    assert "待检 1 人" in listed
    assert f"/field/isolation/{stay}/" in listed
    answer = client.post(f"/field/isolation/{stay}/", {"what": "well", "symptoms": ["cough"]})
    assert answer.status_code == 302
    assert "待检 0 人" in client.get("/field/isolation/").content.decode()
    with scoped(make.EVERYBODY):
        assert not stays_reads.under_way(make.EVERYBODY).exists()  # «all well» is all well, whatever was ticked before


def test_symptoms_start_the_journey(here: House) -> None:
    stay = lodged(here)
    client = phone(here.nurse)
    assert "100" in client.post(f"/field/isolation/{stay}/", {"celsius": "100"}).content.decode()
    client.post(f"/field/isolation/{stay}/", {"celsius": "37,9", "symptoms": ["cough"]})
    with scoped(make.EVERYBODY):
        assert stays_reads.under_way(make.EVERYBODY).get().kind == "to_hospital"
    assert "待转送医院" in client.get("/field/isolation/").content.decode()


def test_a_need_is_taken_down_and_delivered(here: House) -> None:
    stay = lodged(here)
    client = phone(here.nurse, "en")
    client.post(f"/field/isolation/{stay}/", {"what": "need", "need": "food", "words": "粥"})
    assert "To deliver" in client.get("/field/isolation/").content.decode()
    with scoped(make.EVERYBODY):
        task = command_reads.open_tasks(make.EVERYBODY).get(kind="need")
    client.post(f"/field/isolation/needs/{task.id}/", {"receipt": "放门口"})
    assert "To deliver" not in client.get("/field/isolation/").content.decode()


def test_nobody_of_another_place_is_met(here: House) -> None:
    stay = lodged(here)
    stranger = phone(_houses.house_elsewhere())
    assert "赵**" not in stranger.get("/field/isolation/").content.decode()
    assert stranger.get(f"/field/isolation/{stay}/").status_code == 404
    # Liuquan, where she lives, sees the stay on the desk; the checks are not theirs to do
    assert "赵**" not in phone(here.county.zhou).get("/field/isolation/").content.decode()


def test_a_home_is_assessed_at_the_door(here: House) -> None:
    now = datetime.now(UTC)
    who = make.person(cast.ZHAO)
    order = _orders.in_force(here.staff, who, at=now - 3 * MINUTE, last_exposure=now - timedelta(hours=24))
    with scoped(make.EVERYBODY):
        Order.objects.filter(id=order).update(measure="home_quarantine")
    grid = phone(here.county.zhou)
    address = f"/field/isolation/homes/{order}/"
    assert address in grid.get("/field/isolation/").content.decode()
    kept = grid.post(address, {"own_room": "yes"}).content.decode()
    assert '<option value="yes" selected>' in kept  # refused: what was answered is still there
    assert grid.post(address, _houses.FIT).headers["Location"] == "/field/isolation/"
    with scoped(make.EVERYBODY):
        (told,) = command_reads.visits(make.EVERYBODY, f"order:{order}")
    assert told.outcome == "assessed"
    assert phone(_houses.house_elsewhere()).get(address).status_code == 404
