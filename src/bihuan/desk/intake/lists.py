"""The register of lists and one list: its receipt, where its rows stand, what was refused, what was answered."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from bihuan.adapters import documents, pushed_lists
from bihuan.desk import listing
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, Visit, act, found, page
from bihuan.desk.intake.words import said
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Funnel, Header, Link, Reason, Receipt, Stage, Timeline
from bihuan.desk.verbs import verb_label
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import LetterKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import FINAL_STATES, MatchState, RowState
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff import reads as staff_reads

SHOWN_REJECTED = 200


@page("see_lists")
def lists(request: Request) -> HttpResponse:
    """推送名单: every list received inside one's scope, latest first."""
    columns = (
        Column("number", _("编号"), is_fixed=True),
        Column("source", _("来源"), is_sortable=True),
        Column("purpose", _("用途")),
        Column("received_at", _("收到时间"), is_sortable=True),
        Column("read", _("读到行数"), is_sortable=True, is_number=True),
        Column("accepted", _("接收"), is_number=True),
        Column("rejected", _("退回改正"), is_number=True),
        Column("open", _("在办"), is_number=True),
        Column("state", _("状态")),
        Column("basis", _("法律依据"), is_default=False),
        Column("file", _("文件"), is_default=False),
        Column("by", _("接收人"), is_default=False),
    )
    filters = (
        Filter("source", _("来源")),
        Filter("state", _("状态"), "select", (("open", _("未复函")), ("replied", _("已复函")))),
        Filter("since", _("自"), "date"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-received_at")
    visit, asked = request.visit, question.values
    rows = intake_reads.lists(visit.scope).filter(received_at__lte=visit.at)
    if "source" in asked:
        rows = rows.filter(source__icontains=asked["source"])
    if "state" in asked:
        rows = rows.filter(replied_at__isnull=asked["state"] == "open")
    if "since" in asked:
        rows = rows.filter(received_at__date__gte=asked["since"]) if _is_day(asked["since"]) else rows
    still_open: dict[UUID, int] = {}

    def prepare(part: list[Any]) -> None:
        still_open.update(intake_reads.open_by_list(visit.scope, [p.id for p in part]))

    def line(pushed: Any) -> Row:
        return Row(
            id=str(pushed.id),
            href=reverse("desk:list", args=[pushed.id]),
            cells={
                "number": pushed.number,
                "source": pushed.source,
                "purpose": pushed.purpose,
                "received_at": pushed.received_at,
                "read": pushed.rows_read,
                "accepted": pushed.rows_accepted,
                "rejected": pushed.rows_rejected,
                "open": still_open.get(pushed.id, 0),
                "state": _state(pushed),
                "basis": pushed.basis,
                "file": pushed.file_name,
                "by": pushed.received_by.name,
            },
        )

    may_receive = visit.actor.may("receive_list")
    receive = Action(_("接收新名单"), reverse("desk:upload"), "upload", is_main=True)
    return listing.answer(
        request,
        question,
        rows,
        name="lists",
        title=_("推送名单"),
        line=line,
        orders={"source": "source", "received_at": "received_at", "read": "rows_read"},
        prepare=prepare,
        definition=_("各方推来的名单，一份一行；读到行数 = 接收 + 退回改正"),
        empty=_("还没有收到名单"),
        empty_action=receive if may_receive else None,
        actions=(receive,) if may_receive else (),
    )


@page("see_lists")
def pushed_list(request: Request, id_: UUID) -> HttpResponse:
    """One list from receipt to reply."""
    visit = request.visit
    pushed = found(intake_reads.pushed_list(visit.scope, id_))
    rejected = list(intake_reads.rejected(visit.scope, pushed.id)[: SHOWN_REJECTED + 1])
    letter = (
        command_reads.letters(visit.scope).filter(kind=LetterKind.REPLY, subject=pushed.number).first()
        if pushed.replied_at
        else None
    )
    facts = [
        (_("来源"), pushed.source),
        (_("用途"), pushed.purpose),
        (_("法律依据"), pushed.basis),
        (_("文件"), f"{pushed.file_name} {pushed.sheet}".strip()),
        (_("保存至"), pushed.keep_until),
        (_("复函"), Link(letter.number, reverse("desk:letter", args=[letter.id]), "mail") if letter else None),
    ]
    rows_of = f"{reverse('desk:rows')}?all=1&list={pushed.id}"
    context = {
        "header": Header(
            pushed.number,
            kind=_("推送名单"),
            chips=[_state(pushed)],
            facts=facts,
            actions=(Action(_("逐人核查"), rows_of, "list-check", is_main=True),),
            back=Link(_("推送名单"), reverse("desk:lists")),
        ),
        "receipt": _receipt(pushed, rows_of),
        "funnel": _funnel(visit, pushed, rows_of),
        "matched": _matched(visit, pushed, rows_of),
        "rejected": [
            {"row": r.row_number, "sheet": r.sheet, "lines": _reasons(r.reason, r.column)}
            for r in rejected[:SHOWN_REJECTED]
        ],
        "more_rejected": len(rejected) > SHOWN_REJECTED,
        "skipped": [
            {"row": s.get("row", ""), "reason": said(s)} for s in pushed.receipt.get("skipped", [])[:SHOWN_REJECTED]
        ],
        "dispatches": [
            {
                "area": d.area.name,
                "sent": d.rows_sent,  # type: ignore[attr-defined]
                "open": d.rows_open,  # type: ignore[attr-defined]
                "href": f"{rows_of}&area={d.path}",
                "clock": clock_part(d.task.clock, visit.at, reverse("desk:task", args=[d.task_id])),
                "who": d.task.responsible.name if d.task.responsible else "",
            }
            for d in intake_reads.dispatches(visit.scope).filter(pushed_list=pushed.id)
        ],
        "timeline": _timeline(visit, pushed),
    }
    return render(request, "desk/intake/list.html", context)


@page("receive_list")
def rejects(request: Request, id_: UUID) -> HttpResponse:
    """The rejected rows as a file, to be mended and sent again."""
    scope = request.visit.scope
    pushed = found(intake_reads.pushed_list(scope, id_))
    kept = [
        (
            r.row_number,
            cipher.unseal_json(r.sealed),
            r.reason.get("faults") or [{"column": r.column, "code": r.reason_code, **r.reason}],
        )
        for r in intake_reads.rejected(scope, pushed.id)
    ]
    found(kept or None)
    # The file shows the sender's cells of every rejected row: a look at persons, journalled like any other.
    act(request, "reveal_person", subject=f"list:{pushed.id}", reason="mend_rejects")
    response = HttpResponse(pushed_lists.mend_file(pushed.sheet, kept), content_type=documents.CONTENT_TYPES[".xlsx"])
    name = _("退回改正-%(number)s.xlsx") % {"number": pushed.number}
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _state(pushed: Any) -> Chip:
    return Chip(_("已复函"), "good") if pushed.replied_at else Chip(_("办理中"), "info")


def _receipt(pushed: Any, rows_of: str) -> Receipt:
    told = pushed.receipt
    reasons = Counter((r.get("code", ""), said(r)) for r in told.get("rejected", []))
    notes = []
    if told.get("skipped"):
        notes.append(_("另有 %(n)d 行不是人员（空行、合计、说明），不计入读到行数") % {"n": len(told["skipped"])})
    if told.get("faults"):
        notes.append(_("接收的行中有 %(n)d 行个别栏目有误，已注明") % {"n": told["faults"]})
    return Receipt(
        title=_("回执 %(number)s") % {"number": pushed.number},
        read=pushed.rows_read,
        accepted=pushed.rows_accepted,
        rejected=pushed.rows_rejected,
        reasons=[Reason(words, n, "#rejected") for (_code, words), n in reasons.most_common()],
        accepted_href=rows_of,
        rejected_href="#rejected" if pushed.rows_rejected else "",
        mend_href=reverse("desk:rejects", args=[pushed.id]) if pushed.rows_rejected else "",
        received_at=pushed.received_at,
        by=pushed.received_by.name,
        notes=notes,
    )


def _funnel(visit: Visit, pushed: Any, rows_of: str) -> Funnel:
    """Where the rows of the list stand; the stages sum to what was accepted."""
    counts = intake_reads.funnel(visit.scope, [pushed.id])
    tones = {RowState.REVIEW: "wait", RowState.UNROUTED: "wait", RowState.DISPATCHED: "info", RowState.REVISIT: "info"}
    return Funnel(
        [
            Stage(
                str(state.label),
                counts[state],
                f"{rows_of}&state={state}",
                tone=tones.get(state, "good" if state in FINAL_STATES else "plain"),  # type: ignore[arg-type]
            )
            for state in RowState
            if counts.get(state)
        ],
        whole=max(1, sum(counts.values())),
    )


def _matched(visit: Visit, pushed: Any, rows_of: str) -> list[tuple[str, int, str]]:

    counts = intake_reads.match_counts(visit.scope, pushed.id)
    return [(str(m.label), counts.get(m, 0), f"{rows_of}&match={m}") for m in MatchState]


def _reasons(reason: dict[str, Any], column: str) -> list[str]:
    """Every fault of a rejected row with its mend, in the visitor's language."""
    lines = []
    for fault in reason.get("faults") or [{"column": column, **reason}]:
        mend = said({"zh": fault.get("mend_zh", ""), "en": fault.get("mend_en", "")})
        place = f"{fault['column']}：" if fault.get("column") else ""
        lines.append(f"{place}{said(fault)}{f'（{mend}）' if mend else ''}")
    return lines


def _timeline(visit: Visit, pushed: Any) -> Timeline:
    acts = staff_reads.acts_about(visit.scope, [f"list:{pushed.id}"])[:50]
    return Timeline(
        [
            Event(
                act.at,
                verb_label(act.verb),
                act.actor.name,
                text=_("派发 %(n)d 行") % {"n": act.result["assigned"]}
                if act.verb == "dispatch_list" and act.result and act.result.get("assigned")
                else "",
                recorded_at=act.recorded_at if act.recorded_at > act.at else None,
            )
            for act in acts
        ],
        empty=_("没有记录"),
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
