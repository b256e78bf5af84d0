"""Texts that order things: the list, one of them with its spans beside its ledger, two versions side by side."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.command.words import clock_part
from bihuan.desk.directives.spans import changes, pieces
from bihuan.desk.inside import Request, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link, Tone
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import DirectiveKind, ItemState, ItemType
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind

_TONES: dict[str, Tone] = {
    ItemState.DRAFT: "wait",
    ItemState.DISPATCHED: "good",
    ItemState.MERGED: "plain",
    ItemState.DROPPED: "plain",
}


@page()
def directives(request: Request) -> HttpResponse:
    """Texts and meetings, the latest first; every unit sees those of the places above it."""
    columns = (
        Column("title", _("标题"), is_fixed=True),
        Column("kind", _("类别")),
        Column("version", _("版本"), is_number=True),
        Column("issuer", _("发文单位、主持人")),
        Column("number", _("文号"), is_default=False),
        Column("effective_at", _("生效时间"), is_sortable=True),
        Column("received_at", _("收到时间"), is_sortable=True),
        Column("read", _("本单位")),
    )
    filters = (Filter("kind", _("类别"), "select", DirectiveKind.choices), Filter("q", _("标题"), "text"))
    question = ask(request.GET, columns=columns, filters=filters, sort="-received_at")
    visit = request.visit
    rows = command_reads.directives(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    if "q" in question.values:
        rows = rows.filter(title__icontains=question.values["q"])
    unit = staff_reads.unit_of_member(visit.scope, visit.actor.member, visit.at)
    read = command_reads.read_by(visit.scope, unit.id) if unit else set()

    def line(d: Any) -> Row:
        return Row(
            id=str(d.id), href=reverse("desk:directive", args=[d.id]),
            cells={
                "title": d.title, "kind": d.kind_words, "version": d.version, "issuer": d.issuer, "number": d.number,
                "effective_at": d.effective_at, "received_at": d.received_at,
                "read": Chip(_("已签收"), "good") if d.id in read else Chip(_("未签收"), "wait"),
            },
        )  # fmt: skip

    actions = []
    if visit.actor.may("dispatch_items"):
        actions.append(Action(_("周期任务"), reverse("desk:rhythms"), "refresh"))
    if visit.actor.may("record_meeting"):
        actions.append(Action(_("会议、研判记录"), reverse("desk:new_meeting"), "users-group"))
    if visit.actor.may("receive_directive"):
        actions.append(Action(_("收文"), reverse("desk:new_directive"), "plus", is_main=True))
    return listing.answer(
        request, question, rows, name="directives", title=_("文件会议"), line=line,
        orders={"effective_at": "effective_at", "received_at": "received_at"},
        definition=_("讲话、通知、政策的每一版；系统提出条目，工作人员核改后才下发"), empty=_("还没有文件"), actions=actions,
    )  # fmt: skip


@page()
def directive(request: Request, id_: UUID) -> HttpResponse:
    """One text with its spans beside the ledger of what it orders."""
    visit = request.visit
    asked = found(command_reads.directive(visit.scope, id_))
    is_ours = visit.scope.holds(asked.path)
    items = list(command_reads.items(visit.scope, asked.id)) if is_ours else []
    versions = command_reads.versions(visit.scope, asked.series)
    receipts = list(command_reads.receipts(visit.scope, asked.id))
    mine = staff_reads.unit_of_member(visit.scope, visit.actor.member, visit.at)
    has_read = mine is not None and any(r.unit_id == mine.id for r in receipts)
    units = {u.id: u.name for u in staff_reads.units_by_id({u for i in items for u in i.unit_ids}).values()}
    tasks: dict[str, list[Any]] = {}
    for task in command_reads.tasks(visit.scope).filter(subject__in=[f"item:{i.id}" for i in items]):
        tasks.setdefault(task.subject.removeprefix("item:"), []).append((task, clock_part(task.clock, visit.at)))
    may_work = is_ours and visit.actor.may("mend_item")
    actions = []
    if len(versions) > 1:
        actions.append(Action(_("与上一版比较"), reverse("desk:directive_diff", args=[asked.id]), "git-compare"))
    if (
        is_ours
        and visit.actor.may("receive_directive")
        and asked.kind not in (DirectiveKind.MEETING, DirectiveKind.REVIEW)
    ):
        actions.append(Action(_("收新版"), f"{reverse('desk:new_directive')}?replaces={asked.id}", "upload"))
    if visit.actor.may("read_directive") and not has_read:
        to = reverse("desk:directive_act", args=[asked.id, "read_directive"])
        actions.append(Action(_("签收：本单位已学习"), to, "signature", is_main=True, is_post=True))
    newest = versions[0]
    chips = [Chip(_("第 %(n)d 版") % {"n": asked.version}, "plain")]
    if newest.version > asked.version:
        chips.append(
            Chip(_("已有第 %(n)d 版") % {"n": newest.version}, "risk", reverse("desk:directive", args=[newest.id]))
        )
    if has_read:
        chips.append(Chip(_("本单位已签收"), "good"))
    facts = [
        (_("发文单位、主持人"), asked.issuer),
        (_("文号"), asked.number),
        (_("生效时间"), asked.effective_at),
        (_("收到时间"), asked.received_at),
    ]
    every = [u for u in staff_reads.units(visit.scope) if u.kind in (UnitKind.TOWNSHIP, UnitKind.DEPARTMENT)]
    signed = {r.unit_id for r in receipts}
    spans = [(i.span_start, i.span_end, str(i.id), i.state) for i in items if i.state != ItemState.DROPPED]
    context = {
        "header": Header(
            asked.title, kind=asked.kind_words, chips=chips, facts=facts, actions=actions,
            back=Link(_("文件会议"), reverse("desk:directives"), "chevron-left"),
        ),
        "directive": asked, "pieces": pieces(asked.text, spans), "act_id": uuid7(), "may_work": may_work,
        "may_dispatch": is_ours and visit.actor.may("dispatch_items"),
        "items": [
            {
                "item": i, "units": _several([units[u] for u in i.unit_ids if u in units]), "type": _type(i.type),
                "state": Chip(str(ItemState(i.state).label), _TONES.get(i.state, "plain")), "lacks": lacks(i, visit.at),
                "because": _because(i.dropped_because), "tasks": tasks.get(str(i.id), ()),
            }
            for i in items
        ],
        "drafts": sum(i.state == ItemState.DRAFT for i in items),
        "receipts": receipts, "unread": [u for u in every if u.id not in signed] if is_ours else [],
        "meeting": asked.meeting, "figures": [(_figure(k), v) for k, v in asked.meeting.get("figures", {}).items()],
    }  # fmt: skip
    return render(request, "desk/directives/directive.html", context)


def lacks(item: Any, at: Any) -> list[str]:
    """Which of the four things an item still lacks before it can go out."""
    found_ = []
    if not item.requirement.strip():
        found_.append(_("工作要求"))
    if not item.standard.strip():
        found_.append(_("完成标准"))
    if not (item.due_minutes or item.every_minutes or (item.due_at and item.due_at > at)):
        found_.append(_("时间"))
    if not item.unit_ids:
        found_.append(_("责任人"))
    return found_


def _several(names: list[str]) -> str:
    """Names of units, the first two and how many where there are many."""
    if len(names) <= 3:
        return " · ".join(names)
    return _("%(first)s 等 %(n)d 个单位") % {"first": " · ".join(names[:2]), "n": len(names)}


def _type(code: str) -> str:
    return str(ItemType(code).label) if code in ItemType.values else code


def _because(words: str) -> str:
    sort, _colon, n = words.partition(":")
    return _("第 %(n)s 版已有") % {"n": n} if sort == "version" else words


def _figure(name: str) -> str:
    return {
        "tasks_open": _("在办任务"), "tasks_late": _("超时任务"), "problems_open": _("未销号问题"),
        "problems_again": _("其中再现"), "problems_late": _("超时问题"), "on_the_board": _("挂牌督办"),
    }.get(name, name)  # fmt: skip


@page()
def diff(request: Request, id_: UUID) -> HttpResponse:
    """A version beside the one before it, sentence by sentence."""
    asked = found(command_reads.directive(request.visit.scope, id_))
    older = [v for v in command_reads.versions(request.visit.scope, asked.series) if v.version < asked.version]
    if not older:
        raise Http404
    context = {"directive": asked, "before": older[0], "changes": changes(older[0].text, asked.text)}
    return render(request, "desk/directives/diff.html", context)
