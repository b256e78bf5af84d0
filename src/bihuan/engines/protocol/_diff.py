"""Two editions side by side: what becomes stricter, what lighter, for whom, and what it costs in person-days."""

from dataclasses import dataclass

from bihuan.engines.protocol._model import ClassRule, Edition, StageRule
from bihuan.engines.protocol._policy import policy_numbers, restricted_days, stage_length_days

# How hard a place binds: the same days in a harder place are stricter.
_WEIGHT = {
    "hospital": 4,
    "central_quarantine": 3,
    "home_quarantine": 2,
    "exclusion": 2,
    "home_monitoring": 1,
    "self_monitoring": 0,
    "prophylaxis": 0,
}


@dataclass(frozen=True)
class Change:
    """One difference: for whom, which way (`stricter`, `lighter`, `other`), what it was and is, and person-days a person."""

    subject: str
    direction: str
    what: str
    before: str
    after: str
    person_days: int = 0


@dataclass(frozen=True)
class EditionDiff:
    """All differences from one edition to another."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def of(self, direction: str) -> tuple[Change, ...]:
        """The changes that go one way."""
        return tuple(change for change in self.changes if change.direction == direction)

    def page(self) -> str:
        """A page to read before signing."""
        lines = [f"From {self.before} to {self.after}", ""]
        for direction, heading in (
            ("lighter", "Becomes lighter 放宽"),
            ("stricter", "Becomes stricter 收紧"),
            ("other", "Changes otherwise 其他变化"),
        ):
            found = self.of(direction)
            if not found:
                continue
            lines.append(heading)
            for change in found:
                days = f"  ({change.person_days:+d} person-days of restriction a person)" if change.person_days else ""
                lines.append(f"  {change.subject}: {change.what} {change.before} → {change.after}{days}")
            lines.append("")
        if not self.changes:
            lines.append("No difference that reaches a person, a place or a clock.")
        total = sum(change.person_days for change in self.changes)
        lines.append(f"Sum over one person of each class: {total:+d} person-days of restriction.")
        return "\n".join(lines)


def diff_editions(before: Edition, after: Edition) -> EditionDiff:
    """What becomes stricter or lighter, for whom, from one edition to another."""
    changes: list[Change] = []
    for name in dict.fromkeys((*before.classes, *after.classes)):
        changes += _class_changes(before, after, name)
    changes += _window_changes(before, after)
    for section, unit in (("clocks", "limit"), ("posts", "test every"), ("areas", "level"), ("reserves", "keep")):
        changes += _section_changes(before, after, section, unit)
    if before.pools and after.pools and before.pools[-1].size != after.pools[-1].size:
        changes.append(
            Change("everybody else", "other", "swabs in a tube", f"{before.pools[-1].size}", f"{after.pools[-1].size}")
        )
    return EditionDiff(before.id, after.id, tuple(changes))


def _class_changes(before: Edition, after: Edition, name: str) -> list[Change]:
    old, new = before.classes.get(name), after.classes.get(name)
    title = (new or old).title if (new or old) else name  # type: ignore[union-attr]
    subject = f"{name} {title}"
    old_on, new_on = old is not None and not old.no, new is not None and not new.no
    if not old_on and not new_on:
        return []
    days = restricted_days(after, name) - restricted_days(before, name)
    if not old_on or not new_on:
        gone = new if old_on else old
        why = f" ({gone.why_not})" if gone is not None and gone.no else ""
        said = _stages(old) if old_on else _stages(new)
        if gone is not None and gone.no == "not_yet":
            return [Change(subject, "other", "no verified text", said if old_on else why, why if old_on else said)]
        direction = "lighter" if old_on else "stricter"
        return [Change(subject, direction, "class", said if old_on else "none", f"none{why}" if old_on else said, days)]
    assert old is not None
    assert new is not None
    out = []
    if _stages(old) != _stages(new):
        weight = _burden(new) - _burden(old)
        direction = "stricter" if weight > 0 else "lighter" if weight < 0 else "other"
        out.append(Change(subject, direction, "stages", _stages(old), _stages(new), days))
    old_tests, new_tests = _tests(old), _tests(new)
    if old_tests != new_tests:
        more = len(new_tests) - len(old_tests)
        direction = "stricter" if more > 0 else "lighter" if more < 0 else "other"
        out.append(
            Change(
                subject,
                direction,
                f"{len(old_tests)} → {len(new_tests)} tests:",
                _test_words(old_tests),
                _test_words(new_tests),
            )
        )
    old_release, new_release = {c.text for c in old.release}, {c.text for c in new.release}
    if old_release != new_release:
        direction = "lighter" if new_release < old_release else "stricter" if old_release < new_release else "other"
        out.append(
            Change(subject, direction, "release waits for", _listed(sorted(old_release)), _listed(sorted(new_release)))
        )
    codes = [[s.code for s in rule.stages] for rule in (old, new)]
    if codes[0] != codes[1]:
        out.append(Change(subject, "other", "code", " then ".join(codes[0]), " then ".join(codes[1])))
    return out


def _stages(rule: ClassRule | None) -> str:
    if rule is None or rule.no:
        return "none"
    return " + ".join(_stage(stage) for stage in rule.stages)


def _stage(stage: StageRule) -> str:
    days = stage_length_days(stage)
    said = f"{days} d {stage.mode}" if days else f"{stage.mode} until {stage.until}"
    return said if stage.basis.binds else f"{said} [{stage.basis.confidence}]"


def _burden(rule: ClassRule) -> int:
    return sum(_WEIGHT.get(s.mode, 0) * max(1, stage_length_days(s)) for s in rule.stages)


def _tests(rule: ClassRule) -> list[tuple[str, int, str]]:
    """Each test of a class as (kind, stage, day), in order."""
    out = []
    for place, stage in enumerate(rule.stages, start=1):
        for tests in stage.tests:
            days = [str(d) for d in tests.days] or [f"{i + 1} of {tests.count}" for i in range(tests.count)]
            out += [(tests.kind, place, day) for day in days]
    return out


def _test_words(tests: list[tuple[str, int, str]]) -> str:
    parts: dict[tuple[str, int], list[str]] = {}
    for kind, place, day in tests:
        parts.setdefault((kind, place), []).append(day)
    return "; ".join(f"{k} stage {p} day {', '.join(days)}" for (k, p), days in parts.items()) or "none"


def _listed(words: list[str]) -> str:
    return ", ".join(words) or "none"


def _window_changes(before: Edition, after: Edition) -> list[Change]:
    old, new = policy_numbers(before), policy_numbers(after)
    out = []
    for what, a, b in (
        ("window before onset, days", old.window_before_onset_days, new.window_before_onset_days),
        ("window before the sample, days", old.window_before_sample_days, new.window_before_sample_days),
        ("levels of contacts traced", old.traced_levels, new.traced_levels),
    ):
        if a != b:
            out.append(Change("contacts", "stricter" if b > a else "lighter", what, str(a), str(b)))
    old_rules = [f"{r.when.text} {r.start}" for r in before.windows]
    new_rules = [f"{r.when.text} {r.start}" for r in after.windows]
    if old_rules != new_rules and not out:
        out.append(Change("contacts", "other", "window", _listed(old_rules), _listed(new_rules)))
    return out


def _section_changes(before: Edition, after: Edition, section: str, what: str) -> list[Change]:
    old, new = getattr(before, section), getattr(after, section)
    out = []
    for key in dict.fromkeys((*old, *new)):
        a, b = _shown(old.get(key)), _shown(new.get(key))
        if a == b:
            continue
        if section == "areas" and "none" in (a, b):
            direction = "lighter" if b == "none" else "stricter"
        elif section == "clocks":
            direction = "stricter" if a == "none" or _limit(new.get(key)) < _limit(old.get(key)) else "lighter"
        else:
            direction = "other"
        out.append(Change(f"{section[:-1]} {key}", direction, what, a, b))
    return out


def _limit(rule: object) -> float:
    span = getattr(rule, "limit", None)
    return span.delta.total_seconds() if span else float("inf")


def _shown(rule: object) -> str:
    if rule is None:
        return "none"
    if hasattr(rule, "limit"):
        return f"{rule.limit} {rule.who}, raised to {rule.raised_to}"  # type: ignore[attr-defined]
    if hasattr(rule, "per_week"):
        return str(rule.every) if rule.every else f"{rule.per_week} a week"  # type: ignore[attr-defined]
    if hasattr(rule, "down"):
        falls = [f"{s.to} when {', '.join(c.text for c in s.when)}" for s in rule.down]
        units = "/".join(rule.units)  # type: ignore[attr-defined]
        return f"{units} {rule.rule}; falls to {' or to '.join(falls) or 'nothing'}"  # type: ignore[attr-defined]
    return str(getattr(rule, "keep", rule))
