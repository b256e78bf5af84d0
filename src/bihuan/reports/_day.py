"""What several reports count alike: the civil day an instant lies in, and rows by township."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


def midnight(as_of: datetime) -> datetime:
    """The midnight the civil day of an instant began with. At midnight itself that is the day before: a day is closed by it."""
    local = timezone.localtime(as_of)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start - timedelta(days=1) if local == start else start


def by_township(scope: Scope, counts: Iterable[tuple[str, str, int]], keys: Iterable[str]) -> list[dict[str, Any]]:
    """One line a township from (path, key, number), with a last one for what lies at the county itself, where any does."""
    wanted = list(keys)
    lines: dict[str, dict[str, int]] = {}
    for path, key, n in counts:
        line = lines.setdefault(territory_reads.township_path(path), dict.fromkeys(wanted, 0))
        line[key] += n
    towns = territory_reads.townships(scope)
    told = [{"area": a.name, **lines.pop(a.path, dict.fromkeys(wanted, 0))} for a in towns]
    rest = {key: sum(line[key] for line in lines.values()) for key in wanted}
    return [*told, {"area": _("县级"), **rest}] if any(rest.values()) else told


def summed(rows: Iterable[Mapping[str, Any]], keys: Iterable[str], **first: Any) -> dict[str, Any]:
    """The total row of numbers."""
    rows = list(rows)
    return {**first, **{key: sum(r[key] or 0 for r in rows) for key in keys}}
