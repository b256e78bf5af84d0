"""A rehearsal as it was asked for, how far it is, and what came out."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area


class Rehearsal(Row):
    """One scenario under one protocol with some numbers changed, run with one or more seeds. No person of life is in it."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    title = models.TextField()
    scenario = models.TextField(help_text="the name of a scenario that comes with the program")
    protocol = models.TextField(help_text="the edition's id, or none")
    people = models.IntegerField()
    days = models.IntegerField()
    first_seed = models.IntegerField()
    runs = models.IntegerField()
    changes = models.JSONField(default=dict, help_text="name of a number -> what it was set to")
    before = models.JSONField(default=dict, help_text="name of a number changed -> what scenario and edition say")
    state = models.TextField(choices=RehearsalState, default=RehearsalState.QUEUED)
    days_done = models.IntegerField(default=0, help_text="of all runs together")
    daily = models.JSONField(default=dict, help_text="column -> one number a day, of the run under way or the first")
    figures = models.JSONField(default=list, help_text="one object a finished run")
    waits_for = models.TextField(blank=True, help_text="what most runs waited for longest")
    fault = models.TextField(blank=True)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "-asked_at"], name="rehearsal_path_asked")]

    @property
    def all_days(self) -> int:
        """Days of all runs together."""
        return self.days * self.runs
