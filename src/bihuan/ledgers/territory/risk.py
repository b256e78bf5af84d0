"""Questions to the risk-area list: which version counts, what it changed, what level a place had on certain dates.

The list is public and kept by a county, so these reads take the path of a place instead of a scope.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from bihuan.ledgers.territory.choices import GRAVEST_FIRST
from bihuan.ledgers.territory.models import RiskArea, RiskList

# The steps of an address, each known by the word it ends with; what follows the last of them is one more step.
_STEP = re.compile(
    r".+?(?:特别行政区|自治区|自治州|自治县|开发区|街道办事处|街道|社区|小区|省|市|盟|州|地区|区|县|旗|镇|乡|苏木|村|组|号楼|号)"
)
_SPACE = re.compile(r"[\s,，、;；·\-—>/\\|]+")


@dataclass(frozen=True)
class Hit:
    """A listed area that met the question: whether the place lies inside it or holds it, and when both were true."""

    area: RiskArea
    is_inside: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Finding:
    """What the lists say of one place on certain dates.

    level: the gravest level the place had at any instant of the stay, empty where none. hits: the listed areas it
    rests on. wider: listed areas that lie inside the place asked about, so that the question must be put more finely.
    later: areas listed only after the stay ended: a person decides. versions: the lists in force during the stay.
    """

    level: str
    hits: tuple[Hit, ...]
    wider: tuple[Hit, ...]
    later: tuple[Hit, ...]
    versions: tuple[RiskList, ...]


def risk_lists(path: str) -> QuerySet[RiskList]:
    """Every version kept for this place, the newest first."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    return RiskList.objects.filter(path__in=above).annotate(areas_count=Count("areas")).order_by("-number")


def risk_list(path: str, id_: UUID) -> RiskList | None:
    """One version."""
    return risk_lists(path).filter(id=id_).first()


def risk_list_at(path: str, at: datetime) -> RiskList | None:
    """The version in force at `at`: the last that took effect by then."""
    return risk_lists(path).filter(effective_from__lte=at).order_by("-effective_from", "-number").first()


def lists_older_than(limit: timedelta, at: datetime) -> list[RiskList]:
    """The newest version of every county that keeps a list, where it was recorded longer ago than `limit`."""
    newest = RiskList.objects.order_by("path", "-recorded_at", "-number").distinct("path")
    return [one for one in newest if one.recorded_at + limit <= at]


def list_before(one: RiskList) -> RiskList | None:
    """The version this one took the place of."""
    return RiskList.objects.filter(path=one.path, number__lt=one.number).order_by("-number").first()


def areas_of(one: RiskList) -> list[RiskArea]:
    """The areas of a version, the gravest first."""
    order = {level: i for i, level in enumerate(GRAVEST_FIRST)}
    return sorted(RiskArea.objects.filter(risk_list=one), key=lambda a: (order.get(a.level, 9), a.name))  # type: ignore[call-overload]


def changes(before: RiskList | None, after: RiskList) -> list[tuple[str, str, str]]:
    """What a version changed: (area, level before, level after); an empty level means not listed."""
    old = dict(RiskArea.objects.filter(risk_list=before).values_list("name", "level")) if before else {}
    new = dict(RiskArea.objects.filter(risk_list=after).values_list("name", "level"))
    told = [(n, old.get(n, ""), new.get(n, "")) for n in sorted(old.keys() | new.keys()) if old.get(n) != new.get(n)]
    order = {level: i for i, level in enumerate(GRAVEST_FIRST)}
    return sorted(told, key=lambda c: (order.get(c[2], 9), order.get(c[1], 9), c[0]))  # type: ignore[call-overload]


