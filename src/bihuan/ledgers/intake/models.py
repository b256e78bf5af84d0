"""What others told us. What the sender wrote is never edited; what we made of it is beside it."""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.intake.choices import EventKind, MatchState, ReturnReason, RowState
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area


class Upload(Row):
    """A file on its way in: mapped, previewed, then received by a background job. Deleted when it has been."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    path = PathField()
    file_name = models.TextField()
    sealed = models.BinaryField()
    choices = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    state = models.TextField(default="waiting")
    rows_done = models.IntegerField(default=0)
    rows_total = models.IntegerField(default=0)
    answer = models.JSONField(null=True)


class PushedList(Row):
    """One list somebody sent, with its source, purpose and legal basis, and the receipt we gave."""

    number = models.TextField(unique=True)
    path = PathField()
    source = models.TextField()
    purpose = models.TextField()
    basis = models.TextField()
    sheet = models.TextField(blank=True)
    file_name = models.TextField(blank=True)
    content_hash = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Member, on_delete=models.PROTECT)
    rows_read = models.IntegerField(default=0)
    rows_accepted = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    receipt = models.JSONField(default=dict)
    replied_at = models.DateTimeField(null=True)
    keep_until = models.DateField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "received_at"], name="list_path_received"),
            models.Index(fields=["keep_until"], name="list_to_forget", condition=models.Q(forgotten_at__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["path", "content_hash"], name="the_same_list_once")]


class RejectedRow(Row):
    """A row that can identify nobody, with every reason, kept so that it can be mended and sent again."""

    pushed_list = models.ForeignKey(PushedList, on_delete=models.CASCADE, related_name="rejected")
    path = PathField()
    sheet = models.TextField(blank=True)
    row_number = models.IntegerField()
    column = models.TextField(blank=True)
    reason_code = models.TextField()
    reason = models.JSONField(help_text="the words in Chinese and English")
    sealed = models.BinaryField(help_text="the sender's cells")


class ListRow(Row):
    """One person on one list: what they told us, whom we hold it to be, where it was sent, how it ended."""

    # Every visit rewrites its row and with it each index: a foreign key has one only where a page or a flow asks by it.
    pushed_list = models.ForeignKey(PushedList, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row_number = models.IntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    name = models.TextField(blank=True)
    address = models.TextField(blank=True)
    sealed = models.BinaryField(help_text="all the sender's words, encrypted")
    faults = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="rows", db_index=False)
    match_state = models.TextField(choices=MatchState)
    candidate = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="candidate_rows", db_index=False
    )
    probability = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    routing = models.JSONField(default=dict)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, db_index=False)
    dispatch = models.ForeignKey("Dispatch", null=True, on_delete=models.SET_NULL, related_name="rows")
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, db_index=False)
    state = models.TextField(choices=RowState)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    evidence = models.TextField(blank=True, help_text="kind:id of what closed it")
    return_reason = models.TextField(choices=ReturnReason, blank=True)
    revisit_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "opened_at"], name="row_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(
                fields=["opened_at", "id"], name="row_open_oldest", condition=models.Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["opened_at", "id"],
                name="row_doubt_oldest",
                condition=models.Q(closed_at__isnull=True, match_state="to_review"),
            ),
            models.Index(fields=["path", "state"], name="row_path_state"),
            models.Index(fields=["pushed_list", "row_number"], name="row_list_number"),
            models.Index(fields=["pushed_list"], name="row_list_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["person"], name="row_person"),
            models.Index(fields=["candidate"], name="row_candidate", condition=models.Q(candidate__isnull=False)),
            models.Index(
                fields=["duplicate_of"], name="row_duplicate_of", condition=models.Q(duplicate_of__isnull=False)
            ),
            models.Index(fields=["assignee"], name="row_assignee", condition=models.Q(closed_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_closed_row_has_an_end_and_evidence",
                condition=models.Q(closed_at__isnull=True) | ~models.Q(evidence=""),
            )
        ]


class Dispatch(Row):
    """One list's rows of one township, sent with a task to name three people."""

    pushed_list = models.ForeignKey(PushedList, on_delete=models.CASCADE, related_name="dispatches")
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="dispatch")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pushed_list", "area"], name="one_dispatch_a_list_and_area")]


class RowEvent(models.Model):
    """A row entering or leaving an area's open stock. Summing `delta` gives what was open at any hour, as then known."""

    id = models.BigAutoField(primary_key=True)
    row = models.ForeignKey(ListRow, on_delete=models.CASCADE, related_name="events", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    kind = models.TextField(choices=EventKind)
    delta = models.SmallIntegerField()
    state = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["path", "at"], name="rowevent_path_at"),
            models.Index(fields=["row"], name="rowevent_row"),
        ]


from bihuan.ledgers.intake.presences import models as presences  # noqa: E402, F401 - tables of this room kept in their own file
from bihuan.ledgers.intake.sightings import models as sightings  # noqa: E402, F401 - tables of this room kept in their own file
