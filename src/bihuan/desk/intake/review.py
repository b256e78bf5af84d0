"""疑似同一人: a row and the person it may be, side by side, for somebody to say one or two."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, done, found, page
from bihuan.desk.intake.row import told_fields
from bihuan.desk.intake.words import FIELDS, level_words, verdict_of
from bihuan.desk.lists import Column, Row, ask
from bihuan.desk.parts import Link, Pair, PairField
from bihuan.desk.people.words import person_fields
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads

COMPARED = ("name", "id_number", "phone", "birth_on", "sex", "address")


@page("settle_match")
def review(request: Request) -> HttpResponse:
    """The queue of doubts, the oldest first."""
    columns = (
        Column("name", _("名单上的人"), is_fixed=True),
        Column("candidate", _("档案")),
        Column("probability", _("同一人的可能"), is_sortable=True, is_number=True),
        Column("area", _("属地")),
        Column("list", _("名单")),
        Column("opened_at", _("收到时间"), is_sortable=True),
    )
    question = ask(request.GET, columns=columns, sort="opened_at")

    def line(row: Any) -> Row:
        return Row(
            id=str(row.id),
            href=reverse("desk:pair", args=[row.id]),
            cells={
                "name": people_reads.masked_name(row.name),
                "candidate": people_reads.masked_name(row.candidate.name) if row.candidate else "",
                "probability": f"{min(row.probability or 0, 0.999):.1%}",
                "area": row.area.name,
                "list": f"{row.pushed_list.number} {row.pushed_list.source}",
                "opened_at": row.opened_at,
            },
        )

    return listing.answer(
        request,
        question,
        intake_reads.review_queue(request.visit.scope),
        name="review",
        title=_("疑似同一人"),
        line=line,
        orders={"probability": "probability", "opened_at": "opened_at"},
        definition=_("可能是同一人、又不够确定的行；判定后继续派发。规则能定的不在此列"),
        empty=_("没有需要人工核对的身份"),
    )


@page("settle_match", methods="GET HEAD POST")
def pair(request: Request, id_: UUID) -> HttpResponse:
    """One doubt: decide, then the next."""
    scope = request.visit.scope
    asked = found(intake_reads.row(scope, id_))
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        if decision in ("same", "other"):
            answer = act(request, "settle_match", row=asked.id, same=decision == "same")
            if answer.status != "refused":
                done(request, _("已按同一人归档") if decision == "same" else _("已另建档案"))
        following = _next(request, asked)
        return redirect("desk:pair", following.id) if following else redirect("desk:review")
    candidate = asked.candidate
    if candidate is None or asked.person_id is not None:
        return redirect("desk:row", asked.id)
    following = _next(request, asked)
    return render(
        request,
        "desk/intake/pair.html",
        {
            "pair": _pair(asked, candidate, reverse("desk:pair", args=[following.id]) if following else ""),
            "left": intake_reads.review_queue(scope).count(),
            "row_link": Link(_("看这一行"), reverse("desk:row", args=[asked.id])),
            "person_link": Link(_("看这份档案"), reverse("desk:person", args=[candidate.id])),
        },
    )


def _next(request: Request, asked: Any) -> Any:
    """The next doubt after this one, or the first."""
    queue = intake_reads.review_queue(request.visit.scope).exclude(id=asked.id)
    return queue.filter(opened_at__gte=asked.opened_at, id__gt=asked.id).first() or queue.first()


def _pair(asked: Any, candidate: Any, next_href: str) -> Pair:
    left = dict(zip(COMPARED, told_fields(asked, cipher.unseal_json(asked.sealed)), strict=True))
    right = dict(
        zip(COMPARED, person_fields(candidate, people_reads.numbers([candidate.id])[candidate.id]), strict=True)
    )
    seen = {field: (level, float(weight)) for field, level, weight in asked.reasons}
    fields = []
    for field in COMPARED:
        level, weight = seen.get(field, ("not said on both sides", 0.0))
        fields.append(
            PairField(
                str(FIELDS[field]), left[field][1], right[field][1], verdict_of(level), weight, level_words(level)
            )
        )
    if "prior" in seen:
        level, weight = seen["prior"]
        fields.append(PairField(str(FIELDS["prior"]), "", "", "unknown", weight, level_words(level)))
    rule = level_words(seen["rule"][0]) if "rule" in seen else ""
    return Pair(
        _("名单第 %(n)d 行") % {"n": asked.row_number},
        _("档案"),
        fields,
        asked.probability or 0.0,
        reverse("desk:pair", args=[asked.id]),
        text=rule or _("五成以上、九成九以下由人判定"),
        next_href=next_href,
        left_note=f"{asked.pushed_list.number} {asked.pushed_list.source}",
        right_note=candidate.area.name,
    )
