"""Keys that sign passes, and passes revoked before their time. The passes themselves are not kept."""

from django.db import models
from django.db.models import Q

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.people.models import Person


class PassKey(Row):
    """A key the county signs passes with. The private half is sealed; the public half is told to everybody."""

    path = PathField()
    issuer = models.TextField(help_text="division code of the county")
    key_id = models.TextField(unique=True)
    public = models.JSONField(help_text="the entry of the key list")
    sealed = models.BinaryField(help_text="the private half, PEM, encrypted")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, help_text="when it stopped signing; it goes on verifying")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(valid_until__isnull=True), name="one_signing_key_a_county"
            )
        ]


class RevokedPass(Row):
    """Passes that no longer count although their time is not over: one by its code, or all of a person until an instant."""

    path = PathField()
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    code_id = models.TextField(blank=True)
    revoked_at = models.DateTimeField()
    keep_until = models.DateTimeField(help_text="when every pass it speaks of has ended by itself")

    class Meta:
        indexes = [models.Index(fields=["path", "keep_until"], name="revokedpass_path_until")]
        constraints = [
            models.CheckConstraint(
                name="a_revocation_names_a_person_or_a_code",
                condition=Q(person__isnull=False, code_id="") | Q(person__isnull=True) & ~Q(code_id=""),
            )
        ]
