"""Letters of assistance in and out: the register, one letter with its persons, writing, receiving, answering, replying."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.adapters import assistance as assistance_files
from bihuan.adapters import documents
from bihuan.adapters import letters as letter_papers
from bihuan.desk import listing
from bihuan.desk.cases.words import assistance_chip, class_words, instant
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link, Masked
from bihuan.desk.people.reveal import reveal
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import AssistanceOutcome, Direction
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads

ANSWERS = (AssistanceOutcome.MANAGED, AssistanceOutcome.NO_MEASURE, AssistanceOutcome.LEFT, AssistanceOutcome.NOT_FOUND)


@page("see_cases")
def assistances(request: Request) -> HttpResponse:
    """协查: one line a letter, the unanswered first."""
    visit = request.visit
    columns = (
        Column("number", _("文号"), is_fixed=True),
        Column("direction", _("方向")),
        Column("counterpart", _("对方"), is_sortable=True),
        Column("their_number", _("对方文号")),
        Column("people", _("人数（已答）"), is_number=True),
        Column("clock", _("24小时")),
        Column("received_at", _("收发时间"), is_sortable=True),
        Column("replied_at", _("复函")),
    )
    filters = (
        Filter("direction", _("方向"), "select", Direction.choices),
        Filter("open", _("只看未复"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-received_at")
    rows = cases_reads.assistances(visit.scope).filter(received_at__lte=visit.at)
    if "direction" in question.values:
        rows = rows.filter(direction=question.values["direction"])
    if "open" in question.values:
        rows = rows.filter(replied_at__isnull=True)

    def line(one: Any) -> Row:
        clock = one.task.clock if one.task else None
        return Row(
            id=str(one.id), href=reverse("desk:assistance", args=[one.id]),
            is_late=bool(clock and clock.stopped_at is None and clock.due_at <= visit.at),
            cells={
                "number": one.letter.number, "direction": str(Direction(one.direction).label),
                "counterpart": one.counterpart, "their_number": one.their_number,
                "people": counts.get(one.id, ""), "clock": clock_part(clock, visit.at) if clock else "",
                "received_at": one.received_at,
                "replied_at": one.replied_at or Chip(_("待复"), "wait"),
            },
        )  # fmt: skip

    counts: dict[UUID, str] = {}

    def prepare(part: list[Any]) -> None:
        for id_, n, answered in cases_reads.assistance_counts(visit.scope, [one.id for one in part]):
            counts[id_] = f"{n} ({answered})"

    actions = []
    if visit.actor.may("receive_assistance"):
        actions.append(Action(_("登记来函"), reverse("desk:receive_assistance"), "file-import", is_main=True))
    return listing.answer(
        request, question, rows, name="assistances", title=_("协查函"), line=line, prepare=prepare, actions=actions,
        orders={"counterpart": "counterpart", "received_at": "received_at"},
        definition=_("来函自收到、发函自发出起24小时；同一人在多份来函中只查一次，复函时分别答复"),
        empty=_("尚无协查函"),
    )  # fmt: skip


@page("see_cases")
def assistance(request: Request, id_: UUID) -> HttpResponse:
    """One letter, on screen, as a paper, or as a signed file."""
    visit = request.visit
    asked = found(cases_reads.assistance(visit.scope, id_))
    format_ = request.GET.get("export", "")
    if format_ and visit.actor.may("write_assistance"):
        return _file(request, asked, format_)
    rows = list(cases_reads.assistance_people(visit.scope, asked.id))
    is_in = asked.direction == Direction.IN
    actions = [
        Action(_("下载 Word"), "?export=docx", "download"),
        Action(_("下载 PDF"), "?export=pdf", "download"),
        Action(_("签名文件"), "?export=json", "signature"),
    ]
    context = {
        "header": Header(
            asked.letter.number, kind=str(Direction(asked.direction).label),
            chips=[Chip(_("已复"), "good") if asked.replied_at else Chip(_("待复"), "wait")],
            facts=[
                (_("对方"), asked.counterpart), (_("对方文号"), asked.their_number or None),
                (_("病例"), Link(asked.case.number, reverse("desk:case", args=[asked.case_id])) if asked.case
                 else asked.case_words),
                (_("收发时间"), asked.received_at),
                (_("24小时"), clock_part(asked.task.clock, visit.at) if asked.task else asked.due_at),
                (_("签名"), asked.signed_by or (_("无签名文件") if not asked.content_hash else Chip(_("密钥未核对"), "risk"))),
            ],
            actions=actions if visit.actor.may("write_assistance") else (),
            back=Link(_("协查函"), reverse("desk:assistances")),
        ),
        "asked": asked,
        "is_in": is_in,
        "rows": [
            {
                "id": r.id, "number": r.row_number,
                "name": Masked(
                    people_reads.masked_name(r.name), reverse("desk:assistance_reveal", args=[r.id]), _("姓名、电话、证件")
                ),
                "class": class_words(r.class_name), "area": r.area.name, "last_at": r.last_exposure_at,
                "outcome": assistance_chip(r), "answer": r.answer, "answered_at": r.answered_at,
                "contact": r.contact_id, "match": _match(r),
                "twin": r.duplicate_of.assistance.letter.number if r.duplicate_of else "",
                "may_answer": is_in and not asked.replied_at and r.duplicate_of_id is None
                and visit.actor.may("answer_assistance"),
            }
            for r in rows
        ],
        "answers": [(a.value, a.label) for a in ANSWERS],
        "may_reply": is_in and not asked.replied_at and visit.actor.may("reply_assistance"),
        "may_record": not is_in and not asked.replied_at and visit.actor.may("write_assistance"),
        "left": sum(r.answered_at is None for r in rows),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/cases/assistance.html", context)


@page("reveal_person", methods="GET HEAD POST")
def assistance_reveal(request: Request, id_: UUID) -> HttpResponse:
    """Look behind the mask of one person of a letter."""
    row = found(cases_reads.assistance_person(request.visit.scope, id_))

    def words() -> str:
        told = cipher.unseal_json(row.sealed)
        numbers = [n for _kind, n in told.get("documents", ())]
        return "；".join(
            p for p in (row.name, *numbers, *told.get("phones", ()), told.get("address") or "") if p
        )  # data

    back = reverse("desk:assistance", args=[row.assistance_id])
    return reveal(request, f"assistance:{row.assistance_id}", words, back=back)


@page("write_assistance", methods="GET HEAD POST")
def new_assistance(request: Request) -> HttpResponse:
    """Write a letter for contacts of a case."""
    visit = request.visit
    case = found(
        cases_reads.case(visit.scope, found(as_uuid(request.GET.get("case", "") or request.POST.get("case", ""))))
    )
    if request.method == "POST":
        picked = tuple(i for i in (as_uuid(t) for t in request.POST.getlist("pick")) if i)
        answer = act(
            request, "write_assistance", form_id(request), case=case.id, contacts=picked,
            county_name=request.POST.get("county_name", ""), county_code=_code(request.POST.get("county_name", "")),
            note=request.POST.get("note", ""),
        )  # fmt: skip
        if answer.status != "refused":
            result = answer.result or {}
            done(request, _("已成文：%(number)s") % {"number": result["letter"]})
            return redirect("desk:assistance", UUID(result["assistance"]))
    rows = [c for c in cases_reads.contacts_of(visit.scope, case.id) if c.ended_at is None]
    context = {
        "case": case,
        "rows": [
            {"id": c.id, "name": Masked(people_reads.masked_name(c.person.name),
             reverse("desk:person_reveal", args=[c.person_id, "name"]), _("姓名")), "class": class_words(c.class_name),
             "area": c.area.name, "address": c.person.address, "last_at": c.last_exposure_at}
            for c in rows
        ],
        "counties": [a.name for a in territory_reads.counties_outside(visit.scope)],
        "given": request.POST,
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/cases/new_assistance.html", context)


@page("receive_assistance", methods="GET HEAD POST")
def receive_assistance(request: Request) -> HttpResponse:
    """Register a letter: a signed file, or what stands on the paper, one person a line."""
    visit = request.visit
    given = request.POST
    file: Any = request.FILES.get("file")
    if request.method == "POST" and file:
        return _received_file(request, file.read(assistance_files.MOST_BYTES + 1))
    if request.method == "POST":
        people = [p for p in (_line(n, t) for n, t in enumerate(given.get("people", "").splitlines(), 1)) if p]
        for person in people:
            person["class_name"] = given.get("class_name") or "close_contact"
            person["last_exposure_at"] = instant(given.get("last_exposure_at", ""))
            person["place_words"] = given.get("place_words", "").strip()
        answer = act(
            request, "receive_assistance", form_id(request), counterpart=given.get("counterpart", ""),
            counterpart_code=_code(given.get("counterpart", "")), their_number=given.get("their_number", ""),
            disease=given.get("disease", ""), case_words=given.get("case_words", ""), people=people,
        )  # fmt: skip
        if answer.status != "refused":
            return _told(request, answer)
    context = {
        "given": given, "act_id": uuid7(), "diseases": sorted(cases_bridge.diseases().items()),
        "counties": [a.name for a in territory_reads.counties_outside(visit.scope)],
        "fingerprint": assistance_files.fingerprint(assistance_files.own_key(settings.SECRET_KEY)),
    }  # fmt: skip
    return render(request, "desk/cases/receive_assistance.html", context)


@page("answer_assistance", methods="POST")
def answer_assistance(request: Request, id_: UUID) -> HttpResponse:
    """What became of one person, or the reply to the whole letter."""
    asked = found(cases_reads.assistance(request.visit.scope, id_))
    if "reply" in request.POST:
        answer = act(
            request, "reply_assistance", form_id(request), assistance=asked.id, note=request.POST.get("note", "")
        )
        words = _("已复函，时限停止")
    else:
        answer = act(
            request, "answer_assistance", form_id(request), row=found(as_uuid(request.POST.get("row", ""))),
            outcome=request.POST.get("outcome", ""), answer=request.POST.get("answer", ""),
        )  # fmt: skip
        words = _("已登记核查结果")
    if answer.status != "refused":
        done(request, words)
    return back_to(request, reverse("desk:assistance", args=[asked.id]))


@page("write_assistance", methods="POST")
def record_reply(request: Request, id_: UUID) -> HttpResponse:
    """What they answered to ours, row by row as their letter says."""
    asked = found(cases_reads.assistance(request.visit.scope, id_))
    answers = [
        {"row_number": r.row_number, "outcome": outcome, "answer": request.POST.get(f"answer-{r.row_number}", "")}
        for r in cases_reads.assistance_people(request.visit.scope, asked.id)
        if (outcome := request.POST.get(f"outcome-{r.row_number}", ""))
    ]
    answer = act(
        request, "record_reply", form_id(request), assistance=asked.id, answers=answers,
        their_number=request.POST.get("their_number", ""),
    )  # fmt: skip
    if answer.status != "refused":
        done(request, _("对方复函已登记"))
    return redirect("desk:assistance", asked.id)


def _received_file(request: Request, content: bytes) -> HttpResponse:
    """A signed file: refused if changed on its way; an unknown key is shown to be compared by telephone first."""
    try:
        letter = assistance_files.read(content, home=settings.HOME)
    except assistance_files.LetterFault as fault:
        messages.error(request, fault.en if (get_language() or "").startswith("en") else fault.zh)
        return redirect("desk:receive_assistance")
    if not letter.is_trusted and request.POST.get("fingerprint", "").replace(
        " ", ""
    ).upper() == letter.fingerprint.replace(" ", ""):
        assistance_files.trust(letter, home=settings.HOME)
        letter = assistance_files.read(content, home=settings.HOME)
    if not letter.is_trusted:
        messages.error(
            request,
            _("%(county)s 的密钥尚未核对：请电话核对指纹 %(fingerprint)s，填入后重新上传")
            % {"county": letter.county_name, "fingerprint": letter.fingerprint},
        )
        return redirect("desk:receive_assistance")
    if letter.kind == "reply":
        ours = cases_reads.assistance_out(request.visit.scope, letter.body["in_reply_to"])
        if ours is None:
            messages.error(request, _("本县没有发过 %(number)s") % {"number": letter.body["in_reply_to"]})
            return redirect("desk:receive_assistance")
        answer = act(
            request, "record_reply", form_id(request), assistance=ours.id, answers=letter.body["answers"],
            their_number=letter.body["number"], signed_by=letter.fingerprint,
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("对方复函已登记"))
        return redirect("desk:assistance", ours.id)
    answer = act(request, "receive_assistance", form_id(request), **assistance_files.request_arguments(letter))
    if answer.status == "refused":
        return redirect("desk:receive_assistance")
    return _told(request, answer)


def _told(request: Request, answer: Any) -> HttpResponse:
    result = answer.result or {}
    done(
        request,
        _("已登记 %(letter)s：%(people)d 人，%(matched)d 人已有档案，%(created)d 人新建，%(duplicates)d 人与前函重复")
        % result,
    )
    return redirect("desk:assistance", UUID(result["assistance"]))


def _line(number: int, text: str) -> dict[str, Any] | None:
    """One person on one line: name, then numbers and address in any order."""
    parts = text.replace("，", " ").replace(",", " ").replace("\t", " ").split()  # data
    if not parts:
        return None
    told: dict[str, Any] = {"row_number": number, "name": parts[0], "phones": []}
    rest = []
    for part in parts[1:]:
        if len(part) in (15, 18) and part[:-1].isdigit():
            told |= {"id_number": part.upper(), "id_kind": "resident_identity_card"}
        elif part.isdigit() and 7 <= len(part) <= 12:
            told["phones"].append(part)
        else:
            rest.append(part)
    told["address"] = "".join(rest)
    return {"told": told}


def _match(row: Any) -> str:
    return {"matched": _("已有档案"), "created": _("新建档案"), "to_review": _("疑似同一人，待核对")}.get(
        row.match_state, row.match_state
    )


def _code(name: str) -> str:
    area = territory_reads.county_named(name.strip()) if name.strip() else None
    return area.code if area else ""


def _file(request: Request, asked: Any, format_: str) -> HttpResponse:
    scope = request.visit.scope
    if format_ == "json":
        body, kind = letter_papers.signed(scope, asked), "application/json"
    elif f".{format_}" in documents.LETTER_SUFFIXES:
        body, kind = (
            letter_papers.paper(scope, asked, f".{format_}", with_names=True),
            documents.CONTENT_TYPES[f".{format_}"],
        )
    else:
        return redirect("desk:assistance", asked.id)
    act(request, "reveal_person", subject=f"assistance:{asked.id}", reason="hand_over")
    number = asked.reply.number if asked.reply and asked.direction == Direction.IN else asked.letter.number
    response = HttpResponse(body, content_type=kind)
    name = f"{number}.{format_}"
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response
