"""One order: who is bound, why, by whom, until when, what is owed, what release still waits for, what can be done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, Visit, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.orders.words import (
    deadline,
    ground_link,
    lighter_conditions,
    lighter_words,
    number,
    state_chip,
    subject_words,
)
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Masked, Timeline
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import notice
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import (
    LIVE_STATES,
    CheckResult,
    DutyKind,
    EndReason,
    Measure,
    OrderState,
    ServedHow,
    TestResult,
    condition_words,
)
from bihuan.ledgers.staff import reads as staff_reads

VERBS = (
    "refuse_proposal",
    "serve_notice",
    "extend_order",
    "appeal_order",
    "release_order",
    "withdraw_order",
    "record_duty",
)


@page("see_orders")
def order(request: Request, id_: UUID) -> HttpResponse:
    """One order with everything around it."""
    visit = request.visit
    asked = found(orders_reads.order(visit.scope, id_))
    duties = list(orders_reads.duties(visit.scope, id_))
    released = orders_reads.release(visit.scope, id_)
    tests = sum(d.kind == DutyKind.TEST for d in duties)
    longer = list(orders_reads.extensions(visit.scope, id_))
    context = {
        "header": _header(visit, asked),
        "order": asked,
        "notice": notice.paragraphs(asked, tests=tests) if asked.issuer_id else [],
        "notice_title": notice.title(asked),
        "missing": _missing(visit, asked, duties, released),
        "lighter": lighter_words(asked) if asked.person_id else "",
        "conditions": lighter_conditions(asked),
        "days": number(asked.person_days),
        "duties": [_duty(d, visit.at) for d in duties],
        "done_duties": sum(d.done_at is not None for d in duties),
        "chain": [
            {"href": reverse("desk:order", args=[o.id]), "measure": o.measure_words, "chip": state_chip(o, visit.at),
             "starts_at": o.starts_at, "ends_at": o.ends_at, "is_this": o.id == asked.id}
            for o in orders_reads.chain(visit.scope, asked.chain)
        ],
        "extensions": longer,
        "appeals": list(orders_reads.appeals(visit.scope).filter(order=id_)),
        "released": released,
        "timeline": _timeline(visit, asked),
        "served_hows": ServedHow.choices,
        "act_id": uuid7(),
        **_may(visit, asked, released, longer),
    }  # fmt: skip
    return render(request, "desk/orders/order.html", context)


@page("see_orders", methods="POST")
def order_act(request: Request, id_: UUID, verb: str) -> HttpResponse:
    """Do one of the order's acts."""
    asked = found(orders_reads.order(request.visit.scope, id_))
    found(verb in VERBS or None)
    answer = act(request, verb, form_id(request), **_given(request, verb, asked.id))
    if answer.status != "refused":
        done(request, _done_words()[verb])
    return back_to(request, reverse("desk:order", args=[asked.id]))


def _done_words() -> dict[str, str]:
    return {
        "refuse_proposal": _("不予采取，已记录"),
        "serve_notice": _("已登记送达，自此执行"),
        "extend_order": _("延长决定已签批，须在原期限前送达"),
        "appeal_order": _("异议已登记，答复时限已开始"),
        "release_order": _("解除已决定"),
        "withdraw_order": _("措施已撤销"),
        "record_duty": _("已登记"),
    }


def _given(request: Request, verb: str, id_: UUID) -> dict[str, Any]:
    post = request.POST
    if verb == "record_duty":
        return {"duty": as_uuid(post.get("duty", "")) or UUID(int=0), "result": post.get("result", "")}
    if verb == "serve_notice":
        longer = as_uuid(post.get("extension", ""))
        return {"extension": longer} if longer else {"order": id_, "how": post.get("how", "")}
    if verb == "extend_order":
        return {"order": id_, "until": _instant(post.get("until", "")), "reason": post.get("reason", "")}
    if verb == "release_order":
        return {"order": id_, "early": bool(post.get("early")), "despite": post.get("despite", "")}
    if verb == "appeal_order":
        return {"order": id_, "words": post.get("words", "")}
    return {"order": id_, "reason": post.get("reason", "")}


