"""Who leaves isolation today, who cannot and why, and who should have left before (R079)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import CheckResult, DutyKind, TestResult, condition_words
from bihuan.ledgers.orders.models import Duty
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.models import Stay
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("今日解除清单")
summary = gettext_lazy("今天谁可以离开，谁还不能、为什么，谁早该离开")

CHINA = ZoneInfo("Asia/Shanghai")
# The end of the period is what the day is about; it is not a thing that is missing.
AT_THE_END = "stages_done"


@dataclass(frozen=True)
class Leaver:
    """One stay whose end has come or comes today: may they go (None = it is not seen from here), and what is missing."""

    stay: Stay
    area: str
    ends_at: datetime
    may_leave: bool | None
    missing: tuple[str, ...]
    is_over: bool

    @property
    def place(self) -> str:
        """Where they are, without a name and without a door."""
        stay = self.stay
        return f"{stay.facility.place.name} {stay.room.number}" if stay.facility and stay.room else self.area


def ending(scope: Scope, as_of: datetime) -> QuerySet[Stay]:
    """Stays that last at `as_of` and whose end lies before the next midnight or has come, the first to end first."""
    here = as_of.astimezone(CHINA)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    due = Q(planned_until__lte=midnight) | Q(freed_at__lte=as_of)
    return stays_reads.stays_now(scope, as_of).filter(due, arrived_at__isnull=False).order_by("planned_until", "id")


def leavers(scope: Scope, as_of: datetime, most: int | None = None) -> list[Leaver]:
    """Each of them (or so many) with what is missing."""
    stays = list(ending(scope, as_of)[:most])
    ids = [s.order_id for s in stays]
    orders = orders_reads.orders_by_id(scope, ids)
    duties: dict[UUID, list[Duty]] = {}
    for duty in Duty.objects.filter(scope.inside(), order__in=ids).order_by("due_from"):
        duties.setdefault(duty.order_id, []).append(duty)
    areas = territory_reads.areas_at({s.path for s in stays})
    found = []
    for stay in stays:
        area = areas.get(stay.path)
        order, owed = orders.get(stay.order_id), duties.get(stay.order_id, [])
        found.append(_leaver(scope, as_of, stay, area.name if area else "", order, owed))
    return sorted(found, key=lambda one: (one.ends_at, str(one.stay.id)))


def _leaver(scope: Scope, as_of: datetime, stay: Stay, area: str, order: Any, duties: list[Duty]) -> Leaver:
    ends = min(stay.freed_at, stay.planned_until) if stay.freed_at else stay.planned_until
    is_over = ends <= as_of
    if not scope.holds(stay.path):  # from where they live one sees that they are away, not how they are
        return Leaver(stay, area, ends, None, (), is_over)
    if stay.freed_at is not None and stay.freed_at <= as_of:
        return Leaver(stay, area, ends, True, (), is_over)
    if order is not None:
        names = [n for n in orders_bridge.missing(order, duties, max(as_of, order.ends_at), {}) if n != AT_THE_END]
        missing = tuple(str(condition_words(n)) for n in names)
    else:
        missing = tuple(_unmet(duties))
    return Leaver(stay, area, ends, not missing, missing, is_over)


def _unmet(duties: list[Duty]) -> list[str]:
    """What those who look after somebody of another township can see is missing: tests and the last check."""
    tests = [d for d in duties if d.kind == DutyKind.TEST and d.void_at is None]
    done = [d for d in duties if d.kind == DutyKind.CHECK and d.done_at]
    found = []
    if any(d.result not in (TestResult.NEGATIVE, TestResult.POSITIVE) for d in tests):
        found.append(str(condition_words("tests_done")))
    if any(d.result == TestResult.POSITIVE for d in tests):
        found.append(str(condition_words("tests_negative")))
    if not done or done[-1].result != CheckResult.WELL:
        found.append(str(condition_words("no_symptoms")))
    return found


def build(scope: Scope, as_of: datetime) -> Page:
    """One line a stay, without names: the place and the hour say who is meant to whoever is there."""
    found = leavers(scope, as_of)
    go = [one for one in found if one.may_leave and not one.is_over]
    stuck = [one for one in found if one.may_leave is False]
    over = [one for one in found if one.is_over]
    rows = [
        {
            "place": one.place,
            "kind": str(one.stay.get_kind_display()),
            "ends_at": one.ends_at,
            "leaves": _("待隔离点填报") if one.may_leave is None else _("可以离开") if one.may_leave else _("不能离开"),
            "missing": "；".join(one.missing),
            "over_minutes": int((as_of - one.ends_at).total_seconds() // 60) if one.is_over else None,
        }
        for one in found
    ]
    columns = (
        Column("place", _("隔离处"), width_mm=50),
        Column("kind", _("方式"), width_mm=24),
        Column("ends_at", _("期满时间"), "instant", 32),
        Column("leaves", _("今天能否离开"), width_mm=26),
        Column("missing", _("还缺什么"), width_mm=60),
        Column(
            "over_minutes",
            _("超期（分钟）"),
            "minutes",
            26,
            _("统计时刻减去期满时间；期满即不再受约束，须立即决定或离开"),
        ),
    )
    words = _("今天期满可离开 %(go)d 人，条件不足 %(stuck)d 人，期满仍未离开 %(over)d 人。")
    return Page(
        title=_("今日解除清单"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(
                paragraphs=(words % {"go": len(go), "stuck": len(stuck), "over": len(over)},),
                table=Table(columns, rows),
            ),
        ),
        signatures=(_("填报人"), _("审核人")),
    )
