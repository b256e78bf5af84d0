"""The second channel: a printed sampling list for when nothing answers, and its later entry, each person once."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.adapters import sampling_sheets
from bihuan.adapters.spreadsheets import SheetFault
from bihuan.desk import listing
from bihuan.desk.inside import Request, found, page
from bihuan.desk.intake.words import language
from bihuan.desk.parts import Header, Link, Reason, Receipt
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory.scope import enter
from bihuan.loop import door
from bihuan.loop.act import Request as ActRequest
from bihuan.reports import Column, Page, Section, Table

LINES = 20
BATCH = 100
MOST_BYTES = 20 << 20


@page("see_lab", methods="GET HEAD POST")
def paper(request: Request, id_: UUID) -> HttpResponse:
    """Print blank lists of a table, or enter filled ones."""
    visit = request.visit
    session = found(lab_reads.session(visit.scope, id_))
    if request.GET.get("export") in ("pdf", "docx"):
        return listing.paper(_blank(session, visit.at), request.GET["export"], session.station.name)
    context: dict[str, Any] = {
        "header": Header(
            _("纸质登记"),
            kind=session.station.name,
            facts=[(_("轮次"), session.round.name), (_("每管人数"), session.round.pool_size)],
            back=Link(session.station.name, reverse("desk:session", args=[session.id]), "chevron-left"),
        ),
        "may_enter": visit.actor.may("draw_swab"),
    }
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is not None and (upload.size or 0) <= MOST_BYTES:
                lines = sampling_sheets.read(upload.read(), day=session.opened_at)
                context |= _enter(request, session, lines)
        except SheetFault as fault:
            context["fault"], status = (fault.en if language() == "en" else fault.zh), 422
    return render(request, "desk/lab/paper.html", context, status=status)


def _blank(session: Any, at: datetime) -> Page:
    columns = (
        Column("line", _("序号"), "text", 10), Column("tube", _("管号"), "text", 38), Column("name", _("姓名"), "text", 26),
        Column("id_number", _("证件号"), "text", 48), Column("phone", _("电话"), "text", 32),
        Column("time", _("采样时间"), "text", 22),
    )  # fmt: skip
    rows = [
        {"line": str(n + 1), "tube": "", "name": "", "id_number": "", "phone": "", "time": ""} for n in range(LINES)
    ]
    words = _("%(n)d 人一管，管满换新管。网络恢复后按本表补录：同一人同一管只记一次。") % {"n": session.round.pool_size}
    return Page(
        title=_("采样登记表"), as_of=at, area_name=session.station.area.name,
        subtitle=f"{session.round.name} · {session.station.name}",
        sections=(Section(paragraphs=(words,), table=Table(columns, rows)),), signatures=(_("采样员"), _("清点人")),
    )  # fmt: skip


def act_id(session: UUID, member: UUID, line: sampling_sheets.Line) -> UUID:
    """The id of a paper line's act: the same person in the same tube at the same table is one act, sent how often ever."""
    number = uuid5(session, f"{member}\n{line.tube}\n{line.id_number}").int
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)


def _enter(request: Request, session: Any, lines: list[sampling_sheets.Line]) -> dict[str, Any]:
    """Perform the lines as acts that were drawn then and are told now."""
    now = datetime.now(UTC)
    good = [line for line in lines if not line.fault]
    answers = []
    for start in range(0, len(good), BATCH):
        requests = [
            ActRequest(
                act_id(session.id, request.visit.actor.member, line), "draw_swab", line.at or session.opened_at, "paper",
                {"session": session.id, "tube": line.tube,
                 "who": {"row_number": line.row, "name": line.name, "id_number": line.id_number,
                         "phones": (line.phone,) if line.phone else ()}},
            )
            for line in good[start : start + BATCH]
        ]  # fmt: skip
        answers += door.perform_many(requests, member=request.visit.actor.member, recorded_at=now)
    enter(request.visit.scope)
    refused = [(line, a.reason) for line, a in zip(good, answers, strict=True) if a.status == "refused"]
    words = {"no_tube": _("没有管号"), "no_person": _("没有姓名或证件号")}
    faults = [(line.row, words[line.fault]) for line in lines if line.fault] + [
        (line.row, why) for line, why in refused
    ]
    known = sum(a.status == "already_done" or a.word == "known" for a in answers)
    doubts = sum(a.word == "doubted" for a in answers)
    notes = [_("其中 %(n)d 行此前已记过，未重复记录") % {"n": known}] if known else []
    notes += [_("其中 %(n)d 行与已有记录冲突，列入存疑样本") % {"n": doubts}] if doubts else []
    reasons = Counter(why for _row, why in faults)
    return {
        "receipt": Receipt(
            _("补录结果"), len(lines), len(lines) - len(faults), len(faults),
            [Reason(why, n) for why, n in reasons.items()], received_at=now, by=request.visit.actor.name, notes=notes,
        ),
        "faults": [{"row": row, "words": why} for row, why in sorted(faults)][:200],
    }  # fmt: skip
