"""Contacts, by township: who must still be found, who is followed today, who may go tomorrow; and one contact."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.cases.words import (
    area_words,
    basis_words,
    class_words,
    contact_chip,
    follow_words,
    kind_words,
    overlap_words,
    towns_of,
)
from bihuan.desk.inside import Request, Visit, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Chip, Event, Header, Link, Timeline
from bihuan.desk.people.words import masked_person, person_fields
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Certainty, ContactState, FollowUpOutcome
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

ACTS = ("record_follow_up", "end_contact")
ENDS = (ContactState.LOST, ContactState.DIED, ContactState.DROPPED)
SYMPTOMS = ("fever", "cough", "sore_throat", "fatigue", "diarrhoea", "loss_of_smell", "rash", "other")


@page("see_contacts")
def contacts(request: Request) -> HttpResponse:
    """接触者: open ones unless asked otherwise."""
    visit = request.visit
    today = timezone.localdate(visit.at)
    columns = (
        Column("name", _("姓名"), is_fixed=True),
        Column("class", _("类别"), is_sortable=True),
        Column("state", _("状态"), is_sortable=True),
        Column("area", _("属地"), is_sortable=True),
        Column("case", _("病例")),
        Column("relation", _("关系")),
        Column("last_at", _("末次接触"), is_sortable=True),
        Column("last_day", _("末日"), is_sortable=True),
        Column("today", _("今日随访")),
        Column("overlap", _("共处"), is_sortable=True, is_number=True, is_default=False),
        Column("basis", _("依据"), is_default=False),
        Column("certainty", _("把握"), is_default=False),
        Column("identified_at", _("判定时间"), is_sortable=True, is_default=False),
    )
    filters = (
        Filter("state", _("状态"), "select", [("rest", _("未找到（待落实）")), *ContactState.choices]),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
        Filter("class", _("类别"), "select", [(k, class_words(k)) for k in cases_reads.contact_classes(visit.scope)]),
        Filter("case", _("病例"), "select", _case_choices(visit)),
        Filter("due", _("今天须随访"), "check"),
        Filter("ends", _("今明两天期满"), "check"),
        Filter("all", _("含已结束"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="last_day")
    rows = _asked(visit, question.values, today)
    seen: dict[UUID, list[Any]] = {}
    towns = towns_of(visit.scope)

    def prepare(part: list[Any]) -> None:
        for row in cases_reads.follow_ups_of(visit.scope, [c.id for c in part]).filter(day=today):
            seen.setdefault(row.contact_id, []).append(row)

    def line(contact: Any) -> Row:
        done_today = seen.get(contact.id, [])
        due = contact.ended_at is None and (contact.last_day is None or contact.last_day >= today)
        return Row(
            id=str(contact.id),
            href=reverse("desk:contact", args=[contact.id]),
            is_late=contact.ended_at is None and contact.end_reason == "last_day_missing",
            cells={
                "name": masked_person(contact.person),
                "class": class_words(contact.class_name),
                "state": contact_chip(contact),
                "area": area_words(contact, towns),
                "case": contact.case.number if contact.case else "",
                "relation": contact.relation_words,
                "last_at": contact.last_exposure_at,
                "last_day": contact.last_day,
                "today": _today(done_today) if done_today else Chip(_("未随访"), "wait") if due else "",
                "overlap": overlap_words(contact.overlap_s),
                "basis": basis_words(contact.basis),
                "certainty": str(dict(Certainty.choices).get(contact.certainty, contact.certainty)),
                "identified_at": contact.identified_at,
            },
        )  # fmt: skip

    return listing.answer(
        request, question, rows, name="contacts", title=_("接触者"), line=line, prepare=prepare,
        orders={
            "class": "class_name", "state": "state", "area": "path", "last_at": "last_exposure_at",
            "last_day": "last_day", "overlap": "overlap_s", "identified_at": "identified_at",
        },
        definition=_("一人一个病例一行；不选条件时只列在随访的。末日当天仍须随访，次日零时期满"),
        empty=_("没有符合条件的接触者"),
    )  # fmt: skip


@page("see_contacts")
def contact(request: Request, id_: UUID) -> HttpResponse:
    """One contact: why, until when, how followed, what they were before."""
    visit = request.visit
    asked = found(cases_reads.contact(visit.scope, id_))
    fields = person_fields(asked.person, people_reads.numbers([asked.person_id])[asked.person_id])
    may_see_case = visit.actor.may("see_cases") and asked.case is not None
    case = Link(asked.case.number, reverse("desk:case", args=[asked.case_id])) if may_see_case else (
        asked.case.number if asked.case else _("县外或未公开"))  # fmt: skip
    ids = [i for i in (as_uuid(p) for p in asked.places) if i]
    names = {str(p.id): p.name for p in territory_reads.places_by_id(ids)}
    followed = list(cases_reads.follow_ups(visit.scope, asked.id))
    context = {
        "header": Header(
            fields[0][1], kind=class_words(asked.class_name, cases_bridge.class_titles(asked.protocol)),
            chips=[contact_chip(asked)],
            facts=[
                *fields[1:],
                (_("属地"), area_words(asked, towns_of(visit.scope))), (_("病例"), case), (_("关系"), asked.relation_words),
                (_("依据"), f"{basis_words(asked.basis)} {kind_words(asked.kind)}".strip()),
                (_("首次接触"), asked.first_exposure_at), (_("末次接触"), asked.last_exposure_at),
                (_("共处"), overlap_words(asked.overlap_s)),
                (_("地点"), "、".join(names.get(p, p) for p in asked.places)),  # data
                (_("随访末日（当日仍随访）"), asked.last_day),
            ],
            back=Link(_("接触者"), reverse("desk:contacts")),
        ),
        "contact": asked,
        "days": _days(asked, followed, timezone.localdate(visit.at)),
        "others": [
            {"href": reverse("desk:contact", args=[c.id]), "class": class_words(c.class_name), "state": contact_chip(c),
             "case": c.case.number if c.case else "", "last_at": c.last_exposure_at}
            for c in cases_reads.contacts_of_person(visit.scope, asked.person_id) if c.id != asked.id
        ],
        "cases": [
            {"href": reverse("desk:case", args=[c.id]), "number": c.number, "words": c.classification_words}
            for c in cases_reads.cases_of_person(visit.scope, asked.person_id)
        ] if visit.actor.may("see_cases") else [],
        "may_follow": visit.actor.may("record_follow_up") and asked.ended_at is None,
        "may_end": visit.actor.may("end_contact") and asked.ended_at is None,
        "outcomes": FollowUpOutcome.choices,
        "ends": [(e.value, e.label) for e in ENDS],
        "today": timezone.localdate(visit.at).isoformat(),
        "next_slot": 1 + sum(f.day == timezone.localdate(visit.at) for f in followed),
        "act_ids": {name: uuid7() for name in ACTS},
        "timeline": Timeline(
            [Event(a.at, verb_label(a.verb), who=a.actor.name)
             for a in staff_reads.acts_about(visit.scope, [f"contact:{asked.id}"])[:60]],
            empty=_("尚无记录"),
        ),
    }  # fmt: skip
    return render(request, "desk/cases/contact.html", context)


@page("see_contacts", methods="POST")
def contact_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Follow up, or end the follow-up another way."""
    asked = found(cases_reads.contact(request.visit.scope, id_))
    found(verb in ACTS or None)
    given = request.POST
    args: dict[str, Any] = {"contact": asked.id}
    if verb == "end_contact":
        args |= {"state": given.get("state", ""), "reason": given.get("reason", "")}
    else:
        args |= {
            "outcome": given.get("outcome", ""), "slot": int(given.get("slot") or 1), "note": given.get("note", ""),
            "symptoms": tuple(s for s in given.get("symptoms", "").replace("，", "、").split("、") if s.strip()),  # data
        }  # fmt: skip
        if given.get("day"):
            args["day"] = given["day"]
        if given.get("temperature_c"):
            args["temperature_c"] = given["temperature_c"]
    answer = act(request, verb, form_id(request), **args)
    if answer.status != "refused":
        done(request, _("随访已登记") if verb == "record_follow_up" else _("随访已结束"))
    return back_to(request, reverse("desk:contact", args=[asked.id]))


