"""Who fell ill, where they were, whom they met, and what became of those they met.

What a person was stays on record: somebody may be a contact, then a case, then a contact again, each in its own row.
"""

from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.cases.choices import (
    AssistanceOutcome,
    Certainty,
    Classification,
    ContactState,
    Outcome,
    Protection,
    Relation,
    Severity,
    SourceKind,
    VisitSource,
)
from bihuan.ledgers.command.models import Letter, Task
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Area, Place


def _words_of(choices: type[models.TextChoices], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


class Case(Row):
    """One illness (or infection) of one person under one protocol, with its infectious window and why it is that."""

    number = models.TextField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    disease = models.TextField()
    protocol = models.TextField(help_text="the edition the window and the contacts' duties come from")
    classification = models.TextField(help_text="a Classification")
    onset_at = models.DateTimeField(null=True)
    sampled_at = models.DateTimeField(null=True, help_text="when the first positive sample was drawn")
    last_negative_at = models.DateTimeField(null=True)
    routinely_tested = models.BooleanField(default=False)
    isolated_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    infectious_from = models.DateTimeField(null=True)
    infectious_until = models.DateTimeField(null=True, help_text="null while the case is not isolated")
    window_reason = models.TextField(blank=True, help_text="the rule the window follows, or what it still needs")
    severity = models.TextField(default=Severity.UNKNOWN, help_text="a Severity")
    admitted_at = models.DateTimeField(null=True)
    hospital = models.TextField(blank=True)
    outcome = models.TextField(default=Outcome.OPEN, help_text="an Outcome")
    outcome_at = models.DateTimeField(null=True)
    source_kind = models.TextField(default=SourceKind.UNKNOWN, help_text="a SourceKind")
    source_words = models.TextField(blank=True)
    symptoms = models.JSONField(default=list)
    occupation = models.TextField(blank=True)
    workplace = models.TextField(blank=True)
    summary = models.TextField(blank=True, help_text="the investigator's own account")
    investigator = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    origin = models.TextField(blank=True, help_text="kind:id of what brought it up: a result, a contact, an import")
    external_id = models.TextField(blank=True)
    source_system = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    refuted_at = models.DateTimeField(null=True)
    refuted_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, help_text="the investigation is over")
    derived_at = models.DateTimeField(null=True, help_text="when contacts were last derived")
    derived_from = models.DateTimeField(null=True, help_text="and for which window")
    derived_until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    extra = models.JSONField(default=dict, help_text="fields of an import that we keep and do not use")
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "reported_at"], name="case_path_reported"),
            models.Index(fields=["source_system", "external_id"], name="case_external"),
        ]

    @property
    def is_refuted(self) -> bool:
        """Whether it turned out to be no case."""
        return self.refuted_at is not None or self.classification == Classification.EXCLUDED

    @property
    def is_behind(self) -> bool:
        """Whether its contacts were derived for another window than it has now."""
        now = (self.infectious_from, self.infectious_until)
        return self.derived_at is not None and now != (self.derived_from, self.derived_until)

    @property
    def classification_words(self) -> str:
        """The classification in the reader's language."""
        return _words_of(Classification, self.classification)


class CaseVisit(Row):
    """Where somebody was, from when until when: told, scanned or on a ticket. It belongs to the person, and so outlives
    their being a contact or a case; `case` is the investigation it was recorded for."""

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField(blank=True, help_text="the place in the person's own words, where it is not registered")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    activity = models.TextField(blank=True)
    companions = models.JSONField(default=list, help_text="persons named: {person, name, relation}")
    protection = models.TextField(default=Protection.UNKNOWN, help_text="a Protection")
    source = models.TextField(default=VisitSource.INTERVIEW, help_text="a VisitSource")
    vehicle = models.JSONField(default=dict, help_text="kind, run, row, carriage, bay, cabin: where it was a ride")
    flags = models.JSONField(default=list, help_text="what the investigator marked to be asked again")
    copied_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    external_id = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "from_at"], name="casevisit_place_from"),
            models.Index(fields=["path", "from_at"], name="casevisit_path_from"),
        ]


class Exposure(Row):
    """An event at which a case may have infected others, or was infected: a ride, a meal, a shared ward."""

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="exposures")
    path = PathField()
    role = models.TextField(help_text="an ExposureRole")
    kind = models.TextField(help_text="an exposure kind or a kind of vehicle of the protocol")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField(blank=True)
    run = models.TextField(blank=True, help_text="which train, coach or flight of which day")
    seat = models.JSONField(default=dict, help_text="the case's own row, carriage, bay, cabin")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    external_id = models.TextField(blank=True)
    source_system = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "from_at"], name="exposure_path_from")]


