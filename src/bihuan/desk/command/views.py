"""What the command post looks at: what is late and who owns it, tasks, notices, letters."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.adapters import documents
from bihuan.desk import listing
from bihuan.desk.command.closing import closing
from bihuan.desk.command.situation import situation_of
from bihuan.desk.command.words import clock_part, notice_address, notice_words, subject_address
from bihuan.desk.inside import Request, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Timeline
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import LetterKind, Role4, TaskKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


@page()
def situation(request: Request) -> HttpResponse:
    """态势: in ten seconds, what is late, where the bottleneck is, who owns it."""
    return render(request, "desk/command/situation.html", situation_of(request.visit))


@page()
def tasks(request: Request) -> HttpResponse:
    """Tasks inside one's scope, the most pressing first."""
    columns = (
        Column("kind", _("事项"), is_fixed=True),
        Column("title", _("内容")),
        Column("area", _("属地"), is_sortable=True),
        Column("unit", _("责任单位")),
        Column("person", _("责任人")),
        Column("opened_at", _("交办时间"), is_sortable=True),
        Column("clock", _("时限"), is_sortable=True),
        Column("owner", _("属地责任"), is_default=False),
        Column("sector", _("行业监管"), is_default=False),
    )
    filters = (
        Filter("state", _("状态"), "select", (("late", _("超时")), ("done", _("已完成")), ("all", _("全部")))),
        Filter("kind", _("事项"), "select", TaskKind.choices),
        Filter("area", _("乡镇"), "select", _townships(request)),
        Filter("mine", _("只看我的"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="clock")
    asked, visit = question.values, request.visit
    rows = command_reads.tasks(visit.scope).filter(opened_at__lte=visit.at)
    if asked.get("state") == "late":
        rows = rows.filter(clock__due_at__lte=visit.at, closed_at__isnull=True)
    elif asked.get("state") == "done":
        rows = rows.filter(closed_at__isnull=False)
    elif asked.get("state") != "all":
        rows = rows.filter(closed_at__isnull=True)
    if "kind" in asked:
        rows = rows.filter(kind=asked["kind"])
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if "mine" in asked:
        rows = rows.filter(responsible=visit.actor.member)

    def line(task: Any) -> Row:
        clock = getattr(task, "clock", None)
        return Row(
            id=str(task.id),
            href=reverse("desk:task", args=[task.id]),
            is_late=bool(clock and not task.closed_at and clock.due_at <= visit.at),
            cells={
                "kind": task.kind_words,
                "title": task.title,
                "area": task.area.name,
                "unit": task.responsible_unit.name,
                "person": task.responsible.name if task.responsible else Chip(_("未定"), "risk"),
                "opened_at": task.opened_at,
                "clock": clock_part(clock, visit.at) if clock else "",
                "owner": task.territory_owner.name,
                "sector": task.sector_supervisor.name,
            },
        )

    may_open = visit.actor.may("open_task")
    return listing.answer(
        request,
        question,
        rows,
        name="tasks",
        title=_("任务"),
        line=line,
        orders={"area": "path", "opened_at": "opened_at", "clock": "clock__due_at"},
        definition=_("每项任务都有属地、行业、单位三方责任，到期前提醒，超时逐级上报"),
        empty=_("没有符合条件的任务"),
        actions=(Action(_("交办新任务"), reverse("desk:new_task"), "plus", is_main=True),) if may_open else (),
    )


@page(methods="GET HEAD POST")
def task(request: Request, id_: UUID) -> HttpResponse:
    """One task: its four parties, its clock, what it is about, and what can be done now."""
    visit = request.visit
    asked = found(command_reads.task(visit.scope, id_))
    if request.method == "POST":
        if asked.kind == TaskKind.NAME_TEAM:
            seats = {seat: as_uuid(request.POST.get(seat, "")) for seat in Role4.values}
            if all(seats.values()):
                answer = act(request, "name_team", form_id(request), task=asked.id, **seats)
                if answer.status != "refused":
                    done(request, _("三人小组已组建，名单已交工作人员走访"))
        elif request.POST.get("do") == "report_done":
            words = request.POST.get("words", "")
            if act(request, "report_done", form_id(request), task=asked.id, words=words).status != "refused":
                done(request, _("已上报，待复查销号"))
        elif request.POST.get("do") == "reopen_task":
            reason = request.POST.get("reason", "")
            if act(request, "reopen_task", form_id(request), task=asked.id, reason=reason).status != "refused":
                done(request, _("已退回重办"))
        else:
            evidence = request.POST.get("evidence", "")
            if act(request, "close_task", form_id(request), task=asked.id, evidence=evidence).status != "refused":
                done(request, _("已销号"))
        return back_to(request, request.path)
    clock = getattr(asked, "clock", None)
    chips = [clock_part(clock, visit.at)] if clock else []
    facts = [
        (_("属地责任"), asked.territory_owner.name),
        (_("行业监管"), asked.sector_supervisor.name),
        (_("责任单位"), asked.responsible_unit.name),
        (_("责任人"), asked.responsible.name if asked.responsible else Chip(_("未定"), "risk")),
        (_("交办时间"), asked.opened_at),
    ]
    if asked.closed_at:
        facts.append((_("办结"), f"{asked.closed_by.name if asked.closed_by else ''} {asked.outcome}"))
    is_team = asked.kind == TaskKind.NAME_TEAM
    there = subject_address(asked.subject)
    rows = intake_reads.rows(visit.scope).filter(dispatch__task=asked.id) if is_team else None
    context = {
        "header": Header(
            asked.title,
            kind=asked.kind_words,
            chips=chips,
            facts=facts,
            actions=[Action(_("前往办理"), there, "arrow-right", is_main=not asked.closed_at)] if there else [],
            back=Link(_("任务"), reverse("desk:tasks"), "chevron-left"),
        ),
        "task": asked,
        "act_id": uuid7(),
        "seats": Role4.choices,
        "team": command_reads.team(asked.id),
        "serving": staff_reads.members_in(Scope(asked.path), visit.at) if is_team and not asked.closed_at else (),
        "rows_total": rows.count() if rows is not None else 0,
        "rows_open": rows.filter(closed_at__isnull=True).count() if rows is not None else 0,
        "rows_href": f"{reverse('desk:rows')}?area={asked.path}",
        "may_name": is_team and not asked.closed_at and visit.actor.may("name_team"),
        **closing(visit, asked),
        "timeline": _timeline(visit.scope, [f"task:{asked.id}"]),
    }
    return render(request, "desk/command/task.html", context)


@page("open_task", methods="GET HEAD POST")
def new_task(request: Request) -> HttpResponse:
    """Give an order: what, where, by when, and the parties that answer for it."""
    visit = request.visit
    if request.method == "POST":
        due = _instant(request.POST.get("due_at", ""))
        given = {
            n: as_uuid(request.POST.get(n, "")) for n in ("territory_owner", "sector_supervisor", "responsible_unit")
        }
        if due and all(given.values()):
            answer = act(
                request,
                "open_task",
                form_id(request),
                title=request.POST.get("title", ""),
                area=request.POST.get("area", ""),
                due_at=due,
                responsible=as_uuid(request.POST.get("responsible", "")),
                **given,
            )
            if answer.status != "refused":
                done(request, _("任务已交办"))
                return redirect("desk:tasks")
    context = {
        "act_id": uuid7(),
        "areas": territory_reads.areas(visit.scope).filter(level__in=["county", "township", "village"]),
        "units": staff_reads.units(visit.scope),
        "members": staff_reads.members_in(visit.scope, visit.at),
        # What a plan found short may be handed on: its words stand in the form, and nothing is opened before it is sent.
        "given": request.POST or request.GET,
    }
    return render(request, "desk/command/new_task.html", context)


@page(methods="GET HEAD POST")
def notices(request: Request) -> HttpResponse:
    """What one was told, and has to know."""
    visit = request.visit
    if request.method == "POST":
        ids = [i for i in (as_uuid(t) for t in request.POST.getlist("pick")) if i]
        act(request, "mark_read", notices=ids)
        return redirect("desk:notices")
    columns = (
        Column("words", _("内容"), is_fixed=True),
        Column("created_at", _("时间"), is_sortable=True),
        Column("read_at", _("已读")),
    )
    question = ask(request.GET, columns=columns, filters=(Filter("unread", _("只看未读"), "check"),))
    rows = command_reads.notices(visit.actor.member, unread_only="unread" in question.values)

    def line(notice: Any) -> Row:
        return Row(
            id=str(notice.id),
            href=notice_address(notice),
            is_late=notice.kind.startswith("escalation") and notice.read_at is None,
            cells={
                "words": notice_words(notice.kind, notice.words),
                "created_at": notice.created_at,
                "read_at": notice.read_at or Chip(_("未读"), "info"),
            },
        )

    return listing.answer(
        request,
        question,
        rows,
        name="notices",
        title=_("通知"),
        line=line,
        orders={"created_at": "created_at"},
        bulk=(Action(_("标为已读"), reverse("desk:notices"), "check", is_post=True),),
        empty=_("没有通知"),
    )


@page("see_lists")
def letters(request: Request) -> HttpResponse:
    """The register of letters to other authorities."""
    visit = request.visit
    columns = (
        Column("number", _("文号"), is_fixed=True),
        Column("kind", _("类别")),
        Column("addressee", _("收件单位")),
        Column("written_at", _("成文时间"), is_sortable=True),
        Column("due_at", _("应复时间"), is_sortable=True),
    )
    filters = (Filter("kind", _("类别"), "select", LetterKind.choices),)
    question = ask(request.GET, columns=columns, filters=filters, sort="-written_at")
    rows = command_reads.letters(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])

    def line(letter: Any) -> Row:
        return Row(
            id=str(letter.id),
            href=reverse("desk:letter", args=[letter.id]),
            cells={
                "number": letter.number,
                "kind": letter.kind_words,
                "addressee": letter.addressee,
                "written_at": letter.written_at,
                "due_at": letter.due_at or "",
            },
        )

    return listing.answer(
        request,
        question,
        rows,
        name="letters",
        title=_("函件"),
        line=line,
        orders={"written_at": "written_at", "due_at": "due_at"},
        empty=_("尚无函件：移交外地和答复推送方时自动成文"),
    )


@page("see_lists")
def letter(request: Request, id_: UUID) -> HttpResponse:
    """One letter, on screen or as a paper to sign."""
    visit = request.visit
    asked = found(command_reads.letter(visit.scope, id_))
    county = territory_reads.county_of(asked.path)
    paragraphs = _letter_words(asked)
    format_ = request.GET.get("export", "")
    if f".{format_}" in documents.LETTER_SUFFIXES:
        paper = documents.Letter(
            title=asked.kind_words,
            addressee=asked.addressee,
            body=tuple(paragraphs),
            issuer=_("%(county)s疫情防控指挥部") % {"county": county.name if county else ""},
            head=_("%(county)s疫情防控指挥部") % {"county": county.name if county else ""},
            signed_on=timezone.localdate(asked.written_at),
            number=asked.number,
        )
        body = documents.render_letter(paper, f".{format_}")
        response = HttpResponse(body, content_type=documents.CONTENT_TYPES[f".{format_}"])
        response.headers["Content-Disposition"] = f'attachment; filename="{asked.id}.{format_}"'
        return response
    header = Header(
        asked.number,
        kind=asked.kind_words,
        facts=[
            (_("收件单位"), asked.addressee),
            (_("成文时间"), asked.written_at),
            (_("应复时间"), asked.due_at or _("无")),
        ],
        actions=[
            Action(_("下载 Word"), "?export=docx", "download"),
            Action(_("下载 PDF"), "?export=pdf", "download"),
        ],
        back=Link(_("函件"), reverse("desk:letters"), "chevron-left"),
    )
    return render(request, "desk/command/letter.html", {"header": header, "paragraphs": paragraphs})


def _letter_words(letter: Any) -> list[str]:
    """The paragraphs of a letter; no name and no number of a person stands in it."""
    body = letter.body
    if letter.kind == LetterKind.REPLY:
        counts = body.get("counts", {})
        total = sum(counts.values())
        ends = "，".join(f"{RowState(state).label} {n}" for state, n in sorted(counts.items(), key=lambda c: -c[1]))
        return [
            _("贵单位推送的名单 %(list)s 共 %(n)d 行已全部核查完毕，结果如下：%(ends)s。")
            % {"list": body.get("list", ""), "n": total, "ends": ends},
            _("特此函复。"),
        ]
    return [
        _(
            "经核查，名单 %(list)s 第 %(row)s 行所涉人员现在贵县（市、区），现移交贵方落实管控。人员信息经加密渠道另行传送。"
        )
        % {"list": body.get("list", ""), "row": body.get("row", "")},
        *([_("说明：%(why)s") % {"why": body["reason"]}] if body.get("reason") else []),
        _("请于收到后24小时内函复办理结果。"),
    ]


def _timeline(scope: Scope, subjects: list[str]) -> Timeline:
    """What was done about these subjects."""
    events = [
        Event(
            at=a.at,
            title=verb_label(a.verb),
            who=a.actor.name,
            recorded_at=a.recorded_at if a.recorded_at - a.at > timedelta(minutes=1) else None,
        )
        for a in staff_reads.acts_about(scope, subjects)[:100]
    ]
    return Timeline(events, empty=_("尚无记录"))


def _townships(request: Request) -> list[tuple[str, str]]:
    return [(a.path, a.name) for a in territory_reads.townships(request.visit.scope)]


def _instant(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)
