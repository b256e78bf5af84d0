"""Who is asked to come to which table when. A plan is previewed as a draft; confirmed, it is told to people and tables."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.lab.models import Round, Station
from bihuan.ledgers.lab.slots.choices import Excuse, PlanState, WithoutSlot
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member


class SlotPlan(Row):
    """The places and times of one target list in a round: between which hours, in which steps, at what pace. No persons."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="slot_plans")
    path = PathField()
    title = models.TextField()
    source = models.TextField(help_text="list:number, or the employers, posts and areas it was drawn from")
    starts_at = models.DateTimeField()
    slots = models.SmallIntegerField()
    slot_minutes = models.SmallIntegerField()
    swabs_per_sampler_hour = models.SmallIntegerField()
    share_percent = models.SmallIntegerField(help_text="of a table's pace; the rest is for those who come unasked")
    state = models.TextField(choices=PlanState, default=PlanState.DRAFT)
    unknown = models.IntegerField(default=0, help_text="rows of the list that are nobody on record yet")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["path", "planned_at"], name="slotplan_path_planned")]


class SlotTable(Row):
    """One table of a plan, its samplers, and how many it takes in a slot."""

    plan = models.ForeignKey(SlotPlan, on_delete=models.CASCADE, related_name="tables")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    path = PathField(help_text="the plan's: whoever reads the plan reads its tables")
    name = models.TextField()
    area_name = models.TextField()
    samplers = models.SmallIntegerField()
    per_slot = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "station"], name="a_table_once_a_slot_plan")]


class Appointment(Row):
    """One person's table and slot, or why there is none. Seen from home and from the table."""

    plan = models.ForeignKey(SlotPlan, on_delete=models.CASCADE, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    party = models.TextField(help_text="household:id or place:id of those who come together")
    station = models.ForeignKey(Station, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    station_path = PathField(blank=True)
    slot_from = models.DateTimeField(null=True)
    slot_until = models.DateTimeField(null=True)
    reason = models.TextField(choices=WithoutSlot, blank=True)
    moved_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="came later, got another slot, or need not come")
    excuse = models.TextField(choices=Excuse, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["station", "slot_from"], name="appointment_at_table"),
            models.Index(fields=["party"], name="appointment_party"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="a_person_once_a_slot_plan"),
            models.CheckConstraint(
                name="a_slot_or_a_reason",
                condition=models.Q(station__isnull=True, slot_from__isnull=True) & ~models.Q(reason="")
                | models.Q(station__isnull=False, slot_from__isnull=False, reason=""),
            ),
        ]
