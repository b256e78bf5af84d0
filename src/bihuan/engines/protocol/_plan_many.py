"""The duties of many persons of one class dated at once: the same answers as `plan`, column by column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from bihuan.engines.protocol._conditions import GROUPS, HAPPENED
from bihuan.engines.protocol._model import MODES, ClassRule, Condition, Edition, NoAnswer, TestRule
from bihuan.engines.protocol._times import (
    CASE_IDENTIFIED,
    DAY_US,
    FALLBACKS,
    MISSING,
    Instants,
    day_start_many,
    edge_many,
    from_us,
    to_us,
)

Flags = npt.NDArray[np.bool_]
_MODE_INDEX = {mode: i for i, mode in enumerate(MODES)}


@dataclass(frozen=True)
class PlanMany:
    """Dated duties of n persons. Instants are microseconds since 1970 UTC; `MISSING` where a duty does not arise.

    `stage_from`, `stage_until`, `stage_mode` are n × stages (mode is an index into `MODES`); `test_from`,
    `test_until` are n × tests; `test_kinds` and `test_pools` hold one entry a test column; `checks_per_day` one a stage column.
    """

    stage_from: Instants
    stage_until: Instants
    stage_mode: npt.NDArray[np.int8]
    test_from: Instants
    test_until: Instants
    test_kinds: tuple[str, ...]
    test_pools: tuple[int, ...]
    checks_per_day: tuple[int, ...]
    codes: tuple[str, ...]

    def person(
        self, row: int
    ) -> tuple[list[tuple[str, datetime, datetime]], list[tuple[datetime, datetime, str, int]]]:
        """One person's stages and tests as `plan` would list them."""
        stages = [
            (MODES[self.stage_mode[row, c]], from_us(self.stage_from[row, c]), from_us(self.stage_until[row, c]))
            for c in range(self.stage_from.shape[1])
            if self.stage_from[row, c] != MISSING
        ]
        tests = [
            (from_us(self.test_from[row, c]), from_us(self.test_until[row, c]), kind, pool)
            for c, (kind, pool) in enumerate(zip(self.test_kinds, self.test_pools, strict=True))
            if self.test_from[row, c] != MISSING
        ]
        return sorted(stages, key=lambda s: s[1]), sorted(tests, key=lambda t: t[0])


class _Columns:
    """Columns as they are dated, before they are cut and put side by side."""

    def __init__(self) -> None:
        self.stages: list[tuple[Instants, Instants, npt.NDArray[np.int8], int, str]] = []
        self.tests: list[tuple[Instants, Instants, str, int]] = []


def plan_many(
    edition: Edition,
    class_name: str,
    anchors: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
) -> PlanMany:
    """Date the duties of many persons of one class.

    `anchors`: one array a name, of microseconds since 1970 UTC (int64, `MISSING` where unknown) or aware datetimes
    (None where unknown). `facts`: one value or boolean/number array a name. Answers equal `plan` for each row. Raises
    `NoAnswer` as `plan` does; a row without any anchor it can be dated by raises `not_yet` with its number.
    """
    known = {name: _as_us(values) for name, values in anchors.items()}
    if not known:
        raise NoAnswer("not_yet", "give at least one anchor")
    count = len(next(iter(known.values())))
    happened = {name: known[name] != MISSING for name in HAPPENED if name in known}
    everybody = np.ones(count, dtype=bool)
    columns = _columns(edition, edition.rule(class_name), known, {**happened, **(facts or {})}, everybody)
    blank = np.empty((count, 0), dtype=np.int64)
    return PlanMany(
        stage_from=np.column_stack([s[0] for s in columns.stages]) if columns.stages else blank,
        stage_until=np.column_stack([s[1] for s in columns.stages]) if columns.stages else blank,
        stage_mode=np.column_stack([s[2] for s in columns.stages]) if columns.stages else blank.astype(np.int8),
        test_from=np.column_stack([t[0] for t in columns.tests]) if columns.tests else blank,
        test_until=np.column_stack([t[1] for t in columns.tests]) if columns.tests else blank,
        test_kinds=tuple(t[2] for t in columns.tests),
        test_pools=tuple(t[3] for t in columns.tests),
        checks_per_day=tuple(s[3] for s in columns.stages),
        codes=tuple(s[4] for s in columns.stages),
    )


def _as_us(values: Any) -> Instants:
    if isinstance(values, np.ndarray) and values.dtype == np.int64:
        return values
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        # numpy keeps not-a-time as the smallest int64, which is MISSING here too
        return values.astype("datetime64[us]").astype(np.int64)
    return np.array([MISSING if v is None else to_us(v) for v in values], dtype=np.int64)


