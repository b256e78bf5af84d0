"""A unit's word about its day. A row is never changed: a correction is another version beside it."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.staff.models import Member, Unit
from bihuan.ledgers.territory.models import Area


class UnitReport(Row):
    """One version of one unit's report of one day, signed. Version 1 was first; the highest stands."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    form = models.TextField()
    day = models.DateField()
    version = models.SmallIntegerField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    figures = models.JSONField(help_text="what was signed, by the form's names: numbers, zero as 0")
    counted = models.JSONField(help_text="what the house itself counted at that instant")
    own = models.JSONField(default=list, help_text="the unit's own lines: {words, value}")
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="why the figures of the version before do not stand")
    signed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    signed_as = models.TextField(help_text="unit and post of the signer when signing")
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="a correction before this is early, and no fault")

    class Meta:
        indexes = [models.Index(fields=["path", "day"], name="unit_report_path_day")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "form", "day", "version"], name="one_version_of_a_units_day")
        ]

    @property
    def is_late(self) -> bool:
        """Whether the first word came after it was due; a later version is not late, it is a correction."""
        return self.version == 1 and self.signed_at > self.due_at

    @property
    def is_early_correction(self) -> bool:
        """Whether this mends an earlier version before the county added the day up."""
        return self.version > 1 and self.signed_at <= self.closes_at
