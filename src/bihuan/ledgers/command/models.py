"""Who must do what until when: responses, tasks with their clocks, visits, notices, letters."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.command.choices import LetterKind, TaskKind
from bihuan.ledgers.staff.models import Member, Post, Unit
from bihuan.ledgers.territory.models import Area


class Response(Row):
    """An outbreak being answered: which disease, which level, under which protocol."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    name = models.TextField()
    disease = models.TextField()
    protocol = models.TextField()
    level = models.TextField()
    response_from = models.DateTimeField()
    response_until = models.DateTimeField(null=True)


class Task(Row):
    """Something somebody must do. Four parties answer for it: territory, sector, unit, person."""

    kind = models.TextField(help_text="a TaskKind; the list grows, so the column does not name it")
    title = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    subject = models.TextField(blank=True, help_text="kind:id of what it is about")
    territory_owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks_as_territory")
    sector_supervisor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks_as_sector")
    responsible_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks_as_unit")
    responsible = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="tasks")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="tasks_closed")
    outcome = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["path", "opened_at"], name="task_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["subject"], name="task_subject"),
        ]

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(TaskKind(self.kind).label) if self.kind in TaskKind.values else self.kind


class Clock(Row):
    """A limit being measured. `look_at` is when the tick must look next; it is claimed by compare-and-set."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="clock")
    path = PathField()
    kind = models.TextField(help_text="which limit of the protocol")
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    raised = models.SmallIntegerField(default=0, help_text="how far up the chain it has been told")
    look_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["look_at"], name="clock_look_at", condition=models.Q(stopped_at__isnull=True)),
            models.Index(fields=["path", "due_at"], name="clock_path_due"),
        ]


class TeamSeat(Row):
    """One of the three named people who verify a list in a township."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="team")
    path = PathField()
    seat = models.TextField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "seat"], name="one_member_a_seat")]


class Visit(models.Model):
    """A form filled in the field. Its id is the id of the act, so the same visit cannot exist twice."""

    id = models.UUIDField(primary_key=True)
    subject = models.TextField(help_text="kind:id of whom or what was visited")
    path = PathField()
    form = models.TextField()
    outcome = models.TextField()
    answers = models.JSONField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "at"], name="visit_subject"),
            models.Index(fields=["path", "at"], name="visit_path_at"),
        ]


class Notice(Row):
    """Something one member must know: a reminder, an escalation, a hand-over."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL)
    path = PathField()
    kind = models.TextField()
    words = models.JSONField(default=dict)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "created_at"], name="notice_member")]
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "task"], name="told_once_a_member_kind_and_task")
        ]


class Letter(Row):
    """A letter to another authority: numbered, dated, owed an answer."""

    kind = models.TextField(help_text="a LetterKind")
    number = models.TextField(unique=True)
    path = PathField()
    addressee = models.TextField()
    addressee_code = models.TextField(blank=True)
    subject = models.TextField()
    body = models.JSONField(default=dict)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "written_at"], name="letter_path_written")]

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(LetterKind(self.kind).label) if self.kind in LetterKind.values else self.kind
