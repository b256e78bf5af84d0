"""Where everything is: the tree of areas down to the building, and the places in it. No persons here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.territory.choices import DeviceKind, Level, PlaceKind, RiskLevel


class Area(models.Model):
    """One division, grid or building. `path` is its scope path; the code, not the name, is the key."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    level = models.TextField(choices=Level)
    kind = models.TextField(blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = PathField(unique=True)
    aliases = ArrayField(models.TextField(), default=list)
    population = models.IntegerField(null=True)
    households = models.IntegerField(null=True)
    outline = models.JSONField(null=True, help_text="rings of [longitude, latitude]")
    outline_is_schematic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["level", "path"], name="area_level_path")]

    def __str__(self) -> str:
        return self.name


class Place(Row):
    """A venue, post, clinic, laboratory, site or shop: somewhere people meet or work."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    path = PathField()
    name = models.TextField()
    kind = models.TextField(help_text="a PlaceKind")
    address = models.TextField(blank=True)
    hours = models.TextField(blank=True, help_text="when it is open or manned, as people write it")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "kind"], name="place_path_kind")]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="place_name_once_an_area")]

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(PlaceKind(self.kind).label) if self.kind in PlaceKind.values else self.kind

    def __str__(self) -> str:
        return self.name


class RiskList(Row):
    """One version of the superior's list of risk areas, whole as it was issued. A new list is a new version; none is edited."""

    path = PathField(help_text="the county that keeps the list")
    number = models.IntegerField(help_text="counts the versions, from 1")
    source = models.TextField(help_text="who issued it")
    document = models.TextField(help_text="title, number or address of the paper")
    content_hash = models.TextField()
    effective_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField(help_text="member:id")
    rows_read = models.IntegerField()
    rejected = models.JSONField(default=list, help_text="rows that could not be taken: row, column, reason")

    class Meta:
        indexes = [models.Index(fields=["path", "effective_from"], name="risklist_path_from")]
        constraints = [
            models.UniqueConstraint(fields=["path", "number"], name="one_risk_list_a_number"),
        ]


class RiskArea(Row):
    """One area of one version of the list, in the issuer's words, with its level."""

    risk_list = models.ForeignKey(RiskList, on_delete=models.CASCADE, related_name="areas")
    path = PathField()
    name = models.TextField(help_text="as issued, from the province down")
    code = models.TextField(blank=True, help_text="division code, where the list gives one")
    level = models.TextField(choices=RiskLevel)
    since = models.DateTimeField(null=True, help_text="where the row says so itself")
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["risk_list", "level"], name="riskarea_list_level")]
        constraints = [models.UniqueConstraint(fields=["risk_list", "name"], name="an_area_once_a_risk_list")]


class Device(Row):
    """An instrument that stands at a place and must work: a thermometer, a scanner, a card reader. `works` is its last test."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="devices")
    path = PathField()
    kind = models.TextField(help_text="a DeviceKind")
    label = models.TextField(help_text="serial number or what is written on it")
    registered_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    works = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "label"], name="device_label_once_a_place")]

    @property
    def kind_words(self) -> str:
        """The kind in the reader's language."""
        return str(DeviceKind(self.kind).label) if self.kind in DeviceKind.values else self.kind