class ExposedPerson(Row):
    """Somebody who was at an exposure, with their own seat."""

    exposure = models.ForeignKey(Exposure, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    seat = models.JSONField(default=dict)
    relation = models.TextField(default=Relation.OTHER, help_text="a Relation")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exposure", "person"], name="exposed_once_an_event")]


class Contact(Row):
    """One person who met one case (level 1), or met somebody who did (level 2 and on), and how they are followed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="contacts")
    via = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    level = models.SmallIntegerField(default=1)
    protocol = models.TextField(blank=True)
    class_name = models.TextField(help_text="a class of the protocol")
    kind = models.TextField(blank=True, help_text="an exposure kind of the protocol")
    relation = models.TextField(default=Relation.OTHER, help_text="a Relation")
    certainty = models.TextField(default=Certainty.CERTAIN, help_text="a Certainty")
    basis = models.TextField(help_text="a ContactBasis")
    exposure = models.ForeignKey(
        Exposure, null=True, on_delete=models.SET_NULL, related_name="contacts", db_index=False
    )
    first_exposure_at = models.DateTimeField(null=True)
    last_exposure_at = models.DateTimeField(null=True)
    overlap_s = models.BigIntegerField(default=0)
    encounters = models.IntegerField(default=0)
    places = models.JSONField(default=list, help_text="where they met: {place, words}")
    state = models.TextField(default=ContactState.IDENTIFIED, help_text="a ContactState")
    identified_at = models.DateTimeField()
    last_day = models.DateField(null=True, help_text="the last day of follow-up, itself followed")
    follow_until = models.DateTimeField(null=True, help_text="half-open: the midnight after the last day")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    became = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    order = models.TextField(blank=True, help_text="kind:id of the order or task that answers for it")
    external_id = models.TextField(blank=True)
    source_system = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "identified_at"], name="contact_path_identified"),
            models.Index(
                fields=["path", "follow_until"], name="contact_open", condition=models.Q(ended_at__isnull=True)
            ),
            models.Index(fields=["source_system", "external_id"], name="contact_external"),
        ]
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="one_contact_a_case_and_person")]

    @property
    def state_words(self) -> str:
        """The state in the reader's language."""
        return _words_of(ContactState, self.state)

    @property
    def relation_words(self) -> str:
        """The relation in the reader's language."""
        return _words_of(Relation, self.relation)


class FollowUp(Row):
    """One follow-up of one contact on one day; two a day have slots 1 and 2."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="follow_ups", db_index=False)
    path = PathField()
    day = models.DateField()
    slot = models.SmallIntegerField(default=1)
    outcome = models.TextField(help_text="a FollowUpOutcome")
    symptoms = models.JSONField(default=list)
    temperature_c = models.FloatField(null=True)
    note = models.TextField(blank=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    external_id = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "day"], name="followup_path_day")]
        constraints = [models.UniqueConstraint(fields=["contact", "day", "slot"], name="one_follow_up_a_slot")]


class Cluster(Row):
    """Cases held to belong together: a household, a class, a wedding."""

    name = models.TextField()
    path = PathField()
    disease = models.TextField()
    kind = models.TextField(blank=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    external_id = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "opened_at"], name="cluster_path_opened")]


class ClusterMember(Row):
    """One case of a cluster, and why it is counted there."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clusters")
    path = PathField()
    reason = models.TextField(blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "case"], name="a_case_once_a_cluster")]


class TransmissionLink(Row):
    """A candidate for who infected whom; the weights of one infectee's candidates say how likely each is."""

    infector = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="infected")
    infectee = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="infectors")
    path = PathField(help_text="the infectee's")
    weight = models.FloatField(default=1.0)
    basis = models.TextField(help_text="contact, trace, interview, genome, import")
    is_chosen = models.BooleanField(default=False, help_text="the investigator holds this one to be true")
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)
    keep_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["infector", "infectee"], name="one_link_a_pair"),
            models.CheckConstraint(
                name="nobody_infects_themselves", condition=~models.Q(infector=models.F("infectee"))
            ),
        ]


class PlanStep(Row):
    """The county's tracing plan: who by name does which step of an investigation, and within how many minutes."""

    path = PathField()
    step = models.TextField(help_text="a Step")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    deputy = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    within_minutes = models.IntegerField()
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "step"], name="one_plan_a_step")]


class CaseStep(Row):
    """One step of one investigation: who by name, due when, done when."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    path = PathField()
    step = models.TextField(help_text="a Step")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "step"], name="one_step_a_case")]


class Reclassing(Row):
    """Everything that hung on a case was judged again; `before` is what an undo puts back."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reclassings")
    path = PathField()
    kind = models.TextField(help_text="a ReclassKind")
    at = models.DateTimeField()
    reason = models.TextField()
    before = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)


class Assistance(Row):
    """One letter of assistance (协查函), ours or theirs: about a case's contacts in another county, owed an answer."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="assistance")
    path = PathField()
    direction = models.TextField(help_text="a Direction")
    counterpart = models.TextField()
    counterpart_code = models.TextField(blank=True)
    their_number = models.TextField(blank=True)
    disease = models.TextField(blank=True)
    protocol = models.TextField(blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="assistances")
    case_words = models.TextField(blank=True, help_text="what their letter says of the case, without a name")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    reply = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    content_hash = models.TextField(blank=True, help_text="of the structured file, so that it comes in once")
    signed_by = models.TextField(blank=True, help_text="the key that signed the file, where it was verified")
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "received_at"], name="assistance_path_received")]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "content_hash"], condition=~models.Q(content_hash=""), name="the_same_letter_once"
            )
        ]


class AssistancePerson(Row):
    """One person in a letter of assistance: whom we hold them to be, and what we answered."""

    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="people")
    row_number = models.IntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    path = PathField()
    name = models.TextField()
    sealed = models.BinaryField(help_text="documents, phones, address as the letter has them, encrypted")
    class_name = models.TextField(default="close_contact")
    last_exposure_at = models.DateTimeField(null=True)
    first_exposure_at = models.DateTimeField(null=True)
    place_words = models.TextField(blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    match_state = models.TextField(help_text="matched, created, to_review")
    outcome = models.TextField(default=AssistanceOutcome.OPEN, help_text="an AssistanceOutcome")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "outcome"], name="assistanceperson_path_outcome")]

    @property
    def outcome_words(self) -> str:
        """The outcome in the reader's language."""
        return _words_of(AssistanceOutcome, self.outcome)
