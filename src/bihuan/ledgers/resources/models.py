"""What stands ready: facilities, who answers for them, their zones, rooms and beds. No persons under care here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.resources.choices import FacilityKind, FacilityState, RoomKind, RoomState, Seat, ZoneKind
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.choices import Level
from bihuan.ledgers.territory.models import Place


class Facility(Row):
    """A place that has been made ready for something: an isolation site, a designated hospital, a laboratory.

    `checked_at`, `is_passed` and `faults` say how the last check against the standard came out; the filled form is a Visit.
    """

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="facility")
    path = PathField()
    kind = models.TextField(help_text="a FacilityKind")
    level = models.TextField(choices=Level, default=Level.COUNTY, help_text="whose it is: the county's, a township's")
    form = models.TextField(blank=True, help_text="the standard it is checked against, a form; empty = none")
    check_every_days = models.SmallIntegerField(default=7)
    checked_at = models.DateTimeField(null=True)
    is_passed = models.BooleanField(null=True)
    faults = ArrayField(models.TextField(), default=list, help_text="must-items the last check found wanting")
    check_due_at = models.DateTimeField(null=True, help_text="when an open facility must be checked again")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "kind"], name="facility_path_kind"),
            models.Index(fields=["check_due_at"], name="facility_check_due"),
        ]

    def __str__(self) -> str:
        return self.place.name

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(FacilityKind(self.kind).label) if self.kind in FacilityKind.values else self.kind

    @property
    def state(self) -> FacilityState:
        """How it stands now; whether every seat is filled is for whoever holds the seats to add."""
        if self.opened_at is not None and self.closed_at is None:
            return FacilityState.OPEN
        if self.is_passed:
            return FacilityState.READY
        return FacilityState.CLOSED if self.closed_at is not None else FacilityState.PREPARING


class FacilitySeat(Row):
    """Who (or which money) stands behind a facility: one line for each of the six things a site cannot open without."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="seats")
    path = PathField()
    seat = models.TextField(choices=Seat)
    name = models.TextField(help_text="a person's name and post; for funding, where the money comes from")
    phone = models.TextField(blank=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "seat"], name="one_holder_a_facility_and_seat")]


class Zone(Row):
    """A part of a facility with its own infection-control rules."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="zones")
    path = PathField()
    name = models.TextField()
    kind = models.TextField(choices=ZoneKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="zone_name_once_a_facility")]


class Room(Row):
    """A room somebody can be given, with what it is made for and whether it is clean."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="rooms")
    zone = models.ForeignKey(Zone, null=True, on_delete=models.PROTECT)
    path = PathField()
    number = models.TextField()
    floor = models.SmallIntegerField(default=1)
    kind = models.TextField(choices=RoomKind, default=RoomKind.SINGLE)
    state = models.TextField(choices=RoomState, default=RoomState.READY)
    state_since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "number"], name="room_number_once_a_facility")]

    def __str__(self) -> str:
        return self.number


class Bed(Row):
    """One bed of a room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="beds")
    path = PathField()
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="bed_number_once_a_room")]