def _asked(visit: Visit, asked: Any, today: Any) -> Any:
    rows = cases_reads.contacts(visit.scope).filter(identified_at__lte=visit.at)
    state = asked.get("state")
    if state == "rest":
        rows = rows.filter(state=ContactState.IDENTIFIED)
    elif state:
        rows = rows.filter(state=state)
    elif "all" not in asked:
        rows = rows.filter(ended_at__isnull=True)
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if "class" in asked:
        rows = rows.filter(class_name=asked["class"])
    if "case" in asked:
        rows = rows.filter(case=asked["case"])
    if "due" in asked:
        rows = rows.filter(id__in=cases_reads.not_followed_on(visit.scope, today).values("id"))
    if "ends" in asked:
        rows = rows.filter(ended_at__isnull=True, last_day__in=[today, today + timedelta(days=1)])
    return rows


def _case_choices(visit: Visit) -> list[tuple[str, str]]:
    if not visit.actor.may("see_cases"):
        return []
    return [(str(i), n) for i, n in cases_reads.standing_cases(visit.scope).values_list("id", "number")[:200]]


def _today(rows: list[Any]) -> Chip:
    last = rows[-1]
    tone = "risk" if last.outcome == FollowUpOutcome.SEEN_NOT_OK else "good"
    if last.outcome in (FollowUpOutcome.MISSED, FollowUpOutcome.NOT_ATTEMPTED):
        tone = "wait"
    return Chip(f"{follow_words(last.outcome)} ×{len(rows)}" if len(rows) > 1 else follow_words(last.outcome), tone)  # type: ignore[arg-type]


def _days(asked: Any, followed: list[Any], today: Any) -> list[dict[str, Any]]:
    """Every day from identification to the last, whether followed, and which one is the last."""
    first = timezone.localdate(asked.identified_at)
    last = max([d for d in (asked.last_day, followed[-1].day if followed else None) if d], default=today)
    by_day: dict[Any, list[Any]] = {}
    for row in followed:
        by_day.setdefault(row.day, []).append(row)
    days: list[dict[str, Any]] = []
    day = first
    while day <= last and len(days) < 90:
        days.append(
            {
                "day": day,
                "is_last": day == asked.last_day,
                "is_today": day == today,
                "is_past": day < today,
                "rows": [
                    {
                        "slot": f.slot, "words": follow_words(f.outcome), "symptoms": "、".join(f.symptoms),  # data
                        "temperature": f.temperature_c, "member": f.member.name if f.member else "", "at": f.at,
                        "note": f.note,
                    }
                    for f in by_day.get(day, [])
                ],
            }
        )  # fmt: skip
        day += timedelta(days=1)
    return days