def _first_known(names: tuple[str, ...], anchors: Mapping[str, Instants], count: int) -> Instants:
    out = np.full(count, MISSING, dtype=np.int64)
    for name in names:
        if name in anchors:
            out = np.where(out == MISSING, anchors[name], out)
    return out


def _anchor(name: str, anchors: Mapping[str, Instants], rule: ClassRule, wanted: Flags) -> Instants:
    out = _first_known((name, *FALLBACKS.get(name, ())), anchors, len(wanted))
    short = wanted & (out == MISSING)
    if short.any():
        raise NoAnswer("not_yet", f"{rule.name} counts from {name}, not known for row {int(np.argmax(short))}")
    return out


def _met(condition: Condition | None, facts: Mapping[str, Any], anchors: Mapping[str, Instants], count: int) -> Flags:
    if condition is None or condition.name == "any":
        return np.ones(count, dtype=bool)
    if condition.name in GROUPS:
        held = np.array([_met(part, facts, anchors, count) for part in condition.parts])
        joined = held.all(axis=0) if condition.name == "all_of" else held.any(axis=0)
        joined = np.asarray(joined, dtype=bool).reshape(count)
        return ~joined if condition.name == "none_of" else joined
    if condition.name.startswith("age_"):
        unit = condition.name.rsplit("_", 1)[1]
        other = "years" if unit == "months" else "months"
        age = facts.get(f"age_{unit}")
        if age is None and facts.get(f"age_{other}") is not None:
            scaled = np.asarray(facts[f"age_{other}"], dtype=float)
            age = scaled * 12 if unit == "months" else scaled / 12
        if age is None:
            return np.zeros(count, dtype=bool)
        ages, limit = np.broadcast_to(np.asarray(age, dtype=float), (count,)), condition.arg(condition.name)
        return np.asarray(ages < limit if "below" in condition.name else ages >= limit)
    if condition.name == "not_immune":
        return ~_flag(facts.get("immune", False), count)
    return _flag(facts.get(condition.name, False), count)


def _flag(value: Any, count: int) -> Flags:
    return np.broadcast_to(np.asarray(value, dtype=bool), (count,))


def _columns(
    edition: Edition, rule: ClassRule, anchors: dict[str, Instants], facts: Mapping[str, Any], wanted: Flags
) -> _Columns:
    count = len(wanted)
    chain = CASE_IDENTIFIED if rule.of == "case" else ()
    entry = _first_known(("identified", *chain, *FALLBACKS["identified"]), anchors, count)
    short = wanted & (entry == MISSING)
    if short.any():
        raise NoAnswer("not_yet", f"{rule.name} cannot be dated for row {int(np.argmax(short))}: no anchor")
    out = _dated(edition, rule, anchors, entry, facts, wanted)
    events = []
    for upon in rule.upon:
        names = {
            "test_positive": ("positive_sample",),
            "linked_positive": ("linked_positive",),
            "symptoms": ("rash_onset", "onset"),
        }[upon.event]
        events.append(_first_known(names, anchors, count))
    if not any((at != MISSING).any() for at in events):
        return out
    ordered = np.array([np.where(at == MISSING, np.iinfo(np.int64).max, at) for at in events])
    chosen = ordered.argmin(axis=0)
    hit = wanted & (ordered.min(axis=0) != np.iinfo(np.int64).max)
    event = np.where(hit, np.maximum(ordered.min(axis=0), entry), MISSING)
    _cut(out, hit, event)
    for place, upon in enumerate(rule.upon):
        mine = hit & (chosen == place)
        if not mine.any():
            continue
        carried = {k: v for k, v in anchors.items() if k not in ("stage_start", "stage_end", "linked_positive")}
        carried["identified"] = np.where(mine, event, anchors.get("identified", entry))
        after = _columns(edition, edition.rule(upon.to), carried, facts, mine)
        for start, until, mode, checks, code in after.stages:
            out.stages.append((np.where(mine, start, MISSING), np.where(mine, until, MISSING), mode, checks, code))
        for due_from, due_until, kind, pool in after.tests:
            out.tests.append((np.where(mine, due_from, MISSING), np.where(mine, due_until, MISSING), kind, pool))
    return out


def _cut(out: _Columns, hit: Flags, event: Instants) -> None:
    """What the event ends: later stages and tests do not arise, the stage it falls into ends there."""
    for i, (start, until, mode, checks, code) in enumerate(out.stages):
        gone = hit & (start >= event)
        start = np.where(gone, MISSING, start)
        until = np.where(gone, MISSING, np.where(hit & (start != MISSING), np.minimum(until, event), until))
        out.stages[i] = (start, until, mode, checks, code)
    for i, (due_from, due_until, kind, pool) in enumerate(out.tests):
        gone = hit & (due_from >= event)
        out.tests[i] = (np.where(gone, MISSING, due_from), np.where(gone, MISSING, due_until), kind, pool)


