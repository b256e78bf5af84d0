"""Times in and out: any column of times to ticks since 1970 UTC, exactly, and back."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _kernels as kernels
from bihuan.engines.tracing._values import Array, Fault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_LOOSE = re.compile(
    r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?\s*"
)


def zone_named(zone: str) -> tzinfo:
    """The time zone of that name (`Asia/Shanghai`), or of that offset (`+08:00`)."""
    if found := re.fullmatch(r"([+-])(\d{2}):?(\d{2})", zone):
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    return ZoneInfo(zone)


def microseconds(at: datetime, zone: str) -> int:
    """Microseconds since 1970 UTC; a time without an offset is read in `zone`."""
    known = at if at.tzinfo else at.replace(tzinfo=zone_named(zone))
    return (known - _EPOCH) // timedelta(microseconds=1)


def datetime_of(ticks: int, ticks_per_second: int, zone: str) -> datetime:
    """The instant of a number of ticks since 1970 UTC, in `zone` (rounded down to microseconds)."""
    return (_EPOCH + timedelta(microseconds=ticks * 1_000_000 // ticks_per_second)).astimezone(zone_named(zone))


def parse_time(text: str) -> datetime:
    """Read one written time: ISO 8601, or the `2022/7/1 8:00` of spreadsheets. ValueError if it is neither."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        found = _LOOSE.fullmatch(text)
        if not found:
            raise
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    at = datetime(  # noqa: DTZ001 (the zone follows)
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
        int((fraction or "0").ljust(6, "0")),
    )  # fmt: skip
    return at.replace(tzinfo=UTC if offset == "Z" else zone_named(offset)) if offset else at


def ticks_of(column: pa.Array, *, name: str, zone: str, row: int, table: str) -> tuple[Array, int]:
    """Ticks since 1970 UTC of a column of times, and ticks per second: 1 where every time is a whole second.

    Takes timestamps with or without offset, dates, and text. `row` is the number a reader would give the first
    value. Raises Fault naming the first value that is missing or is not a time.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.null_count:
        missing = int(pc.index(pc.is_null(column), True).as_py())
        raise Fault("no time", table=table, row=row + missing, column=name, mend="fill in the time")
    kind = column.type
    if pa.types.is_dictionary(kind):
        return ticks_of(column.dictionary_decode(), name=name, zone=zone, row=row, table=table)
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("s"))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = _from_text(column, name=name, zone=zone, row=row, table=table)
    elif not pa.types.is_timestamp(kind):
        raise Fault(f"times are {kind}", table=table, column=name, mend="write ISO 8601 times or store timestamps")
    values = column.view(pa.int64()).to_numpy(zero_copy_only=False)
    per_second = _UNITS[column.type.unit]
    for unit in (1, 1_000_000):  # the coarsest unit that loses nothing
        step = per_second // unit
        if step <= 1:
            break
        coarse = np.empty_like(values)
        if kernels.coarsen(values, step, coarse):
            values, per_second = coarse, unit
            break
    if per_second == 1_000:
        values, per_second = values * 1_000, 1_000_000
    if column.type.tz is None:
        values = _to_utc(values, per_second, zone)
    return values, per_second


def _from_text(column: pa.Array, *, name: str, zone: str, row: int, table: str) -> pa.Array:
    for kind in (pa.timestamp("s"), pa.timestamp("us"), pa.timestamp("s", "UTC"), pa.timestamp("us", "UTC")):
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    found = []
    for i, text in enumerate(column.to_pylist()):
        try:
            found.append(microseconds(parse_time(text), zone))
        except ValueError:
            raise Fault(
                f"«{text}» is not a time", table=table, row=row + i, column=name, mend="write it like 2022-07-01T08:00"
            ) from None
    return pa.array(found, pa.timestamp("us", "UTC"))


def _to_utc(values: Array, per_second: int, zone: str) -> Array:
    """Wall clock of `zone` to UTC; one subtraction unless the zone changed its offset within the data."""
    if values.size == 0:
        return values
    place = zone_named(zone)
    low, high = int(values.min()) // per_second, int(values.max()) // per_second
    noon = _EPOCH.replace(tzinfo=None)
    days = range(low // 86_400 - 1, high // 86_400 + 2)
    offsets = {(noon + timedelta(days=day, hours=h)).replace(tzinfo=place).utcoffset() for day in days for h in (0, 12)}
    if len(offsets) == 1:
        offset = offsets.pop()
        assert offset is not None
        return values - round(offset.total_seconds()) * per_second
    unit = next(name for name, n in _UNITS.items() if n == per_second)
    wall = pa.array(values).cast(pa.timestamp(unit))
    known: Any = pc.assume_timezone(wall, timezone=zone, ambiguous="earliest", nonexistent="earliest")
    return known.view(pa.int64()).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def timestamps(ticks: Array, ticks_per_second: int, zone: str) -> pa.Array:
    """Ticks since 1970 UTC as a column of timestamps in `zone`, in microseconds (nanoseconds if finer)."""
    if ticks_per_second > 1_000_000:
        return pa.array(ticks).cast(pa.timestamp("ns", tz=zone))
    return pa.array(ticks * (1_000_000 // ticks_per_second)).cast(pa.timestamp("us", tz=zone))


def seconds(ticks: Array, ticks_per_second: int) -> pa.Array:
    """Lengths in seconds: whole numbers, or decimals where the data are finer than a second."""
    if ticks_per_second == 1:
        return pa.array(ticks.astype(np.int64, copy=False))
    if not (ticks % ticks_per_second).any():
        return pa.array(ticks // ticks_per_second)
    return pa.array(ticks / ticks_per_second)
