"""公告 as it would be published, to be signed; questions, tip-offs and clues with their owner and clock."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Chip, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public.choices import EnquiryChannel, EnquiryKind
from bihuan.ledgers.people import cipher
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import bulletins as shared

MOST = 30


@page("publish_bulletin", methods="GET HEAD POST")
def bulletins(request: Request) -> HttpResponse:
    """The figures as everybody would see them now, to be signed with words; and what was published before."""
    visit = request.visit
    if request.method == "POST":
        told: dict[str, Any] = {"as_of": visit.at, "words": request.POST.get("words", "")}
        corrects = as_uuid(request.POST.get("corrects", ""))
        if corrects:
            told |= {"corrects": corrects, "reason": request.POST.get("reason", "")}
        if act(request, "publish_bulletin", form_id(request), **told).status != "refused":
            done(request, _("已发布"))
        return redirect("desk:bulletins")
    figures = shared.figures(visit.scope, visit.at)
    key = "en" if (get_language() or "").startswith("en") else "zh"
    context = {
        "figures": figures, "columns": [c[key] for c in figures["columns"]], "act_id": uuid7(),
        "before": public_reads.bulletins(visit.scope)[:MOST],
    }  # fmt: skip
    return render(request, "desk/public/bulletins.html", context)


@page("see_enquiries", methods="GET HEAD POST")
def enquiries(request: Request) -> HttpResponse:
    """What the public asked and told, the latest first; a call on the hotline is entered here."""
    visit = request.visit
    if request.method == "POST":
        given = request.POST
        told = {name: given.get(name, "") for name in ("area", "kind", "words", "contact", "channel")}
        answer = act(request, "receive_enquiry", form_id(request), **told)
        if answer.status != "refused" and answer.result:
            done(request, _("已受理 %(number)s，查询码 %(code)s") % answer.result)
        return redirect("desk:enquiries")
    columns = (
        Column("number", _("编号"), is_fixed=True),
        Column("kind", _("类别")),
        Column("words", _("内容")),
        Column("area", _("地点")),
        Column("received_at", _("收到时间"), is_sortable=True),
        Column("clock", _("时限")),
    )
    filters = (Filter("kind", _("类别"), "select", EnquiryKind.choices), Filter("q", _("内容"), "text"))
    question = ask(request.GET, columns=columns, filters=filters, sort="-received_at")
    rows = public_reads.enquiries(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    if "q" in question.values:
        rows = rows.filter(words__icontains=question.values["q"])

    def line(e: Any) -> Row:
        state = Chip(_("已答复"), "good") if e.answered_at else clock_part(e.task.clock, visit.at)
        return Row(
            id=str(e.id), href=reverse("desk:enquiry", args=[e.id]),
            cells={
                "number": e.number, "kind": str(EnquiryKind(e.kind).label), "words": e.words[:60], "area": e.area.name,
                "received_at": e.received_at, "clock": state,
            },
        )  # fmt: skip

    towns = territory_reads.townships(visit.scope)
    extra = {
        "kinds": EnquiryKind.choices, "channels": [c for c in EnquiryChannel.choices if c[0] != EnquiryChannel.WEB],
        "towns": towns, "act_id": uuid7(), "may_receive": visit.actor.may("receive_enquiry"),
    }  # fmt: skip
    return listing.answer(
        request, question, rows, name="enquiries", title=_("群众咨询举报"), line=line,
        orders={"received_at": "received_at"}, template="desk/public/enquiries.html", context=extra,
        definition=_("咨询、举报、线索，各有编号、责任人、时限和答复"), empty=_("还没有咨询举报"),
    )  # fmt: skip


@page("see_enquiries", methods="GET HEAD POST")
def enquiry(request: Request, id_: UUID) -> HttpResponse:
    """One of them, to be answered; who asked is shown only after a reason was given, and only on that page."""
    visit = request.visit
    one = found(public_reads.enquiry(visit.scope, id_))
    contact = ""
    if request.method == "POST":
        if "reason" in request.POST:
            if act(request, "reveal_enquirer", enquiry=one.id, reason=request.POST["reason"]).status != "refused":
                contact = cipher.unseal(one.sealed) if one.sealed else _("没有留联系方式")
        else:
            told = {"answer": request.POST.get("answer", ""), "show": bool(request.POST.get("show"))}
            if act(request, "answer_enquiry", form_id(request), enquiry=one.id, **told).status != "refused":
                done(request, _("已答复"))
            return redirect("desk:enquiry", id_=one.id)
    context = {
        "header": Header(
            one.number, kind=str(EnquiryKind(one.kind).label),
            facts=[(_("地点"), one.area.name), (_("渠道"), EnquiryChannel(one.channel).label),
                   (_("责任单位"), one.task.responsible_unit.name)],
            back=Link(_("群众咨询举报"), reverse("desk:enquiries"), "chevron-left"),
        ),
        "one": one, "contact": contact, "act_id": uuid7(), "clock": clock_part(one.task.clock, visit.at),
        "may_show": one.kind == EnquiryKind.QUESTION,
    }  # fmt: skip
    return render(request, "desk/public/enquiry.html", context)
