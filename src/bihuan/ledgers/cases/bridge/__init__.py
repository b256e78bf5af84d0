"""Cases ↔ the engines of protocol and tracing: the window of a case, whom it met, what that makes of them, until when.

`stays_at` and `stays_of` are the seam: whatever says who was where when is asked there and nowhere else.
"""

from bihuan.ledgers.cases.bridge._look import Candidate, Evidence, Traced, trace_case
from bihuan.ledgers.cases.bridge._protocol import (
    ZONE,
    InfectiousWindow,
    age_facts,
    class_by_relation,
    class_titles,
    diseases,
    edition_id,
    exposure_kinds,
    keep_until,
    last_day_of,
    watch,
    window_of,
)
from bihuan.ledgers.cases.bridge._stays import Stay, stays_at, stays_of
from bihuan.ledgers.cases.bridge._timeline import findings

__all__ = [
    "ZONE",
    "Candidate",
    "Evidence",
    "InfectiousWindow",
    "Stay",
    "Traced",
    "age_facts",
    "class_by_relation",
    "class_titles",
    "diseases",
    "edition_id",
    "exposure_kinds",
    "findings",
    "keep_until",
    "last_day_of",
    "stays_at",
    "stays_of",
    "trace_case",
    "watch",
    "window_of",
]
