"""What is said to the public and what the public says. Nothing of a bulletin is about a person; an enquiry seals who asked."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area


class Bulletin(Row):
    """Figures and words published at an hour, as they may be seen by everybody; a correction is another one beside it."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    number = models.TextField(unique=True)
    as_of = models.DateTimeField(help_text="the hour the figures are true for")
    published_at = models.DateTimeField()
    signed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer = models.TextField(help_text="unit and post of the signer when signing")
    words = models.TextField()
    figures = models.JSONField(help_text="columns, rows with hidden cells as null, totals, threshold, source")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by", db_index=False
    )
    reason = models.TextField(blank=True, help_text="why the one before does not stand")

    class Meta:
        indexes = [models.Index(fields=["published_at"], name="bulletin_published")]


class Enquiry(Row):
    """A question, a tip-off or a clue of the public: a number, an owner, a clock, an answer. Who asked is sealed."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    number = models.TextField(unique=True)
    kind = models.TextField(help_text="an EnquiryKind")
    channel = models.TextField(help_text="an EnquiryChannel")
    words = models.TextField()
    sealed = models.BinaryField(default=bytes, help_text="name and phone of whoever asked, if they gave them")
    receipt = models.BigIntegerField(db_index=True, help_text="a digest of the receipt's code")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="enquiry")
    received_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_shown = models.BooleanField(default=False, help_text="question and answer stand on the public page")
    keep_until = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["path", "received_at"], name="enquiry_path_received")]