def _instant(text: str) -> datetime:
    """A local time from a form; what cannot be read is long past, and refused as such."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, tz=timezone.get_current_timezone())
    return naive if naive.tzinfo else timezone.make_aware(naive)


def _header(visit: Visit, asked: Any) -> Header:
    who: Any = subject_words(asked)
    if asked.person_id:
        who = Masked(who, reverse("desk:person_reveal", args=[asked.person_id, "name"]), _("姓名"))
    chips = [state_chip(asked, visit.at)]
    if not asked.is_verified:
        chips.append(Chip(_("条文未核对"), "risk"))
    if asked.is_irregular:
        chips.append(Chip(_("不规范：缺应急通道、绕行或复核日"), "late"))
    if asked.person_id and not asked.is_individual:
        chips.append(Chip(_("依据不是本人的：一刀切"), "late"))
    if asked.binds_at(visit.at):
        chips.append(deadline(asked.ends_at, visit.at))  # type: ignore[arg-type]
    facts = [
        (_("措施"), asked.measure_words),
        (_("文号"), asked.notice_number or Chip(_("未签批"), "wait")),
        (_("起"), asked.starts_at),
        (_("止"), asked.ends_at),
        (_("签批人"), f"{asked.issuer.name} {asked.issuer_post}" if asked.issuer else ""),
        (_("签批时间"), asked.signed_at or ""),
        (_("送达时间"), asked.served_at or ""),
        (_("属地"), asked.area.name),
        (_("提出时间"), asked.proposed_at),
    ]
    if asked.ended_at:
        reason = EndReason(asked.end_reason).label if asked.end_reason else OrderState(asked.state).label
        facts += [(_("结束时间"), asked.ended_at), (_("结束原因"), f"{reason} {asked.end_words}")]
    actions = []
    if asked.person_id:
        actions.append(Action(_("看此人"), reverse("desk:person", args=[asked.person_id]), "user"))
        if asked.measure in (Measure.HOME_QUARANTINE, Measure.HOME_MONITORING) and visit.actor.may("assess_home"):
            actions.append(Action(_("居家条件与登记"), reverse("desk:order_home", args=[asked.id]), "home"))
    if asked.issuer_id and asked.notice_number:
        actions += [
            Action(
                _("决定书 %(format)s") % {"format": format_}, reverse("desk:order_paper", args=[asked.id]), "download",
                is_post=True, values={"format": format_},
            )
            for format_ in ("docx", "pdf")
        ]  # fmt: skip
    return Header(
        who, kind=_("管控措施"), chips=chips, facts=[f for f in facts if f[1] != ""], actions=actions,
        back=Link(_("管控措施"), reverse("desk:orders")),
    )  # fmt: skip


def _missing(visit: Visit, asked: Any, duties: list[Any], released: Any) -> list[str]:
    if released is not None or asked.served_at is None or asked.place_id:
        return []
    return [condition_words(c) for c in orders_bridge.missing(asked, duties, visit.at, {})]


def _duty(duty: Any, at: datetime) -> dict[str, Any]:
    labels = {**dict(CheckResult.choices), **dict(TestResult.choices)}
    if duty.done_at:
        tone = "late" if duty.result in (CheckResult.FEVER, CheckResult.SYMPTOMS, TestResult.POSITIVE) else "good"
        chip = Chip(str(labels.get(duty.result, duty.result)), tone)  # type: ignore[arg-type]
    elif duty.void_at:
        chip = Chip(_("不再需要"), "plain")
    elif duty.due_until <= at:
        chip = Chip(_("漏做"), "late")
    else:
        chip = Chip(_("待做"), "wait") if duty.due_from <= at else Chip(_("未到时间"), "plain")
    return {
        "id": duty.id,
        "kind": str(DutyKind(duty.kind).label),
        "due_from": duty.due_from,
        "due_until": duty.due_until,
        "chip": chip,
        "done_at": duty.done_at,
        "by": duty.done_by.name if duty.done_by else "",
        "results": _results(duty) if duty.done_at is None and duty.void_at is None and duty.due_from <= at else (),
    }


def _results(duty: Any) -> list[tuple[str, Any]]:
    if duty.kind == DutyKind.CHECK:
        return list(CheckResult.choices)
    return list(TestResult.choices) if duty.kind == DutyKind.TEST else [("given", _("已给")), ("declined", _("拒绝"))]


def _may(visit: Visit, asked: Any, released: Any, longer: list[Any]) -> dict[str, Any]:
    """The forms the visitor may see now."""
    may, at = visit.actor.may, visit.at
    is_live = asked.state in LIVE_STATES and asked.ends_at > at
    runs = asked.state == OrderState.IN_FORCE and asked.ends_at > at
    undecided = asked.state == OrderState.ENDED and asked.end_reason == EndReason.EXPIRED
    waits = next((e for e in longer if e.served_at is None), None)
    offered = {
        "may_sign": asked.state == OrderState.PROPOSED and is_live and may("sign_order"),
        "may_refuse": asked.state == OrderState.PROPOSED and may("refuse_proposal"),
        "may_serve": asked.state == OrderState.SIGNED and is_live and may("serve_notice"),
        "may_serve_longer": bool(waits) and runs and may("serve_notice"),
        "may_appeal": asked.state in (OrderState.SIGNED, OrderState.IN_FORCE) and is_live and may("appeal_order"),
        "may_release": (runs or undecided) and released is None and may("release_order"),
        "may_extend": runs and released is None and waits is None and may("extend_order"),
        "may_withdraw": is_live and asked.state != OrderState.PROPOSED and may("withdraw_order"),
        "may_record": asked.served_at is not None and may("record_duty"),
        "runs": runs,
        "waits": waits,
    }
    acts = [n for n, v in offered.items() if v and n.startswith("may_") and n != "may_record"]
    return offered | {"may_any": bool(acts) and not visit.is_past, "ground": ground_link(asked.ground)}


def _timeline(visit: Visit, asked: Any) -> Timeline:
    events = [
        Event(
            a.at, verb_label(a.verb), a.actor.name, recorded_at=a.recorded_at if a.recorded_at > a.at else None,
        )
        for a in staff_reads.acts_about(visit.scope, [f"order:{asked.id}"])[:100]
        if a.verb != "sign_order"  # signed in a batch: the journal names its first, the row knows
    ]  # fmt: skip
    if asked.signed_at:
        signer = asked.issuer.name if asked.issuer else ""
        events.append(Event(asked.signed_at, verb_label("sign_order"), signer, text=asked.notice_number or ""))
    events.sort(key=lambda e: e.at, reverse=True)
    return Timeline(events, empty=_("尚无记录"))
