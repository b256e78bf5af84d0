"""混采阳性: pools being taken apart, and swabs that could not be bound."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lab.words import value_chip, via_words
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Masked, Timeline
from bihuan.desk.people.words import masked_person, reveal_url
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import DoubtReason
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads


@page("see_lab")
def pools(request: Request) -> HttpResponse:
    """Positive pools, those still undecided first."""
    visit = request.visit
    columns = (
        Column("tube", _("管号"), is_fixed=True),
        Column("value", _("结果")),
        Column("station", _("采样点")),
        Column("people", _("人数"), is_number=True),
        Column("opened_at", _("发现"), is_sortable=True),
        Column("state", _("进展")),
    )
    question = ask(request.GET, columns=columns, filters=(Filter("open", _("只看未结"), "check"),), sort="-opened_at")
    rows = lab_reads.recalls(visit.scope).filter(opened_at__lte=visit.at)
    if "open" in question.values:
        rows = rows.filter(closed_at__isnull=True)

    def line(one: Any) -> Row:
        return Row(
            id=str(one.id),
            href=reverse("desk:pool", args=[one.id]),
            cells={
                "tube": one.tube.code,
                "value": value_chip(one.tube.value),
                "station": one.tube.session.station.name,
                "people": one.people,
                "opened_at": one.opened_at,
                "state": Chip(_("单采已定"), "good") if one.closed_at else Chip(_("追查中"), "late"),
            },
        )

    return listing.answer(
        request,
        question,
        rows,
        name="pools",
        title=_("混采阳性"),
        line=line,
        orders={"opened_at": "opened_at"},
        definition=_("混采管阳性或弱阳性：管内每人先就地管控、单采复核，结论只由单采作出"),
        empty=_("没有混采阳性"),
        actions=(Action(_("存疑样本"), reverse("desk:doubts"), "help-circle"),),
    )


@page("see_lab", methods="GET HEAD POST")
def pool(request: Request, id_: UUID) -> HttpResponse:
    """One positive pool: who is in it, how each is reached, and what singles say."""
    visit = request.visit
    one = found(lab_reads.recall(visit.scope, id_))
    if request.method == "POST":
        picked = [p for p in map(as_uuid, request.POST.getlist("pick")) if p]
        if act(request, "tell_members", form_id(request), recall=one.id, rechecks=picked).status != "refused":
            done(request, _("已记录通知时间"))
        return redirect("desk:pool", one.id)
    members = list(lab_reads.rechecks(visit.scope, one.id))
    numbers = people_reads.numbers([m.person_id for m in members])
    rows = []
    for member in members:
        phones = people_reads.masked(numbers[member.person_id]).phones
        rows.append(
            {
                "id": member.id,
                "who": masked_person(member.person),
                "phone": Masked(phones[0], reveal_url(member.person, "phones"), _("电话")) if phones else "–",
                "area": member.person.area.name,
                "via": via_words(member.via),
                "tube": member.tube.code if member.tube else "–",
                "told_at": member.told_at,
                "value": value_chip(member.value) if member.value or member.tube_id else Chip(_("待采样"), "risk"),
            }
        )
    acts = staff_reads.acts_about(visit.scope, [f"recall:{one.id}", f"tube:{one.tube_id}"])[:60]
    context = {
        "header": Header(
            one.tube.code,
            kind=_("混采阳性"),
            chips=[value_chip(one.tube.value, is_pool=one.closed_at is None)],
            facts=[
                (_("轮次"), Link(one.tube.round.name, reverse("desk:round", args=[one.tube.round_id]))),
                (_("采样点"), one.tube.session.station.name),
                (_("人数"), one.people),
                (_("发现"), one.opened_at),
                (_("单采已定"), one.closed_at or "–"),
            ],
            back=Link(_("混采阳性"), reverse("desk:pools"), "chevron-left"),
        ),
        "recall": one,
        "rows": rows,
        "unseen": one.people - len(rows),
        "act_id": uuid7(),
        "may_tell": visit.actor.may("tell_members") and one.closed_at is None,
        "history": [
            {"value": value_chip(r.value), "at": r.tested_at, "by": r.recorded_by.name, "reason": r.reason,
             "released_at": r.released_at, "released_by": r.released_by.name if r.released_by else ""}
            for r in lab_reads.results(visit.scope, one.tube_id)
        ],
        "timeline": Timeline(
            [
                Event(a.at, verb_label(a.verb), a.actor.name,
                      recorded_at=a.recorded_at if a.recorded_at - a.at > timedelta(minutes=1) else None)
                for a in acts
            ],
            empty=_("尚无记录"),
        ),
    }  # fmt: skip
    return render(request, "desk/lab/pool.html", context)


@page("see_lab", methods="GET HEAD POST")
def doubts(request: Request) -> HttpResponse:
    """Swabs drawn without network that could not be bound: somebody decides, with a reason."""
    visit = request.visit
    if request.method == "POST":
        doubt = as_uuid(request.POST.get("doubt", ""))
        given = {"as_": request.POST.get("as_", ""), "reason": request.POST.get("reason", "")}
        if doubt and act(request, "settle_doubt", form_id(request), doubt=doubt, **given).status != "refused":
            done(request, _("已处理"))
        return redirect("desk:doubts")
    rows = [
        {
            "doubt": one,
            "who": masked_person(one.person),
            "reason": str(DoubtReason(one.reason).label),
            "station": one.session.station.name,
        }
        for one in lab_reads.doubts(visit.scope)[:200]
    ]
    context = {"rows": rows, "act_id": uuid7(), "may_settle": visit.actor.may("settle_doubt")}
    return render(request, "desk/lab/doubts.html", context)
