"""Pages step back while acts are slow, and come back; the switch overrules the measurement."""

from pathlib import Path

from bihuan.loop.pressure import (
    HIGH_SECONDS,
    LEAST_CALLS,
    LOW_SECONDS,
    SWITCH_SECONDS,
    WINDOW_SECONDS,
    Pressure,
    switch_file,
)


def felt(pressure: Pressure, now: float, seconds: float, calls: int = LEAST_CALLS) -> bool:
    for _ in range(calls):
        pressure.note(now, seconds)
    return pressure.is_high(now)


def test_slow_acts_raise_it_and_a_step_keeps_it_from_fluttering() -> None:
    pressure = Pressure()
    assert not pressure.is_high(0.0)
    assert not felt(pressure, 1.0, HIGH_SECONDS * 4, calls=LEAST_CALLS - 1)  # a few calls say nothing
    assert felt(pressure, 1.0, HIGH_SECONDS * 1.2, calls=20)
    later = 1.0 + WINDOW_SECONDS + 1
    between = (HIGH_SECONDS + LOW_SECONDS) / 2
    for _ in range(LEAST_CALLS):
        pressure.note(later, between)
    assert pressure.is_high(later)  # not yet low enough to fall
    assert not felt(Pressure(), later, between)  # and not high enough to rise
    assert not felt(pressure, later + WINDOW_SECONDS + 1, LOW_SECONDS / 2)


def test_it_falls_by_itself_when_nobody_calls_any_more() -> None:
    pressure = Pressure()
    assert felt(pressure, 1.0, 2.0)
    assert not pressure.is_high(1.0 + WINDOW_SECONDS + 0.1)


def test_the_switch_overrules_the_measurement_within_two_seconds(tmp_path: Path) -> None:
    switch = switch_file(tmp_path)
    pressure = Pressure(switch)
    assert not pressure.is_high(0.0)
    switch.write_text("on\n")
    assert not pressure.is_high(SWITCH_SECONDS / 2)  # looked at a moment ago
    assert pressure.is_high(SWITCH_SECONDS)
    switch.write_text("off\n")
    assert not felt(pressure, 3 * SWITCH_SECONDS, 5.0)
    switch.write_text("nonsense\n")
    assert pressure.mode(5 * SWITCH_SECONDS) == "auto"
