"""The fast paths against the plain reference, on small crowded worlds where ties and touching visits abound."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines import tracing
from bihuan.engines.tracing import _reference as reference

EPOCH = datetime(2022, 7, 1, tzinfo=UTC)
PERSONS = st.integers(0, 7)
TIMES = st.integers(0, 24)


def at(tick: int, tick_s: float = 60) -> datetime:
    return EPOCH + timedelta(seconds=tick * tick_s)


def table(stays: list[reference.Stay], tick_s: float = 60) -> pa.Table:
    return pa.table(
        {
            "person_id": pa.array([s.person for s in stays], None if stays else pa.int64()),
            "place_id": pa.array([s.place for s in stays], None if stays else pa.int64()),
            "t_in": pa.array([at(s.t_in, tick_s) for s in stays], pa.timestamp("us", "UTC")),
            "t_out": pa.array([at(s.t_out, tick_s) for s in stays], pa.timestamp("us", "UTC")),
        }
    )


def tick(when: datetime, tick_s: float = 60) -> int:
    return round((when - EPOCH).total_seconds() / tick_s)


def as_contacts(found: pa.Table, tick_s: float = 60) -> list[reference.Contact]:
    level = {"close": 1, "secondary": 2} | {f"level{n}": n for n in range(3, 9)}
    return [
        reference.Contact(
            level[row["class"]],
            row["source_id"],
            row["person_id"],
            tick(row["first_at"], tick_s),
            tick(row["last_at"], tick_s),
            round(row["overlap_s"] / tick_s),
            row["n_encounters"],
            tuple(row.get("places") or ()),
        )
        for row in found.to_pylist()
    ]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[reference.Stay], list[tuple[int, int, int]]]:
    """Visits that are crowded, repeated, empty or touching; cases with several windows, some without visits."""
    stays = []
    for person, place, a, b in draw(st.lists(st.tuples(PERSONS, st.integers(0, 2), TIMES, TIMES), max_size=40)):
        stays.append(reference.Stay(person, place, min(a, b), max(a, b)))
    windows = [
        (case, min(a, b), max(a, b))
        for case, a, b in draw(st.lists(st.tuples(st.integers(0, 9), TIMES, TIMES), max_size=5))
    ]
    return stays, windows


def both(world, *, least, depth, until, tick_s=60, as_text=False, threads=1):
    stays, windows = world
    if as_text:  # ids as text sort as text
        stays = [reference.Stay(f"P{s.person}", f"L{s.place}", s.t_in, s.t_out) for s in stays]
        windows = [(f"P{w[0]}", *w[1:]) for w in windows]
    visits = tracing.index_visits(table(stays, tick_s), zone="UTC", threads=threads)
    found = tracing.trace(
        visits,
        [tracing.Window(c, at(a, tick_s), at(b, tick_s)) for c, a, b in windows],
        min_overlap_minutes=least * tick_s / 60,
        depth=depth,
        until=None if until is None else at(until, tick_s),
        threads=threads,
    )
    truth = reference.contacts(stays, windows, least=least, depth=depth, until=until)
    return stays, visits, found, truth


@settings(max_examples=400, deadline=None)
@given(
    worlds(),
    st.integers(0, 6),
    st.integers(1, 4),
    st.none() | TIMES,
    st.sampled_from([60, 1, 0.5, 0.001]),
    st.booleans(),
    st.sampled_from([1, 2]),
)
def test_fast_agrees_with_reference_row_by_row(world, least, depth, until, tick_s, as_text, threads):
    stays, visits, found, truth = both(
        world, least=least, depth=depth, until=until, tick_s=tick_s, as_text=as_text, threads=threads
    )
    rows = as_contacts(found.contacts, tick_s)
    names = {1: "close", 2: "secondary", 3: "level3", 4: "level4"}
    assert rows == sorted(truth, key=lambda c: (names[c.level], str(c.source), c.person))
    pairs = [
        row for part in tracing.iter_sources(visits, found, sources_at_once=2) for row in as_contacts(part, tick_s)
    ]
    end = until if until is not None else max((s.t_out for s in stays), default=0)
    expected = reference.source_contacts(truth, stays, least=least, until=end)
    assert sorted(pairs, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(("seed", "threads"), [(1, 1), (2, 2), (3, 3)])
def test_crowds_agree_too(seed, threads):
    # long runs take other ways than short ones: radix instead of insertion, halving instead of stepping, more seats
    rng = np.random.default_rng(seed)
    n = 2_400
    began = rng.integers(0, 3_000, n)
    stays = [
        reference.Stay(int(p), int(q), int(a), int(a + d))
        for p, q, a, d in zip(rng.integers(0, 400, n), rng.integers(0, 3, n) ** 2, began,
                              rng.choice([1, 5, 40, 900], n), strict=True)
    ]  # fmt: skip
    windows = [(case, 150 * case, 150 * case + 900) for case in range(12)]
    kinds = np.array(["bus", "hall", "", "", "home"])
    visits = tracing.index_visits(
        table(stays).append_column("place_kind", pa.array(kinds[[s.place for s in stays]])), threads=threads
    )
    found = tracing.trace(
        visits,
        [tracing.Window(c, at(a), at(b)) for c, a, b in windows],
        min_overlap_minutes=4,
        depth=3,
        threads=threads,
        wide_above=10,
    )
    truth = reference.contacts(stays, windows, least=4, depth=3)
    names = {1: "close", 2: "secondary", 3: "level3"}
    assert as_contacts(found.contacts) == sorted(truth, key=lambda c: (names[c.level], c.source or 0, c.person))
    close = [c for c in truth if c.level == 1]
    at_bus = {c.person for c in close if 0 in c.places}
    assert found.by_place_kind["close"]["bus"] == len(at_bus) > 0
    per_place = Counter((c.source, place) for c in close for place in c.places)
    most = {p: max(n for (_, q), n in per_place.items() if q == p) for _, p in per_place}
    sources = {p: sum(n > 10 for (_, q), n in per_place.items() if q == p) for p in most}
    assert {w.place_id: (w.most_contacts_of_one_case, w.cases) for w in found.wide_places} == {
        p: (most[p], sources[p]) for p in most if most[p] > 10
    }
