"""Whom we know: found by whole name, document or phone; one person with household, rows, visits and merges."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, Visit, act, as_uuid, done, form_id, found, page
from bihuan.desk.intake.words import match_chip, state_chip
from bihuan.desk.lab.words import value_chip
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Timeline
from bihuan.desk.people.reveal import reveal
from bihuan.desk.people.words import masked_person, person_fields
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.choices import Sex
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

# More hits than this for one whole name say: add a document or a phone.
MOST_HITS = 50
ROWS_SHOWN = 100


@page("see_people")
def people(request: Request) -> HttpResponse:
    """人员: the register inside one's scope, masked."""
    visit = request.visit
    columns = (
        Column("name", _("姓名"), is_fixed=True),
        Column("sex", _("性别")),
        Column("born", _("出生年"), is_number=True),
        Column("area", _("属地"), is_sortable=True),
        Column("address", _("住址")),
        Column("recorded_at", _("建档时间"), is_sortable=True),
        Column("keep_until", _("保存至"), is_default=False),
    )
    filters = (Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),)
    question = ask(request.GET, columns=columns, filters=filters, sort="area")
    rows = people_reads.persons(visit.scope)
    if "area" in question.values:
        rows = rows.filter(Scope(question.values["area"]).inside())
    return listing.answer(
        request,
        question,
        rows,
        name="people",
        title=_("人员"),
        line=_line,
        orders={"area": "path", "recorded_at": "recorded_at"},
        definition=_("已建档的人，一人一行；已合并的不重复计"),
        empty=_("没有符合条件的人员"),
    )


@page("see_people", methods="GET HEAD POST")
def search(request: Request) -> HttpResponse:
    """Find by whole name, document or phone. By POST, so that no name stands in an address or a log."""
    if request.method != "POST":
        return redirect("desk:people")
    words = request.POST.get("q", "").strip()[:60]
    hits = list(people_reads.search(request.visit.scope, words)[: MOST_HITS + 1]) if words else []
    if len(hits) == 1:
        return redirect("desk:person", hits[0].id)
    return render(
        request,
        "desk/people/found.html",
        {"people": _told(hits[:MOST_HITS]), "more": len(hits) > MOST_HITS, "asked": bool(words)},
    )


@page("see_people")
def person(request: Request, id_: UUID) -> HttpResponse:
    """One person: who, where, with whom, on which lists, seen by whom."""
    visit = request.visit
    asked = found(people_reads.person(visit.scope, id_))
    fields = person_fields(asked, people_reads.numbers([asked.id])[asked.id])
    rows = list(intake_reads.rows(visit.scope).filter(person=asked.id).order_by("-opened_at")[:ROWS_SHOWN])
    merges = list(people_reads.merges(visit.scope, asked.id))
    chips = [Chip(_("已并入另一份档案"), "risk")] if asked.merged_into_id else []
    if any(r.closed_at is None for r in rows):
        chips.append(Chip(_("在办"), "wait"))
    may_merge = visit.actor.may("merge_persons") and asked.merged_into_id is None
    return render(
        request,
        "desk/people/person.html",
        {
            "header": Header(
                fields[0][1],
                kind=_("人员"),
                chips=chips,
                facts=[
                    *fields[1:],
                    (_("属地"), asked.area.name),
                    (_("建档时间"), asked.recorded_at),
                    (_("保存至"), asked.keep_until),
                ],
                actions=[Action(_("码色和凭证"), reverse("desk:person_code", args=[asked.id]), "qrcode")]
                if visit.actor.may("see_codes")
                else [],
                back=Link(_("人员"), reverse("desk:people")),
            ),
            "merged_into": asked.merged_into_id,
            "household": _told(list(people_reads.household_members(visit.scope, asked))),
            "samples": [
                {
                    "at": r.at,
                    "round": r.round,
                    "value": value_chip(r.value, is_pool=r.capacity > 1),
                    "out": r.released_at,
                }
                for r in lab_reads.results_of(visit.scope, asked.id)[:ROWS_SHOWN]
            ],
            "rows": [
                {
                    "href": reverse("desk:row", args=[r.id]),
                    "list": f"{r.pushed_list.number} {r.pushed_list.source}",
                    "opened_at": r.opened_at,
                    "state": state_chip(r),
                    "match": match_chip(r),
                    "area": r.area.name,
                }
                for r in rows
            ],
            "visits": _visits(visit, rows),
            "merges": [
                {
                    "id": m.id,
                    "other": m.gone_id if m.kept_id == asked.id else m.kept_id,
                    "is_kept": m.kept_id == asked.id,
                    "at": m.at,
                    "reason": m.reason,
                    "undone_at": m.undone_at,
                }
                for m in merges
            ],
            "person_id": asked.id,
            "may_merge": may_merge,
            "may_unmerge": visit.actor.may("unmerge_persons"),
            "act_id": uuid7(),
            "timeline": _timeline(visit, asked, rows),
        },
    )


