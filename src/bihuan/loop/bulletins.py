"""The figures of a bulletin as of an hour, with everything left out by which somebody could be found."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from bihuan.engines import disclosure
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

# The least number of people of one township that is published.
THRESHOLD = 5
COLUMNS = (
    {"key": "new", "zh": "今日新增病例", "en": "New cases today"},
    {"key": "all", "zh": "累计病例", "en": "Cases so far"},
)


def figures(scope: Scope, as_of: datetime) -> dict[str, Any]:
    """Cases by township and their totals; a hidden cell is None. What an earlier bulletin of the day hid stays hidden."""
    since = timezone.localtime(as_of).replace(hour=0, minute=0, second=0, microsecond=0)
    standing = Q(refuted_at__isnull=True) | Q(refuted_at__gt=as_of)
    told: Any = cases_reads.cases(scope).order_by().filter(standing, reported_at__lte=as_of)
    towns = territory_reads.townships(scope)
    counts = {a.path: [0, 0] for a in towns}
    outside = [0, 0]
    for path, reported in told.values_list("path", "reported_at"):
        line = counts.get(territory_reads.township_path(path), outside)
        line[1] += 1
        line[0] += reported >= since
    table = [counts[a.path] for a in towns]
    total = [sum(row[k] for row in [*table, outside]) for k in range(len(COLUMNS))]
    names = [a.name for a in towns]
    safe = (
        disclosure.suppressed(table, threshold=THRESHOLD, already=_hidden_before(scope, since, names)) if table else []
    )
    rows = [
        {"area": name, "cells": [None if v == disclosure.HIDDEN else v for v in row]}
        for name, row in zip(names, safe, strict=True)
    ]
    return {"columns": list(COLUMNS), "rows": rows, "total": total, "threshold": THRESHOLD}


def _hidden_before(scope: Scope, since: datetime, names: list[str]) -> Collection[tuple[int, int]]:
    found = set()
    for earlier in public_reads.same_figures(scope, since):
        for row in earlier.figures["rows"]:
            if row["area"] in names:
                found |= {(names.index(row["area"]), k) for k, v in enumerate(row["cells"]) if v is None}
    return found
