"""Stops at a post, and counts of those who passed clear.

A row about a person is made only where somebody was stopped or lands from a risk area; it is seen where they go, and it
is deleted when its time is over.
"""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.intake.sightings.choices import Colour, Decision, StopReason
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area, Place, RiskList


class Sighting(Row):
    """Somebody who was stopped at a post: what was shown, what the rule says, what was decided, by whom."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="sightings")
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, db_index=False, help_text="where the person goes, or the post's"
    )
    path = PathField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    colour = models.TextField(choices=Colour)
    level = models.TextField(blank=True, help_text="risk level of the place come from, by the list of that hour")
    risk_list = models.ForeignKey(RiskList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_starred = models.BooleanField(default=False)
    is_landing = models.BooleanField(default=False)
    answer = models.TextField(help_text="what the rule says is to be done")
    rule = models.TextField(help_text="where that stands written")
    decision = models.TextField(choices=Decision)
    reason = models.TextField(choices=StopReason)
    origin = models.TextField(blank=True)
    destination = models.TextField(blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    sealed = models.BinaryField(help_text="name, document, phone, vehicle and note, encrypted")
    keep_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["path", "at"], name="sighting_path_at"),
            models.Index(fields=["keep_until"], name="sighting_keep_until"),
        ]
        constraints = [
            models.CheckConstraint(
                name="nobody_who_passes_clear_is_kept",
                condition=~models.Q(answer="pass") | ~models.Q(decision="passed") | models.Q(reason="fever"),
            )
        ]


class Crossing(Row):
    """How many passed one post clear in one hour. A number; nobody is in it."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="crossings")
    path = PathField()
    hour = models.DateTimeField(help_text="its beginning")
    clear = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "hour"], name="one_count_a_place_and_hour")]
