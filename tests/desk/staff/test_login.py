"""Logging in, guessing, changing and resetting a password."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from bihuan.desk.staff.login import MOST_WRONG
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import make, make_lab

RIGHT, FRESH = "a right password 1", "a fresh password 2"


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    for member in (made.wu, made.zheng):
        member.password = make_password(RIGHT)
        member.save(using="owner")
    return made


def log_in(client: Client, username: str, password: str) -> bool:
    return client.post("/login/", {"username": username, "password": password}).status_code == 302


def test_every_try_is_journalled_without_the_words_typed(county: make.County) -> None:
    client = Client()
    assert not log_in(client, "wu", "wrong")
    assert log_in(client, "wu", RIGHT)
    with scoped(make.EVERYBODY):
        tries = list(Act.objects.filter(verb="note_login").order_by("recorded_at"))
    assert [a.word for a in tries] == ["wrong", "logged_in"]
    assert all("wu" not in f"{a.args}{a.subject}".split(":") and RIGHT not in f"{a.args}" for a in tries)


def test_after_too_many_wrong_ones_even_the_right_password_waits_and_other_accounts_do_not(county: make.County) -> None:
    for _n in range(MOST_WRONG):
        assert not log_in(Client(), "wu", "wrong")
    assert not log_in(Client(), "wu", RIGHT)
    assert log_in(Client(), "zheng", RIGHT)


def test_whoever_has_no_desk_lands_on_the_phone_s_page(county: make.County) -> None:
    sampler = make_lab.chain(county=county).cai
    sampler.password = make_password(RIGHT)
    sampler.save(using="owner")
    for who, there in (("wu", "/"), ("cai", "/field/")):
        assert Client().post("/login/", {"username": who, "password": RIGHT})["Location"] == there


def test_a_success_counts_from_zero_again(county: make.County) -> None:
    for _round in range(2):
        for _n in range(MOST_WRONG - 1):
            assert not log_in(Client(), "wu", "wrong")
        assert log_in(Client(), "wu", RIGHT)


def test_a_member_changes_the_password_and_other_sessions_end(county: make.County) -> None:
    here, elsewhere = Client(), Client()
    assert log_in(here, "wu", RIGHT)
    assert log_in(elsewhere, "wu", RIGHT)
    words = {"what": "password", "new": FRESH, "again": FRESH}
    here.post("/profile/", words | {"old": "not it"})
    assert elsewhere.get("/profile/").status_code == 200
    here.post("/profile/", words | {"old": RIGHT})
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert log_in(Client(), "wu", FRESH)


def test_a_forgotten_password_is_reset_by_the_roster_and_by_nobody_else(county: make.County) -> None:
    args = {"member": county.wu.id, "password_hash": make_password(FRESH)}
    assert make.does(county.chen, "change_password", **args).status == "refused"
    assert make.does(county.zheng, "change_password", **args).status == "done"
    assert log_in(Client(), "wu", FRESH)
