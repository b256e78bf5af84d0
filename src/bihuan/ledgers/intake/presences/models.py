"""Presences: evidence that expires. Ten million of them answer for one person in less than a blink of the page."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from bihuan.ledgers._ground import PathField
from bihuan.ledgers.intake.presences.choices import PresenceSource
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.territory.models import Place


class Presence(models.Model):
    """One person at one place, half-open. Never edited; deleted when its keeping time is over."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = PathField()
    seen_from = models.DateTimeField()
    seen_until = models.DateTimeField()
    source = models.TextField(choices=PresenceSource)
    evidence = models.TextField(blank=True, help_text="kind:id of the file or scan it was read from")
    recorded_at = models.DateTimeField()
    keep_until = models.DateField()

    class Meta:
        # Both questions of tracing are answered from an index alone, row-level security's look at `path` too.
        indexes = [
            models.Index(
                fields=["place", "seen_from"], include=["seen_until", "person", "path"], name="presence_at_place"
            ),
            BrinIndex(fields=["keep_until"], name="presence_keep_until", pages_per_range=32),
        ]
        constraints = [
            models.CheckConstraint(name="a_presence_lasts", condition=models.Q(seen_until__gt=models.F("seen_from"))),
            models.UniqueConstraint(
                fields=["person", "seen_from", "place", "seen_until"], include=["path"], name="presence_of_person_once"
            ),
        ]


class LongestStay(models.Model):
    """No stay at this place lasts longer: so a search for who was there at an hour need not look further back."""

    place = models.OneToOneField(Place, on_delete=models.CASCADE, primary_key=True, related_name="+")
    path = PathField()
    seconds = models.BigIntegerField()
