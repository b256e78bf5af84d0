"""What binds whom, on what ground, until when: orders, their duties, extensions, appeals, releases, second looks.

The tables themselves refuse an order that was signed without ground, issuer, end or numbered notice.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.orders.choices import (
    INDIVIDUAL_GROUNDS,
    PLACE_MEASURES,
    SIGNED_STATES,
    AppealDecision,
    DutyKind,
    EndReason,
    Measure,
    OrderState,
    ReclassCause,
    article_words,
)
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area, Place

_SIGNED = Q(state__in=SIGNED_STATES)


class Order(Row):
    """One measure on one person or one place. Periods are half-open; the end is never open.

    A plan of several stages (first central, then at home) is several orders of one `chain`, signed together.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="orders", db_index=False)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="orders", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    chain = models.UUIDField(help_text="the proposal these stages belong to")
    stage = models.SmallIntegerField(default=0, help_text="0 for the first of its chain")
    # What, under which rule.
    measure = models.TextField(help_text="a Measure: a mode of the protocol")
    protocol = models.TextField()
    class_name = models.TextField(help_text="the class of the protocol, or the level for a place")
    room = models.TextField(blank=True, help_text="where the rule wants it done: single, with_carer")
    compulsory = models.BooleanField(default=False)
    is_verified = models.BooleanField(default=True, help_text="the rule's wording was checked against its source")
    basis = models.TextField(help_text="where the numbers stand written")
    article = models.TextField(blank=True, help_text="the article of law that gives the ground")
    # Why, counted from what.
    ground = models.TextField(help_text="kind:id of what it rests on")
    ground_words = models.TextField()
    anchors = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    # From when until when.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # How it came about.
    state = models.TextField(choices=OrderState, default=OrderState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer_post = models.TextField(blank=True, help_text="unit and post of the issuer when signing")
    signed_at = models.DateTimeField(null=True)
    override_reason = models.TextField(blank=True, help_text="why the issuer binds by a rule not yet verified")
    notice_number = models.TextField(null=True, unique=True)
    served_at = models.DateTimeField(null=True)
    served_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    served_how = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(choices=EndReason, blank=True)
    end_words = models.TextField(blank=True)
    # What goes with it.
    checks_per_day = models.SmallIntegerField(default=0)
    code = models.TextField(default="none", help_text="the colour a checkpoint shows while it binds")
    release = models.JSONField(default=list, help_text="what release waits for")
    lighter = models.JSONField(default=dict, help_text="the lighter measure for the same goal, with person-days")
    person_days = models.FloatField(default=0)
    release_asked_at = models.DateTimeField(null=True, help_text="when somebody was asked to release or extend")
    # For places (R055): what keeps a closure from sealing people in.
    emergency_access = models.TextField(blank=True)
    detour = models.TextField(blank=True)
    review_at = models.DateTimeField(null=True)
    contact = models.TextField(blank=True, help_text="whom the public may ask")

    class Meta:
        indexes = [
            models.Index(fields=["path", "proposed_at"], name="order_proposed", condition=Q(state="proposed")),
            models.Index(
                fields=["protocol", "class_name", "measure"], name="order_proposed_like",
                condition=Q(state="proposed", stage=0),
            ),
            models.Index(fields=["path", "ends_at"], name="order_in_force", condition=Q(state="in_force")),
            models.Index(fields=["ends_at"], name="order_to_end", condition=Q(state__in=["proposed", "signed", "in_force"])),
            models.Index(fields=["path", "signed_at"], name="order_to_serve", condition=Q(state="signed")),
            models.Index(fields=["path", "proposed_at"], name="order_path_proposed"),
            models.Index(
                fields=["proposed_at", "id"], name="order_proposed_oldest", condition=Q(state="proposed", stage=0)
            ),
            models.Index(fields=["proposed_at", "id"], name="order_latest"),
            models.Index(fields=["path", "ended_at"], name="order_ended", condition=Q(state="ended")),
            models.Index(fields=["person"], name="order_person", condition=Q(person__isnull=False)),
            models.Index(fields=["place"], name="order_place", condition=Q(place__isnull=False)),
            models.Index(fields=["ground"], name="order_ground"),
            models.Index(fields=["chain", "stage"], name="order_chain"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="an_order_binds_one_person_or_one_place",
                condition=Q(person__isnull=False, place__isnull=True) | Q(person__isnull=True, place__isnull=False),
            ),
            models.CheckConstraint(name="an_order_has_an_end", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="an_order_has_a_ground", condition=~Q(ground="") & ~Q(ground_words="")),
            models.CheckConstraint(
                name="a_signed_order_has_issuer_and_notice",
                condition=~_SIGNED
                | Q(issuer__isnull=False, signed_at__isnull=False, notice_number__isnull=False) & ~Q(issuer_post=""),
            ),
            models.CheckConstraint(
                name="a_compulsory_order_names_its_article",
                condition=~_SIGNED | Q(compulsory=False) | ~Q(article=""),
            ),
            models.CheckConstraint(
                name="an_unverified_rule_binds_by_override_only",
                condition=~_SIGNED | Q(is_verified=True) | Q(compulsory=False) | ~Q(override_reason=""),
            ),
            models.CheckConstraint(
                name="in_force_means_served",
                condition=~Q(state="in_force") | Q(served_at__isnull=False, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="served_after_signed",
                condition=Q(served_at__isnull=True) | Q(served_at__gte=F("signed_at")),
            ),
            models.CheckConstraint(
                name="an_ended_order_says_when_and_why",
                condition=Q(state__in=["proposed", "signed", "in_force"], ended_at__isnull=True, end_reason="")
                | Q(state__in=["ended", "withdrawn"], ended_at__isnull=False) & ~Q(end_reason="")
                | Q(state="refused", ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["ground", "person", "class_name", "stage"], name="one_order_a_ground_person_and_stage",
                condition=Q(state__in=["proposed", "signed", "in_force"], person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["ground", "place", "measure"], name="one_order_a_ground_and_place",
                condition=Q(state__in=["proposed", "signed", "in_force"], place__isnull=False),
            ),
        ]  # fmt: skip

    @property
    def measure_words(self) -> str:
        """The measure in the reader's language."""
        return str(Measure(self.measure).label) if self.measure in Measure.values else self.measure

    @property
    def article_words(self) -> str:
        """The article of law in the reader's language."""
        return article_words(self.article)

    @property
    def is_individual(self) -> bool:
        """Whether it rests on one person's own reason, not on one shared by a whole area or group."""
        return self.ground.partition(":")[0] in INDIVIDUAL_GROUNDS

    @property
    def is_irregular(self) -> bool:
        """A closure without emergency access, detour or review date (R055)."""
        if self.measure not in PLACE_MEASURES:
            return False
        return not (self.emergency_access and self.detour and self.review_at)

    def binds_at(self, at: datetime) -> bool:
        """Whether it binds at `at`: served, begun, not past its end, not ended before."""
        if self.served_at is None or self.state not in (OrderState.IN_FORCE, OrderState.ENDED):
            return False
        begun = max(self.served_at, self.starts_at) <= at
        return begun and at < self.ends_at and (self.ended_at is None or at < self.ended_at)


class Duty(Row):
    """Something owed under an order in a half-open window: a check, a test, a dose. Its path is where it is done."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="duties", db_index=False)
    path = PathField()
    kind = models.TextField(choices=DutyKind)
    detail = models.JSONField(default=dict, help_text="for a test its kind, pool and samples; for a dose what is given")
    due_from = models.DateTimeField()
    due_until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    result = models.TextField(blank=True)
    evidence = models.TextField(blank=True, help_text="kind:id of the visit, swab or dose that did it")
    missed_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True, help_text="when its order ended before it fell due")

    class Meta:
        indexes = [
            models.Index(fields=["order", "due_from"], name="duty_order"),
            models.Index(
                fields=["due_until"], name="duty_to_miss",
                condition=Q(done_at__isnull=True, missed_at__isnull=True, void_at__isnull=True),
            ),
            models.Index(
                fields=["path", "due_from"], name="duty_open", condition=Q(done_at__isnull=True, void_at__isnull=True)
            ),
            models.Index(
                fields=["due_until"], include=["path", "due_from"], name="duty_checks_open",
                condition=Q(kind="check", done_at__isnull=True, void_at__isnull=True),
            ),
            models.Index(
                fields=["due_from"], include=["path", "due_until", "done_at"], name="duty_checks_by_day",
                condition=Q(kind="check", void_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(name="a_duty_has_a_window", condition=Q(due_until__gt=F("due_from"))),
            models.CheckConstraint(
                name="a_done_duty_has_a_result", condition=Q(done_at__isnull=True) | ~Q(result="")
            ),
            models.UniqueConstraint(fields=["order", "kind", "due_from"], name="one_duty_an_order_kind_and_start"),
        ]  # fmt: skip


class Extension(Row):
    """A longer end for one named person's order, with a reason and a notice of its own; it counts once served."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="extensions")
    path = PathField()
    reason = models.TextField()
    ends_before = models.DateTimeField(help_text="the end it had")
    ends_after = models.DateTimeField(help_text="the end it gets")
    issuer = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer_post = models.TextField()
    signed_at = models.DateTimeField()
    notice_number = models.TextField(unique=True)
    served_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_extension_is_longer", condition=Q(ends_after__gt=F("ends_before"))),
            models.CheckConstraint(name="an_extension_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_extension_is_served_before_the_end",
                condition=Q(served_at__isnull=True) | Q(served_at__lt=F("ends_before")),
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(served_at__isnull=True), name="one_extension_waits_to_be_served"
            ),
        ]


class Appeal(Row):
    """The one bound objects. The order goes on; a clock runs on the answer."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="appeals")
    path = PathField()
    words = models.TextField()
    channel = models.TextField(default="desk", help_text="desk, resident page, paper, phone")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decision = models.TextField(choices=AppealDecision, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "due_at"], name="appeal_open", condition=Q(decided_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_decided_appeal_has_reason_and_name",
                condition=Q(decided_at__isnull=True, decision="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="") & ~Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(decided_at__isnull=True), name="one_open_appeal_an_order"
            ),
        ]


class Release(Row):
    """The decision that sets free: who decided, what was still missing then, and the certificate's number."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="released")
    path = PathField()
    decided_at = models.DateTimeField()
    issuer = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer_post = models.TextField()
    notice_number = models.TextField(unique=True)
    missing = models.JSONField(default=list, help_text="conditions not met when it was decided")
    reason = models.TextField(blank=True, help_text="why although something was missing, or before the end")


class Reclass(Row):
    """A second look at orders after something changed: proposed, previewed, signed, and undone if it was wrong."""

    path = PathField()
    cause = models.TextField(choices=ReclassCause)
    change = models.JSONField(default=dict, help_text="what changed: grounds, protocol, anchors")
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    signed_at = models.DateTimeField(null=True)
    issuer = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    before = models.JSONField(default=list, help_text="how each order stood, for the undo")
    after = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "proposed_at"], name="reclass_path_proposed")]
        constraints = [
            models.CheckConstraint(
                name="a_signed_reclass_has_an_issuer", condition=Q(signed_at__isnull=True) | Q(issuer__isnull=False)
            ),
        ]


class NoticeSeries(models.Model):
    """The last number given of one county's notices in one year; no person stands here."""

    series = models.TextField(primary_key=True, help_text="county code and year")
    last = models.IntegerField(default=0)


from bihuan.ledgers.orders.passes import models as passes  # noqa: E402, F401
from bihuan.ledgers.orders.rehearsals import models as rehearsals  # noqa: E402, F401 - and so are rehearsals
from bihuan.ledgers.orders.stays import models as stays  # noqa: E402, F401 - tables of this room kept in their own file
