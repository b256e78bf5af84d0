"""The register of cases; one case with its window, steps, contacts, sources and what was judged again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.desk import listing
from bihuan.desk.cases.words import (
    area_words,
    case_chip,
    class_words,
    contact_chip,
    instant,
    overlap_words,
    step_words,
    towns_of,
    window_words,
)
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, Visit, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Timeline
from bihuan.desk.people.words import masked_person
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Classification, ContactState, Outcome, ReclassKind, Severity, SourceKind
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

ACTS = ("refute_case", "undo_reclassing", "complete_step", "assign_step", "link_cases")
CONTACTS_SHOWN = 12
# What brought a case up, by the kind of its origin.
_FOUND_BY = {"swab": gettext_lazy("检测阳性"), "import": gettext_lazy("导入名册")}


@page("see_cases")
def cases(request: Request) -> HttpResponse:
    """病例: one line a case, refuted ones only when asked."""
    visit = request.visit
    columns = (
        Column("number", _("编号"), is_fixed=True, is_sortable=True),
        Column("name", _("姓名"), is_fixed=True),
        Column("classification", _("判定"), is_sortable=True),
        Column("area", _("属地"), is_sortable=True),
        Column("onset_at", _("发病"), is_sortable=True),
        Column("window", _("传染期")),
        Column("contacts", _("接触者（未结）"), is_number=True),
        Column("clock", _("24小时")),
        Column("investigator", _("流调人")),
        Column("reported_at", _("报告时间"), is_sortable=True),
        Column("severity", _("临床类型"), is_default=False),
        Column("outcome", _("转归"), is_default=False),
        Column("source", _("来源"), is_default=False),
        Column("disease", _("病种"), is_default=False),
    )
    filters = (
        Filter("state", _("判定"), "select", Classification.choices),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
        Filter("open", _("只看未完成流调"), "check"),
        Filter("behind", _("接触者须重新判定"), "check"),
        Filter("all", _("含已排除"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-reported_at")
    rows = cases_reads.cases(visit.scope).filter(reported_at__lte=visit.at)
    asked = question.values
    if "all" not in asked and asked.get("state") != Classification.EXCLUDED:
        rows = rows.filter(refuted_at__isnull=True)
    if "state" in asked:
        rows = rows.filter(classification=asked["state"])
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if "open" in asked:
        rows = rows.filter(task__closed_at__isnull=True, refuted_at__isnull=True)
    if "behind" in asked:
        rows = cases_reads.behind(rows)
    counts: dict[UUID, dict[str, int]] = {}
    towns = towns_of(visit.scope)

    def prepare(part: list[Any]) -> None:
        counts.update(cases_reads.contact_counts(visit.scope, [c.id for c in part]))

    def line(case: Any) -> Row:
        n = counts.get(case.id, {"all": 0, "open": 0})
        clock = case.task.clock if case.task else None
        return Row(
            id=str(case.id),
            href=reverse("desk:case", args=[case.id]),
            is_late=bool(clock and clock.stopped_at is None and clock.due_at <= visit.at and not case.is_refuted),
            cells={
                "number": case.number,
                "name": masked_person(case.person),
                "classification": case_chip(case),
                "area": area_words(case, towns),
                "onset_at": case.onset_at,
                "window": Chip(_("须重新判定"), "risk") if case.is_behind else window_words(
                    case.infectious_from, case.infectious_until
                ),
                "contacts": f"{n['all']} ({n['open']})",
                "clock": clock_part(clock, visit.at) if clock else "",
                "investigator": case.investigator.name if case.investigator else "",
                "reported_at": case.reported_at,
                "severity": str(dict(Severity.choices).get(case.severity, case.severity)),
                "outcome": str(dict(Outcome.choices).get(case.outcome, case.outcome)),
                "source": str(dict(SourceKind.choices).get(case.source_kind, case.source_kind)),
                "disease": case.disease,
            },
        )  # fmt: skip

    actions = (
        [Action(_("立案"), reverse("desk:new_case"), "plus", is_main=True)] if visit.actor.may("open_case") else []
    )
    return listing.answer(
        request, question, rows, name="cases", title=_("病例"), line=line, prepare=prepare, actions=actions,
        orders={
            "number": "number", "classification": "classification", "area": "path", "onset_at": "onset_at",
            "reported_at": "reported_at",
        },
        definition=_("按方案判定的病例和感染者，一人一次一行；时限自立案起24小时，到全部密接、次密接找到为止"),
        empty=_("尚无病例"),
    )  # fmt: skip


@page("open_case", methods="GET HEAD POST")
def new_case(request: Request) -> HttpResponse:
    """Open a case: find the person, say what is known. The search is a POST, so that no name stands in an address."""
    visit = request.visit
    given = request.POST
    who = as_uuid(given.get("person", "") or request.GET.get("person", ""))
    person = people_reads.person(visit.scope, who) if who else None
    if request.method == "POST" and person and "classification" in given:
        times = {
            name: at for name in ("onset_at", "sampled_at", "confirmed_at", "isolated_at", "last_negative_at")
            if (at := instant(given.get(name, "")))
        }  # fmt: skip
        answer = act(
            request, "open_case", form_id(request), person=person.id, classification=given["classification"],
            disease=given.get("disease", ""), routinely_tested="routinely_tested" in given, **times,
        )  # fmt: skip
        if answer.status != "refused":
            result = answer.result or {}
            done(request, _("已立案：%(number)s") % {"number": result["number"]})
            return redirect("desk:investigation", UUID(result["case"]))
    words = given.get("q", "").strip()[:60]
    hits = list(people_reads.search(visit.scope, words)[:20]) if words and not person else []
    response = command_reads.response_at(visit.scope.path, visit.at)
    context = {
        "person": person,
        "name": masked_person(person) if person else None,
        "hits": [{"id": p.id, "name": masked_person(p), "area": p.area.name, "address": p.address} for p in hits],
        "asked": bool(words),
        "given": given,
        "act_id": uuid7(),
        "classes": [c for c in Classification.choices if c[0] != Classification.EXCLUDED],
        "diseases": sorted(cases_bridge.diseases().items()),
        "disease": given.get("disease") or (response.disease if response else ""),
        "earlier": _told_before(visit, person) if person else [],
    }
    return render(request, "desk/cases/new.html", context)


@page("see_cases")
def case(request: Request, id_: UUID) -> HttpResponse:
    """One case."""
    visit = request.visit
    asked = found(cases_reads.case(visit.scope, id_))
    counts = cases_reads.contact_counts(visit.scope, [asked.id]).get(asked.id, {"all": 0, "open": 0})
    people = list(cases_reads.contacts_of(visit.scope, asked.id).exclude(state=ContactState.DROPPED)[:CONTACTS_SHOWN])
    rest = cases_reads.contacts_of(visit.scope, asked.id).filter(state=ContactState.IDENTIFIED).count()
    titles = cases_bridge.class_titles(asked.protocol)
    towns = towns_of(visit.scope)
    chips = [case_chip(asked)]
    if asked.is_behind and not asked.is_refuted:
        chips.append(Chip(_("传染期已变，接触者须重新判定"), "risk"))
    facts = [
        (_("编号"), asked.number),
        (_("属地"), area_words(asked, towns)),
        (_("发病"), asked.onset_at),
        (_("首次阳性采样"), asked.sampled_at),
        (_("如何发现"), _FOUND_BY.get(asked.origin.partition(":")[0], _("人工立案"))),
        (_("隔离"), asked.isolated_at or Chip(_("尚未隔离"), "risk")),
        (_("传染期"), window_words(asked.infectious_from, asked.infectious_until)),
        (_("依据"), asked.window_reason),
        (_("方案"), asked.protocol),
        (_("流调人"), asked.investigator.name if asked.investigator else Chip(_("未指派"), "wait")),
    ]
    if asked.task:
        facts.append((_("24小时"), clock_part(asked.task.clock, visit.at, reverse("desk:task", args=[asked.task_id]))))
    if asked.is_refuted:
        facts.append((_("排除依据"), asked.refuted_reason))
    may = visit.actor.may
    actions = []
    if not asked.is_refuted and may("derive_contacts"):
        actions.append(Action(_("流调页"), reverse("desk:investigation", args=[asked.id]), "timeline", is_main=True))
        actions.append(Action(_("判定接触者"), reverse("desk:derive", args=[asked.id]), "users-group"))
    actions.append(Action(_("核心流调报告"), reverse("desk:case_report", args=[asked.id]), "file-text"))
    reclassings = list(cases_reads.reclassings(visit.scope, asked.id))
    context = {
        "header": Header(
            masked_person(asked.person), kind=_("病例"), chips=chips, facts=facts, actions=actions,
            back=Link(_("病例"), reverse("desk:cases")),
        ),
        "case": asked,
        "counts": counts,
        "rest": rest,
        "contacts_href": f"{reverse('desk:contacts')}?case={asked.id}&all=1",
        "people": [
            {
                "href": reverse("desk:contact", args=[c.id]), "name": masked_person(c.person), "level": c.level,
                "class": class_words(c.class_name, titles), "relation": c.relation_words, "area": area_words(c, towns),
                "overlap": overlap_words(c.overlap_s), "last_day": c.last_day,
                "state": contact_chip(c),
            }
            for c in people
        ],
        "steps": [
            {
                "step": s.step, "words": step_words(s.step), "member": s.member, "due_at": s.due_at, "done_at": s.done_at,
                "is_late": (s.done_at or visit.at) > s.due_at,
                "took": int(((s.done_at or visit.at) - s.started_at) / timedelta(minutes=1)),
            }
            for s in cases_reads.steps(visit.scope, asked.id)
        ],
        "infectors": _links(cases_reads.infectors_of(visit.scope, asked.id), "infector"),
        "infected": _links(cases_reads.infected_by(visit.scope, asked.id), "infectee"),
        "clusters": [m.cluster for m in cases_reads.clusters_of(visit.scope, asked.id)],
        "reclassings": [
            {
                "id": r.id, "kind": str(dict(ReclassKind.choices).get(r.kind, r.kind)), "at": r.at, "reason": r.reason,
                "counts": r.counts, "undone_at": r.undone_at,
                "may_undo": may("refute_case") and r.undone_at is None
                and r.id == next((x.id for x in reclassings if x.undone_at is None), None),
            }
            for r in reclassings
        ],
        "townships": _by_township(visit, asked.id),
        "letters": list(cases_reads.assistances(visit.scope).filter(case=asked.id)),
        "may_refute": may("refute_case") and not asked.is_refuted,
        "may_work": may("revise_case") and not asked.is_refuted,
        "serving": staff_reads.members_in(visit.scope, visit.at) if may("revise_case") else [],
        "act_ids": {name: uuid7() for name in ACTS},
        "timeline": _timeline(visit, asked),
    }  # fmt: skip
    return render(request, "desk/cases/case.html", context)


@page("see_cases", methods="POST")
def case_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Do one of the case's acts."""
    asked = found(cases_reads.case(request.visit.scope, id_))
    found(verb in ACTS or None)
    given = request.POST
    args: dict[str, Any] = {"case": asked.id}
    if verb == "refute_case":
        args["reason"] = given.get("reason", "")
    elif verb == "undo_reclassing":
        args = {"reclassing": found(as_uuid(given.get("reclassing", "")))}
    elif verb == "link_cases":
        args = {"infector": found(as_uuid(given.get("infector", ""))), "infectee": asked.id}
    else:
        args["step"] = given.get("step", "")
        if verb == "assign_step":
            args["member"] = found(as_uuid(given.get("member", "")))
    answer = act(request, verb, form_id(request), **args)
    if answer.status != "refused":
        result = answer.result or {}
        words = {
            "refute_case": _("病例已排除；%(n)d 名接触者撤销判定，可在下方撤销") % {"n": result.get("dropped", 0)},
            "undo_reclassing": _("已撤销，接触者恢复原状"),
            "complete_step": _("环节已完成"),
            "assign_step": _("已改派"),
            "link_cases": _("传播关系已登记"),
        }
        done(request, words[verb])
    return back_to(request, reverse("desk:case", args=[asked.id]))