def level_on(path: str, place: str, since: datetime, until: datetime, at: datetime) -> Finding:
    """What level a place had in [since, until), by every version in force then, as known at `at`.

    path: whose list is asked. place: an address in words, or a division code.
    """
    kept = list(risk_lists(path).filter(recorded_at__lte=at).order_by("effective_from", "number"))
    spans = [(one, nxt.effective_from if nxt else None) for one, nxt in zip(kept, [*kept[1:], None], strict=False)]
    relevant = [(one, end) for one, end in spans if end is None or end > since]
    found: list[tuple[Hit, str]] = []
    ids = [one.id for one, _end in relevant]
    by_list: dict[UUID, list[RiskArea]] = {i: [] for i in ids}
    for area in RiskArea.objects.filter(risk_list__in=ids).select_related("risk_list"):
        by_list[area.risk_list_id].append(area)
    asked = _Asked(place)
    for one, end in relevant:
        for area in by_list[one.id]:
            how = asked.meets(area)
            begin = max(one.effective_from, area.since) if area.since else one.effective_from
            stop = min((t for t in (end, area.until) if t), default=None)
            if how and (stop is None or stop > max(begin, since)):
                when = "later" if begin >= until else "inside" if how == "inside" else "wider"
                found.append((Hit(area, how == "inside", begin, stop), when))
    told = {when: tuple(h for h, w in found if w == when) for when in ("inside", "wider", "later")}
    levels = {h.area.level for h in told["inside"]}
    during = tuple(one for one, _end in relevant if one.effective_from < until)
    level = next((str(g) for g in GRAVEST_FIRST if g in levels), "")
    return Finding(level, told["inside"], told["wider"], told["later"], during)


def listed_between(path: str, since: datetime, until: datetime, at: datetime) -> list[RiskArea]:
    """Every area that some version in force in [since, until) listed, once, at its gravest level."""
    kept = list(
        risk_lists(path).filter(recorded_at__lte=at, effective_from__lt=until).order_by("effective_from", "number")
    )
    ids = [
        one.id for one, after in zip(kept, [*kept[1:], None], strict=False) if not after or after.effective_from > since
    ]
    order = [str(g) for g in GRAVEST_FIRST]
    found: dict[str, RiskArea] = {}
    for area in RiskArea.objects.filter(risk_list__in=ids).order_by("name", "id"):
        before = found.get(area.name)
        if before is None or order.index(area.level) < order.index(before.level):
            found[area.name] = area
    return list(found.values())


def gravest(areas: Sequence[RiskArea], place: str) -> RiskArea | None:
    """The gravest of these areas that a place lies in."""
    asked = _Asked(place)
    order = [str(g) for g in GRAVEST_FIRST]
    met = [a for a in areas if asked.meets(a) == "inside"]
    return min(met, key=lambda a: order.index(a.level), default=None)


def steps_of(address: str) -> list[str]:
    """An address as its steps: 上海市浦东新区川沙新镇七灶村 → 上海市, 浦东新区, 川沙新镇, 七灶村."""
    text = unicodedata.normalize("NFKC", address)
    steps: list[str] = []
    for part in filter(None, _SPACE.split(text)):
        at = 0
        for match in _STEP.finditer(part):
            steps.append(match.group())
            at = match.end()
        if at < len(part):
            steps.append(part[at:])
    return steps


class _Asked:
    """The place asked about, ready to be held against many listed areas."""

    def __init__(self, place: str) -> None:
        text = unicodedata.normalize("NFKC", place).strip()
        self.code = text if re.fullmatch(r"\d{2,12}", text) else ""
        self.steps = [] if self.code else steps_of(text)

    def meets(self, area: RiskArea) -> str:
        """`inside`: the place lies in the listed area; `wider`: the listed area lies in the place; else nothing."""
        if self.code:
            if not area.code:
                return ""
            mine, theirs = _significant(self.code), _significant(area.code)
            return "inside" if mine.startswith(theirs) else "wider" if theirs.startswith(mine) else ""
        listed = steps_of(area.name)
        if not self.steps or not listed:
            return ""
        if _reaches(self.steps, listed):
            return "inside"
        return "wider" if _reaches(listed, self.steps) else ""


def _reaches(fine: Sequence[str], coarse: Sequence[str]) -> bool:
    """Whether the finer address lies in the coarser: it names its last step, and no step above it another way."""
    if coarse[-1] not in fine:
        return False
    at = fine.index(coarse[-1])
    left, above = list(fine[:at]), list(coarse[:-1])
    # Either may leave out steps above, but what both name must agree, and something of the shorter is in the longer.
    shorter, longer = sorted((left, above), key=len)
    return all(step in longer for step in shorter)


def _significant(code: str) -> str:
    """A division code without the zeros that only fill it up, to whole steps of the tree."""
    for length in (2, 4, 6, 9, 12):
        if not code[length:].strip("0"):
            return code[:length]
    return code
