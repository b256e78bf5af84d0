"""Who serves: accounts, units, posts with their A and B holders, shifts, and the journal of every act."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from bihuan.ledgers._ground import PathField, Row, uuid7
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.models import Area, Place


class Member(AbstractBaseUser):
    """An account of one named person of the staff."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.TextField(unique=True)
    name = models.TextField()
    phone = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    language = models.TextField(default="zh-hans")

    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.name


class Unit(Row):
    """A command body, working group, department, township or village: what posts belong to."""

    name = models.TextField()
    kind = models.TextField(choices=UnitKind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="units")
    phone = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="unit_path")]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="unit_name_once_an_area")]

    def __str__(self) -> str:
        return self.name


class Post(Row):
    """A chair somebody must sit on. A post without a holder is shown vacant."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="posts")
    path = PathField()
    title = models.TextField()
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="posts", db_index=False)
    role = models.TextField(help_text="a Role")
    rank = models.IntegerField(default=100, help_text="order in the roster, smallest first")
    round_the_clock = models.BooleanField(default=False)
    confirm_every_days = models.IntegerField(default=30)

    @property
    def role_words(self) -> str:
        """The role in the reader's language."""
        return str(Role(self.role).label) if self.role in Role.values else self.role

    def __str__(self) -> str:
        return self.title


class Posting(Row):
    """One member in one post from a day until a day, as holder (A) or deputy (B)."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="postings")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="postings")
    path = PathField()
    is_deputy = models.BooleanField(default=False)
    held_from = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField()
    absent_from = models.DateTimeField(null=True)
    absent_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "is_deputy"],
                condition=models.Q(held_until__isnull=True),
                name="one_holder_and_one_deputy_a_post",
            )
        ]
        indexes = [models.Index(fields=["member"], name="posting_member")]


class Shift(Row):
    """A span of duty at a round-the-clock post; nobody named means an empty slot."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="shifts")
    path = PathField()
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    shift_from = models.DateTimeField()
    shift_until = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "shift_from"], name="shift_path_from")]
        constraints = [models.UniqueConstraint(fields=["post", "shift_from"], name="one_shift_a_post_and_start")]


class Act(models.Model):
    """The journal: one row for everything anybody did. Written once, its outcome set once, never changed.

    `at` is when it happened, `recorded_at` when we learned of it; `args` hold no names, numbers or phones.
    """

    id = models.UUIDField(primary_key=True)
    verb = models.TextField()
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False)
    device = models.TextField(blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    path = PathField()
    subject = models.TextField(blank=True, help_text="kind:id of what the act was about")
    args = models.JSONField(default=dict)
    word = models.TextField(null=True)
    result = models.JSONField(null=True)
    because = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="consequences", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["path", "recorded_at"], name="act_path_recorded"),
            models.Index(fields=["subject", "recorded_at"], name="act_subject"),
            models.Index(fields=["because"], name="act_because", condition=models.Q(because__isnull=False)),
        ]


class Token(Row):
    """A device's key to the API: only its digest is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    device = models.TextField()
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Phone(Row):
    """A phone in the field as it last told of itself: who holds it, how much it still keeps, how far its clock is off.

    `silent_at` is when its silence was told; hearing from it again empties it.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="phones")
    path = PathField()
    heard_at = models.DateTimeField()
    waiting = models.IntegerField(default=0, help_text="acts not yet sent")
    oldest_at = models.DateTimeField(null=True, help_text="the oldest of them")
    skew_seconds = models.IntegerField(default=0)
    silent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "-heard_at"], name="phone_path_heard")]


class SavedView(Row):
    """A filter somebody wants to come back to."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    page = models.TextField()
    name = models.TextField()
    query = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "page", "name"], name="view_name_once_a_page")]
