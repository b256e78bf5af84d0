"""The problem ledger, one problem, the watch board, hearings."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.command.words import clock_part, instant
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Clock, Header, Link
from bihuan.desk.problems.words import journal, language, level_words, problem_chips, problem_state, problem_words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import (
    ChangeKind,
    HearingDecision,
    HearingKind,
    OwnerLevel,
    ProblemSource,
    ProofKind,
)
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


@page("see_problems")
def problems(request: Request) -> HttpResponse:
    """The ledger (问题清单、整改台账), the latest first."""
    columns = (
        Column("number", _("编号"), is_fixed=True),
        Column("subject", _("单位、场所"), is_sortable=True),
        Column("words", _("问题")),
        Column("state", _("状态")),
        Column("again", _("再现"), is_number=True),
        Column("owner", _("责任单位")),
        Column("level", _("层级"), is_default=False),
        Column("found_at", _("发现时间"), is_sortable=True),
        Column("clock", _("时限"), is_sortable=True),
        Column("source", _("来源"), is_default=False),
        Column("finder", _("发现人"), is_default=False),
        Column("reply", _("答复"), is_default=False),
    )
    filters = (
        Filter("state", _("状态"), "select", (("late", _("超时")), ("done", _("已销号")), ("all", _("全部")))),
        Filter(
            "checklist",
            _("检查表"),
            "select",
            [(c.name, c.title.in_language(language())) for c in checklists.checklists()],
        ),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(request.visit.scope)]),
        Filter("source", _("来源"), "select", ProblemSource.choices),
        Filter("again", _("只看再现"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-found_at")
    asked, visit = question.values, request.visit
    rows = command_reads.problems(visit.scope).filter(found_at__lte=visit.at)
    if asked.get("state") == "late":
        rows = rows.filter(task__closed_at__isnull=True, task__clock__due_at__lte=visit.at)
    elif asked.get("state") == "done":
        rows = rows.filter(task__closed_at__isnull=False)
    elif asked.get("state") != "all":
        rows = rows.filter(task__closed_at__isnull=True)
    if "checklist" in asked:
        rows = rows.filter(item__startswith=f"{asked['checklist']}/")
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if "source" in asked:
        rows = rows.filter(source=asked["source"])
    if "again" in asked:
        rows = rows.exclude(earlier=[])

    def line(p: Any) -> Row:
        return Row(
            id=str(p.id),
            href=reverse("desk:problem", args=[p.id]),
            is_late=not p.task.closed_at and p.task.clock.due_at <= visit.at,
            cells={
                "number": p.number, "subject": p.subject_name, "words": problem_words(p), "state": problem_state(p),
                "again": len(p.earlier) or "", "owner": p.task.responsible_unit.name, "level": level_words(p.level),
                "found_at": p.found_at, "clock": clock_part(p.task.clock, visit.at), "source": p.source_words,
                "finder": p.found_by.name, "reply": p.replied_at or "",
            },
        )  # fmt: skip

    actions = [Action(_("挂牌督办"), reverse("desk:board"), "flag")]
    if visit.actor.may("raise_problem"):
        actions.append(Action(_("登记问题"), reverse("desk:new_problem"), "plus", is_main=True))
    return listing.answer(
        request, question, rows, name="problems", title=_("问题台账"), line=line,
        orders={"subject": "subject_name", "found_at": "found_at", "clock": "task__clock__due_at"},
        definition=_("同一单位、同一项目在期限内再次发现即为再现：引用前次、上提一级、不写明根源和改变不得销号"),
        empty=_("没有符合条件的问题"), actions=actions,
    )  # fmt: skip


@page("see_problems")
def problem(request: Request, id_: UUID) -> HttpResponse:
    """One problem: what, where, who mends it until when, what came before, its proofs, and who did what when."""
    visit = request.visit
    asked = found(command_reads.problem(visit.scope, id_))
    may, is_open = visit.actor.may, asked.task.closed_at is None
    task_key, key = f"task:{asked.task_id}", f"problem:{asked.id}"
    facts = [
        (_("单位、场所"), asked.subject_name),
        (_("来源"), f"{asked.source_words} · {asked.found_by.name}"),
        (_("发现时间"), asked.found_at),
        (_("责任单位"), f"{asked.task.responsible_unit.name}（{level_words(asked.level)}）"),
        (_("责任人"), asked.task.responsible.name if asked.task.responsible else Chip(_("未定"), "risk")),
        (_("行业监管"), asked.task.sector_supervisor.name),
        (_("整改措施"), asked.measure or Chip(_("尚未提出"), "risk")),
    ]
    if asked.cause:
        facts.append((_("根源"), asked.cause))
        facts.append((_("改变"), f"{ChangeKind(asked.change).label}：{asked.change_words}"))
    if not is_open:
        closer = asked.task.closed_by.name if asked.task.closed_by else ""
        facts.append((_("销号"), f"{closer} · {asked.task.outcome}"))
        facts.append((_("答复"), asked.reply if asked.replied_at else Chip(_("未答复"), "risk")))
    hangs = asked.board.filter(taken_at__isnull=True).first()
    chips = problem_chips(asked, visit.at)
    if hangs:
        chips.append(Chip(_("挂牌督办"), "risk", reverse("desk:board")))
    before = list(command_reads.problems(visit.scope).filter(id__in=asked.earlier))
    subjects = [key, task_key, *([asked.found_in] if asked.found_in else [])]
    executors = (str(asked.task.responsible_id), asked.task.detail.get("done_by"))
    is_executor = str(visit.actor.member) in executors
    hearings = command_reads.hearings(visit.scope).filter(problem=asked.id)
    if not may("see_hearings"):
        hearings = hearings.filter(member=visit.actor.member)
    context = {
        "header": Header(
            problem_words(asked), kind=asked.number, chips=chips, facts=facts,
            back=Link(_("问题台账"), reverse("desk:problems"), "chevron-left"),
        ),
        "problem": asked, "task": asked.task, "act_id": uuid7(), "is_open": is_open,
        "before": [(p, problem_words(p), problem_state(p)) for p in before],
        "filled": asked.found_in.removeprefix("visit:") if asked.found_in.startswith("visit:") else "",
        "proofs": command_reads.proofs(visit.scope, subjects), "proof_kinds": ProofKind.choices,
        "changes": ChangeKind.choices,
        "members": staff_reads.members_in(visit.scope, visit.at) if is_open and may("mend_problem") else (),
        "may_mend": is_open and may("mend_problem"), "may_prove": is_open and may("add_proof"),
        "may_report": is_open and may("report_done"), "may_fix": is_open and may("fix_problem") and not asked.fixed_at,
        "may_close": is_open and may("close_task") and not is_executor,
        "may_reopen": may("reopen_task") and not is_executor and (not is_open or "done_by" in asked.task.detail),
        "may_board": is_open and may("put_on_board"), "hangs": hangs,
        "may_hear": may("open_hearing"), "hearing_kinds": HearingKind.choices, "hearings": hearings,
        "reopened": asked.task.detail.get("reopened", ()),
        "timeline": journal(visit.scope, subjects, [asked.task_id]),
    }  # fmt: skip
    return render(request, "desk/problems/problem.html", context)


_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "mend_problem": ("measure", "responsible", "due_at"),
    "add_proof": ("kind", "words", "photo"),
    "report_done": ("words",),
    "fix_problem": ("words",),
    "close_task": ("evidence", "cause", "change", "change_words", "reply"),
    "reopen_task": ("reason",),
    "put_on_board": ("words",),
    "take_off_board": ("reason",),
    "open_hearing": ("kind", "member", "ground"),
}


@page("see_problems", methods="POST")
def problem_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Do one act about a problem; what it needs comes from its form."""
    asked = found(command_reads.problem(request.visit.scope, id_))
    if verb not in _ARGUMENTS:
        raise Http404
    args = arguments(request, _ARGUMENTS[verb])
    if verb in ("report_done", "close_task", "reopen_task"):
        args["task"] = asked.task_id
    elif verb == "add_proof":
        args["subject"] = f"problem:{asked.id}"
    else:
        args["problem"] = asked.id
    if act(request, verb, form_id(request), **args).status != "refused":
        done(request, _("已记录"))
    return redirect("desk:problem", id_=asked.id)


