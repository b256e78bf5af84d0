"""The rules that are not about one person: clocks, pools, posts, duties, areas, rounds, stores, outbreaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.engines.protocol._conditions import met
from bihuan.engines.protocol._model import Condition, Edition, NoAnswer
from bihuan.engines.protocol._times import Span, day_start, local, read_span


@dataclass(frozen=True)
class ClockDue:
    """When a clock runs out, whose it is, and to whom a breach is raised. `not_before` where a least time is set."""

    due_at: datetime
    who: str
    raised_to: str
    basis: str
    not_before: datetime | None = None


@dataclass(frozen=True)
class DueWindow:
    """A half-open period in which something is to be done."""

    due_from: datetime
    due_until: datetime


@dataclass(frozen=True)
class AreaStep:
    """How an area's level may fall: to what, at the earliest when, and what is still missing."""

    to: str
    earliest: datetime
    missing: tuple[str, ...]


def _entry(edition: Edition, section: str, key: str) -> Any:
    rules = getattr(edition, section)
    if key not in rules:
        raise NoAnswer("not_implemented", f"{edition.id} has no «{key}» in {section}; it has {', '.join(rules)}")
    return rules[key]


def clock_due(edition: Edition, clock: str, started: datetime) -> ClockDue:
    """When a clock that began at `started` runs out. Limits are exact: 2h is 120 minutes, across midnight too."""
    rule = _entry(edition, "clocks", clock)
    begun = local(started)
    least = begun + rule.least.delta if rule.least else None
    return ClockDue(begun + rule.limit.delta, rule.who, rule.raised_to, str(rule.basis), least)


def pool_size(edition: Edition, facts: Mapping[str, Any]) -> int:
    """How many swabs may share a tube for these persons: the first rule that fits. Facts: `class`, `area`, `fever`."""
    for rule in edition.pools:
        if met(rule.when, facts):
            return rule.size
    raise NoAnswer("not_implemented", f"{edition.id} does not say a pool size for {dict(facts)}")


