"""The pages of the testing chain: what they show, what their forms do, and that a longer round asks no more questions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.models import KeyWorker, ResultFile
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests import make_lab as lab
from tests.make_lab import DAY

HOUR = timedelta(hours=1)


@pytest.fixture
def chain(db: None) -> lab.Chain:
    return lab.chain()


def client(who: Member) -> Client:
    made = Client(headers={"Accept-Language": "zh-hans"})
    made.force_login(who)
    return made


def text(who: Member, name: str, *args: Any, **params: str) -> str:
    answer = client(who).get(reverse(f"desk:{name}", args=args), params)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def positive(chain: lab.Chain) -> Any:
    (qian, other) = (make.person(cast.QIAN), lab.people(1)[0])
    lab.fills(chain, "A001", [qian, other])
    lab.brings(chain, "BOX1", "A001")
    assert lab.reads(chain, "A001", "positive").status == "done"
    with scoped(make.EVERYBODY):
        return lab_reads.recalls(make.EVERYBODY).get()


def test_a_round_shows_how_many_stand_where_and_the_sums_agree(chain: lab.Chain) -> None:
    lab.fills(chain, "A001", lab.people(10))
    lab.fills(chain, "A002", lab.people(5))
    lab.brings(chain, "BOX1", "A001")
    assert lab.reads(chain, "A001", "negative").status == "done"
    page = text(chain.county.zheng, "round", chain.round)
    assert "已采 15 ＝ 已报告 10 ＋ 在途在检 5 ＋ 作废重采 0；应采未采 35" in page
    assert "柳泉一号" in page
    assert "县人民医院" in page
    assert "BOX1" in page
    assert "检测" in page[page.index("BOX1") :]  # its slowest link
    rounds = text(chain.county.zheng, "rounds")
    assert "15 / 50" in rounds
    english = Client(headers={"Accept-Language": "en"})
    english.force_login(chain.county.zheng)
    assert "Sampled 15 = reported 10" in english.get(reverse("desk:round", args=[chain.round])).content.decode()


def test_a_township_sees_its_own_tables_and_people_only(chain: lab.Chain) -> None:
    recall = positive(chain)
    own = text(chain.county.wu, "round", chain.round)
    assert "柳泉一号" in own
    assert "石桥一号" not in own
    other = text(chain.county.chen, "round", chain.round)
    assert "石桥一号" in other
    assert "柳泉一号" not in other
    assert client(chain.county.chen).get(reverse("desk:pool", args=[recall.id])).status_code == 404
    assert client(chain.county.chen).get(reverse("desk:session", args=[chain.session])).status_code == 404


def test_a_pool_page_shows_masked_people_and_records_who_was_told(chain: lab.Chain) -> None:
    recall = positive(chain)
    page = text(chain.liu, "pool", recall.id)
    assert "钱**" in page
    assert cast.QIAN.name not in page
    assert cast.QIAN.phone not in page
    with scoped(make.EVERYBODY):
        ids = [r.id for r in lab_reads.rechecks(make.EVERYBODY, recall.id)]
    sent = client(chain.liu).post(reverse("desk:pool", args=[recall.id]), {"act": str(uuid7()), "pick": ids[:1]})
    assert sent.status_code == 302
    with scoped(make.EVERYBODY):
        assert [r.told_at is not None for r in lab_reads.rechecks(make.EVERYBODY, recall.id)].count(True) == 1


def test_a_station_is_closed_on_the_desk_only_by_a_count_that_agrees(chain: lab.Chain) -> None:
    office = chain.county.zheng
    lab.fills(chain, "A001", lab.people(2))
    address = reverse("desk:session", args=[chain.session])
    assert client(office).get(address).status_code == 200
    with scoped(make.EVERYBODY):
        from bihuan.ledgers.staff.choices import Role
        from bihuan.ledgers.staff.models import Post

        post = make.post(
            Post.objects.get(title="专班组长", unit__name="柳泉镇人民政府").unit, "医院采样", Role.CLINICIAN
        )
        nurse = make.serves(cast.Staff("柏护", "bai", "nurse"), post)
    wrong = {"act": str(uuid7()), "people": "2", "tubes": "A009"}
    client(nurse).post(address, wrong)
    page = text(nurse, "session", chain.session)
    assert "A009" in page
    assert "不符" in page
    client(nurse).post(address, {"act": str(uuid7()), "people": "2", "tubes": "A001"})
    assert "已收点" in text(nurse, "session", chain.session)


def test_a_file_goes_from_the_trial_to_the_release_on_the_desk(chain: lab.Chain) -> None:
    for number in (1, 2):
        lab.fills(chain, f"A00{number}", lab.people(2))
    lab.brings(chain, "BOX1", "A001", "A002")
    given = {"laboratory": chain.laboratory, "number": "P1", "boxes": ["BOX1"]}
    assert make.does(chain.jian, "start_test_run", at=DAY + 2 * HOUR, **given).status == "done"
    words = {"laboratory": str(chain.laboratory), "batch": "P1", "kind": "negatives"}
    wrong = SimpleUploadedFile("阴性.csv", "管号,结果\nA001,阴性\nA002,阳性\n".encode())
    sent = client(chain.jian).post(reverse("desk:results"), words | {"file": wrong}, follow=True)
    page = sent.content.decode()
    assert "“仅阴性”文件中有非阴性结果" in page
    assert "A002" in page
    right = SimpleUploadedFile("全部.csv", "管号,结果\nA001,阴性\nA002,阳性\n".encode())
    sent = client(chain.jian).post(reverse("desk:results"), words | {"kind": "all", "file": right}, follow=True)
    address = sent.redirect_chain[-1][0]
    client(chain.jian).post(address, {"step": "take", "act": str(uuid7())})
    assert "您是上传人" in client(chain.jian).get(address).content.decode()
    assert "A001" not in text(chain.fu, "pools")
    client(chain.fu).post(address, {"step": "release", "findings": "0", "act": str(uuid7())})
    with scoped(make.EVERYBODY):
        assert ResultFile.objects.get(state="taken")
    client(chain.fu).post(address, {"step": "release", "findings": "1", "act": str(uuid7())})
    assert "A002" in text(chain.fu, "pools")
    broken = SimpleUploadedFile("名单.csv", "姓名,电话\n赵,1\n".encode())
    assert client(chain.jian).post(reverse("desk:results"), words | {"file": broken}).status_code == 422


def test_overdue_people_stand_under_their_employer(chain: lab.Chain) -> None:
    people = lab.people(3)
    with scoped(make.EVERYBODY):
        cold = Place.objects.create(
            name="青禾冷链", kind="cold_store", area_id="991027101001", path=make.PATHS["991027101001"]
        )
    given = {"employer": cold.id, "post": "cold_chain", "persons": people}
    now = datetime.now(UTC)
    assert make.does(chain.county.zheng, "add_key_workers", at=DAY, **given).result == {"added": 3}
    assert make.does(chain.county.zheng, "add_key_workers", at=DAY, **given).result == {"added": 0}
    wrong = make.does(chain.county.zheng, "add_key_workers", at=DAY, **{**given, "post": "astronaut"})
    assert wrong.code == "no_such_post"
    days = timedelta(days=1)
    with scoped(make.EVERYBODY):  # two sampled in time, one never
        KeyWorker.objects.update(held_from=now - 30 * days)
    session = make.does(chain.cai, "open_session", of_round=_round(chain), station=chain.liuquan, at=now - 9 * days)
    assert session.result
    for person, ago in ((people[0], 2), (people[1], 7)):
        sent = lab.send(
            chain.cai, lab.swab(session.result["session"], f"K{ago}", person, at=now - ago * days), recorded_at=now
        )
        assert sent[0].status == "done", sent
    page = text(chain.county.zheng, "key_posts")
    assert "青禾冷链" in page
    overdue = page[page.index("超期未检") :]
    assert overdue.count("村**") == 1  # the one never sampled; the seventh day is the one that is due
    ended = make.does(chain.county.zheng, "end_key_worker", worker=_worker(people[2]), at=now)
    assert ended.status == "done"
    assert "超期未检" not in text(chain.county.zheng, "key_posts")


def _worker(person: Any) -> Any:
    with scoped(make.EVERYBODY):
        return KeyWorker.objects.get(person=person).id


def _round(chain: lab.Chain) -> Any:
    opened = make.does(
        chain.county.zheng, "open_round", name="重点岗位", kind="key_posts", area=make.COUNTY, pool_size=10,
        at=datetime.now(UTC) - timedelta(days=10),
    )  # fmt: skip
    assert opened.result
    return opened.result["round"]


def test_an_outage_is_logged_and_ended_on_the_desk(chain: lab.Chain) -> None:
    address = reverse("desk:outages")
    client(chain.jian).post(address, {"system": "省核酸平台", "note": "登录超时", "act": str(uuid7())})
    assert "省核酸平台" in text(chain.county.zheng, "outages")
    with scoped(make.EVERYBODY):
        (span,) = lab_reads.outages(make.EVERYBODY)
    client(chain.jian).post(address, {"outage": str(span.id), "act": str(uuid7())})
    with scoped(make.EVERYBODY):
        assert lab_reads.outages(make.EVERYBODY).get().ended_at is not None


def test_a_new_round_is_opened_with_its_plan_beside_it(chain: lab.Chain) -> None:
    page = text(chain.county.zheng, "new_round")
    assert "全员检测预案" in page
    sent = {"name": "二轮", "kind": "area", "area": make.COUNTY, "pool_size": "5", "hours": "12", "target": "991027101"}
    sent |= {"head-991027101": "120", "act": str(uuid7())}
    answer = client(chain.county.zheng).post(reverse("desk:new_round"), sent, follow=True)
    assert "二轮" in answer.content.decode()
    with scoped(make.EVERYBODY):
        made = lab_reads.rounds(make.EVERYBODY).first()
    assert made is not None
    assert (made.pool_size, made.people_expected) == (5, 120)


def test_a_longer_round_asks_no_more(chain: lab.Chain) -> None:
    def asked() -> dict[str, int]:
        visitor, counts = client(chain.county.zheng), {}
        pages = [
            ("rounds", ()),
            ("round", (chain.round,)),
            ("results", ()),
            ("pools", ()),
            ("key_posts", ()),
            ("stations", ()),
        ]
        for name, args in pages:
            address = reverse(f"desk:{name}", args=args)
            visitor.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert visitor.get(address).status_code == 200
            counts[name] = len(seen)
        return counts

    positive(chain)
    before = asked()
    for number in range(2, 6):
        lab.fills(chain, f"A00{number}", lab.people(2))
        lab.brings(chain, f"BOX{number}", f"A00{number}")
        lab.reads(chain, f"A00{number}", "positive" if number % 2 else "negative")
    assert asked() == before
