"""全库查重: records of the register that may be one person, side by side, for somebody to say one or two."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, done, found, page
from bihuan.desk.intake.words import FIELDS, level_words, verdict_of
from bihuan.desk.lists import Column, Row, ask
from bihuan.desk.parts import Action, Link, Pair, PairField
from bihuan.desk.people.words import person_fields
from bihuan.ledgers.people import reads as people_reads

COMPARED = ("name", "id_number", "phone", "birth_on", "sex", "address")


@page("merge_persons", methods="GET HEAD POST")
def doubles(request: Request) -> HttpResponse:
    """The pairs that wait; POST searches the register anew."""
    if request.method == "POST":
        answer = act(request, "find_doubles")
        if answer.status != "refused":
            done(request, _("已查重：新发现 %(n)d 对") % {"n": (answer.result or {}).get("new", 0)})
        return redirect("desk:doubles")
    columns = (
        Column("left", _("档案"), is_fixed=True),
        Column("right", _("另一份档案")),
        Column("probability", _("同一人的可能"), is_sortable=True, is_number=True),
        Column("area", _("属地")),
    )
    question = ask(request.GET, columns=columns, sort="-probability")

    def line(pair: Any) -> Row:
        return Row(
            id=str(pair.id),
            href=reverse("desk:double", args=[pair.id]),
            cells={
                "left": people_reads.masked_name(pair.left.name),
                "right": people_reads.masked_name(pair.right.name),
                "probability": f"{min(pair.probability, 0.999):.1%}",
                "area": pair.left.area.name,
            },
        )

    return listing.answer(
        request,
        question,
        people_reads.doubles(request.visit.scope),
        name="doubles",
        title=_("疑似重复档案"),
        line=line,
        orders={"probability": "probability"},
        definition=_("全库两两比对后可能是同一人的档案；机器不合并，由人判定，可以撤销"),
        empty=_("没有待判定的重复档案"),
        actions=(Action(_("全库查重"), reverse("desk:doubles"), "search", is_main=True, is_post=True),),
    )


@page("merge_persons", methods="GET HEAD POST")
def double(request: Request, id_: UUID) -> HttpResponse:
    """One pair: decide, then back to the others."""
    asked = found(people_reads.double(request.visit.scope, id_))
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        if decision in ("same", "other"):
            answer = act(request, "settle_double", double=asked.id, same=decision == "same")
            if answer.status != "refused":
                done(request, _("已合并；如有误可撤销") if decision == "same" else _("已判定为两个人"))
        return redirect("desk:doubles")
    numbers = people_reads.numbers([asked.left_id, asked.right_id])
    sides = [person_fields(p, numbers[p.id]) for p in (asked.left, asked.right)]
    seen = {field: (level, float(weight)) for field, level, weight in asked.reasons}
    fields = []
    for field, left, right in zip(COMPARED, *sides, strict=True):
        level, weight = seen.get(field, ("not said on both sides", 0.0))
        fields.append(PairField(str(FIELDS[field]), left[1], right[1], verdict_of(level), weight, level_words(level)))
    pair = Pair(
        _("档案"),
        _("另一份档案"),
        fields,
        asked.probability,
        reverse("desk:double", args=[asked.id]),
        left_note=asked.left.area.name,
        right_note=asked.right.area.name,
    )
    context = {
        "pair": pair,
        "left": people_reads.doubles(request.visit.scope).count(),
        "row_link": Link(_("看这份档案"), reverse("desk:person", args=[asked.left_id])),
        "person_link": Link(_("看另一份档案"), reverse("desk:person", args=[asked.right_id])),
    }
    return render(request, "desk/intake/pair.html", context)
