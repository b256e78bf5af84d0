"""Facts of the units' reports: a version signed."""

from typing import Any

from bihuan.ledgers.command.unit_reports.models import UnitReport


def add_unit_report(**fields: Any) -> UnitReport:
    """Record a version. Raises IntegrityError where somebody else signed the same version meanwhile."""
    return UnitReport.objects.create(**fields)
