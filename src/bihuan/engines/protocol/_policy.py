"""An edition in plain numbers, as a simulation needs it."""

from dataclasses import dataclass
from datetime import timedelta

from bihuan.engines.protocol._model import RESTRICTING, Edition, StageRule
from bihuan.engines.protocol._times import Moment


@dataclass(frozen=True)
class PolicyNumbers:
    """What an edition asks, in numbers. Days are whole; sensitivity and compliance are not protocol and not here.

    `stage_days`: class -> mode and days of each stage (0 where it ends by an hour limit). `test_days`: class -> days of
    tests counted from entering, day 1 first, over all stages. `traced_levels`: 1 close contacts, 2 also theirs, 0 none.
    """

    protocol: str
    stage_days: dict[str, tuple[tuple[str, int], ...]]
    quarantine_days: dict[str, int]
    test_days: dict[str, tuple[int, ...]]
    checks_per_day: dict[str, int]
    traced_levels: int
    window_before_onset_days: int
    window_before_sample_days: int
    min_overlap_minutes: int
    case_mode: str
    case_days: int
    pool_general: int
    mass_round_hours: float | None
    rounds_clear_to_stop: int
    post_test_every_days: dict[str, float]
    clock_hours: dict[str, float]


def stage_length_days(stage: StageRule) -> int:
    """How many days a stage lasts after its anchor's day, for one found on the day of the anchor."""
    if stage.until.unit != "d":
        return 0
    before = stage.start.amount if stage.start.unit == "d" and stage.start.anchor != stage.until.anchor else 0
    same = stage.start.unit == "d" and stage.start.anchor == stage.until.anchor
    start = stage.start.amount - 1 if same else before
    return max(0, stage.until.amount - start) + (1 if stage.until.anchor == "stage_start" else 0)


def policy_numbers(edition: Edition) -> PolicyNumbers:
    """The edition's numbers by class, for models that count days. Classes the edition does not use are left out."""
    stage_days, quarantine, tests, checks = {}, {}, {}, {}
    for name, rule in edition.classes.items():
        if rule.no:
            continue
        stages = [s for s in rule.stages if s.mode != "prophylaxis" and s.when is None] or [
            s for s in rule.stages if s.mode != "prophylaxis"
        ][:1]
        stage_days[name] = tuple((s.mode, stage_length_days(s)) for s in stages)
        quarantine[name] = sum(d for m, d in stage_days[name] if m.endswith("_quarantine"))
        days, before = [], 0
        for stage, (_, length) in zip(stages, stage_days[name], strict=True):
            days += [before + n + 1 - t.first_day for t in stage.tests for n in t.days]
            before += length
        tests[name] = tuple(sorted(days))
        checks[name] = max((s.checks_per_day for s in stages), default=0)
    case = edition.classes.get("case")
    case_stage = case.stages[0] if case and case.stages else None
    whole = edition.rounds.get("whole_area")
    return PolicyNumbers(
        protocol=edition.id,
        stage_days=stage_days,
        quarantine_days=quarantine,
        test_days=tests,
        checks_per_day=checks,
        traced_levels=_traced(edition),
        window_before_onset_days=_before(edition, ("onset", "rash_onset")),
        window_before_sample_days=_before(edition, ("positive_sample",)),
        min_overlap_minutes=edition.min_overlap_minutes,
        case_mode=case_stage.mode if case_stage else "",
        case_days=stage_length_days(case_stage) if case_stage else 0,
        pool_general=edition.pools[-1].size if edition.pools else 1,
        mass_round_hours=whole.within.delta / timedelta(hours=1) if whole and whole.within else None,
        rounds_clear_to_stop=whole.stop_after_clear if whole else 0,
        post_test_every_days={
            p.id: p.every.delta / timedelta(days=1) if p.every else 7 / p.per_week for p in edition.posts.values()
        },
        clock_hours={c.id: c.limit.delta / timedelta(hours=1) for c in edition.clocks.values()},
    )


def _traced(edition: Edition) -> int:
    if not edition.windows:
        return 0
    second = edition.classes.get("secondary_contact")
    return 2 if second is not None and not second.no else 1


def _before(edition: Edition, anchors: tuple[str, ...]) -> int:
    moments: list[Moment] = [rule.start for rule in edition.windows if rule.start.anchor in anchors]
    return max((-m.amount for m in moments if m.unit == "d"), default=0)


def restricted_days(edition: Edition, class_name: str) -> int:
    """Days of restriction a person of the class bears when found on the day of the anchor; monitoring by oneself is none."""
    rule = edition.classes.get(class_name)
    if rule is None or rule.no:
        return 0
    return sum(stage_length_days(s) for s in rule.stages if s.mode in RESTRICTING and s.when is None)
