"""Orders ↔ the protocol engine: what the edition asks of a person, on what legal ground, and what lighter measure it knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bihuan.engines import protocol
from bihuan.ledgers.orders import reads
from bihuan.ledgers.orders.choices import (
    LIVE_STATES,
    RESTRICTING,
    CheckResult,
    DutyKind,
    Measure,
    ReclassCause,
    TestResult,
)
from bihuan.ledgers.orders.models import Duty, Order
from bihuan.ledgers.territory.scope import Scope

DAY = timedelta(days=1)
# From the heaviest to the lightest, for a person.
LADDER = tuple(str(m) for m in (*RESTRICTING, Measure.SELF_MONITORING))
AWAY_FROM_HOME = (Measure.HOSPITAL, Measure.CENTRAL_QUARANTINE)
# What release waits for that the order's own times and duties answer; the rest is asked of the engine.
OWN_CONDITIONS = ("stages_done", "tests_done", "tests_negative", "no_symptoms", "no_fever")


class NoGround(Exception):
    """The edition gives no measure here, or the law no ground for it. `words` say which, for the reader."""

    def __init__(self, words: Any, code: str) -> None:
        super().__init__(str(words))
        self.words, self.code = words, code


@dataclass(frozen=True)
class Owed:
    """One thing owed in a half-open window."""

    kind: str
    due_from: datetime
    due_until: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One measure the edition asks for, dated, with its ground and what goes with it."""

    measure: str
    class_name: str
    room: str
    starts_at: datetime
    ends_at: datetime
    compulsory: bool
    is_verified: bool
    basis: str
    article: str
    checks_per_day: int
    code: str
    release: tuple[str, ...]
    lighter: Mapping[str, Any]
    person_days: float
    tests: tuple[Owed, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What an edition asks of one person or place: its stages in order, and why."""

    protocol: str
    class_name: str
    stages: tuple[Stage, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """What a second look at an order says: keep, shorten, move, extend or end it, and why."""

    effect: str
    starts_at: datetime
    ends_at: datetime
    why: Any
    measure: str = ""


def asks(
    protocol_id: str, class_name: str, anchors: Mapping[str, datetime], facts: Mapping[str, Any], at: datetime
) -> Asked:
    """What the edition asks of a person found at `at`. Raises NoGround where it asks nothing or may not."""
    edition = _edition(protocol_id, at)
    plan = _plan(edition, class_name, {"identified": at, **anchors}, facts, at)
    if not plan.stages:
        raise NoGround(
            _("按方案 %(protocol)s，该类人员的管理期已满，无需再采取措施") % {"protocol": edition.id}, "over"
        )
    _may_bind(edition, plan)
    release = tuple(c.text for c in edition.rule(plan.reclassed_to or class_name).release)
    return Asked(
        protocol=edition.id,
        class_name=class_name,
        stages=tuple(_stage(edition, plan, i, release) for i in range(len(plan.stages))),
        reasons=plan.reasons,
    )


def place_ground(protocol_id: str, starts_at: datetime, ends_at: datetime, at: datetime) -> tuple[str, str, str, bool]:
    """The ground for closing a place: (edition, article, basis, verified). Raises NoGround past what the law allows."""
    edition = _edition(protocol_id, at)
    legal = edition.legal
    if not legal.areas:
        raise NoGround(_("按法律，此病没有封闭场所的依据，不能采取强制措施"), "no_legal_ground")
    if legal.max_area_days and ends_at - starts_at > legal.max_area_days * DAY:
        raise NoGround(
            _("超过方案规定的最长 %(n)d 天，请缩短或到期前另行决定") % {"n": legal.max_area_days}, "too_long"
        )
    return edition.id, _article(legal.law, legal.areas), str(legal.basis), legal.basis.binds


def longest_end(order: Order) -> datetime | None:
    """How far an order may last at most under its edition, or None where it sets no limit."""
    legal = _edition(order.protocol, order.proposed_at).legal
    most = legal.max_person_days if order.person_id else legal.max_area_days
    return order.starts_at + most * DAY if most else None


def answer_due(order: Order, received_at: datetime) -> datetime | None:
    """When an objection must have been answered by the edition, or None where it does not say."""
    within = _edition(order.protocol, order.proposed_at).legal.appeal_answer_within
    return received_at + within.delta if within else None


def appeal_to(order: Order) -> tuple[str, ...]:
    """To whom the law lets the one bound appeal further."""
    return _edition(order.protocol, order.proposed_at).legal.appeal_to


def class_titles(protocol_id: str, class_name: str) -> tuple[str, str]:
    """What an edition calls a class, and itself in short; the plain names where the edition is gone from the shelf."""
    try:
        edition = protocol.edition(protocol_id)
    except protocol.NoAnswer:
        return class_name, protocol_id
    rule = edition.classes.get(class_name)
    return (rule.title if rule else class_name), (edition.short or protocol_id)


def edition_ids() -> tuple[str, ...]:
    """Every edition on the shelf."""
    return protocol.edition_ids()


def edition_words(order: Order) -> tuple[str, tuple[str, ...], int]:
    """The title of the edition an order rests on, where its law lets one appeal to, and within how many hours we answer."""
    edition = _edition(order.protocol, order.proposed_at)
    within = edition.legal.appeal_answer_within
    return edition.title, edition.legal.appeal_to, round(within.delta.total_seconds() / 3600) if within else 24


def owed(order: Order, tests: Sequence[Owed], from_: datetime) -> list[Owed]:
    """Everything owed under an order from an instant on: its tests, its daily checks, a dose where that is the measure."""
    begin = max(order.starts_at, from_)
    checks = protocol.check_windows(order.starts_at, order.ends_at, order.checks_per_day)
    found = [Owed(DutyKind.CHECK, max(w.due_from, begin), w.due_until) for w in checks if w.due_until > begin]
    found += [t for t in tests if t.due_until > begin]
    if order.measure == Measure.PROPHYLAXIS:
        found.append(Owed(DutyKind.PROPHYLAXIS, begin, order.ends_at, {"give": order.room}))
    return sorted((o for o in found if o.due_from < o.due_until), key=lambda o: (o.due_from, o.kind))


def tests_of(order: Order) -> list[Owed]:
    """The tests the edition asks under this order, dated again from its own anchors and facts."""
    edition = _edition(order.protocol, order.proposed_at)
    plan = _plan(edition, order.class_name, _instants(order), order.facts, order.proposed_at)
    return list(_tests(plan, order.stage)) if order.stage < len(plan.stages) else []


def missing(order: Order, duties: Sequence[Duty], at: datetime, facts: Mapping[str, Any]) -> list[str]:
    """What release of this order still waits for at `at`: named conditions of the edition, empty when none is left."""
    live = [d for d in duties if d.void_at is None or d.detail.get("made_up")]
    tests = [d for d in live if d.kind == DutyKind.TEST]
    results = [d.result if d.done_at and d.done_at <= at else "" for d in tests]
    checks = [d for d in live if d.kind == DutyKind.CHECK and d.done_at and d.done_at <= at]
    last = max(checks, key=lambda d: d.due_from, default=None)
    finished = all(r in (TestResult.NEGATIVE, TestResult.POSITIVE) for r in results)
    known = {
        "stages_done": at >= order.ends_at,
        "tests_done": finished,
        "tests_negative": finished and all(r == TestResult.NEGATIVE for r in results),
        "no_symptoms": last is not None and last.result == CheckResult.WELL,
        "no_fever": last is not None and last.result != CheckResult.FEVER,
    }
    open_ = [name for name in order.release if name in OWN_CONDITIONS and not known[name]]
    if any(name not in OWN_CONDITIONS for name in order.release):
        plan = _plan(
            _edition(order.protocol, order.proposed_at),
            order.class_name,
            _instants(order),
            {**order.facts, **facts},
            at,
        )
        open_ += [name for name in plan.release if name not in OWN_CONDITIONS]
    return open_


def look_again(
    order: Order, at: datetime, *, protocol_id: str = "", anchors: Mapping[str, datetime] | None = None
) -> Look:
    """What changes for an order under another edition or with other anchors.

    Under a new edition the old end holds unless the new one is sooner; a corrected anchor moves the end either way.
    """
    old_edition = _edition(order.protocol, order.proposed_at)
    new_edition = _edition(protocol_id, at) if protocol_id else old_edition
    given = _instants(order)
    try:
        new = _plan(new_edition, order.class_name, {**given, **(anchors or {})}, order.facts, at)
    except NoGround:
        why = _("方案 %(protocol)s 对这类人员不再采取措施") % {"protocol": new_edition.id}
        return Look("end", order.starts_at, order.ends_at, why)
    if protocol_id:
        old = _plan(old_edition, order.class_name, given, order.facts, order.proposed_at)
        new = protocol.carried_over(old, new)
        if new is old:
            return Look("keep", order.starts_at, order.ends_at, _("新方案不更短，原定期限不变"), order.measure)
    if order.stage >= len(new.stages):
        return Look("end", order.starts_at, order.ends_at, _("新的计算中没有这一阶段"))
    stage = new.stages[order.stage]
    starts = order.starts_at if order.stage == 0 else stage.start
    if stage.until <= at:
        return Look("end", starts, order.ends_at, _("按新的计算期限已满"), stage.mode)
    if stage.until == order.ends_at and starts == order.starts_at:
        return Look("keep", starts, order.ends_at, _("期限不变"), stage.mode)
    effect = "shorten" if stage.until < order.ends_at else "extend" if stage.until > order.ends_at else "move"
    why = _("按方案 %(protocol)s 重新计算") % {"protocol": new_edition.id}
    return Look(effect, starts, stage.until, why, stage.mode)


def touched(scope: Scope, change: Mapping[str, Any], at: datetime) -> list[Order]:
    """The orders a change concerns: those named, those on its grounds, or all of the disease under an older edition."""
    live = reads.orders(scope).filter(state__in=LIVE_STATES, ends_at__gt=at).order_by("path", "chain", "stage")
    if change["grounds"] or change["orders"]:
        return list(live.filter(Q(ground__in=change["grounds"]) | Q(id__in=change["orders"])))
    disease = change["protocol"].partition("/")[0]
    return list(
        live.filter(protocol__startswith=f"{disease}/", person__isnull=False).exclude(protocol=change["protocol"])
    )


def second_look(scope: Scope, cause: str, change: Mapping[str, Any], at: datetime) -> list[tuple[Order, Look]]:
    """What a change means for each order it concerns: the preview, and what is done when it is signed."""
    anchors = {name: datetime.fromisoformat(told) for name, told in change["anchors"].items()}
    gone = {
        ReclassCause.REFUTED: _("复核为阴性，依据不再成立"),
        ReclassCause.WITHDRAWN: _("所依据的措施已撤销"),
    }.get(ReclassCause(cause))
    return [
        (
            order,
            Look("end", order.starts_at, order.ends_at, gone, order.measure)
            if gone
            else look_again(order, at, protocol_id=change["protocol"], anchors=anchors),
        )
        for order in touched(scope, change, at)
    ]


def _edition(protocol_id: str, at: datetime) -> protocol.Edition:
    try:
        return protocol.edition(protocol_id, at)
    except protocol.NoAnswer as no:
        words = {
            "not_implemented": _("没有防控方案“%(protocol)s”"),
            "not_yet": _("“%(protocol)s”当时还没有生效的防控方案"),
            "never": _("“%(protocol)s”的防控方案已经废止，不能再据此采取措施"),
        }[no.kind] % {"protocol": protocol_id}
        raise NoGround(words, "no_edition") from None


def _plan(
    edition: protocol.Edition, class_name: str, anchors: Mapping[str, datetime], facts: Mapping[str, Any], at: datetime
) -> protocol.Plan:
    try:
        return protocol.plan(edition, class_name, anchors, at, facts)
    except protocol.NoAnswer as no:
        names = {"protocol": edition.id, "class": class_name}
        words = {
            "not_implemented": _("方案 %(protocol)s 没有“%(class)s”这一类人员"),
            "not_yet": _("还缺计算期限的日期（如末次暴露时间），方案 %(protocol)s 不能对“%(class)s”定期限"),
            "never": _("方案 %(protocol)s 规定对“%(class)s”不采取措施"),
        }[no.kind] % names
        raise NoGround(words, {"never": "not_asked"}.get(no.kind, "cannot_date")) from None


def _may_bind(edition: protocol.Edition, plan: protocol.Plan) -> None:
    """Compulsion needs an article of law for this disease, and may not last longer than the edition's limit."""
    legal = edition.legal
    forced = [s for s in plan.stages if s.compulsory]
    if forced and not legal.persons:
        raise NoGround(_("按法律，此病没有对人采取强制措施的依据"), "no_legal_ground")
    if forced and legal.max_person_days:
        days = (max(s.until for s in forced) - min(s.start for s in forced)) / DAY
        if days > legal.max_person_days:
            raise NoGround(
                _("强制措施共 %(n)d 天，超过规定的最长 %(most)d 天")
                % {"n": round(days), "most": legal.max_person_days},
                "too_long",
            )


def _stage(edition: protocol.Edition, plan: protocol.Plan, number: int, release: tuple[str, ...]) -> Stage:
    stage = plan.stages[number]
    days = (stage.until - stage.start) / DAY
    is_heavy = stage.mode in RESTRICTING
    return Stage(
        measure=stage.mode,
        class_name=stage.class_name,
        room=stage.give or stage.room or "",
        starts_at=stage.start,
        ends_at=stage.until,
        compulsory=stage.compulsory,
        is_verified=stage.binds or not (is_heavy or stage.compulsory),
        basis=stage.basis,
        article=_article(edition.legal.law, edition.legal.persons),
        checks_per_day=stage.checks_per_day,
        code=stage.code,
        release=release,
        lighter=_lighter(edition, stage, days),
        person_days=round(days, 2) if is_heavy else 0.0,
        tests=_tests(plan, number),
    )


def _tests(plan: protocol.Plan, number: int) -> tuple[Owed, ...]:
    """The tests that belong to a stage: those that fall due within it, made-up ones to the last."""
    stage = plan.stages[number]
    is_last = number == len(plan.stages) - 1
    return tuple(
        Owed(
            DutyKind.TEST, t.due_from, t.due_until,
            {"kind": t.kind, "pool": t.pool, "samples": t.samples, "made_up": t.made_up},
        )
        for t in plan.tests
        if stage.start <= t.due_from < stage.until or (is_last and t.due_from >= stage.until)
    )  # fmt: skip


def _lighter(edition: protocol.Edition, stage: protocol.PlannedStage, days: float) -> dict[str, Any]:
    """The lightest measure the edition itself lets stand in for this one, on which conditions, and what each costs."""
    cost = {
        "person_days": round(days, 2) if stage.mode in RESTRICTING else 0.0,
        "away_days": round(days, 2) if stage.mode in AWAY_FROM_HOME else 0.0,
    }
    if stage.mode not in LADDER:
        return cost
    found = [
        other
        for rule in edition.rule(stage.class_name).stages
        if rule.mode == stage.mode
        for other in rule.instead
        if other.mode in LADDER and LADDER.index(other.mode) > LADDER.index(stage.mode)
    ]
    if not found:
        return cost
    best = max(found, key=lambda other: LADDER.index(other.mode))
    alike = [other for other in found if other.mode == best.mode]
    conditions = [part for other in alike for part in (other.when.parts or (other.when,))]
    return cost | {
        "measure": best.mode,
        "room": best.room,
        "if": [[part.name, next((value for _n, value in part.args), None)] for part in conditions],
        "lighter_person_days": round(days, 2) if best.mode in RESTRICTING else 0.0,
        "lighter_away_days": round(days, 2) if best.mode in AWAY_FROM_HOME else 0.0,
        "basis": str(best.basis),
        "is_verified": best.basis.binds,
    }


def _article(law: str, numbers: Sequence[int]) -> str:
    return f"《{law}》第{'、'.join(map(str, numbers))}条" if numbers else ""  # data


def _instants(order: Order) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in order.anchors.items()}
