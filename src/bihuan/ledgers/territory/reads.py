"""Questions to the tree of areas and the register of places."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Length

from bihuan.ledgers.territory.choices import Level
from bihuan.ledgers.territory.models import Area, Device, Place
from bihuan.ledgers.territory.scope import Scope


def areas(scope: Scope, level: str = "") -> QuerySet[Area]:
    """Areas inside the scope in the tree's order, all or of one level."""
    found = Area.objects.filter(scope.inside()).order_by("path")
    return found.filter(level=level) if level else found


def area(code: str) -> Area | None:
    """The area of this code."""
    return Area.objects.filter(code=code).first()


def above(path: str) -> list[Area]:
    """The area at `path` and everything it lies in, the widest first."""
    steps = [path[: i + 1] for i, c in enumerate(path) if c == "/"][1:]
    return list(Area.objects.filter(path__in=steps).order_by("path"))


def county_of(path: str) -> Area | None:
    """The county a path lies in."""
    return next((a for a in above(path) if a.level == Level.COUNTY), None)


def townships(scope: Scope) -> list[Area]:
    """The townships that lie in the scope, or the one the scope lies in: what county tables are drawn by."""
    found = list(areas(scope, Level.TOWNSHIP))
    return found or [a for a in above(scope.path) if a.level == Level.TOWNSHIP]


def township_path(path: str) -> str:
    """The path of the township a row lies in; a county-level path is its own answer."""
    return "/".join(path.split("/")[:5]).rstrip("/") + "/"


def areas_by_code(codes: Collection[str]) -> Mapping[str, Area]:
    """Several areas at once."""
    return Area.objects.in_bulk(list(codes))


def places(scope: Scope, kinds: Collection[str] = ()) -> QuerySet[Place]:
    """Places inside the scope."""
    found = Place.objects.filter(scope.inside()).select_related("area").order_by("path", "name")
    return found.filter(kind__in=kinds) if kinds else found


def place(id_: UUID) -> Place | None:
    """One place, wherever it lies: places are a public register."""
    return Place.objects.filter(id=id_).select_related("area").first()


def places_by_id(ids: Collection[UUID]) -> QuerySet[Place]:
    """Several places at once."""
    return Place.objects.filter(id__in=list(ids)).select_related("area")


def kinds_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """The kind of each of these places, wherever they lie."""
    return dict(Place.objects.filter(id__in=list(ids)).values_list("id", "kind"))


def places_named(scope: Scope, words: str) -> QuerySet[Place]:
    """Places inside the scope whose name or address holds these words, the shortest name first."""
    found = Place.objects.filter(scope.inside()).filter(Q(name__icontains=words) | Q(address__icontains=words))
    return found.select_related("area").order_by(Length("name"), "name")


def counts_by_level(scope: Scope) -> dict[str, int]:
    """How many areas of each level lie inside the scope."""
    return dict(Area.objects.filter(scope.inside()).values_list("level").annotate(n=Count("code")).order_by())


def counties_with_people(scope: Scope) -> list[Area]:
    """The counties of the scope whose tree reaches below them: those kept here, not only named."""
    return list(Area.objects.filter(scope.inside(), level=Level.COUNTY, children__isnull=False).distinct())


def counties_outside(scope: Scope) -> list[Area]:
    """Counties the tree names that are not the scope's own: whom one may write to."""
    own = county_of(scope.path)
    return list(Area.objects.filter(level=Level.COUNTY).exclude(code=own.code if own else "").order_by("path")[:400])


def county_named(name: str) -> Area | None:
    """The county of this name, where the tree names one and only one."""
    found = list(Area.objects.filter(level=Level.COUNTY, name=name)[:2])
    return found[0] if len(found) == 1 else None


def areas_exist() -> bool:
    """Whether any tree has been loaded."""
    return Area.objects.exists()


def area_in(scope: Scope, code: str) -> Area | None:
    """The area of this code, if inside the scope."""
    return Area.objects.filter(scope.inside(), code=code).select_related("parent").first()


def area_at(path: str) -> Area | None:
    """The area whose own path this is."""
    return Area.objects.filter(path=path).first()


def areas_at(paths: Collection[str]) -> Mapping[str, Area]:
    """Several areas by their own paths."""
    return {a.path: a for a in Area.objects.filter(path__in=list(paths))}


def children(area_: Area) -> QuerySet[Area]:
    """The areas right below, with how many lie right below each of them."""
    return Area.objects.filter(parent=area_).annotate(below=Count("children")).order_by("path")


def devices(scope: Scope, places_: Collection[UUID] = ()) -> QuerySet[Device]:
    """Instruments inside the scope, the broken and the longest untested first."""
    found = Device.objects.filter(scope.inside()).select_related("place__area")
    found = found.filter(place__in=list(places_)) if places_ else found
    return found.order_by(F("works").asc(nulls_first=True), F("tested_at").asc(nulls_first=True), "id")


def device(scope: Scope, id_: UUID) -> Device | None:
    """One instrument."""
    return Device.objects.filter(scope.inside(), id=id_).select_related("place__area").first()
