"""An account of stays: contradictions and holes, beside the plainest reading of the words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bihuan.engines.tracing import ToldStay, check_timeline

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2022, 7, 1, tzinfo=ZONE)


def stay(name: str, start: float, end: float | None, place: str = "", **more: object) -> ToldStay:
    """A stay of person p from hour to hour of 1 July."""
    until = None if end is None else DAY + timedelta(hours=end)
    return ToldStay(name, "p", place or name, DAY + timedelta(hours=start), until, **more)  # type: ignore[arg-type]


def kinds(*stays: ToldStay, **more: object) -> list[tuple[str, tuple[object, ...]]]:
    return [(f.kind, f.stays) for f in check_timeline(stays, **more)]  # type: ignore[arg-type]


def test_two_places_at_one_time() -> None:
    assert kinds(stay("a", 9, 11), stay("b", 10, 12)) == [("overlap", ("a", "b"))]
    assert kinds(stay("a", 9, 11, "market"), stay("b", 10, 12, "market")) == []
    assert kinds(stay("a", 9, 10), stay("b", 10, 12)) == []  # half-open: leaving is not staying


def test_a_scan_against_a_word_is_told_apart() -> None:
    assert kinds(stay("a", 9, 11), stay("b", 10, 12, source="scan")) == [("record_against_word", ("a", "b"))]
    assert kinds(stay("a", 9, 11, source="ticket"), stay("b", 10, 12, source="scan")) == [("overlap", ("a", "b"))]


def test_nobody_flies_through_a_county() -> None:
    here, there = {"longitude": 110.0, "latitude": 30.0}, {"longitude": 111.0, "latitude": 30.0}  # some 96 km apart
    assert kinds(stay("a", 9, 10, **here), stay("b", 10.5, 11, **there)) == [("too_fast", ("a", "b"))]
    assert kinds(stay("a", 9, 10, **here), stay("b", 11, 12, **there)) == []
    assert kinds(stay("a", 9, 10), stay("b", 10, 11)) == []  # no map, no doubt


def test_holes_of_the_day_are_named_and_nights_are_not() -> None:
    found = check_timeline([stay("a", 8, 12), stay("b", 13, 20)], DAY, DAY + timedelta(days=1))
    assert [(f.kind, f.start.hour, f.end.hour) for f in found] == [("gap", 20, 22)]
    assert [f.kind for f in check_timeline([], DAY, DAY + timedelta(days=2))] == ["gap", "gap"]
    assert check_timeline([stay("a", 7, 22)], DAY, DAY + timedelta(days=1)) == []


def test_a_companion_who_tells_of_another_place() -> None:
    own = stay("a", 9, 11, companions=("q",))
    theirs = ToldStay("x", "q", "school", DAY + timedelta(hours=10), DAY + timedelta(hours=12))
    assert kinds(own, others=[theirs]) == [("companion_elsewhere", ("a", "x"))]
    assert kinds(own, others=[ToldStay("x", "q", "a", theirs.start, theirs.end)]) == []


def test_no_time_of_leaving_is_asked_for() -> None:
    assert kinds(stay("a", 9, None)) == [("no_end", ("a",))]


@given(st.lists(st.tuples(st.integers(0, 47), st.integers(1, 12), st.sampled_from("ABC")), max_size=9))
def test_overlaps_are_those_of_every_pair(told: list[tuple[int, int, str]]) -> None:
    stays = [stay(f"s{n}", start / 2, (start + length) / 2, place) for n, (start, length, place) in enumerate(told)]
    slow = set()
    for i, one in enumerate(stays):
        for other in stays[i + 1 :]:
            assert one.end
            assert other.end
            if one.place != other.place and max(one.start, other.start) < min(one.end, other.end):
                slow.add(frozenset((one.id, other.id)))
    fast = [frozenset(f.stays) for f in check_timeline(stays) if f.kind == "overlap"]
    assert sorted(map(sorted, slow)) == sorted(map(sorted, fast))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=12))
def test_holes_and_stays_together_fill_the_waking_day(told: list[tuple[int, int]]) -> None:
    stays = [stay(f"s{n}", start / 4, (start + length) / 4) for n, (start, length) in enumerate(told)]
    gaps = [f for f in check_timeline(stays, DAY, DAY + timedelta(days=1)) if f.kind == "gap"]
    for quarter in range(7 * 4, 22 * 4):
        at = DAY + timedelta(minutes=15 * quarter)
        told_of = any(s.start <= at < s.end for s in stays if s.end)
        inside = any(g.start <= at < g.end for g in gaps)
        assert not (told_of and inside)
        if not told_of and not inside:  # a hole too short to be asked about
            before = max((s.end for s in stays if s.end and s.end <= at), default=DAY + timedelta(hours=7))
            after = min((s.start for s in stays if s.start > at), default=DAY + timedelta(hours=22))
            start, end = max(before, DAY + timedelta(hours=7)), min(after, DAY + timedelta(hours=22))
            assert end - start < timedelta(hours=2)