def _links(links: Any, side: str) -> list[dict[str, Any]]:
    """Candidates on one side of a case, with their share of the weight."""
    rows = list(links)
    whole = sum(link.weight for link in rows) or 1
    told = []
    for link in rows:
        other = getattr(link, side)
        told.append(
            {
                "id": other.id, "number": other.number, "name": masked_person(other.person), "onset_at": other.onset_at,
                "share": link.weight / whole, "is_chosen": link.is_chosen, "basis": link.basis,
                "gap_days": _gap(link),
            }
        )  # fmt: skip
    return told


def _gap(link: Any) -> str:
    first, second = link.infector.onset_at, link.infectee.onset_at
    return f"{(second - first) / timedelta(days=1):.1f}" if first and second else ""


def _by_township(visit: Visit, case_: UUID) -> list[dict[str, Any]]:
    """How the case's contacts stand in each township: the rest list's head."""
    rows: dict[str, dict[str, int]] = {}
    for path, state in cases_reads.contacts_of(visit.scope, case_).values_list("path", "state"):
        if state == ContactState.DROPPED:
            continue
        counts = rows.setdefault(territory_reads.township_path(path), {"all": 0, "rest": 0})
        counts["all"] += 1
        counts["rest"] += state == ContactState.IDENTIFIED
    names = {a.path: a.name for a in territory_reads.townships(visit.scope)}
    return [
        {"name": names.get(path, _("县级")), "path": path, **counts}
        for path, counts in sorted(rows.items(), key=lambda item: (-item[1]["rest"], item[0]))
    ]


def _told_before(visit: Visit, person: Any) -> list[str]:
    """What a person was before: contact or case, so that nobody is opened twice unawares."""
    lines = [f"{c.number} · {case_chip(c).text}" for c in cases_reads.cases_of_person(visit.scope, person.id)]
    for contact in cases_reads.contacts_of_person(visit.scope, person.id):
        number = contact.case.number if contact.case else ""
        lines.append(f"{class_words(contact.class_name)} {number} · {contact.state_words}")
    return lines


def _timeline(visit: Visit, asked: Any) -> Timeline:
    events = [
        Event(
            a.at, verb_label(a.verb), who=a.actor.name,
            recorded_at=a.recorded_at if a.recorded_at - a.at > timedelta(minutes=1) else None,
        )
        for a in staff_reads.acts_about(visit.scope, [f"case:{asked.id}"])[:60]
    ]  # fmt: skip
    return Timeline(events, empty=_("尚无记录"))
