"""One row: what they told us, whom we hold it to be, where it went, who stood at the door, what can be done now."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, Visit, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.intake.words import (
    ANSWERS,
    FIELDS,
    SEXES,
    match_chip,
    reason_lines,
    route_words,
    said,
    state_chip,
)
from bihuan.desk.parts import Chip, Event, Header, Link, Masked, Timeline
from bihuan.desk.people.reveal import reveal
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import ReturnReason, RowState
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.reads import Numbers
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope

ACTS = ("route_row", "hand_over_row", "return_row", "reopen_row", "assign_row")


@page("see_people")
def row(request: Request, id_: UUID) -> HttpResponse:
    """One person on one list."""
    visit = request.visit
    asked = found(intake_reads.row(visit.scope, id_))
    words = cipher.unseal_json(asked.sealed)
    in_county = visit.scope.holds(asked.pushed_list.path)
    facts = [
        (
            _("名单"),
            Link(
                f"{asked.pushed_list.number} {asked.pushed_list.source}",
                reverse("desk:list", args=[asked.pushed_list_id]),
            )
            if in_county
            else f"{asked.pushed_list.number} {asked.pushed_list.source}",
        ),
        (_("行号"), asked.row_number),
        (_("属地"), asked.area.name),
        (_("走访人"), asked.assignee.name if asked.assignee else Chip(_("未指派"), "wait")),
        (_("收到时间"), asked.opened_at),
    ]
    if asked.revisit_at:
        facts.append((_("回访时间"), asked.revisit_at))
    if asked.closed_at:
        facts += [(_("办结时间"), asked.closed_at), (_("办结依据"), _evidence(visit, asked))]
    context = {
        "header": Header(
            Masked(people_reads.masked_name(asked.name) or _("无姓名"), reveal_url(asked.id, "name"), _("姓名")),
            kind=_("名单行"),
            chips=[state_chip(asked), match_chip(asked)],
            facts=facts,
            back=Link(_("逐人核查"), reverse("desk:rows")),
        ),
        "row": asked,
        "told": told_fields(asked, words),
        "cells": Masked("、".join(words.get("cells", {})) or "–", reveal_url(asked.id, "cells"), _("来文原样")),  # data
        "faults": [f"{f.get('column', '')}：{said(f)}" for f in asked.faults],
        "reasons": reason_lines(asked.reasons),
        "probability": asked.probability,
        "person": asked.person,
        "person_name": people_reads.masked_name(asked.person.name) if asked.person else "",
        "twin": asked.duplicate_of,
        "in_review": asked.state == RowState.REVIEW and visit.actor.may("settle_match"),
        "routing": route_words(asked.routing),
        "confidence": asked.routing.get("confidence"),
        "visits": _visits(visit, asked),
        "timeline": _timeline(visit, asked),
        **_may(visit, asked),
    }
    return render(request, "desk/intake/row.html", context)


@page("see_people", methods="POST")
def row_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Do one of the row's acts."""
    asked = found(intake_reads.row(request.visit.scope, id_))
    found(verb in ACTS or None)
    given, words = _given(request, verb)
    answer = act(request, verb, form_id(request), **_subject(verb, asked.id), **given)
    if answer.status != "refused":
        done(request, words)
    if intake_reads.row(request.visit.scope, id_) is None:  # it went where the visitor does not look
        return redirect("desk:rows")
    return back_to(request, reverse("desk:row", args=[asked.id]))


@page("reveal_person", methods="GET HEAD POST")
def row_reveal(request: Request, id_: UUID, field: str) -> HttpResponse:
    """Look behind the mask of one field of the row."""
    asked = found(intake_reads.row(request.visit.scope, id_))

    def words() -> str:
        told = cipher.unseal_json(asked.sealed)
        openers: Mapping[str, Callable[[], str]] = {
            "name": lambda: asked.name,
            "id_number": lambda: str(told.get("id_number", "")),
            "phone": lambda: "、".join(told.get("phones", [])),  # data
            "birth_on": lambda: str(told.get("birth_on", "")),
            "address": lambda: asked.address,
            "cells": lambda: "；".join(f"{k}：{v}" for k, v in told.get("cells", {}).items()),
        }
        return openers[field]()

    found(field in {"name", "id_number", "phone", "birth_on", "address", "cells"} or None)
    return reveal(request, f"row:{asked.id}", words, back=reverse("desk:row", args=[asked.id]))


def reveal_url(id_: UUID, field: str) -> str:
    """Where a field of a row is revealed."""
    return reverse("desk:row_reveal", args=[id_, field])