def arguments(request: Request, names: tuple[str, ...]) -> dict[str, Any]:
    """The named fields of a form as an act takes them: a photo as bytes, ids and instants read, empty ones left out."""
    args: dict[str, Any] = {}
    for name in names:
        if name == "photo":
            sent = request.FILES.get("photo")
            if sent is not None:
                args["photo"] = sent.read()
            continue
        told = request.POST.get(name, "").strip()
        if name in ("responsible", "member"):
            args |= {name: one} if (one := as_uuid(told)) else {}
        elif name == "due_at":
            args |= {name: at} if (at := instant(told)) else {}
        elif told:
            args[name] = told
    return args


@page("raise_problem", methods="GET HEAD POST")
def new_problem(request: Request) -> HttpResponse:
    """Record a problem that no checklist found: at a unit, in one's own words or by a checklist's line."""
    visit = request.visit
    if request.method == "POST":
        args = arguments(request, ("words", "source", "owner", "due_at"))
        item = request.POST.get("item", "") or f"free/{request.POST.get('words', '').strip()[:60]}"
        given = {"subject": request.POST.get("subject", ""), "item": item, **args}
        answer = act(request, "raise_problem", form_id(request), **given)
        if answer.status != "refused":
            done(request, _("问题已登记"))
            return redirect("desk:problem", id_=(answer.result or {})["problem"])
    places = territory_reads.places(visit.scope)[:2000]
    context = {
        "act_id": request.POST.get("act") or uuid7(), "given": request.POST, "sources": ProblemSource.choices,
        "levels": OwnerLevel.choices,
        "subjects": [(f"unit:{u.id}", u.name) for u in staff_reads.units(visit.scope)]
        + [(f"place:{p.id}", f"{p.name}（{p.area.name}）") for p in places],
    }  # fmt: skip
    return render(request, "desk/problems/new.html", context)


