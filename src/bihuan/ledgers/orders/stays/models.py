"""Where the ones bound stay, and how they get there. The tables themselves refuse to give one bed to two.

A stay is seen from where it is and from where the person lives; a transfer from both its ends.
"""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.stays.choices import StayEnd, StayKind, TransferKind, TransferState
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.resources.models import Bed, Facility, Room
from bihuan.ledgers.staff.models import Member


class Period(Func):
    """A half-open period of two columns: [from, until), without end while `until` is empty."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Stay(Row):
    """One person in one place under one order: a bed of a site or a hospital, or their home.

    It lasts until somebody ends it: an order past its end with somebody still in the bed is an overstay, and seen as one.
    `sealed` holds what the place must know of the person, because the register of persons may lie outside its scope.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="stays", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stays", db_index=False)
    path = PathField(help_text="where the stay is")
    home_path = PathField(help_text="where the person lives")
    kind = models.TextField(choices=StayKind)
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="stays", db_index=False)
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="stays", db_index=False)
    bed = models.ForeignKey(Bed, null=True, on_delete=models.PROTECT, related_name="stays", db_index=False)
    address = models.TextField(blank=True, help_text="for a home: the door, and which room")
    party = models.UUIDField(help_text="those who may share a room: one household, or one person alone")
    sealed = models.BinaryField(help_text="name, sex, year of birth, phones, care needs")
    helper = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stay_from = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    planned_until = models.DateTimeField(help_text="the order's end, as last followed")
    freed_at = models.DateTimeField(null=True, help_text="since when nothing holds them here any more")
    stay_until = models.DateTimeField(null=True)
    end_reason = models.TextField(choices=StayEnd, blank=True)
    assigned_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    rules_at = models.DateTimeField(null=True, help_text="when the rule sheet was handed over and its receipt taken")
    rules_how = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "stay_from"], name="stay_path_now", condition=Q(stay_until__isnull=True)),
            models.Index(fields=["home_path"], name="stay_home_now", condition=Q(stay_until__isnull=True)),
            models.Index(fields=["facility"], name="stay_facility_now", condition=Q(stay_until__isnull=True)),
            models.Index(fields=["facility", "stay_from"], name="stay_facility"),
            models.Index(fields=["helper"], name="stay_helper_now", condition=Q(stay_until__isnull=True)),
            models.Index(fields=["room"], name="stay_room"),
            models.Index(fields=["order"], name="stay_order"),
            models.Index(fields=["person"], name="stay_person"),
        ]
        constraints = [
            ExclusionConstraint(
                name="a_bed_holds_one_at_a_time",
                expressions=[("bed", "="), (Period("stay_from", "stay_until"), "&&")],
                condition=Q(bed__isnull=False),
            ),
            ExclusionConstraint(
                name="a_room_is_shared_by_one_party",
                expressions=[("room", "="), ("party", "<>"), (Period("stay_from", "stay_until"), "&&")],
                condition=Q(room__isnull=False),
            ),
            ExclusionConstraint(
                name="a_person_is_in_one_place_at_a_time",
                expressions=[("person", "="), (Period("stay_from", "stay_until"), "&&")],
            ),
            models.CheckConstraint(
                name="a_stay_has_a_bed_or_an_address",
                condition=Q(kind="home", bed__isnull=True, facility__isnull=True)
                | Q(kind__in=["site", "hospital"], bed__isnull=False, room__isnull=False, facility__isnull=False),
            ),
            models.CheckConstraint(
                name="an_ended_stay_says_why",
                condition=Q(stay_until__isnull=True, end_reason="")
                | Q(stay_until__gte=F("stay_from")) & ~Q(end_reason=""),
            ),
        ]


class Transfer(Row):
    """One closed journey in one vehicle, from door to door: both ends confirm, and the vehicle is disinfected after it."""

    path = PathField(help_text="where it leaves")
    to_path = PathField(help_text="where it arrives")
    kind = models.TextField(choices=TransferKind)
    from_facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_words = models.TextField(blank=True)
    to_facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_words = models.TextField(blank=True)
    vehicle = models.TextField(blank=True, help_text="its plate")
    seats = models.SmallIntegerField(default=0, help_text="how many may sit in it")
    driver = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True, help_text="symptoms, release, another site: a code, never a diagnosis")
    due_at = models.DateTimeField(help_text="when everybody must have arrived")
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    disinfected_at = models.DateTimeField(null=True)
    disinfected_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "opened_at"], name="transfer_path_opened"),
            models.Index(fields=["to_path", "opened_at"], name="transfer_to_opened"),
            models.Index(fields=["vehicle"], name="transfer_vehicle", condition=Q(disinfected_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_transfer_arrives_after_it_left",
                condition=Q(arrived_at__isnull=True) | Q(left_at__isnull=False, arrived_at__gte=F("left_at")),
            ),
            models.CheckConstraint(
                name="both_ends_confirm",
                condition=Q(arrived_by__isnull=True) | Q(left_by__isnull=False) & ~Q(arrived_by=F("left_by")),
            ),
        ]

    @property
    def state(self) -> TransferState:
        """How far it has come."""
        if self.cancelled_at is not None:
            return TransferState.CANCELLED
        if self.left_at is None:
            return TransferState.PLANNED
        if self.arrived_at is None:
            return TransferState.ON_THE_WAY
        return TransferState.CLOSED if self.disinfected_at is not None else TransferState.ARRIVED

    def is_late(self, at: datetime) -> bool:
        """Whether somebody who must have arrived has not."""
        return self.cancelled_at is None and self.arrived_at is None and at >= self.due_at


class TransferSeat(Row):
    """One person of a transfer, and the seat they sat in: who sat near whom is asked when one turns positive."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="passengers", db_index=False)
    path = PathField()
    to_path = PathField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    stay = models.ForeignKey(Stay, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    sealed = models.BinaryField()
    seat = models.SmallIntegerField()
    is_aboard = models.BooleanField(null=True, help_text="whether they left with it; empty before it leaves")
    is_there = models.BooleanField(null=True, help_text="whether they arrived with it; empty before it arrives")

    class Meta:
        indexes = [models.Index(fields=["person"], name="transferseat_person")]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "seat"], name="one_person_a_seat"),
            models.UniqueConstraint(fields=["transfer", "person"], name="one_seat_a_person"),
        ]
