"""Cases from columns: who, and the times written beside them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing._index import flat, plain_ids
from bihuan.engines.tracing._times import ticks_of
from bihuan.engines.tracing._values import PersonId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def case_ids(column: pa.ChunkedArray | pa.Array, *, first_row: int = 1) -> list[PersonId]:
    """The person of every row of a table of cases. Raises Fault naming a row without one."""
    return plain_ids(flat(column), column="person_id", table="cases", row=first_row).to_pylist()  # type: ignore[no-any-return]


def case_times(
    column: pa.ChunkedArray | pa.Array, *, name: str, zone: str, first_row: int = 1
) -> list[datetime | None]:
    """The times of one column of a table of cases, None where empty. Raises Fault naming what is not a time."""
    values = flat(column)
    if pa.types.is_null(values.type):
        return [None] * len(values)
    out: list[datetime | None] = [None] * len(values)
    for i in np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False)).tolist():
        # one by one: a list of cases is short, and a column may mix times with and without offsets
        ticks, per_second = ticks_of(values[i : i + 1], name=name, zone=zone, row=first_row + i, table="cases")
        out[i] = (_EPOCH + timedelta(microseconds=int(ticks[0]) * 1_000_000 // per_second)).astimezone(ZoneInfo(zone))
    return out