@page("see_desk")
def board(request: Request) -> HttpResponse:
    """挂牌督办: major hazards with owner and date, seen by every unit."""
    visit = request.visit
    mine = (
        set(command_reads.problems(visit.scope).values_list("id", flat=True))
        if visit.actor.may("see_problems")
        else set()
    )
    lines = [
        (
            e,
            clock_part_of(e.due_at, visit.at),
            reverse("desk:problem", args=[e.problem_id]) if e.problem_id in mine else "",
        )
        for e in command_reads.board(visit.scope, visit.at)
    ]
    return render(request, "desk/problems/board.html", {"lines": lines})


def clock_part_of(due_at: Any, at: Any) -> Any:
    """A limit that stands alone as the component that counts down."""
    return Clock(due_at=due_at, as_of=at)


@page("see_problems")
def photo(request: Request, id_: UUID) -> HttpResponse:
    """One photo, opened for whoever may see the problem."""
    proof = found(command_reads.proof(request.visit.scope, id_))
    if proof.sealed is None:
        raise Http404
    response = HttpResponse(cipher.unseal_bytes(proof.sealed), content_type=proof.media)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@page(methods="GET HEAD POST")
def hearing(request: Request, id_: UUID) -> HttpResponse:
    """One talk or referral: the facts as frozen, the ground, the reply of whoever it concerns, the decision."""
    visit = request.visit
    asked = found(command_reads.hearing(visit.scope, id_))
    is_mine = asked.member_id == visit.actor.member
    if not is_mine and not visit.actor.may("see_hearings"):
        raise PermissionDenied(_("您的岗位没有权限查看此页"))
    if request.method == "POST":
        if is_mine:
            answer = act(
                request, "answer_hearing", form_id(request), hearing=asked.id, words=request.POST.get("words", "")
            )
        else:
            args = arguments(request, ("decision", "reason"))
            given = {"decision": "", "reason": "", **args}
            answer = act(request, "decide_hearing", form_id(request), hearing=asked.id, **given)
        if answer.status != "refused":
            done(request, _("已记录"))
        return redirect("desk:hearing", id_=asked.id)
    facts = [
        (_("问题"), Link(asked.problem.number, reverse("desk:problem", args=[asked.problem_id]))),
        (_("对象"), asked.member.name),
        (_("依据"), asked.ground),
        (_("启动"), f"{asked.opened_by.name}"),
        (_("启动时间"), asked.opened_at),
        (_("答复期至"), asked.reply_by),
    ]
    if asked.decided_at:
        decider = asked.decided_by.name if asked.decided_by else ""
        facts.append((_("决定"), f"{HearingDecision(asked.decision).label} · {decider} · {asked.reason}"))
    context = {
        "header": Header(str(HearingKind(asked.kind).label), kind=asked.problem.number, facts=facts),
        "hearing": asked, "act_id": uuid7(), "facts": asked.facts, "is_mine": is_mine,
        "reply": cipher.unseal(asked.sealed_reply) if asked.sealed_reply else "",
        "may_decide": not is_mine and not asked.decided_at and visit.actor.may("decide_hearing"),
        "decisions": HearingDecision.choices,
    }  # fmt: skip
    response = render(request, "desk/problems/hearing.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