@page("reveal_person", methods="GET HEAD POST")
def person_reveal(request: Request, id_: UUID, field: str) -> HttpResponse:
    """Look behind the mask of one field of a person."""
    asked = found(people_reads.person(request.visit.scope, id_))

    def numbers() -> people_reads.Numbers:
        return people_reads.numbers([asked.id])[asked.id]

    openers: Mapping[str, Callable[[], str]] = {
        "name": lambda: asked.name,
        "documents": lambda: "、".join(n for _kind, n in numbers().documents),  # data
        "phones": lambda: "、".join(numbers().phones),  # data
        "birth_on": lambda: asked.birth_on.isoformat() if asked.birth_on else "",
    }
    found(openers.get(field))
    return reveal(request, f"person:{asked.id}", openers[field], back=reverse("desk:person", args=[asked.id]))


@page("merge_persons", methods="POST")
def merge(request: Request, id_: UUID) -> HttpResponse:
    """Join another record into this one: first it is looked for, then confirmed with a reason."""
    visit = request.visit
    kept = found(people_reads.person(visit.scope, id_))
    gone = as_uuid(request.POST.get("gone", ""))
    if gone and request.POST.get("reason", "").strip():
        answer = act(
            request, "merge_persons", form_id(request), kept=kept.id, gone=gone, reason=request.POST["reason"].strip()
        )
        if answer.status != "refused":
            done(request, _("已合并；如有误可撤销"))
        return redirect("desk:person", kept.id)
    words = request.POST.get("q", "").strip()[:60]
    hits = [p for p in people_reads.search(visit.scope, words)[: MOST_HITS + 1] if p.id != kept.id] if words else []
    return render(
        request,
        "desk/people/merge.html",
        {
            "kept": masked_person(kept),
            "kept_id": kept.id,
            "people": _told(hits[:MOST_HITS]),
            "act_id": uuid7(),
            "back": Link(_("返回"), reverse("desk:person", args=[kept.id])),
        },
    )


@page("unmerge_persons", methods="POST")
def unmerge(request: Request, id_: UUID) -> HttpResponse:
    """They were two after all."""
    asked = found(people_reads.merge(request.visit.scope, id_))
    if act(request, "unmerge_persons", form_id(request), merge=asked.id).status != "refused":
        done(request, _("已撤销合并，名单行各归原档案"))
    return redirect("desk:person", asked.kept_id)


def _line(who: Any) -> Row:
    return Row(
        id=str(who.id),
        href=reverse("desk:person", args=[who.id]),
        cells={
            "name": people_reads.masked_name(who.name),
            "sex": str(Sex(who.sex).label),
            "born": str(who.birth_on.year) if who.birth_on else "",
            "area": who.area.name,
            "address": who.address,
            "recorded_at": who.recorded_at,
            "keep_until": who.keep_until,
        },
    )


def _told(several: list[Any]) -> list[dict[str, Any]]:
    """Persons for a short table, their numbers opened and masked in one query."""
    numbers = people_reads.numbers([p.id for p in several]) if several else {}
    shown = {id_: people_reads.masked(n) for id_, n in numbers.items()}
    return [
        {
            "id": p.id,
            "href": reverse("desk:person", args=[p.id]),
            "name": people_reads.masked_name(p.name),
            "sex": str(Sex(p.sex).label),
            "born": p.birth_on.year if p.birth_on else "",
            "document": "、".join(n for _kind, n in shown[p.id].documents),  # data
            "phone": "、".join(shown[p.id].phones),  # data
            "area": p.area.name,
            "address": p.address,
        }
        for p in several
    ]


def _visits(visit: Visit, rows: list[Any]) -> list[dict[str, Any]]:
    labels = dict(RowState.choices)
    about = command_reads.visits_about(visit.scope, [f"row:{r.id}" for r in rows]) if rows else []
    return [{"at": v.at, "who": v.member.name, "outcome": labels.get(v.outcome, v.outcome)} for v in about]


def _timeline(visit: Visit, asked: Any, rows: list[Any]) -> Timeline:
    subjects = [f"person:{asked.id}", *(f"row:{r.id}" for r in rows)]
    events = [
        Event(a.at, verb_label(a.verb), a.actor.name, recorded_at=a.recorded_at if a.recorded_at > a.at else None)
        for a in staff_reads.acts_about(visit.scope, subjects)[:100]
    ]
    return Timeline([*events, Event(asked.recorded_at, _("建档"), icon="user-plus", tone="info")])
