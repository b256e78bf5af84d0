"""The pages of texts: spans beside the ledger, versions side by side, meetings."""

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.desk.directives.spans import changes, pieces
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import make

TEXT = "各乡镇要在24小时内完成返乡人员摸排。全体同志要提高认识。"


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def client(who: Member, language: str = "zh-hans") -> Client:
    made = Client(headers={"Accept-Language": language})
    made.force_login(who)
    return made


def test_from_a_file_to_tasks_on_the_desk(county: make.County) -> None:
    desk = client(county.zheng)
    sent = {
        "kind": "notice",
        "title": "通知",
        "issuer": "省指挥部",
        "file": SimpleUploadedFile("n.txt", TEXT.encode("gbk")),
    }
    body = desk.post(reverse("desk:new_directive"), sent, follow=True).content.decode()
    assert '<mark class="bh-span bh-span-draft"' in body
    assert "缺 完成标准" in body
    with scoped(make.EVERYBODY):
        directive = command_reads.directives(make.EVERYBODY).get()
        item = command_reads.items(make.EVERYBODY, directive.id).get()
    refused = desk.post(
        reverse("desk:directive_act", args=[directive.id, "dispatch_items"]), {"pick": [str(item.id)]}, follow=True
    )
    assert "不能下发" in refused.content.decode()
    form = desk.get(reverse("desk:mend_item", args=[item.id])).content.decode()
    assert TEXT[:17] in form
    mended = {
        "requirement": "完成摸排", "standard": "不漏一户", "unit_ids": [str(u) for u in item.unit_ids], "due_hours": "24",
        "type": "screening",
    }  # fmt: skip
    desk.post(reverse("desk:mend_item", args=[item.id]), mended)
    sent_out = desk.post(
        reverse("desk:directive_act", args=[directive.id, "dispatch_items"]), {"pick": [str(item.id)]}, follow=True
    )
    assert "已下发 2 项任务" in sent_out.content.decode()
    with scoped(Scope(make.LIUQUAN)):
        task = command_reads.open_tasks(Scope(make.LIUQUAN)).get()
    shown = client(county.wu).get(reverse("desk:task", args=[task.id])).content.decode()
    assert task.detail["quote"] in shown
    assert "上报办结" in shown
    township = client(county.wu).get(reverse("desk:directive", args=[directive.id])).content.decode()
    assert "签收：本单位已学习" in township
    assert "交办台账" not in township
    signed = client(county.wu).post(reverse("desk:directive_act", args=[directive.id, "read_directive"]), follow=True)
    assert "本单位已签收" in signed.content.decode()


def test_versions_stand_side_by_side(county: make.County) -> None:
    first = make.does(county.zheng, "receive_directive", kind="policy", title="方案", issuer="省", text=TEXT).result
    changed = TEXT.replace("24小时", "12小时")
    second = make.does(
        county.zheng, "receive_directive", kind="policy", title="方案", issuer="省", text=changed,
        replaces=UUID(first["directive"]),
    ).result  # fmt: skip
    body = client(county.zheng).get(reverse("desk:directive_diff", args=[second["directive"]])).content.decode()
    assert "<del>各乡镇要在24小时内完成返乡人员摸排。</del>" in body
    assert "<ins>各乡镇要在12小时内完成返乡人员摸排。</ins>" in body
    assert client(county.zheng).get(reverse("desk:directive_diff", args=[first["directive"]])).status_code == 404
    assert "已有第 2 版" in client(county.wu).get(reverse("desk:directive", args=[first["directive"]])).content.decode()


def test_a_meeting_is_recorded_and_its_decisions_wait(county: make.County) -> None:
    told = {"title": "调度会", "chair": "郑令", "decisions": "各乡镇2小时内上报\n增设采样点", "is_video": "1"}
    body = client(county.zheng).post(reverse("desk:new_meeting"), told, follow=True).content.decode()
    assert "2 条待确认" in body
    assert "会议时的数字" in body
    for name in ("directives", "rhythms", "new_directive", "new_meeting"):
        assert client(county.zheng, "en").get(reverse(f"desk:{name}")).status_code == 200, name


@settings(deadline=None)
@given(st.text("甲乙。\n；", max_size=30), st.text("甲乙。\n；", max_size=30))
def test_the_two_sides_of_a_comparison_are_the_two_texts(old: str, new: str) -> None:
    told = changes(old, new)
    assert "".join(c.old for c in told) == old
    assert "".join(c.new for c in told) == new
    assert all((c.old == c.new) == (c.kind == "same") for c in told)


@settings(deadline=None)
@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_pieces_are_the_text_whatever_the_spans(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(min(a, len(text)), min(b, len(text)), str(n), "draft") for n, (a, b) in enumerate(spans)]
    assert "".join(p.text for p in pieces(text, inside)) == text
