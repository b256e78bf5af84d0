"""The testing chain 采送检报: who was sampled into which tube, where each tube is, what was found, who let it out.

The binding of a person to a tube is held by the tables themselves: a tube's code exists once, a tube holds no more
swabs than its capacity, a person counts once in a round. A result is written once; a correction stands beside it.
"""

from django.db import models
from django.db.models import F, Q

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area, Place


class Laboratory(Row):
    """A laboratory with what it can do in an hour, and what it can call in."""

    place = models.OneToOneField(Place, on_delete=models.PROTECT)
    path = PathField()
    tubes_per_hour = models.IntegerField()
    instruments = models.IntegerField(default=1)
    turnaround_minutes = models.IntegerField(help_text="one tube, from the bench to the value")
    surge_tubes_per_hour = models.IntegerField(default=0)
    surge_source = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.place.name


class Station(Row):
    """A sampling table: a square, a checkpoint, a fever clinic, a workplace."""

    name = models.TextField()
    kind = models.TextField(help_text="a StationKind")
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    laboratory = models.ForeignKey(Laboratory, null=True, on_delete=models.PROTECT, related_name="stations")

    class Meta:
        indexes = [models.Index(fields=["path"], name="station_path")]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="station_name_once_an_area")]

    def __str__(self) -> str:
        return self.name


class Round(Row):
    """One sampling of a target: who, how many, how many to a tube, until when."""

    number = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(help_text="a RoundKind")
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    protocol = models.TextField(help_text="the edition its numbers come from")
    pool_size = models.SmallIntegerField()
    pool_basis = models.TextField(blank=True)
    is_standing = models.BooleanField(help_text="a person may be sampled in it more than once")
    people_expected = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "opened_at"], name="round_path_opened")]

    def __str__(self) -> str:
        return self.name


class RoundUnit(Row):
    """One target unit of a round with its headcount (village, community, employer)."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="units")
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    headcount = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "area"], name="one_target_a_round_and_area")]


class Session(Row):
    """A station at work in a round: opened, counted, closed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sessions")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="sessions")
    path = PathField()
    samplers = models.SmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["path", "opened_at"], name="session_path_opened")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "station"], condition=Q(closed_at__isnull=True), name="a_station_open_once_a_round"
            )
        ]


class Run(Row):
    """One courier's way from stations to a laboratory."""

    path = PathField()
    courier = models.ForeignKey(Member, on_delete=models.PROTECT)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT)
    vehicle = models.TextField(blank=True)
    boxes = models.SmallIntegerField(default=0)
    departed_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "departed_at"], name="run_path_departed")]


class Box(Row):
    """Closed tubes of one station, sealed together for one laboratory."""

    code = models.TextField(unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="boxes")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="boxes")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="boxes")
    path = PathField()
    tubes = models.SmallIntegerField()
    people = models.IntegerField()
    state = models.TextField(help_text="a BoxState")
    packed_at = models.DateTimeField()
    packed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="carried")
    picked_up_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "state"], name="box_path_state"),
            models.Index(fields=["round", "state"], name="box_round_state"),
        ]


class TestRun(Row):
    """Tubes that were on one instrument together: the batch a result file answers."""

    number = models.TextField(unique=True)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="test_runs")
    path = PathField()
    instrument = models.TextField(blank=True)
    tubes = models.IntegerField()
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Member, on_delete=models.PROTECT)
    finished_at = models.DateTimeField(null=True)

    __test__ = False  # not a test of pytest

    class Meta:
        indexes = [models.Index(fields=["path", "started_at"], name="testrun_path_started")]


class Tube(Row):
    """One tube: its code exists once, it holds no more than its capacity, it is in one box and in one test run."""

    code = models.TextField(unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, db_index=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="tubes", db_index=False)
    path = PathField()
    use = models.TextField(help_text="a TubeUse")
    capacity = models.SmallIntegerField()
    swabs = models.SmallIntegerField(default=0)
    state = models.TextField(help_text="a TubeState")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    box = models.ForeignKey(Box, null=True, on_delete=models.PROTECT, related_name="packed", db_index=False)
    test_run = models.ForeignKey(TestRun, null=True, on_delete=models.PROTECT, related_name="tested", db_index=False)
    pool = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="singles", db_index=False)
    value = models.TextField(blank=True, help_text="a Value, once released")
    tested_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        # `swabs`, `state`, `value` and the times are in no index: a tube is rewritten in place while it fills and travels.
        indexes = [
            models.Index(fields=["session"], name="tube_session"),
            models.Index(fields=["round"], name="tube_round"),
            models.Index(fields=["box"], name="tube_box", condition=Q(box__isnull=False)),
            models.Index(fields=["test_run"], name="tube_test_run", condition=Q(test_run__isnull=False)),
            models.Index(fields=["pool"], name="tube_pool", condition=Q(pool__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="no_tube_is_overfull", condition=Q(swabs__gte=0, swabs__lte=F("capacity"))),
            models.CheckConstraint(name="tubes_of_1_5_10_20", condition=Q(capacity__in=[1, 5, 10, 20])),
        ]

    @property
    def is_pool(self) -> bool:
        return self.capacity > 1


class Swab(models.Model):
    """One sample of one person, or of one spot of a place. Its id is the id of the act: it cannot exist twice.

    `path` is where the person belongs, not where the table stood: the home township sees its people's swabs.
    `counts` marks the one swab by which a round holds the person sampled.
    """

    id = models.UUIDField(primary_key=True)
    # The tube knows its round; it stands here so that the unique key can hold a person once in it.
    round = models.ForeignKey(Round, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    tube = models.ForeignKey(Tube, on_delete=models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, db_index=False)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, db_index=False)
    spot = models.TextField(blank=True, help_text="what of the place was sampled")
    path = PathField()
    counts = models.BooleanField()
    retained_code = models.TextField(blank=True, help_text="the single tube kept beside the pool")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tube"], name="swab_tube"),
            models.Index(fields=["person"], name="swab_person_again", condition=Q(counts=False)),
            models.Index(fields=["place", "at"], name="swab_place", condition=Q(place__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "round"], condition=Q(counts=True), name="a_person_once_a_round"),
            models.UniqueConstraint(
                fields=["retained_code"], condition=~Q(retained_code=""), name="a_retained_tube_once"
            ),
            models.CheckConstraint(
                name="a_swab_is_of_a_person_or_a_place",
                condition=Q(person__isnull=False, place__isnull=True) | Q(person__isnull=True, place__isnull=False),
            ),
        ]


