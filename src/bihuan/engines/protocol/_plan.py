"""One person's duties dated: stages, tests, checks, code, what release still waits for, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bihuan.engines.protocol._conditions import HAPPENED, met
from bihuan.engines.protocol._model import (
    Basis,
    ClassRule,
    Condition,
    Edition,
    Instead,
    NoAnswer,
    StageRule,
    TestRule,
    Upon,
)
from bihuan.engines.protocol._times import (
    ANCHORS,
    CASE_IDENTIFIED,
    FALLBACKS,
    LATEST,
    SHANGHAI,
    day_start,
    edge,
    local,
)


@dataclass(frozen=True)
class PlannedStage:
    """A dated stage: half-open from `start` until `until`."""

    mode: str
    start: datetime
    until: datetime
    room: str | None
    basis: str
    compulsory: bool
    binds: bool
    code: str
    checks_per_day: int
    class_name: str
    give: str = ""
    activities: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedTest:
    """A dated test: the sample is drawn at or after `due_from` and before `due_until`."""

    due_from: datetime
    due_until: datetime
    kind: str
    pool: int
    samples: int
    class_name: str
    made_up: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything the edition asks of one person, dated, with its reasons and its ground."""

    protocol: str
    class_name: str
    stages: tuple[PlannedStage, ...]
    tests: tuple[PlannedTest, ...]
    checks_per_day: int
    release: tuple[str, ...]
    code: str
    reasons: tuple[str, ...]
    basis: tuple[str, ...]
    reclassed_to: str = ""
    anchors: dict[str, datetime] = field(default_factory=dict)

    @property
    def ends(self) -> datetime | None:
        """When the last restriction ends by itself, or None where there is none."""
        return max((stage.until for stage in self.stages), default=None)

    @property
    def binds(self) -> bool:
        """Whether every stage rests on a verified rule or a signed override."""
        return all(stage.binds for stage in self.stages)

    def as_json(self) -> dict[str, Any]:
        """The dated duties in the public form of `bihuan protocol plan --json`."""
        return {
            "stages": [
                {
                    "mode": stage.mode,
                    "from": stage.start.isoformat(),
                    "until": stage.until.isoformat(),
                    "room": stage.room,
                    "basis": stage.basis,
                }
                for stage in self.stages
            ],
            "tests": [
                {
                    "due_from": test.due_from.isoformat(),
                    "due_until": test.due_until.isoformat(),
                    "kind": test.kind,
                    "pool": test.pool,
                }
                for test in self.tests
            ],
            "checks_per_day": self.checks_per_day,
            "release": list(self.release),
            "code": self.code,
        }


Anchors = Mapping[str, datetime | Sequence[datetime]]


