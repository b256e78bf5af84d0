"""Whom we know. A list row is what others told us; a person is what we hold true.

Documents and phones are encrypted and found again by a blind index; whoever copies the tables learns neither.
"""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.people.choices import IdentityKind, Sex
from bihuan.ledgers.territory.models import Area


class Household(Row):
    """People who share a door."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    address = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["path"], name="household_path")]


class Person(Row):
    """One human being, at one residence. `keep_until` is when the record must have been reviewed or forgotten."""

    name = models.TextField()
    sex = models.TextField(choices=Sex, default=Sex.UNKNOWN)
    birth_on = models.DateField(null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    address = models.TextField(blank=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    recorded_at = models.DateTimeField()
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="person_path_name")]

    def __str__(self) -> str:
        return str(self.id)


class Identity(Row):
    """A document number or a phone of one person: `sealed` is the cipher, `blind` finds equal ones."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    path = PathField()
    kind = models.TextField(choices=IdentityKind)
    sealed = models.BinaryField()
    blind = models.BigIntegerField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="identity_person")]


class LinkKey(models.Model):
    """A keyed digest of something two records of one person are likely to share: how candidates are found.

    Carries no words of the person, so it needs no scope of its own; the person behind it is guarded.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["digest"], include=["person"], name="linkkey_digest"),
            models.Index(fields=["person"], name="linkkey_person"),
        ]


class NameCount(models.Model):
    """How often a name's sound occurs, by its keyed digest: a rare name says more than a common one."""

    digest = models.BigIntegerField(primary_key=True)
    count = models.IntegerField()


class Merge(Row):
    """Two records found to be one person; `moved` says what went over, so that it can go back."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_kept")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_gone")
    path = PathField()
    at = models.DateTimeField()
    reason = models.TextField()
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=models.Q(undone_at__isnull=True), name="merged_away_once"
            )
        ]


class PossibleDouble(Row):
    """Two records of the register that may be one person, found by comparing everybody; a person decides, once."""

    left = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    path = PathField(help_text="the nearest place that both lie in")
    probability = models.FloatField()
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    is_same = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "found_at"], name="double_open", condition=models.Q(settled_at__isnull=True))
        ]
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="a_pair_once")]


class AccessCode(Row):
    """A code on paper with which a person sees what concerns them. Only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_codes")
    path = PathField()
    digest = models.BigIntegerField(db_index=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
