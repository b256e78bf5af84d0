"""A text from its words to closed tasks."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice, Task
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Unit
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import tick
from tests import cast, make

TEXT = (
    "一要抓好排查。各乡镇要在24小时内完成返乡人员摸排。"
    "二要抓好卡口。柳泉镇人民政府要每天检查一次卡口值守情况。"
    "全体同志要提高认识。"
)
SENTENCE = "各乡镇要在24小时内完成返乡人员摸排"


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    with scoped(make.EVERYBODY):
        office = make.unit("指挥部办公室", UnitKind.WORKING_GROUP, make.COUNTY)
        make.serves(cast.Staff("韩平", "han", "office"), make.post(office, "主任", Role.OFFICE))
    return made


def receives(county: make.County, **more: object) -> UUID:
    given = {"kind": "speech", "title": "县调度会讲话", "issuer": "县委", "text": TEXT}
    answer = make.does(county.zheng, "receive_directive", **(given | more))
    assert answer.status == "done", answer.reason
    return UUID(answer.result["directive"])


def drafts(directive: UUID) -> list:
    with scoped(make.EVERYBODY):
        return list(command_reads.items(make.EVERYBODY, directive).filter(state="draft"))


def test_what_the_text_orders_is_proposed_with_its_place(county: make.County) -> None:
    directive = receives(county)
    items = drafts(directive)
    with scoped(make.EVERYBODY):
        kept = command_reads.directive(make.EVERYBODY, directive)
        townships = Unit.objects.filter(kind=UnitKind.TOWNSHIP).count()
    quotes = [kept.text[i.span_start : i.span_end] for i in items]
    (first,) = [i for i, q in zip(items, quotes, strict=True) if "摸排" in q]
    assert first.due_minutes == 1440
    assert len(first.unit_ids) == townships == 2
    (daily,) = [i for i, q in zip(items, quotes, strict=True) if "卡口值守" in q]
    assert daily.every_minutes == 1440
    with scoped(make.EVERYBODY):
        assert not Task.objects.exists()  # nothing goes out before an officer has looked


def test_an_item_without_the_four_fields_is_not_dispatched(county: make.County) -> None:
    directive = receives(county)
    item = next(i for i in drafts(directive) if i.due_minutes == 1440)
    send = {"directive": directive, "items": [item.id]}
    with translation.override("zh-hans"):
        refused = make.does(county.zheng, "dispatch_items", **send)
    assert refused.code == "not_operable"
    assert "标准" in refused.reason
    whole = {"requirement": "完成摸排", "standard": "不漏一户", "unit_ids": item.unit_ids, "due_minutes": 1440}
    for left_out in ("requirement", "standard", "unit_ids", "due_minutes"):
        empty = {"unit_ids": [], "due_minutes": None}.get(left_out, "")
        assert make.does(county.zheng, "mend_item", item=item.id, **(whole | {left_out: empty})).status == "done"
        assert make.does(county.zheng, "dispatch_items", **send).code == "not_operable", left_out
    make.does(county.zheng, "mend_item", item=item.id, **whole)
    sent = make.does(county.zheng, "dispatch_items", **send)
    assert sent.result["tasks"] == 2
    assert make.does(county.zheng, "dispatch_items", **send).code == "no_such_item"  # not twice


def test_from_text_to_closed_task_with_its_sentence(county: make.County) -> None:
    directive = receives(county)
    item = next(i for i in drafts(directive) if i.due_minutes == 1440)
    make.does(
        county.zheng, "mend_item", item=item.id, requirement="完成返乡人员摸排", standard="不漏一户",
        unit_ids=item.unit_ids, due_minutes=1440,
    )  # fmt: skip
    make.does(county.zheng, "dispatch_items", directive=directive, items=[item.id])
    with scoped(Scope(make.LIUQUAN)):
        (task,) = command_reads.open_tasks(Scope(make.LIUQUAN))
    assert SENTENCE in task.detail["quote"] or task.detail["quote"] in SENTENCE
    assert (task.responsible_id, task.clock.due_at) == (county.wu.id, make.DAY + timedelta(days=1))
    assert task.territory_owner.name == "柳泉镇人民政府"
    assert make.does(county.wu, "report_done", task=task.id, words="全部摸排").status == "done"
    assert make.does(county.wu, "close_task", task=task.id, evidence="完成").code == "own_task"
    closed = make.does(county.feng, "close_task", task=task.id, evidence="抽查20户，均已登记")
    assert closed.result["answered"] == 1
    with scoped(make.EVERYBODY):
        assert Notice.objects.get(member=county.zheng, kind="reply_0").words["reply"] == "抽查20户，均已登记"


def test_what_recurs_opens_its_next_task_once_however_many_ticks(county: make.County) -> None:
    directive = receives(county)
    item = next(i for i in drafts(directive) if i.every_minutes)
    make.does(
        county.zheng, "mend_item", item=item.id, requirement="检查卡口", standard="每个卡口有人", unit_ids=item.unit_ids,
        every_minutes=1440,
    )  # fmt: skip
    sent = make.does(county.zheng, "dispatch_items", directive=directive, items=[item.id])
    assert sent.result == {"tasks": 1, "rhythms": 1}, sent.reason

    def opened() -> list:
        with scoped(make.EVERYBODY):
            return sorted(t.opened_at for t in Task.objects.filter(subject=f"item:{item.id}"))

    tick.tick(make.DAY + timedelta(hours=23))
    assert len(opened()) == 1
    for _again in range(2):
        tick.tick(make.DAY + timedelta(hours=24))
    assert opened() == [make.DAY, make.DAY + timedelta(days=1)]
    with scoped(make.EVERYBODY):
        (rhythm,) = command_reads.rhythms(make.EVERYBODY)
    make.does(county.zheng, "stop_rhythm", rhythm=rhythm.id, reason="响应终止")
    tick.tick(make.DAY + timedelta(days=9))
    assert len(opened()) == 2


def test_a_new_version_is_read_anew_and_proposes_only_what_is_new(county: make.County) -> None:
    first = receives(county)
    assert make.does(county.wu, "read_directive", directive=first).status == "done"
    second = receives(county, text=TEXT + "各乡镇要在2小时内报告发热病例。", replaces=first)
    with scoped(make.EVERYBODY):
        new = command_reads.directive(make.EVERYBODY, second)
        assert (new.version, new.series) == (2, command_reads.directive(make.EVERYBODY, first).series)
        assert not command_reads.receipts(make.EVERYBODY, second).exists()  # the old signature is not for this
        (receipt,) = command_reads.receipts(make.EVERYBODY, first)
    assert receipt.unit.name == "柳泉镇人民政府"
    assert [new.text[i.span_start : i.span_end] for i in drafts(second)] == ["各乡镇要在2小时内报告发热病例"]
    same = make.does(
        county.zheng, "receive_directive", kind="speech", title="再发", issuer="县委", text=new.text, replaces=second
    )
    assert same.code == "same_text"
    with scoped(Scope(make.SHIQIAO)):  # every unit below reads the text; nobody reads another's signature
        assert command_reads.directive(Scope(make.SHIQIAO), second)
        assert not command_reads.receipts(Scope("/"), first).exists()
        assert not command_reads.items(Scope("/"), first).exists()


def test_items_are_merged_dropped_and_added(county: make.County) -> None:
    directive = receives(county)
    items = [i.id for i in drafts(directive)]
    assert make.does(county.zheng, "merge_items", directive=directive, items=items[:1]).code == "not_mergeable"
    assert make.does(county.zheng, "merge_items", directive=directive, items=items[:2]).status == "done"
    (first, *_rest) = drafts(directive)
    assert len(drafts(directive)) == len(items) - 1
    assert "；" in first.requirement
    assert (first.due_minutes, first.every_minutes, len(first.unit_ids)) == (1440, 1440, 2)
    assert make.does(county.zheng, "drop_items", directive=directive, items=[first.id], reason="").code == "no_reason"
    make.does(county.zheng, "drop_items", directive=directive, items=[first.id], reason="另文下发")
    assert first.id not in [i.id for i in drafts(directive)]
    assert make.does(county.zheng, "add_item", directive=directive, quote="没有这句").code == "no_such_words"
    added = make.does(county.zheng, "add_item", directive=directive, quote="全体同志要提高认识")
    assert UUID(added.result["item"]) in [i.id for i in drafts(directive)]


def test_a_review_freezes_its_figures_and_its_decisions_become_drafts(county: make.County) -> None:
    make.receives(county.wang, make.told(cast.ZHAO))
    at = make.DAY + timedelta(minutes=30)
    answer = make.does(
        county.zheng, "record_meeting", at=at, title="每日研判", chair="郑令", is_video=True, is_review=True,
        attendance=["郑令", "吴护"], minutes="会议听取了汇报。", decisions=["各乡镇要在12小时内补报小组名单", "增设一处采样点"],
    )  # fmt: skip
    assert answer.status == "done", answer.reason
    directive = UUID(answer.result["directive"])
    with scoped(make.EVERYBODY):
        kept = command_reads.directive(make.EVERYBODY, directive)
    assert kept.meeting["figures"]["tasks_late"] == 1  # the team was due after twenty minutes
    assert kept.meeting["attendance"] == ["郑令", "吴护"]
    assert [kept.text[i.span_start : i.span_end] for i in drafts(directive)] == kept.meeting["decisions"]
    assert drafts(directive)[0].due_minutes == 720
