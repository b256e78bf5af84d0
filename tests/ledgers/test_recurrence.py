"""How findings stand to each other, against the slow reading of the rule; draws and photos, alone."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.ledgers.command import photos
from bihuan.ledgers.command.draw import drawn
from bihuan.ledgers.command.recurrence import Found, Standing, standings

BEGIN = datetime(2022, 7, 1, tzinfo=UTC)
TOP = 3

found = st.builds(
    lambda number, hours, window, base: Found(UUID(int=number), BEGIN + timedelta(hours=hours), window, base),
    st.integers(0, 2**32), st.integers(0, 24 * 90), st.integers(1, 40), st.integers(0, TOP),
)  # fmt: skip


def slow(one: Found, every: list[Found]) -> tuple[list[UUID], int]:
    """The rule as it is said: whatever was found there before, not longer ago than the window; one level up each time."""
    before = [o for o in every if o.at < one.at and one.at - o.at <= timedelta(days=one.window_days)]
    steps = 1 + max(slow(o, every)[1] for o in before) if before else 0
    return [o.id for o in sorted(before, key=lambda o: (o.at, o.id))], steps


@settings(deadline=None)
@given(st.lists(found, max_size=9, unique_by=lambda f: f.id), st.randoms())
def test_every_standing_is_what_the_rule_says_in_whatever_order_it_is_told(
    every: list[Found], chance: random.Random
) -> None:
    told = standings(every, top=TOP)
    for one in every:
        earlier, steps = slow(one, every)
        assert told[one.id] == Standing(tuple(earlier), min(TOP, one.base_level + steps))
    chance.shuffle(every)
    assert standings(every, top=TOP) == told


def test_the_edge_of_the_window() -> None:
    first = Found(UUID(int=1), BEGIN, 30, 1)
    for seconds, is_again in ((0, True), (1, False)):
        later = Found(UUID(int=2), BEGIN + timedelta(days=30, seconds=seconds), 30, 1)
        assert bool(standings([later, first], top=TOP)[later.id].earlier) is is_again


@settings(deadline=None)
@given(st.sets(st.text(max_size=6), max_size=20), st.integers(0, 25), st.text(max_size=5))
def test_a_draw_is_repeated_by_anybody(pool: set[str], size: int, seed: str) -> None:
    once = drawn(sorted(pool), size, seed)
    assert drawn(sorted(pool, reverse=True), size, seed) == once
    assert len(once) == len(set(once)) == min(size, len(pool))
    assert set(once) <= pool


def test_no_place_is_drawn_more_often_than_another() -> None:
    pool = [f"place:{n}" for n in range(10)]
    times = dict.fromkeys(pool, 0)
    for seed in range(2000):
        for p in drawn(pool, 3, str(seed)):
            times[p] += 1
    assert all(520 < n < 680 for n in times.values()), times  # 600 expected; four standard deviations either way


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


JPEG = (
    b"\xff\xd8" + _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + _segment(0xE1, b"Exif\0\0GPS 34.1N 113.2E")
    + _segment(0xFE, b"owner: somebody") + _segment(0xDB, bytes(65)) + _segment(0xDA, b"\1\1\0\0\x3f\0")
    + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9" + b"a film of the street"
)  # fmt: skip


def test_a_photo_loses_what_the_camera_told() -> None:
    clean, media = photos.clean(JPEG)
    assert media == "image/jpeg"
    for gone in (b"GPS", b"owner", b"film"):
        assert gone not in clean
    assert b"JFIF" in clean
    assert clean.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert photos.clean(clean)[0] == clean


def test_a_png_keeps_its_picture_only() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + b"crc!"

    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"eXIf", b"GPS") + chunk(b"tEXt", b"Author")
    raw += chunk(b"IDAT", b"picture") + chunk(b"IEND", b"") + b"more"
    clean, media = photos.clean(raw)
    assert media == "image/png"
    assert b"picture" in clean
    assert not [gone for gone in (b"GPS", b"Author", b"more") if gone in clean]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"GIF89a", "not_a_photo"),
        (b"", "not_a_photo"),
        (JPEG[:60], "broken"),
        (JPEG + bytes(photos.MOST_BYTES), "too_big"),
    ],
)
def test_what_is_no_photo_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(photos.PhotoFault) as fault:
        photos.clean(raw)
    assert fault.value.code == code


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(JPEG)))
def test_broken_bytes_never_do_worse_than_refuse(noise: bytes, cut: int) -> None:
    for raw in (b"\xff\xd8" + noise, b"\x89PNG\r\n\x1a\n" + noise, JPEG[:cut] + noise):
        try:
            photos.clean(raw)
        except photos.PhotoFault:
            continue