def told_fields(asked: Any, words: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What the sender told us of the person, masked."""
    numbers = people_reads.masked(
        Numbers(
            ((words.get("id_kind", ""), words["id_number"]),) if words.get("id_number") else (),
            tuple(words.get("phones", ())),
        )
    )

    def masked(field: str, text: str) -> Any:
        return Masked(text, reveal_url(asked.id, field), str(FIELDS[field])) if text else None

    return [
        (str(FIELDS["name"]), masked("name", people_reads.masked_name(asked.name))),
        (str(FIELDS["id_number"]), masked("id_number", numbers.documents[0][1] if numbers.documents else "")),
        (str(FIELDS["phone"]), masked("phone", "、".join(numbers.phones))),  # data
        (
            str(FIELDS["birth_on"]),
            masked("birth_on", f"{words['birth_on'][:4]}-**-**" if words.get("birth_on") else ""),
        ),
        (str(FIELDS["sex"]), str(SEXES.get(words.get("sex", ""), ""))),
        (str(FIELDS["address"]), asked.address),
    ]


def _given(request: Request, verb: str) -> tuple[dict[str, Any], str]:
    """The act's arguments as its form sent them, and what to say when it is done."""
    post = request.POST
    if verb == "route_row":
        return {"area": post.get("area", ""), "reason": post.get("reason", "")}, _("属地已确定，已派发")
    if verb == "hand_over_row":
        name = post.get("county_name", "").strip()
        counties = {a.name: a.code for a in territory_reads.areas(Scope(EVERYWHERE), "county")}
        given = {"county_code": counties.get(name, ""), "county_name": name, "reason": post.get("reason", "")}
        return given, _("已移交，移交函已生成")
    if verb == "return_row":
        return {"reason": post.get("reason", ""), "words": post.get("words", "")}, _("已退回推送方")
    if verb == "reopen_row":
        return {"reason": post.get("reason", "")}, _("已重开")
    return {"member": as_uuid(post.get("member", "")) or UUID(int=0)}, _("已指派走访人")


def _subject(verb: str, id_: UUID) -> dict[str, Any]:
    return {"rows": (id_,)} if verb == "assign_row" else {"row": id_}


def _may(visit: Visit, asked: Any) -> dict[str, Any]:
    """The forms the visitor may see now, with what they offer."""
    is_open = asked.closed_at is None
    may = {verb: visit.actor.may(verb) and (verb == "reopen_row") != is_open for verb in ACTS}
    if asked.state == RowState.REVIEW:
        may["route_row"] = False
    offered: dict[str, Any] = {f"may_{verb}": allowed for verb, allowed in may.items()}
    offered["may_any"] = any(may.values())
    offered["act_ids"] = {verb: uuid7() for verb in ACTS}
    if may["route_row"]:
        areas = territory_reads.areas(visit.scope).filter(level__in=["township", "village"])
        offered["areas"] = [(a.code, ("　" if a.level == "village" else "") + a.name) for a in areas]  # data
    if may["hand_over_row"]:
        offered["counties"] = [a.name for a in territory_reads.areas(Scope(EVERYWHERE), "county")]
        offered["outside"] = asked.routing.get("outside_name", "")
    if may["return_row"]:
        offered["return_reasons"] = ReturnReason.choices
    if may["assign_row"]:
        offered["serving"] = staff_reads.members_in(visit.scope, visit.at)
    return offered


def _evidence(visit: Visit, asked: Any) -> Any:
    kind, _colon, id_ = asked.evidence.partition(":")
    there = as_uuid(id_)
    if kind == "letter" and there:
        return Link(_("移交函"), reverse("desk:letter", args=[there]), "mail")
    if kind == "row" and there:
        return Link(_("同一名单中的另一行"), reverse("desk:row", args=[there]))
    if kind == "visit":
        return Link(_("走访记录"), "#visits")
    return asked.get_return_reason_display() or _("操作记录")


def _visits(visit: Visit, asked: Any) -> list[dict[str, Any]]:
    labels = dict(RowState.choices)
    return [
        {
            "at": v.at,
            "who": v.member.name,
            "outcome": labels.get(v.outcome, v.outcome),
            "answers": [(str(ANSWERS.get(k, k)), value) for k, value in v.answers.items()],
            "recorded_at": v.recorded_at if v.recorded_at > v.at else None,
        }
        for v in command_reads.visits(visit.scope, f"row:{asked.id}")
    ]


def _timeline(visit: Visit, asked: Any) -> Timeline:
    events = [
        Event(
            act_.at,
            verb_label(act_.verb),
            act_.actor.name,
            text=_act_words(act_),
            recorded_at=act_.recorded_at if act_.recorded_at > act_.at else None,
        )
        for act_ in staff_reads.acts_about(visit.scope, [f"row:{asked.id}"])[:100]
    ]
    events.append(
        Event(asked.opened_at, _("随名单收到"), text=asked.pushed_list.number, icon="file-import", tone="info")
    )
    return Timeline(events)


def _act_words(act_: Any) -> str:
    """What the journal says about an act on a row, beyond its name."""
    result, args = act_.result or {}, act_.args or {}
    if act_.verb == "report_visit":
        return str(dict(RowState.choices).get(result.get("state", ""), ""))
    if act_.verb == "hand_over_row":
        return f"{args.get('county_name', '')} {result.get('letter', '')}"
    if act_.verb == "return_row":
        return str(dict(ReturnReason.choices).get(args.get("reason", ""), ""))
    if act_.verb == "reopen_row":
        return str(args.get("reason", ""))
    return ""