class SwabDoubt(models.Model):
    """A swab that was drawn without network and could not be bound when it was told: a person settles it."""

    id = models.UUIDField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT)
    tube_code = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    path = PathField()
    reason = models.TextField(help_text="a DoubtReason")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    settled_as = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "at"], name="swabdoubt_open", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["tube_code"], name="swabdoubt_tube"),
        ]


class Receipt(Row):
    """One count at a hand-over: what should be there, what was, and by name what is missing or too many."""

    stage = models.TextField(help_text="a Stage")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="receipts")
    box = models.ForeignKey(Box, null=True, on_delete=models.PROTECT, related_name="receipts")
    path = PathField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    at = models.DateTimeField()
    expected = models.IntegerField()
    counted = models.IntegerField()
    missing = models.JSONField(default=list)
    extra = models.JSONField(default=list)
    is_accepted = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["path", "at"], name="receipt_path_at")]


class ResultFile(Row):
    """A laboratory's file: checked as a whole, taken as a whole, released by a second person."""

    path = PathField()
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT)
    test_run = models.ForeignKey(TestRun, null=True, on_delete=models.PROTECT, related_name="files")
    file_name = models.TextField()
    kind = models.TextField(help_text="a FileKind")
    content_hash = models.TextField()
    sealed = models.BinaryField(null=True, help_text="the file until it is taken or dropped")
    state = models.TextField(help_text="a FileState")
    rows_read = models.IntegerField(default=0)
    rows_accepted = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0, help_text="how far a long file has been taken")
    findings = models.IntegerField(default=0)
    receipt = models.JSONField(default=dict)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["path", "checked_at"], name="resultfile_path_checked")]
        constraints = [
            models.UniqueConstraint(
                fields=["content_hash"], condition=~Q(state="dropped"), name="the_same_result_file_once"
            )
        ]


class Result(models.Model):
    """One value of one tube. Written once, released once by a second person; a correction is another row beside it."""

    id = models.UUIDField(primary_key=True)
    tube = models.ForeignKey(Tube, on_delete=models.PROTECT, related_name="results", db_index=False)
    path = PathField()
    value = models.TextField(help_text="a Value")
    method = models.TextField(blank=True)
    detail = models.JSONField(default=dict, help_text="cycle thresholds by gene")
    # The journal knows who and which file; a constraint would be checked for each of a city's tubes.
    file = models.ForeignKey(ResultFile, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    tested_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    reason = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["file"], name="result_file", condition=Q(file__isnull=False)),
            models.Index(
                fields=["path", "recorded_at"],
                name="result_waiting",
                condition=Q(released_at__isnull=True, file__isnull=True),
            ),
            models.Index(fields=["tube"], name="result_tube"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tube"], condition=Q(corrects__isnull=True), name="one_first_result_a_tube")
        ]


class Recall(Row):
    """A positive pool being taken apart: everybody in it found, told, and decided by a single."""

    tube = models.OneToOneField(Tube, on_delete=models.PROTECT, related_name="recall")
    path = PathField()
    people = models.SmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "opened_at"], name="recall_path_opened")]


class Recheck(Row):
    """One member of a positive pool: how the single is got, when they were told, what it said."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="rechecks")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    path = PathField()
    via = models.TextField(help_text="a Via")
    tube = models.ForeignKey(Tube, null=True, on_delete=models.PROTECT, related_name="rechecks")
    told_at = models.DateTimeField(null=True)
    value = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="recheck_open", condition=Q(decided_at__isnull=True))]
        constraints = [models.UniqueConstraint(fields=["recall", "person"], name="a_person_once_a_recall")]


class KeyWorker(Row):
    """Somebody at a post that is tested by rhythm, with the employer who answers for it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    employer = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="key_workers")
    post = models.TextField(help_text="a post of the protocol, such as cold_chain")
    path = PathField()
    held_from = models.DateTimeField()
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "post"], name="keyworker_path_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer", "post"], condition=Q(held_until__isnull=True), name="at_a_post_once"
            )
        ]


class Outage(Row):
    """A platform that did not answer: what was late because of it is told apart."""

    path = PathField()
    system = models.TextField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["path", "began_at"], name="outage_path_began")]


from bihuan.ledgers.lab.slots import models as slots  # noqa: E402, F401 - tables of this room kept in their own file
