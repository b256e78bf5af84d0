"""A problem that comes back: it cites what came before, goes one level up, and cannot close without cause and change."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice, Visit
from bihuan.ledgers.staff.models import Act, Member
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import make

DAY = timedelta(days=1)


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def inspector(county: make.County) -> Member:
    return make.inspector()


@pytest.fixture
def pharmacy(county: make.County) -> str:
    return make.place("河湾药店", "pharmacy")


def inspects(who: Member, subject: str, **more: object) -> object:
    given = {
        "checklist": "pharmacy",
        "subject": subject,
        "kind": "inspection",
        "answers": make.filled("pharmacy", policy="贴的是旧规定"),
    }
    return make.does(who, "fill_checklist", **(given | more))


def ledger() -> list:
    with scoped(make.EVERYBODY):
        return list(command_reads.problems(make.EVERYBODY).order_by("found_at"))


def test_a_no_becomes_a_problem_with_owner_and_clock(county: make.County, inspector: Member, pharmacy: str) -> None:
    answer = inspects(inspector, pharmacy)
    assert answer.status == "done", answer.reason
    (problem,) = ledger()
    assert (problem.item, problem.source, problem.is_recurrent) == ("pharmacy/policy", "inspection", False)
    assert problem.number == "青问〔2022〕1号"
    assert problem.task.responsible_unit.name == "柳泉镇人民政府"
    assert problem.task.responsible_id == county.wu.id
    assert problem.task.clock.due_at == make.DAY + DAY
    assert problem.task.sector_supervisor.name == "县市场监管局"
    with scoped(make.EVERYBODY):
        assert Visit.objects.get().outcome == "failed"
        assert Notice.objects.get(member=county.wu).kind == "problem_raised"
        journal = str(list(Act.objects.values_list("args", "result")))
    assert "旧规定" not in journal  # free words about a place stay out of the journal


def test_the_same_problem_again_goes_up_and_closes_only_with_cause_and_change(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    inspects(inspector, pharmacy)
    first = ledger()[0]
    assert make.does(county.wu, "report_done", task=first.task_id, words="已换新").status == "done"
    assert make.does(county.wu, "close_task", task=first.task_id, evidence="已换").code == "own_task"
    assert make.does(inspector, "close_task", task=first.task_id, evidence="复查已换", reply="已整改").status == "done"
    with scoped(make.EVERYBODY):
        assert Notice.objects.get(member=inspector).words["reply"] == "已整改"
        assert command_reads.problem(make.EVERYBODY, first.id).replied_at == make.DAY

    inspects(inspector, pharmacy, at=make.DAY + 10 * DAY)
    again = ledger()[1]
    assert again.earlier == [first.id]
    assert again.task.responsible_unit.name == "县市场监管局"  # the township could not keep it mended
    task = again.task_id
    closing = {"task": task, "evidence": "现场复查", "at": make.DAY + 11 * DAY}
    for lacking in (
        {},
        {"cause": "无人管更新"},
        {"cause": "无人管更新", "change": "rule"},
        {"change": "rule", "change_words": "x"},
    ):
        assert make.does(county.zheng, "close_task", **closing, **lacking).code == "no_root_cause"
    done = make.does(
        county.zheng, "close_task", **closing, cause="无人管更新", change="rule", change_words="每日专人换"
    )
    assert done.status == "done", done.reason

    inspects(inspector, pharmacy, at=make.DAY + 50 * DAY)  # outside the window of the last one: a new problem
    assert not ledger()[2].is_recurrent


def test_a_third_coming_reaches_headquarters(county: make.County, inspector: Member, pharmacy: str) -> None:
    for number in range(3):
        inspects(inspector, pharmacy, at=make.DAY + number * 5 * DAY)
    assert [p.level for p in ledger()] == [1, 2, 3]
    assert ledger()[2].task.responsible_unit.name == "青禾县指挥部"
    assert len(ledger()[2].earlier) == 2


def test_a_finding_that_comes_late_from_a_phone_changes_those_after_it(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    inspects(inspector, pharmacy, at=make.DAY + 5 * DAY)
    assert not ledger()[0].is_recurrent
    inspects(inspector, pharmacy, at=make.DAY)
    first, second = ledger()
    assert (first.is_recurrent, second.earlier, second.level) == (False, [first.id], 2)
    assert second.task.responsible_unit.name == "县市场监管局"


def test_on_the_spot_needs_before_and_after_the_same_day(county: make.County, inspector: Member, pharmacy: str) -> None:
    inspects(inspector, pharmacy)
    problem = ledger()[0]
    fix = {"problem": problem.id, "words": "当场更换"}
    assert make.does(county.wu, "fix_problem", **fix).code == "no_before_and_after"
    for kind in ("before", "after"):
        shown = make.does(county.wu, "add_proof", subject=f"problem:{problem.id}", kind=kind, words="如图")
        assert shown.status == "done", shown.reason
    assert make.does(county.wu, "fix_problem", at=make.DAY + DAY, **fix).code == "not_same_day"
    assert make.does(county.wu, "fix_problem", **fix).status == "done"
    assert make.does(county.wu, "close_task", task=problem.task_id, evidence="已改").code == "own_task"
    assert make.does(inspector, "close_task", task=problem.task_id, evidence="看过").status == "done"


def test_reopened_with_a_reason_it_runs_again_and_its_clock_too(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    inspects(inspector, pharmacy)
    task = ledger()[0].task_id
    assert make.does(inspector, "reopen_task", task=task, reason="没改").code == "still_open"
    make.does(county.wu, "report_done", task=task, words="改了")
    assert make.does(county.wu, "reopen_task", task=task, reason="又想起来").code == "own_task"
    assert make.does(inspector, "reopen_task", task=task, reason="照片是旧的").status == "done"
    make.does(inspector, "close_task", task=task, evidence="已改")
    assert make.does(inspector, "reopen_task", task=task, reason=" ").code == "no_reason"
    assert make.does(inspector, "reopen_task", task=task, reason="次日又撕了").status == "done"
    again = ledger()[0].task
    assert (again.closed_at, again.clock.stopped_at) == (None, None)
    assert [r["why"] for r in again.detail["reopened"]] == ["照片是旧的", "次日又撕了"]


def test_a_form_half_filled_is_refused_and_says_what_is_missing(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    told = make.filled("pharmacy")
    del told["entrance"]
    with translation.override("zh-hans"):
        answer = inspects(inspector, pharmacy, answers=told)
    assert answer.code == "not_filled"
    assert "进店测温、戴口罩" in answer.reason
    assert inspects(county.zhou, pharmacy).code == "not_inspector"  # a grid worker may check, not inspect
    assert inspects(inspector, pharmacy, checklist="school").code == "no_such_subject"


def test_what_a_unit_says_of_itself_stands_beside_what_was_found(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    assert inspects(county.zhou, pharmacy, kind="self_check", answers=make.filled("pharmacy")).status == "done"
    inspects(inspector, pharmacy)
    with scoped(make.EVERYBODY):
        ((_key, name, _own, _seen, wrong),) = command_reads.gaps(make.EVERYBODY, checklists.checklist("pharmacy"))
    assert (name, [i.name for i in wrong]) == ("河湾药店", ["policy"])


def test_another_township_sees_only_the_board(county: make.County, inspector: Member, pharmacy: str) -> None:
    inspects(inspector, pharmacy)
    problem = ledger()[0]
    assert make.does(county.wu, "put_on_board", problem=problem.id, words="药店规定过期").code == "not_permitted"
    assert make.does(inspector, "put_on_board", problem=problem.id, words="药店在售规定过期").status == "done"
    assert make.does(inspector, "put_on_board", problem=problem.id, words="再挂").code == "on_board"
    shiqiao = Scope(make.SHIQIAO)
    with scoped(shiqiao):
        assert not command_reads.problems(Scope("/")).exists()
        assert not command_reads.fills(Scope("/")).exists()
        (entry,) = command_reads.board(shiqiao, make.DAY)
        assert (entry.owner, entry.due_at) == ("柳泉镇人民政府", problem.task.clock.due_at)
    refused = make.does(county.chen, "close_task", task=problem.task_id, evidence="x")
    assert (refused.status, refused.code) == ("refused", "no_such_task")
    make.does(inspector, "close_task", task=problem.task_id, evidence="看过")
    with scoped(shiqiao):
        assert not command_reads.board(shiqiao, make.DAY).exists()


def test_a_referral_is_decided_by_a_person_after_the_reply(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    inspects(inspector, pharmacy)
    problem = ledger()[0]
    asked = {"problem": problem.id, "kind": "referral", "member": county.wu.id}
    assert make.does(inspector, "open_hearing", **asked, ground=" ").code == "no_ground"
    opened = make.does(inspector, "open_hearing", **asked, ground="县问责办法第三条")
    assert opened.status == "done", opened.reason
    hearing = UUID(opened.result["hearing"])
    decide = {"hearing": hearing, "decision": "sent", "reason": "多次未改"}
    assert make.does(inspector, "decide_hearing", **decide).code == "not_permitted"
    assert make.does(county.zheng, "decide_hearing", **decide).code == "not_heard"
    assert make.does(county.feng, "answer_hearing", hearing=hearing, words="替他说").code == "no_such_hearing"
    assert make.does(county.wu, "answer_hearing", hearing=hearing, words="经费未到").status == "done"
    assert make.does(county.zheng, "decide_hearing", **decide).status == "done"
    with scoped(make.EVERYBODY):
        kept = command_reads.hearing(make.EVERYBODY, hearing)
        assert [f.get("verb") or f["told"] for f in kept.facts][:2] == ["fill_checklist", "raise_problem"]
        assert (kept.decision, kept.decided_by_id) == ("sent", county.zheng.id)
        assert "经费".encode() not in bytes(kept.sealed_reply)


def test_a_random_round_is_drawn_again_from_its_seed_and_hidden_from_those_drawn(
    county: make.County, inspector: Member
) -> None:
    for number in range(12):
        make.place(f"{number}号药店", "pharmacy", "991027101001" if number % 2 else "991027102001")
    plan = {
        "kind": "random", "checklist": "pharmacy", "area": make.COUNTY, "planned_from": make.DAY,
        "planned_until": make.DAY + DAY, "size": 4,
    }  # fmt: skip
    assert make.does(inspector, "plan_inspection", **plan).code == "no_seed"
    made = [make.does(inspector, "plan_inspection", **plan, seed=s).result for s in ("7月1日", "7月1日", "7月2日")]
    with scoped(make.EVERYBODY):
        drawn = [[s.subject for s in command_reads.stops(make.EVERYBODY, UUID(m["inspection"]))] for m in made]
        kept = command_reads.inspection(make.EVERYBODY, UUID(made[0]["inspection"]))
    assert drawn[0] == drawn[1] != drawn[2]
    from bihuan.ledgers.command.draw import drawn as again

    assert again(reversed(kept.pool), 4, kept.seed) == drawn[0]
    for township in (make.LIUQUAN, make.SHIQIAO):
        with scoped(Scope(township)):
            assert not command_reads.inspections(Scope("/")).exists()
            assert not command_reads.open_stops(Scope("/"), make.DAY).exists()