def plan(
    edition: Edition,
    class_name: str,
    anchors: Anchors,
    as_of: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Plan:
    """What the edition asks of one person of a class, dated.

    `anchors` are aware datetimes by name; several under one name mean several events (twice exposed). A
    `positive_sample` of a contact, or a `linked_positive` of the close contact a secondary contact hangs on, puts the
    person into the class the edition names from that moment. `facts` are what else is known: `age_years`, `pregnant`,
    `test_results`, `linked_tests`, `symptoms` and so on; what is not given is not assumed. `as_of` decides which stage
    gives the code and what release still waits for. Raises `NoAnswer` where the edition has no answer, with its kind.
    """
    known = _known_anchors(anchors)
    happened = {name: True for name in HAPPENED if name in known}
    return _plan(edition, edition.rule(class_name), known, as_of, {**happened, **(facts or {})})


def _known_anchors(anchors: Anchors) -> dict[str, datetime]:
    out: dict[str, datetime] = {}
    for name, given in anchors.items():
        if name not in ANCHORS:
            raise NoAnswer("not_implemented", f"«{name}» is not an anchor; anchors: {', '.join(ANCHORS)}")
        several = [given] if isinstance(given, datetime) else list(given)
        if several:
            out[name] = local(max(several) if name in LATEST else min(several))
    return out


def _plan(
    edition: Edition,
    rule: ClassRule,
    anchors: dict[str, datetime],
    as_of: datetime | None,
    facts: dict[str, Any],
) -> Plan:
    reasons: list[str] = []
    entry = _entry(rule, anchors, reasons)
    event, upon = _event(rule, anchors, as_of, facts)
    stages, tests = _dated(edition, rule, anchors, entry, facts, reasons)
    after: Plan | None = None
    if event is not None and upon is not None:
        event = max(event, entry)
        stages = [replace(s, until=min(s.until, event)) for s in stages if s.start < event]
        tests = [t for t in tests if t.due_from < event]
        reasons.append(f"{upon.event} at {event.isoformat()}: {rule.name} becomes {upon.to}; {upon.basis}")
        carried = {k: v for k, v in anchors.items() if k not in ("stage_start", "stage_end", "linked_positive")}
        carried["identified"] = event
        without = {k: v for k, v in facts.items() if k not in ("linked_tests", "test_results")}
        after = _plan(edition, edition.rule(upon.to), carried, as_of, without)
        stages += after.stages
        tests += after.tests
        reasons += after.reasons
    stages.sort(key=lambda s: s.start)
    tests.sort(key=lambda t: t.due_from)
    final = edition.rule(after.reclassed_to or upon.to) if after and upon else rule
    missing = after.release if after else _missing(rule, stages, tests, as_of, facts)
    now = _in_force(stages, as_of)
    code = now.code if now else (after.code if after else _code_without_stage(rule, missing, as_of, facts))
    return Plan(
        protocol=edition.id,
        class_name=rule.name,
        stages=tuple(stages),
        tests=tuple(tests),
        checks_per_day=now.checks_per_day if now else 0,
        release=tuple(missing),
        code=code,
        reasons=tuple(dict.fromkeys(reasons)),
        basis=tuple(dict.fromkeys(stage.basis for stage in stages)),
        reclassed_to=final.name if final.name != rule.name else "",
        anchors=anchors,
    )


def _in_force(stages: Sequence[PlannedStage], as_of: datetime | None) -> PlannedStage | None:
    """The stage that speaks for the person: the one at `as_of`, the first before it begins, the last after the end."""
    lasting = [stage for stage in stages if stage.mode != "prophylaxis"] or list(stages)
    if not lasting:
        return None
    if as_of is None or as_of < lasting[0].start:
        return lasting[0]
    for stage in reversed(lasting):
        if stage.start <= as_of:
            return stage
    return lasting[-1]


def _code_without_stage(
    rule: ClassRule, missing: Sequence[str], as_of: datetime | None, facts: Mapping[str, Any]
) -> str:
    return "green" if any(stage.code != "none" for stage in rule.stages) else "none"


def _entry(rule: ClassRule, anchors: dict[str, datetime], reasons: list[str]) -> datetime:
    if "identified" in anchors:
        return anchors["identified"]
    chain = CASE_IDENTIFIED if rule.of == "case" else FALLBACKS["identified"]
    for name in (*chain, *FALLBACKS["identified"]):
        if name in anchors:
            reasons.append(f"identified not given: taken as {name}")
            return anchors[name]
    raise NoAnswer("not_yet", f"{rule.name} cannot be dated: give one of {', '.join(chain)}")


def _event(
    rule: ClassRule, anchors: Mapping[str, datetime], as_of: datetime | None, facts: Mapping[str, Any]
) -> tuple[datetime | None, Upon | None]:
    found: list[tuple[datetime, int, Upon]] = []
    for place, upon in enumerate(rule.upon):
        at: datetime | None = None
        if upon.event == "test_positive":
            at = anchors.get("positive_sample")
        elif upon.event == "linked_positive":
            at = anchors.get("linked_positive")
            if at is None and upon.linked is not None and met(upon.linked, facts):
                at = as_of
        elif upon.event == "symptoms":
            at = anchors.get("rash_onset", anchors.get("onset"))
        if at is not None:
            found.append((local(at), place, upon))
    if not found:
        return None, None
    at, _, upon = min(found, key=lambda one: one[:2])
    return at, upon


def _anchor(name: str, anchors: Mapping[str, datetime], rule: ClassRule, reasons: list[str]) -> datetime:
    if name in anchors:
        return anchors[name]
    for other in FALLBACKS.get(name, ()):
        if other in anchors:
            reasons.append(f"{name} not given: taken as {other}")
            return anchors[other]
    raise NoAnswer("not_yet", f"{rule.name} counts from {name}, which is not known")


def _dated(
    edition: Edition,
    rule: ClassRule,
    anchors: dict[str, datetime],
    entry: datetime,
    facts: Mapping[str, Any],
    reasons: list[str],
) -> tuple[list[PlannedStage], list[PlannedTest]]:
    stages: list[PlannedStage] = []
    timely: list[PlannedTest] = []
    late: list[TestRule] = []
    previous_end: datetime | None = None
    own = {**anchors, "identified": entry}
    first = True
    for stage in rule.stages:
        if not met(stage.when, facts):
            continue
        here = dict(own)
        if previous_end is not None:
            here["stage_end"] = previous_end
        start = max(edge(stage.start, _anchor(stage.start.anchor, here, rule, reasons), end=False), entry)
        if first and "stage_start" in anchors:
            start = anchors["stage_start"]
        here["stage_start"] = start
        until = edge(stage.until, _anchor(stage.until.anchor, here, rule, reasons), end=True)
        if stage.mode != "prophylaxis":
            if first and "stage_end" in anchors:
                until = min(until, anchors["stage_end"])
            previous_end = until
            first = False
        if start < until:
            stages.append(_planned(edition, rule, stage, start, until, facts, reasons))
        else:
            reasons.append(f"{stage.mode} ended at {until.isoformat()}, before {start.isoformat()}: not begun")
        for tests in stage.tests:
            dated, dropped = _dated_tests(tests, rule, here, start, until, reasons)
            timely += dated
            late += [tests] * dropped
    if late:
        timely = _made_up(edition, rule, timely, late, entry, reasons)
    return stages, timely


def _planned(
    edition: Edition,
    rule: ClassRule,
    stage: StageRule,
    start: datetime,
    until: datetime,
    facts: Mapping[str, Any],
    reasons: list[str],
) -> PlannedStage:
    other: Instead | None = next((i for i in stage.instead if met(i.when, facts)), None)
    basis: Basis = stage.basis
    mode, room = stage.mode, stage.room
    if other is not None:
        mode, room, basis = other.mode, other.room, other.basis
        reasons.append(f"{other.when.text}: {mode} instead of {stage.mode}")
    said = f"{stage.give}; {basis}" if stage.give else str(basis)
    if stage.compulsory:
        said += f"; {edition.legal.reference}"
    if not basis.binds:
        said += "; does not bind without a signed override"
    reasons.append(f"{mode} from {start.isoformat()} until {until.isoformat()} by {stage.until}: {basis}")
    return PlannedStage(
        mode=mode,
        start=start,
        until=until,
        room=room,
        basis=said,
        compulsory=stage.compulsory,
        binds=basis.binds,
        code=stage.code,
        checks_per_day=stage.checks_per_day,
        class_name=rule.name,
        give=stage.give,
        activities=stage.activities,
    )


def _dated_tests(
    tests: TestRule,
    rule: ClassRule,
    anchors: Mapping[str, datetime],
    start: datetime,
    until: datetime,
    reasons: list[str],
) -> tuple[list[PlannedTest], int]:
    out: list[PlannedTest] = []
    dropped = 0
    windows: list[tuple[datetime, datetime]] = []
    if tests.days:
        counted_from = _anchor(tests.day_from, anchors, rule, reasons)
        for number in tests.days:
            midnight = day_start(counted_from, days=number - tests.first_day)
            windows.append((midnight, midnight + timedelta(days=1)))
    else:
        gap = tests.gap.delta if tests.gap else timedelta(0)
        end = until
        if tests.within is not None and tests.within.anchor in anchors:
            end = edge(tests.within, anchors[tests.within.anchor], end=True)
        windows = [(start + i * gap, end - (tests.count - 1 - i) * gap) for i in range(tests.count)]
    for i, (due_from, due_until) in enumerate(windows):
        if due_until <= start < until and tests.days:
            continue  # its day had passed before the person was found: nothing to make up inside the stage
        due_from = max(due_from, start)
        if due_from >= until or due_from >= due_until:
            dropped += 1
            continue
        samples = tests.samples_on_last if i == len(windows) - 1 else 1
        out.append(PlannedTest(due_from, due_until, tests.kind, tests.pool, samples, rule.name))
    return out, dropped


def _made_up(
    edition: Edition,
    rule: ClassRule,
    timely: list[PlannedTest],
    late: Sequence[TestRule],
    entry: datetime,
    reasons: list[str],
) -> list[PlannedTest]:
    """Tests after the end are dropped, but some are kept and moved close: found late is no reason for none."""
    policy = edition.late_tests
    if policy is None:
        reasons.append(f"{len(late)} tests after the end of the stage are dropped")
        return timely
    apart: list[datetime] = []
    for test in timely:
        if not apart or test.due_from >= apart[-1] + policy.gap.delta:
            apart.append(test.due_from)
    out = list(timely)
    for tests in late[: max(0, policy.keep - len(apart))]:
        due_from = apart[-1] + policy.gap.delta if apart else entry
        apart.append(due_from)
        due_until = due_from + policy.gap.delta
        out.append(PlannedTest(due_from, due_until, tests.kind, tests.pool, 1, rule.name, made_up=True))
    kept = len(out) - len(timely)
    reasons.append(
        f"{len(late)} tests fall after the end of the stage: {len(late) - kept} dropped, {kept} made up; {policy.basis}"
    )
    return out


def _missing(
    rule: ClassRule,
    stages: Sequence[PlannedStage],
    tests: Sequence[PlannedTest],
    as_of: datetime | None,
    facts: Mapping[str, Any],
) -> list[str]:
    results = [result for result in facts.get("test_results") or () if result is not None]
    done = len(results) >= len(tests)
    ends = max((stage.until for stage in stages), default=None)
    states = {
        "stages_done": ends is None or (as_of is not None and as_of >= ends),
        "tests_done": done,
        "tests_negative": done and all(result == "negative" for result in results),
        "no_symptoms": facts.get("symptoms") is False,
        "no_fever": facts.get("fever") is False,
    }
    return [c.text for c in rule.release if not _state(c, states, facts)]


def _state(condition: Condition, states: Mapping[str, bool], facts: Mapping[str, Any]) -> bool:
    return states[condition.name] if condition.name in states else met(condition, facts)


def carried_over(old: Plan, new: Plan) -> Plan:
    """The plan that holds after an edition changes: the old one keeps its end unless the new rule ends sooner."""
    if old.ends is None or new.ends is None:
        return old if old.ends is None else new
    if new.ends < old.ends:
        return replace(
            new, reasons=(*new.reasons, f"{new.protocol} ends sooner than {old.protocol}: the new end holds")
        )
    return replace(old, reasons=(*old.reasons, f"{new.protocol} is not shorter: the end under {old.protocol} holds"))


def shanghai(text: str) -> datetime:
    """An ISO time; without an offset it is Asia/Shanghai, a bare date is its midnight."""
    at = datetime.fromisoformat(text)
    return at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)
