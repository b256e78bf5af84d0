"""Duties dated: last day included, found late, re-classed, and many persons at once equal to one at a time."""

import itertools
import random
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bihuan.engines import protocol
from bihuan.engines.protocol._times import from_us, to_us

V9 = "covid-19/2022-06-28"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_both_checks_of_the_last_day_fall_inside_the_stage() -> None:
    made = protocol.plan(protocol.edition(V9), "close_contact", {"last_exposure": at("2022-07-01T10:00")})
    stage = made.stages[0]
    checks = protocol.check_windows(stage.start, stage.until, stage.checks_per_day)
    last_day = [c for c in checks if c.due_from.date().isoformat() == "2022-07-08"]
    assert len(last_day) == 2
    assert checks[-1].due_until == stage.until == at("2022-07-09T00:00")


def test_stages_touch_and_never_overlap() -> None:
    for ident in protocol.edition_ids():
        edition = protocol.edition(ident)
        for name, rule in edition.classes.items():
            if rule.no:
                continue
            made = protocol.plan(edition, name, {"last_exposure": at("2022-07-01T10:00")})
            lasting = [s for s in made.stages if s.mode != "prophylaxis"]
            for before, after in itertools.pairwise(lasting):
                assert before.until == after.start


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        protocol.plan(protocol.edition(V9), "close_contact", {"last_exposure": datetime(2022, 7, 1)})  # noqa: DTZ001


def test_three_kinds_of_no() -> None:
    anchors = {"last_exposure": at("2022-11-20T10:00")}
    cases = [
        ("covid-19/2022-11-11", "secondary_contact", anchors, "never"),
        ("covid-19/2022-12-07", "general_contact", anchors, "not_yet"),
        (V9, "astronaut", anchors, "not_implemented"),
        (V9, "close_contact", {"last_negative": at("2022-07-01T10:00")}, "not_yet"),
        (V9, "close_contact", {"full_moon": at("2022-07-01T10:00")}, "not_implemented"),
    ]
    for ident, name, given, kind in cases:
        with pytest.raises(protocol.NoAnswer) as no:
            protocol.plan(protocol.edition(ident), name, given)
        assert no.value.kind == kind


def test_the_edition_in_force_changes_at_midnight_of_shanghai() -> None:
    find = protocol.edition
    assert find("covid-19", at("2022-11-10T23:59")).id == V9
    assert find("covid-19", datetime(2022, 11, 10, 16, 0, tzinfo=UTC)).id == "covid-19/2022-11-11"
    with pytest.raises(protocol.NoAnswer) as early:
        find("covid-19", at("2020-01-01T00:00"))
    assert early.value.kind == "not_yet"
    with pytest.raises(protocol.NoAnswer) as over:
        find("covid-19", at("2023-01-08T00:00"))
    assert over.value.kind == "never"


def test_an_old_order_keeps_its_end_unless_the_new_rule_is_shorter() -> None:
    old, new = protocol.edition(V9), protocol.edition("covid-19/2022-11-11")
    anchors = {"last_exposure": at("2022-11-09T10:00")}
    longer = protocol.plan(old, "close_contact", anchors)
    shorter = protocol.plan(new, "close_contact", anchors)
    assert protocol.carried_over(longer, shorter).protocol == new.id
    assert protocol.carried_over(shorter, longer).ends == shorter.ends


def test_what_is_not_verified_does_not_bind() -> None:
    edition = protocol.edition(V9)
    made = protocol.plan(edition, "general_contact", {"last_exposure": at("2022-07-01T10:00")})
    assert not made.binds
    assert "does not bind without a signed override" in made.stages[0].basis
    assert protocol.plan(edition, "close_contact", {"last_exposure": at("2022-07-01T10:00")}).binds


ANCHORS = ("last_exposure", "identified", "positive_sample", "linked_positive", "arrived", "left_area", "onset")
MORE = ("rash_onset", "first_exposure", "treated", "recovered", "stage_end")


def test_a_thousand_random_persons_are_dated_alike_one_by_one_and_together() -> None:
    rng = random.Random(20220628)
    base = to_us(at("2024-02-20T00:00"))
    minute = 60_000_000
    compared = 0
    chosen = [(i, c) for i in protocol.edition_ids() for c, r in protocol.edition(i).classes.items() if not r.no]
    per_class = 1 + 1000 // len(chosen)
    for ident, name in chosen:
        edition = protocol.edition(ident)
        known: dict[str, list[int]] = {anchor: [] for anchor in (*ANCHORS, *MORE)}
        facts: dict[str, list[object]] = {"age_years": [], "home_unfit": [], "pregnant": [], "immune": []}
        for _ in range(per_class):
            exposed = base + rng.randrange(20 * 1440) * minute
            for anchor, values in known.items():
                sure = anchor == "last_exposure"
                offset = 0 if sure else rng.randrange(-2 * 1440, 30 * 1440) * minute
                values.append(exposed + offset if sure or rng.random() < 0.25 else int(protocol.MISSING))
            facts["age_years"].append(rng.randrange(90))
            for word in ("home_unfit", "pregnant", "immune"):
                facts[word].append(rng.random() < 0.3)
        arrays = {a: np.array(v, dtype=np.int64) for a, v in known.items()}
        many = protocol.plan_many(edition, name, arrays, {k: np.array(v) for k, v in facts.items()})
        for row in range(per_class):
            one = protocol.plan(
                edition,
                name,
                {a: from_us(v[row]) for a, v in known.items() if v[row] != protocol.MISSING},
                None,
                {k: v[row] for k, v in facts.items()},
            )
            expected = (
                [(s.mode, s.start, s.until) for s in one.stages],
                [(t.due_from, t.due_until, t.kind, t.pool) for t in one.tests],
            )
            assert many.person(row) == expected, (ident, name, row)
            compared += 1
    assert compared >= 1000


def test_a_hundred_thousand_persons_in_under_two_seconds() -> None:
    count = 100_000
    exposed = np.full(count, to_us(at("2022-07-01T10:00"))) + np.arange(count) % 10_000 * 60_000_000
    positive = np.where(np.arange(count) % 50 == 0, exposed + 3 * 86_400_000_000, protocol.MISSING)
    began = time.perf_counter()
    made = protocol.plan_many(
        protocol.edition(V9), "close_contact", {"last_exposure": exposed, "positive_sample": positive}
    )
    assert time.perf_counter() - began < 2
    assert made.stage_from.shape[0] == count


def test_an_unknown_row_is_named() -> None:
    rows = [at("2022-07-01T10:00"), None]
    with pytest.raises(protocol.NoAnswer, match="row 1"):
        protocol.plan_many(protocol.edition(V9), "close_contact", {"last_exposure": rows})


def test_random_ends_always_leave_the_last_day_whole() -> None:
    rng = random.Random(7)
    edition = protocol.edition(V9)
    for _ in range(200):
        exposed = at("2022-07-01T00:00") + timedelta(minutes=rng.randrange(60 * 24 * 60))
        made = protocol.plan(edition, "close_contact", {"last_exposure": exposed})
        until = made.stages[0].until
        assert (until.hour, until.minute) == (0, 0)
        assert (until.date() - exposed.date()).days == 8