def post_test_due(edition: Edition, post: str, last_sampled: datetime) -> DueWindow:
    """When a key post's next sample is due, whole civil days: every 1d is the next day, twice a week day 3 or 4."""
    rule = _entry(edition, "posts", post)
    if rule.per_week:
        return DueWindow(
            day_start(last_sampled, days=7 // rule.per_week),
            day_start(last_sampled, days=-(-7 // rule.per_week) + 1),
        )
    return _rhythm(rule.every, last_sampled)


def _rhythm(every: Span, last: datetime) -> DueWindow:
    if every.unit != "d":
        return DueWindow(local(last), local(last) + every.delta)
    return DueWindow(day_start(last, days=every.amount), day_start(last, days=every.amount + 1))


def duty_windows(edition: Edition, duty: str, day: datetime) -> tuple[DueWindow, ...]:
    """The windows of a duty: its equal parts of the civil day of `day`, or the next one counted from `day` as done last."""
    rule = _entry(edition, "duties", duty)
    if not rule.per_day:
        return (_rhythm(rule.every, day),)
    midnight = day_start(day)
    part = timedelta(days=1) / rule.per_day
    return tuple(DueWindow(midnight + i * part, midnight + (i + 1) * part) for i in range(rule.per_day))


def check_windows(stage_from: datetime, stage_until: datetime, per_day: int) -> tuple[DueWindow, ...]:
    """Every temperature check of a stage, the last day's included: equal parts of each civil day, cut to the stage.

    A part that would end within the stage's first minutes is kept, however short: who is found at 23:50 is asked once.
    """
    if per_day <= 0 or stage_from >= stage_until:
        return ()
    out = []
    part = timedelta(days=1) / per_day
    begin = day_start(stage_from)
    while begin < stage_until:
        cut = DueWindow(max(begin, local(stage_from)), min(begin + part, local(stage_until)))
        if cut.due_from < cut.due_until:
            out.append(cut)
        begin += part
    return tuple(out)


def area_steps(
    edition: Edition,
    level: str,
    *,
    declared: datetime,
    last_case: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    as_of: datetime | None = None,
) -> tuple[AreaStep, ...]:
    """How an area of a level may fall: the day of the last case is day 0, `no_new_case: 7d` passes when day 7 has ended.

    `facts`: `was_high`, `all_tested` (True when the whole-area test of the day was negative), `breteau` and other
    indexes by name. A step whose `only_if` does not hold is left out.
    """
    rule = _entry(edition, "areas", level)
    known = dict(facts or {})
    counted = max(declared, last_case) if last_case else declared
    out = []
    for step in rule.down:
        if step.only_if and not known.get(step.only_if):
            continue
        earliest, missing = local(declared), []
        for condition in step.when:
            held, at = _area_condition(condition, counted, known, as_of)
            earliest = max(earliest, at) if at else earliest
            if not held:
                missing.append(condition.text)
        out.append(AreaStep(step.to, earliest, tuple(missing)))
    return tuple(out)


def _area_condition(
    condition: Condition, counted: datetime, known: Mapping[str, Any], as_of: datetime | None
) -> tuple[bool, datetime | None]:
    if condition.name == "no_new_case":
        span = read_span(condition.arg("no_new_case"))
        if span is None:
            raise NoAnswer("not_implemented", f"«{condition.text}» is not a length of time")
        at = day_start(counted, days=span.amount + 1) if span.unit == "d" else local(counted) + span.delta
        return as_of is not None and as_of >= at, at
    if condition.name == "all_tested":
        day = condition.arg("on_day")
        return bool(known.get("all_tested")), day_start(counted, days=day) if day else None
    if condition.name == "index_below":
        value = known.get(condition.arg("index"))
        return value is not None and value < condition.arg("index_below"), None
    return met(condition, known), None


def area_ends(edition: Edition, level: str, declared: datetime) -> datetime | None:
    """The end an area's measure has from the start, however it goes; None where the level closes nobody in."""
    rule = _entry(edition, "areas", level)
    return day_start(declared, days=rule.max_days + 1) if rule.max_days else None


def area_tests(edition: Edition, level: str, declared: datetime) -> tuple[tuple[str, int, DueWindow], ...]:
    """The numbered tests of everybody inside an area, as (kind, swabs in a tube, civil day), the first day cut."""
    out = []
    for tests in _entry(edition, "areas", level).tests:
        for number in tests.days:
            day = number - tests.first_day
            begins = max(day_start(declared, days=day), local(declared))
            out.append((tests.kind, tests.pool, DueWindow(begins, day_start(declared, days=day + 1))))
    return tuple(sorted(out, key=lambda one: one[2].due_from))


def area_survey_due(edition: Edition, level: str, last: datetime) -> DueWindow:
    """When an area's next survey (vectors, fevers) is due."""
    rule = _entry(edition, "areas", level)
    if rule.survey_every is None:
        raise NoAnswer("never", f"{edition.id} surveys no «{level}»")
    return _rhythm(rule.survey_every, last)


def outbreak_declared(edition: Edition, cases: Iterable[tuple[datetime, str]]) -> tuple[datetime, str] | None:
    """When and by which rule cases become an outbreak, or None. `cases`: onset or report time and kind of place.

    A rule `3 within 7d` counts cases whose civil days lie within 7 days of each other: day 1 to day 7.
    """
    listed = sorted((local(at), place) for at, place in cases)
    found: list[tuple[datetime, str]] = []
    for rule in edition.outbreak:
        times = [at for at, place in listed if not rule.places or place in rule.places]
        for i in range(len(times) - rule.cases + 1):
            last = times[i + rule.cases - 1]
            if rule.within is None:
                fits = True
            elif rule.within.unit == "d":
                fits = last < day_start(times[i], days=rule.within.amount)
            else:
                fits = last < times[i] + rule.within.delta
            if fits:
                within = f" within {rule.within}" if rule.within else ""
                found.append((last, f"{rule.cases} cases{within}: {rule.basis}"))
                break
    return min(found, default=None)


def outbreak_over(edition: Edition, last: datetime) -> tuple[datetime, datetime | None]:
    """When an outbreak is over, counted from its last case, and until when watch is heightened (or None)."""
    rule = edition.outbreak_end
    if rule is None:
        raise NoAnswer("not_yet", f"{edition.id} does not say when an outbreak is over")
    over = day_start(last, days=rule.quiet.amount + 1)
    return over, over + rule.heightened.delta if rule.heightened else None


def reserve_needed(edition: Edition, reserve: str, used_per_day_at_full_load: float) -> float:
    """How much of a stock must be kept: days at full load times a day's use."""
    rule = _entry(edition, "reserves", reserve)
    return float(rule.keep.delta / timedelta(days=1) * used_per_day_at_full_load)


def rounds_may_stop(edition: Edition, name: str, cases_by_round: Iterable[int]) -> bool:
    """Whether area testing may stop after these rounds (cases found in each, oldest first)."""
    rule = _entry(edition, "rounds", name)
    rounds = list(cases_by_round)
    clear = rule.stop_after_clear
    return len(rounds) >= max(clear, rule.least_rounds) and not any(rounds[-clear:])