def _dated(
    edition: Edition,
    rule: ClassRule,
    anchors: dict[str, Instants],
    entry: Instants,
    facts: Mapping[str, Any],
    wanted: Flags,
) -> _Columns:
    count = len(wanted)
    out = _Columns()
    late: list[tuple[TestRule, Flags]] = []
    own = {**anchors, "identified": entry}
    previous_end = np.full(count, MISSING, dtype=np.int64)
    first = np.ones(count, dtype=bool)
    for stage in rule.stages:
        held = wanted & _met(stage.when, facts, anchors, count)
        if not held.any():
            continue
        here = dict(own)
        given_end = anchors.get("stage_end", np.full(count, MISSING, dtype=np.int64))
        here["stage_end"] = np.where(previous_end != MISSING, previous_end, given_end)
        start = np.maximum(edge_many(stage.start, _anchor(stage.start.anchor, here, rule, held), end=False), entry)
        if "stage_start" in anchors:
            start = np.where(first & (anchors["stage_start"] != MISSING), anchors["stage_start"], start)
        here["stage_start"] = start
        until = edge_many(stage.until, _anchor(stage.until.anchor, here, rule, held), end=True)
        if stage.mode != "prophylaxis":
            capped = held & first & (given_end != MISSING)
            until = np.where(capped, np.minimum(until, given_end), until)
            previous_end = np.where(held, until, previous_end)
            first = first & ~held
        runs = held & (start < until)
        mode = np.full(count, _MODE_INDEX[stage.mode], dtype=np.int8)
        for other in reversed(stage.instead):
            chosen = _met(other.when, facts, anchors, count)
            mode = np.where(chosen, np.int8(_MODE_INDEX[other.mode]), mode).astype(np.int8)
        out.stages.append(
            (
                np.where(runs, start, MISSING),
                np.where(runs, until, MISSING),
                mode,
                stage.checks_per_day,
                stage.code,
            )
        )
        for tests in stage.tests:
            late += _dated_tests(tests, rule, here, start, until, held, out)
    if edition.late_tests is not None and any(dropped.any() for _, dropped in late):
        _made_up(edition, late, entry, out)
    return out


def _dated_tests(
    tests: TestRule,
    rule: ClassRule,
    anchors: Mapping[str, Instants],
    start: Instants,
    until: Instants,
    held: Flags,
    out: _Columns,
) -> list[tuple[TestRule, Flags]]:
    windows: list[tuple[Instants, Instants]] = []
    if tests.days:
        counted_from = _anchor(tests.day_from, anchors, rule, held)
        for number in tests.days:
            midnight = day_start_many(counted_from, days=number - tests.first_day)
            windows.append((midnight, midnight + DAY_US))
    else:
        gap = int(tests.gap.delta.total_seconds() * 1_000_000) if tests.gap else 0
        end = until
        if tests.within is not None and tests.within.anchor in anchors:
            given = anchors[tests.within.anchor]
            end = np.where(given == MISSING, until, edge_many(tests.within, given, end=True))
        windows = [(start + i * gap, end - (tests.count - 1 - i) * gap) for i in range(tests.count)]
    late = []
    for due_from, due_until in windows:
        passed = (due_until <= start) & (start < until) & bool(tests.days)
        due_from = np.maximum(due_from, start)
        dropped = held & ~passed & ((due_from >= until) | (due_from >= due_until))
        keeps = held & ~passed & ~dropped
        out.tests.append(
            (np.where(keeps, due_from, MISSING), np.where(keeps, due_until, MISSING), tests.kind, tests.pool)
        )
        late.append((tests, dropped))
    return late


def _made_up(edition: Edition, late: list[tuple[TestRule, Flags]], entry: Instants, out: _Columns) -> None:
    policy = edition.late_tests
    assert policy is not None
    gap = int(policy.gap.delta.total_seconds() * 1_000_000)
    count = len(entry)
    apart = np.zeros(count, dtype=np.int64)
    last = np.full(count, MISSING, dtype=np.int64)
    for due_from, _, _, _ in out.tests:
        far = (due_from != MISSING) & ((last == MISSING) | (due_from >= last + gap))
        last = np.where(far, due_from, last)
        apart = apart + far
    allowed = np.maximum(policy.keep - apart, 0)
    for tests, dropped in late:
        makes = dropped & (allowed > 0)
        if not makes.any():
            continue
        due_from = np.where(last == MISSING, entry, last + gap)
        out.tests.append(
            (
                np.where(makes, due_from, MISSING),
                np.where(makes, due_from + gap, MISSING),
                tests.kind,
                tests.pool,
            )
        )
        last = np.where(makes, due_from, last)
        allowed = allowed - makes
