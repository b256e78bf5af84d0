"""What reports on registers share: the entries known at an hour, and what their dispatch forms said."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.command.models import Entry, Visit
from bihuan.ledgers.territory.scope import Scope


def entries(scope: Scope, register: str, as_of: datetime) -> list[Entry]:
    """Entries of a register in it at an hour. Their cells are those of today: a sheet loaded again brings them up to date."""
    found = Entry.objects.filter(scope.inside(), register=register, added_at__lte=as_of)
    return list(found.select_related("area", "unit").order_by("path", "name"))


def filled(scope: Scope, checklist: str, as_of: datetime) -> dict[UUID, list[tuple[datetime, dict[str, Any]]]]:
    """(hour, {item: answer}) of every form filled up to an hour, by entry, the latest first."""
    told: dict[UUID, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    rows = Visit.objects.filter(
        scope.inside(), form=f"checklist/{checklist}", at__lte=as_of, subject__startswith="entry:"
    )
    for subject, at, answers in rows.order_by("-at", "-id").values_list("subject", "at", "answers"):
        told[UUID(subject.removeprefix("entry:"))].append((at, answers["items"]))
    return told


def number(cells: dict[str, Any], name: str, otherwise: float = 0.0) -> float:
    """A cell or an answer as a number; what is empty counts as told."""
    said = cells.get(name, "")
    said = said.get("answer", "") if isinstance(said, dict) else said
    try:
        return float(said)
    except (TypeError, ValueError):
        return otherwise


def plain(value: float) -> int | float:
    """A figure as people write it: whole where it is whole, else one decimal."""
    return int(value) if value == int(value) else round(value, 1)
