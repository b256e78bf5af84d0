"""Roster, rota, journal and one's own account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.staff.models import Member, Post, Posting, SavedView, Shift, Token
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

Visit = Callable[[Member], Client]


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def visitor(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def text(client: Client, address: str, **params: str) -> str:
    answer = client.get(address, params)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post_of(title: str, unit: str = "柳泉镇人民政府") -> Post:
    with scoped(make.EVERYBODY):
        return Post.objects.get(title=title, unit__name=unit)


def posting_of(member: Member) -> Posting:
    with scoped(make.EVERYBODY):
        return staff_reads.postings(make.EVERYBODY, datetime.now(UTC)).get(member=member)


def test_the_roster_shows_the_scope_and_nothing_beside_it(county: make.County) -> None:
    page = text(visitor(county.zheng), "/roster/")
    assert "郑令" in page
    assert "陈外" in page
    township = text(visitor(county.chen), "/roster/")
    assert "陈外" in township
    assert "吴护" not in township
    assert "柳泉镇人民政府" not in township


def test_a_roster_nobody_confirmed_is_stale_until_it_is_confirmed(county: make.County) -> None:
    client = visitor(county.zheng)
    assert "吴护" in text(client, "/roster/", state="stale")  # entries of 2022 are long past their thirty days
    mine = posting_of(county.wu)
    client.post(f"/roster/posts/{mine.post_id}/", {"what": "confirm", "posting": str(mine.id)})
    assert "吴护" not in text(client, "/roster/", state="stale")


def test_a_vacant_post_is_found(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        make.post(staff_reads.units(make.EVERYBODY).get(name="石桥乡人民政府"), "联络员", Role.GRID)
    page = text(visitor(county.zheng), "/roster/", state="vacant")
    assert "联络员" in page
    assert "网格员" not in page.split("<tbody>")[1]


def test_an_absent_holder_hands_the_open_tasks_to_the_deputy(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    chief = post_of("专班组长")
    client = visitor(county.zheng)
    client.post(f"/roster/posts/{chief.id}/", {"what": "name", "member": str(county.feng.id), "is_deputy": "1"})
    posting = posting_of(county.wu)
    page = client.post(
        f"/roster/posts/{chief.id}/", {"what": "absent", "posting": str(posting.id)}, follow=True
    ).content.decode()
    assert "已标记离岗，1 项未办任务已转交" in page
    with scoped(make.EVERYBODY):
        assert command_reads.open_tasks(make.EVERYBODY).get().responsible == county.feng


def test_naming_asks_for_the_right(county: make.County) -> None:
    chief = post_of("专班组长")
    client = visitor(county.zhou)
    assert "登记任岗" not in text(client, f"/roster/posts/{chief.id}/")
    page = client.post(f"/roster/posts/{chief.id}/", {"what": "name", "member": str(county.zhou.id)}, follow=True)
    assert "没有权限" in page.content.decode()
    assert posting_of(county.wu).post_id == chief.id
    assert client.get("/roster/new/").status_code == 403
    assert visitor(county.chen).get(f"/roster/posts/{chief.id}/").status_code == 404


def test_an_account_is_opened_with_a_password_nobody_can_read(county: make.County) -> None:
    client = visitor(county.zheng)
    form = {"what": "member", "username": "han", "name": "韩新", "phone": "19900000009", "act": str(uuid7())}
    weak = client.post("/roster/new/", form | {"password": "123"})
    assert weak.status_code == 200
    assert not Member.objects.filter(username="han").exists()
    client.post("/roster/new/", form | {"password": "qinghe-willow-7"})
    assert check_password("qinghe-willow-7", Member.objects.get(username="han").password)
    assert "韩新" in text(client, f"/roster/posts/{post_of('专班组长').id}/")


def test_duty_alarms_an_empty_slot_and_a_shift_is_filled_and_acknowledged(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        of = staff_reads.units(make.EVERYBODY).get(name="柳泉镇人民政府")
        desk = make.post(of, "值班室", Role.TOWNSHIP, round_the_clock=True)
    wu = visitor(county.wu)
    assert "空缺" in text(wu, "/duty/")
    now = datetime.now(UTC)
    form = {
        "what": "fill",
        "post": str(desk.id),
        "shift_from": (now - timedelta(hours=1)).isoformat(),
        "shift_until": (now + timedelta(hours=23)).isoformat(),
        "member": str(county.zhou.id),
    }
    wu.post("/duty/", form)
    assert "未确认接班" in text(wu, "/duty/")
    with scoped(make.EVERYBODY):
        shift = Shift.objects.get()
    assert (
        "只能确认自己的值班"
        in wu.post("/duty/", {"what": "acknowledge", "shift": str(shift.id)}, follow=True).content.decode()
    )
    zhou = visitor(county.zhou)
    assert "确认接班" in text(zhou, "/duty/")
    zhou.post("/duty/", {"what": "acknowledge", "shift": str(shift.id)})
    assert "已接班" in text(zhou, "/duty/")
    assert "值班室" not in text(visitor(county.chen), "/duty/")


def test_the_journal_keeps_who_looked_at_whom_and_why(county: make.County) -> None:
    person = make.person(cast.ZHAO)
    make.does(county.wu, "reveal_person", subject=f"person:{person}", reason="电话联系")
    client = visitor(county.zheng)
    page = text(client, "/journal/", looks="1")
    assert "查看个人信息" in page
    assert "吴护" in page
    assert "电话联系</td>" in page
    assert cast.ZHAO.name not in page
    assert cast.ZHAO.id_number not in page
    assert "电话联系</td>" not in text(client, "/journal/", actor="郑令")
    assert "电话联系</td>" not in text(client, "/journal/", day="2001-01-01")
    assert visitor(county.wu).get("/journal/").status_code == 403


def test_what_was_learned_late_is_marked(county: make.County) -> None:
    make.does(county.wu, "save_view", at=make.DAY - timedelta(hours=3), page="tasks", name="甲", query="")
    page = text(visitor(county.zheng), "/journal/", late="1")
    assert "补录" in page.split("<tbody>")[1]


def test_the_journal_is_exported_as_shown(county: make.County) -> None:
    make.does(county.wu, "save_view", page="tasks", name="甲", query="")
    answer = visitor(county.zheng).get("/journal/", {"export": "csv"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert "保存视图" in answer.content.decode("utf-8-sig")


def test_a_device_key_is_shown_once_and_kept_as_a_digest(county: make.County) -> None:
    client = visitor(county.zhou)
    form = {"what": "issue", "device": "走访手机", "act": str(uuid7())}
    page = client.post("/profile/", form).content.decode()
    secret = page.split("data-secret>")[1].split("<")[0]
    token = Token.objects.get()
    assert secret.encode() not in bytes(token.digest)
    assert secret not in text(client, "/profile/")
    assert client.post("/profile/", form).status_code == 302  # sent twice: no second key
    assert Token.objects.count() == 1
    client.post("/profile/", {"what": "revoke", "token": str(token.id)})
    token.refresh_from_db()
    assert token.revoked_at


def test_nobody_revokes_the_device_of_another(county: make.County) -> None:
    visitor(county.zhou).post("/profile/", {"what": "issue", "device": "走访手机", "act": str(uuid7())})
    token = Token.objects.get()
    visitor(county.wu).post("/profile/", {"what": "revoke", "token": str(token.id)})
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_view_is_kept_and_leads_back_to_its_list(county: make.County) -> None:
    client = visitor(county.zheng)
    answer = client.post("/views/journal/", {"name": "查看", "query": "looks=1"})
    assert answer["Location"] == "/journal/?looks=1"
    assert SavedView.objects.get().page == "journal"
    assert client.get("/views/journal/").status_code == 405
    assert "查看" in text(client, "/journal/")


@pytest.mark.parametrize("address", ["/roster/", "/duty/", "/journal/", "/profile/"])
def test_questions_do_not_grow_with_the_rows(county: make.County, address: str) -> None:
    client = visitor(county.zheng)
    with scoped(make.EVERYBODY):
        of = staff_reads.units(make.EVERYBODY).get(name="柳泉镇人民政府")
        make.post(of, "值班室", Role.TOWNSHIP, round_the_clock=True)
    make.does(county.wu, "save_view", page="tasks", name="零", query="")  # a page with a row, not an empty one
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with scoped(make.EVERYBODY):
        for n in range(8):
            extra = make.post(of, f"岗{n}", Role.GRID, round_the_clock=True)
            make.serves(cast.Staff(f"员{n}", f"extra{n}", "grid"), extra)
    for n in range(4):
        make.does(county.wu, "save_view", page="tasks", name=f"甲{n}", query="")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) <= 30


def test_strangers_are_sent_to_log_in(county: make.County) -> None:
    for address in ("/roster/", "/duty/", "/journal/", "/profile/", "/territory/", "/reports/"):
        assert Client().get(address)["Location"].startswith("/login/")
