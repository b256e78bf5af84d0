"""Where everything is: the tree of areas down to the building, and the places in it. No persons here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bihuan.ledgers._ground import PathField, Row
from bihuan.ledgers.territory.choices import Level, PlaceKind


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
