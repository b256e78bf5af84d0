"""The day's screening: opening + new + moved in − moved out − closed = open, per township, as of any hour."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import EventKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table

title = gettext_lazy("排查日报")
summary = gettext_lazy("各乡镇：期初 + 新增 + 转入 − 转出 − 办结 = 在办，逐乡镇核对")

MOVES = (EventKind.OPENED, EventKind.REOPENED, EventKind.MOVED_IN, EventKind.MOVED_OUT, EventKind.CLOSED)


def build(scope: Scope, as_of: datetime, *, day_from: datetime | None = None) -> Page:
    """The balance of the civil day that `as_of` lies in (or since `day_from`), with what was known by `as_of`."""
    local = timezone.localtime(as_of)
    since = day_from or local.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = balances(scope, since, as_of)
    total = {key: sum(r[key] for r in rows) for key in ("opening", *MOVES, "open")}
    columns = (
        Column("area", _("乡镇"), width_mm=32),
        Column("opening", _("期初"), "number", definition=_("当日零时尚未办结的行数")),
        Column(EventKind.OPENED, _("新增"), "number", definition=_("当日收到并派到本乡镇的行数")),
        Column(EventKind.REOPENED, _("重开"), "number", definition=_("办结后又重开的行数")),
        Column(EventKind.MOVED_IN, _("转入"), "number", definition=_("由其他乡镇或县级转来的行数")),
        Column(EventKind.MOVED_OUT, _("转出"), "number", definition=_("转往其他乡镇的行数")),
        Column(EventKind.CLOSED, _("办结"), "number", definition=_("当日有了最终结果的行数")),
        Column("open", _("在办"), "number", definition=_("期初 + 新增 + 重开 + 转入 − 转出 − 办结")),
    )
    return Page(
        title=_("排查日报"),
        subtitle=_("%(day)s，统计至 %(hour)s") % {"day": f"{since:%Y-%m-%d}", "hour": f"{local:%H:%M}"},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(
                paragraphs=(
                    _("在办 %(open)d 行：期初 %(opening)d，新增 %(new)d，办结 %(closed)d。")
                    % {
                        "open": total["open"],
                        "opening": total["opening"],
                        "new": total[EventKind.OPENED] + total[EventKind.REOPENED],
                        "closed": total[EventKind.CLOSED],
                    },
                ),
                table=Table(columns, rows, {"area": _("合计"), **total}),
            ),
        ),
        signatures=(_("填报人"), _("审核人")),
    )


def balances(scope: Scope, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One line a township: what was open at `since`, every movement up to `until`, what is open then.

    A row still waiting for its township counts at the county. Opening is what the movements before `since` sum to, so
    the line balances by construction only if no movement was lost: tests compare `open` with the rows themselves.
    """
    known = intake_reads.events(scope, until=until + timedelta(microseconds=1), known_by=until)
    lines: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("opening", *MOVES), 0))
    before = known.filter(at__lt=since).values_list("path").annotate(Sum("delta")).order_by()
    for path, delta in before:
        lines[territory_reads.township_path(path)]["opening"] += delta
    for path, kind, n in known.filter(at__gte=since).values_list("path", "kind").annotate(Count("id")).order_by():
        lines[territory_reads.township_path(path)][kind] += n
    answer = []
    for area in [*territory_reads.townships(scope), *_counties(lines)]:
        line = lines[area.path]
        plus = line["opening"] + line[EventKind.OPENED] + line[EventKind.REOPENED] + line[EventKind.MOVED_IN]
        open_now = plus - line[EventKind.MOVED_OUT] - line[EventKind.CLOSED]
        answer.append({"area": area.name, "code": area.code, "path": area.path, **line, "open": open_now})
    return answer


def _counties(lines: dict[str, dict[str, int]]) -> list[Any]:
    """Counties that hold rows of their own: not yet sent to any township."""
    return [a for path in sorted(lines) if path.count("/") == 4 for a in territory_reads.above(path)[-1:]]


def area_name(scope: Scope) -> str:
    """The name of the place a report is about."""
    above = territory_reads.above(scope.path)
    return above[-1].name if above else ""
