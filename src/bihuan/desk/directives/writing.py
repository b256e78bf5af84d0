"""Taking in a text, recording a meeting, and what an officer does with the items."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.adapters.papers import SUFFIXES, PaperFault, read_paper
from bihuan.desk.command.words import instant
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import DirectiveKind, ItemType
from bihuan.ledgers.staff import reads as staff_reads


@page("receive_directive", methods="GET HEAD POST")
def new_directive(request: Request) -> HttpResponse:
    """Take in a text: pasted, or a file of any office."""
    told = request.POST if request.method == "POST" else request.GET
    before = command_reads.directive(request.visit.scope, one) if (one := as_uuid(told.get("replaces", ""))) else None
    if request.method == "POST":
        text, fault = request.POST.get("text", ""), ""
        if sent := request.FILES.get("file"):
            text, fault = _read(sent.name or "", sent.read())
        if fault:
            messages.error(request, fault)
        else:
            given: dict[str, Any] = {n: told.get(n, "") for n in ("kind", "title", "issuer", "number")}
            given |= {"effective_at": at} if (at := instant(told.get("effective_at", ""))) else {}
            given |= {"replaces": before.id} if before else {}
            answer = act(request, "receive_directive", form_id(request), text=text, **given)
            if answer.status != "refused":
                done(request, _("已读出 %(n)d 个条目，请核改后下发") % {"n": (answer.result or {})["items"]})
                return redirect("desk:directive", id_=(answer.result or {})["directive"])
    kinds = [k for k in DirectiveKind.choices if k[0] not in (DirectiveKind.MEETING, DirectiveKind.REVIEW)]
    context = {
        "act_id": request.POST.get("act") or uuid7(),
        "given": told,
        "kinds": kinds,
        "before": before,
        "suffixes": ",".join(SUFFIXES),
        "start": {n: told.get(n) or getattr(before, n, "") for n in ("kind", "title", "issuer")},
    }
    return render(request, "desk/directives/new.html", context)


def _read(name: str, content: bytes) -> tuple[str, str]:
    """The text of an uploaded paper, or what is wrong with it."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        return "", _("只收 %(suffixes)s 文件") % {"suffixes": " · ".join(SUFFIXES)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"paper{suffix}"
        path.write_bytes(content)
        try:
            return read_paper(path), ""
        except PaperFault as fault:
            return "", _("文件读不出来：%(what)s") % {"what": fault.what}


@page("record_meeting", methods="GET HEAD POST")
def new_meeting(request: Request) -> HttpResponse:
    """Record a dispatch meeting or a situation review; the figures of the hour are frozen with it."""
    visit = request.visit
    if request.method == "POST":
        told = request.POST
        held = instant(told.get("held_at", ""))
        answer = act(
            request, "record_meeting", form_id(request), title=told.get("title", ""), chair=told.get("chair", ""),
            decisions=told.get("decisions", "").splitlines(), attendance=told.get("attendance", "").splitlines(),
            minutes=told.get("minutes", ""), is_video=bool(told.get("is_video")), is_review=bool(told.get("is_review")),
            **({"held_at": held} if held else {}),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("会议已记录，决定已列入待下发条目"))
            return redirect("desk:directive", id_=(answer.result or {})["directive"])
    figures = command_reads.figures(visit.scope, visit.at)
    return render(
        request, "desk/directives/meeting.html", {"act_id": uuid7(), "given": request.POST, "figures": figures}
    )


@page(methods="POST")
def directive_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Read, dispatch, merge, drop, add: the picked items come with the form."""
    asked = found(command_reads.directive(request.visit.scope, id_))
    picked = [i for i in map(as_uuid, request.POST.getlist("pick")) if i]
    given: dict[str, Any] = {
        "read_directive": {},
        "dispatch_items": {"items": picked},
        "merge_items": {"items": picked},
        "drop_items": {"items": picked, "reason": request.POST.get("reason", "")},
        "add_item": {"quote": request.POST.get("quote", "")},
    }
    if verb not in given:
        raise Http404
    answer = act(request, verb, form_id(request), directive=asked.id, **given[verb])
    if answer.status != "refused":
        told = answer.result or {}
        done(request, _("已下发 %(n)d 项任务") % {"n": told["tasks"]} if verb == "dispatch_items" else _("已记录"))
    return redirect("desk:directive", id_=asked.id)


@page("mend_item", methods="GET HEAD POST")
def mend_item(request: Request, id_: UUID) -> HttpResponse:
    """One item: requirement, standard, time, who."""
    visit = request.visit
    item = found(command_reads.item(visit.scope, id_))
    if request.method == "POST":
        told = request.POST
        given: dict[str, Any] = {n: told.get(n, "") for n in ("requirement", "standard")}
        given["type"] = told.get("type") or "other"
        given["unit_ids"] = [u for u in map(as_uuid, told.getlist("unit_ids")) if u]
        for name in ("sector", "responsible"):
            given |= {name: one} if (one := as_uuid(told.get(name, ""))) else {}
        given |= {"due_at": at} if (at := instant(told.get("due_at", ""))) else {}
        for name, field in (("due_minutes", "due_hours"), ("every_minutes", "every_hours")):
            if minutes := _minutes(told.get(field, "")):
                given[name] = minutes
        if act(request, "mend_item", form_id(request), item=item.id, **given).status != "refused":
            return redirect(f"{reverse('desk:directive', args=[item.directive_id])}#i{item.id}")
    text = item.directive.text
    context = {
        "item": item, "directive": item.directive, "act_id": uuid7(), "types": ItemType.choices,
        "before": text[max(0, item.span_start - 60) : item.span_start], "quote": text[item.span_start : item.span_end],
        "after": text[item.span_end : item.span_end + 60],
        "units": staff_reads.units(visit.scope), "members": staff_reads.members_in(visit.scope, visit.at),
        "due_hours": _hours(item.due_minutes),
        "every_hours": _hours(item.every_minutes),
    }  # fmt: skip
    return render(request, "desk/directives/item.html", context)


def _hours(minutes: int | None) -> str:
    return f"{minutes / 60:g}" if minutes else ""


def _minutes(hours: str) -> int | None:
    try:
        minutes = round(float(hours) * 60)
    except ValueError:
        return None
    return minutes if 0 < minutes < 60 * 24 * 400 else None


@page("dispatch_items", methods="GET HEAD POST")
def rhythms(request: Request) -> HttpResponse:
    """Tasks that come back, the next first; each can be stopped with a reason."""
    visit = request.visit
    if request.method == "POST":
        rhythm = as_uuid(request.POST.get("rhythm", ""))
        if (
            rhythm
            and act(request, "stop_rhythm", rhythm=rhythm, reason=request.POST.get("reason", "")).status != "refused"
        ):
            done(request, _("已停止"))
        return redirect("desk:rhythms")
    lines = [(r, r.every_minutes / 60) for r in command_reads.rhythms(visit.scope)[:200]]
    return render(request, "desk/directives/rhythms.html", {"lines": lines})
