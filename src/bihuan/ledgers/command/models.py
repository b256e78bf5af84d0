"""Who must do what until when: responses, tasks with their clocks, visits, notices, letters."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command.choices import DirectiveKind, LetterKind, ProblemSource, TaskKind
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
        """The kind in the reader's language; the kinds of registers are data."""
        if self.kind in TaskKind.values:
            return str(TaskKind(self.kind).label)
        of = checklists.register(self.kind)
        return of.task.in_language(get_language() or "") if of else self.kind


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


class Directive(Row):
    """A text that orders things, in one of its versions: a superior policy, a notice, a speech, the record of a meeting.

    Everybody below the place that keeps it may read it: no person's private matter stands in it.
    """

    kind = models.TextField(help_text="a DirectiveKind")
    series = models.UUIDField(help_text="versions of one text share it")
    version = models.SmallIntegerField(default=1)
    title = models.TextField()
    number = models.TextField(blank=True)
    issuer = models.TextField()
    text = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    effective_at = models.DateTimeField()
    meeting = models.JSONField(default=dict, help_text="attendance, decisions, and the figures frozen for a review")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["path", "received_at"], name="directive_path_received")]
        constraints = [models.UniqueConstraint(fields=["series", "version"], name="one_version_a_number")]

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(DirectiveKind(self.kind).label) if self.kind in DirectiveKind.values else self.kind


class DirectiveItem(Row):
    """One thing a text orders, from the proposal to the task: where it stands, and what an officer made of it."""

    directive = models.ForeignKey(Directive, on_delete=models.CASCADE, related_name="items")
    path = PathField()
    span_start = models.IntegerField()
    span_end = models.IntegerField()
    is_proposed = models.BooleanField(default=True, help_text="read by the machine, not added by hand")
    state = models.TextField(default="draft", help_text="an ItemState")
    requirement = models.TextField()
    standard = models.TextField(blank=True)
    type = models.TextField(default="other")
    responsible_words = models.TextField(blank=True)
    deadline_words = models.TextField(blank=True)
    recurrence_words = models.TextField(blank=True)
    quantity = models.TextField(blank=True)
    scope_words = models.TextField(blank=True)
    unit_ids = ArrayField(models.UUIDField(), default=list)
    sector = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    due_minutes = models.IntegerField(null=True)
    every_minutes = models.IntegerField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    dropped_because = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["directive", "span_start"], name="item_directive")]


class ReadReceipt(Row):
    """One unit has read one version of a text."""

    directive = models.ForeignKey(Directive, on_delete=models.CASCADE, related_name="receipts")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    path = PathField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["directive", "unit"], name="one_receipt_a_unit_and_version")]


class Rhythm(Row):
    """A task that comes back: what opens, for whom, how often, and when next. Claimed by compare-and-set."""

    kind = models.TextField()
    title = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    subject = models.TextField(blank=True)
    territory_owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sector_supervisor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    responsible_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)
    every_minutes = models.IntegerField()
    due_minutes = models.IntegerField()
    next_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="rhythm_next", condition=models.Q(stopped_at__isnull=True)),
            models.Index(fields=["path"], name="rhythm_path"),
            models.Index(fields=["subject"], name="rhythm_subject"),
        ]


class Entry(Row):
    """One line of a register that is data: a project, a store, a home; found, checked and followed up like a place."""

    register = models.TextField(help_text="name of the register's file")
    name = models.TextField()
    number = models.TextField(blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sector = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    cells = models.JSONField(default=dict)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "register"], name="entry_path_register")]
        constraints = [models.UniqueConstraint(fields=["register", "name"], name="one_entry_a_name")]


class Inspection(Row):
    """A planned round: daily, joint, or a random one whose draw anybody can repeat from its seed and its pool.

    Kept, with its stops, at the place of whoever planned it: the units drawn do not see it beforehand.
    """

    kind = models.TextField(help_text="an InspectionKind")
    title = models.TextField()
    checklist = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    planned_from = models.DateTimeField()
    planned_until = models.DateTimeField()
    units = ArrayField(models.UUIDField(), default=list, help_text="who goes together")
    seed = models.TextField(blank=True)
    pool = models.JSONField(default=list, help_text="kind:id of all that could be drawn, as it stood")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["path", "planned_from"], name="inspection_path_from")]


class InspectionStop(Row):
    """One place or unit of a round, and the form filled there."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="stops")
    path = PathField()
    subject = models.TextField()
    name = models.TextField()
    place_path = models.TextField()
    position = models.SmallIntegerField()
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "subject"], name="one_stop_a_subject")]


class Problem(Row):
    """One finding: where, what, from whom, who mends it until when, with what proof, and whether it came before."""

    number = models.TextField(unique=True)
    subject = models.TextField(help_text="kind:id of the unit, place or entry it was found at")
    subject_name = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    item = models.TextField(help_text="checklist/item, or free/… in one's own words")
    words = models.TextField()
    source = models.TextField(help_text="a ProblemSource")
    found_in = models.TextField(blank=True, help_text="kind:id of the visit or text it was found in")
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    window_days = models.SmallIntegerField()
    base_level = models.SmallIntegerField(help_text="where it goes the first time: place in LEVELS")
    level = models.SmallIntegerField()
    earlier = ArrayField(models.UUIDField(), default=list, help_text="the same item there, within the window before")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="problem")
    measure = models.TextField(blank=True)
    fixed_at = models.DateTimeField(null=True, help_text="mended on the spot, with proof of before and after")
    cause = models.TextField(blank=True)
    change = models.TextField(blank=True, help_text="a ChangeKind")
    change_words = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "item", "found_at"], name="problem_again"),
            models.Index(fields=["path", "found_at"], name="problem_path_found"),
        ]

    @property
    def is_recurrent(self) -> bool:
        """Whether the same was found there within the window before."""
        return bool(self.earlier)

    @property
    def source_words(self) -> str:
        """Where it comes from, in the reader's language."""
        return str(ProblemSource(self.source).label) if self.source in ProblemSource.values else self.source


class Proof(Row):
    """What shows that something was so: words, or a photo kept sealed and without what the camera told of the place."""

    subject = models.TextField(help_text="kind:id of the task, problem or visit")
    path = PathField()
    kind = models.TextField(help_text="a ProofKind")
    words = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)
    media = models.TextField(blank=True)
    taken_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["subject", "taken_at"], name="proof_subject")]


class BoardEntry(Row):
    """A major hazard on the watch board: kept at the county, so that every unit below sees it."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="board")
    path = PathField()
    words = models.TextField()
    place = models.TextField()
    owner = models.TextField()
    due_at = models.DateTimeField()
    put_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem"], condition=models.Q(taken_at__isnull=True), name="once_on_the_board"
            )
        ]


class Hearing(Row):
    """A talk with, or a referral of, whoever answered for a problem: facts as the journal tells them, ground, reply.

    Only a human opens it, and it cannot be decided before the reply is on record or its time has passed.
    """

    kind = models.TextField(help_text="a HearingKind")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="hearings")
    path = PathField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="hearings")
    ground = models.TextField()
    facts = models.JSONField()
    sealed_reply = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reply_by = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")


from bihuan.ledgers.command.public import models as public  # noqa: E402, F401
from bihuan.ledgers.command.unit_reports import models as unit_reports  # noqa: E402, F401 - tables kept in their own file
