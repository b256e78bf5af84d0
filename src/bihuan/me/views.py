"""What binds me, why, by whom, until when; my tests; object, correct, ask for help. All of it without script."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import DutyKind, OrderState, TestResult, condition_words
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.choices import HelpKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.me.inside import Request, act, by_code, by_papers, by_rule, form_id, go, let_in, page
from bihuan.me.words import COLOURS, HEADINGS, value_words

ALL = Scope(EVERYWHERE)  # what the query asks; what the database answers is this one person's
OWN_TASKS = (TaskKind.RESIDENT_HELP, TaskKind.CORRECT_CODE)
SHOWN = 30
# A slot that is over stays on the page for a day, so that whoever missed it sees where to go.
SLOT_SHOWN = timedelta(days=1)


def come_in(request: HttpRequest) -> HttpResponse:
    """The door: a code from the paper, or a phone and a document. What is wrong is not said more closely."""
    if request.method == "POST":
        now, given = datetime.now(UTC), request.POST
        code, phone, document = (given.get(n, "").strip() for n in ("code", "phone", "document"))
        found: UUID | None = None
        if code:
            found = by_code(request, code, now)
        elif phone and document:
            found = by_papers(request, phone, document, now)
        if found:
            return let_in(redirect("me:home"), found)
        messages.error(request, _("没有查到。请核对后再试，或到村（社区）查询"))
    response = render(request, "me/in.html", {"colours": COLOURS}, status=422 if request.method == "POST" else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def go_out(request: HttpRequest) -> HttpResponse:
    """Leave; a phone is often shared."""
    return go(redirect("me:in"))


@page()
def home(request: Request) -> HttpResponse:
    """Everything that concerns me, on one page that also prints on one."""
    return render(request, "me/home.html", _everything(request))


@page(methods="GET HEAD POST")
def own_pass(request: Request) -> HttpResponse:
    """My pass: asked for by a tap, shown as a code with its hour."""
    if request.method != "POST":
        return redirect("me:home")
    who = request.me.person
    answer = act(request, "issue_pass", form_id(request), person=who.id)
    county = territory_reads.county_of(who.path)
    if answer.status == "refused" or not answer.result or county is None:
        return redirect("me:home")
    told = answer.result
    with by_rule(request, Scope(county.path)):  # the county's key
        text = pass_bridge.pass_text(county.path, who.id, told)
    context = {
        "svg": pass_bridge.qr_svg(text),
        "text": text,
        "colour": told["status"],
        "heading": HEADINGS.get(told["status"], told["status"]),
        "issued_at": datetime.fromisoformat(told["issued_at"]),
        "expires_at": datetime.fromisoformat(told["expires_at"]),
        "act_id": uuid7(),
    }
    return render(request, "me/pass.html", context)


@page(methods="POST")
def appeal(request: Request, id_: UUID) -> HttpResponse:
    """I object to a decision about me. It goes on meanwhile; the answer has a clock."""
    order = orders_reads.order(ALL, id_)
    if order is None or order.person_id != request.me.person.id:
        raise Http404
    words = request.POST.get("words", "")
    answer = act(request, "appeal_order", form_id(request), order=order.id, words=words, channel="resident")
    if answer.status != "refused":
        messages.success(request, _("您的异议已收到，答复期限见下"))
    return redirect("me:home")


@page(methods="POST")
def dispute(request: Request) -> HttpResponse:
    """I say that what is held about me is wrong."""
    words = request.POST.get("words", "")
    answer = act(
        request, "dispute_code", form_id(request), person=request.me.person.id, words=words, channel="resident"
    )
    if answer.status != "refused":
        messages.success(request, _("已转卫健部门限时核实，期限见下"))
    return redirect("me:home")


@page(methods="POST")
def ask_help(request: Request) -> HttpResponse:
    """I need something: food, medicine, a doctor, somebody."""
    given = request.POST
    answer = act(
        request, "ask_help", form_id(request), person=request.me.person.id, need=given.get("need", ""),
        words=given.get("words", ""), channel="resident",
    )  # fmt: skip
    if answer.status != "refused":
        messages.success(request, _("已通知所在乡镇，回应期限见下"))
    return redirect("me:home")


def _everything(request: Request) -> dict[str, Any]:
    who, now = request.me.person, request.me.at
    mine = list(orders_reads.orders_of_person(ALL, who.id)[:SHOWN])
    read = pass_bridge.colour(ALL, who.id, now)
    appeals = {a.order_id: a for a in reversed(list(orders_reads.appeals(ALL)[:SHOWN]))}
    duties = orders_reads.results_of([o.id for o in mine])
    unit = staff_reads.unit_of(who.path, [UnitKind.TOWNSHIP, UnitKind.HEADQUARTERS])
    told: list[dict[str, Any]] = [
        {
            "order": o,
            "act": uuid7(),
            "binds": o.binds_at(now),
            "may_appeal": o.state in (OrderState.SIGNED, OrderState.IN_FORCE) and _is_free(appeals.get(o.id)),
            "appeal": appeals.get(o.id),
            "tests": [
                (d, str(TestResult(d.result).label) if d.result in TestResult.values else "")
                for d in duties.get(o.id, ())
                if d.kind == DutyKind.TEST and d.void_at is None
            ],
            "checks_left": sum(
                d.kind == DutyKind.CHECK and d.done_at is None and d.void_at is None and d.due_until > now
                for d in duties.get(o.id, ())
            ),
            "release": [condition_words(c) for c in o.release],
        }
        for o in mine
        # A proposal binds nobody and may never be signed; it is not a decision about anybody yet.
        if o.state not in (OrderState.PROPOSED, OrderState.REFUSED)
    ]  # fmt: skip
    with by_rule(request, ALL):
        asked = command_reads.tasks(ALL).filter(subject=f"person:{who.id}", kind__in=OWN_TASKS)
        tasks = list(asked.order_by("-opened_at")[:SHOWN])
        results = lab_reads.results_of(ALL, who.id)[:SHOWN]
        slots = [s for s in slot_reads.of_person(ALL, who.id, now - SLOT_SHOWN) if not s.came and not s.excuse][:SHOWN]
    return {
        "name": people_reads.masked_name(who.name),
        "area": who.area,
        "colour": read.code,
        "heading": HEADINGS.get(read.code, read.code),
        "until": read.until,
        "now": [t for t in told if t["binds"] or t["order"].state == OrderState.SIGNED],
        "before": [t for t in told if not t["binds"] and t["order"].state != OrderState.SIGNED],
        "results": [(r, value_words(r)) for r in results],
        "slots": slots,
        "tasks": tasks,
        "needs": HelpKind.choices,
        "unit": unit,
        "as_of": now,
        "act_id": uuid7(),
    }


def _is_free(one: Any) -> bool:
    return one is None or one.decided_at is not None
