"""The problem ledger as of an hour: by unit and by item, what came back, what is late."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("问题整改报表")
summary = gettext_lazy("按单位、按问题统计：发现、整改、超时、再现；再现的问题逐项列出")

KEYS = ("found", "again", "mended", "open", "late")


def build(scope: Scope, as_of: datetime, *, days: int = 30) -> Page:
    """Problems found in the last `days`, and older ones that were open at `as_of`; found = mended + open."""
    since = as_of - timedelta(days=days)
    found = [
        p for p in command_reads.problems(scope).filter(found_at__lte=as_of)
        if p.found_at > since or _is_open(p, as_of)
    ]  # fmt: skip
    units = _grouped(found, lambda p: (p.subject, p.subject_name), as_of)
    items = _grouped(found, lambda p: (p.item, p.words), as_of)
    total = summed(units, KEYS, name=_("合计"))
    words = (
        _(
            "发现问题 %(found)d 项，已整改 %(mended)d 项，未整改 %(open)d 项（超时 %(late)d 项）；其中再次出现的 %(again)d 项。"
        )
        % total
    )
    return Page(
        title=_("问题整改报表"),
        subtitle=_("近 %(days)d 天") % {"days": days},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=(words,)),
            Section(_("按单位"), table=Table(_columns(_("单位")), units, total)),
            Section(_("按问题"), table=Table(_columns(_("问题")), items, summed(items, KEYS, name=_("合计")))),
            Section(_("再次出现"), table=Table(_again_columns(), [_again(p, as_of) for p in found if p.is_recurrent])),
        ),
        signatures=(_("填报人"), _("审核人")),
    )  # fmt: skip


def _is_open(problem: Any, as_of: datetime) -> bool:
    return problem.task.closed_at is None or problem.task.closed_at > as_of


def _is_late(problem: Any, as_of: datetime) -> bool:
    clock = getattr(problem.task, "clock", None)
    return _is_open(problem, as_of) and clock is not None and clock.due_at <= as_of


def _grouped(problems: list[Any], by: Any, as_of: datetime) -> list[dict[str, Any]]:
    """One line a group, those that came back and stand open first."""
    groups: dict[str, list[Any]] = defaultdict(list)
    names: dict[str, str] = {}
    for p in problems:
        key, name = by(p)
        groups[key].append(p)
        names.setdefault(key, name)
    rows = []
    for key, of in groups.items():
        is_open = [p for p in of if _is_open(p, as_of)]
        late = sum(_is_late(p, as_of) for p in is_open)
        again = sum(p.is_recurrent for p in of)
        rows.append(
            {"name": names[key], "found": len(of), "again": again, "mended": len(of) - len(is_open), "open": len(is_open),
             "late": late, "last_at": max(p.found_at for p in of)}
        )  # fmt: skip
    return sorted(rows, key=lambda r: (-r["again"], -r["late"], -r["open"], -r["found"], r["name"]))


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column("name", first, width_mm=60),
        Column("found", _("发现"), "number", 16, _("发现 = 已整改 + 未整改")),
        Column("again", _("再现"), "number", 16, _("同一单位同一问题在期限内再次被发现")),
        Column("mended", _("已整改"), "number", 18, _("经他人核对销号")),
        Column("open", _("未整改"), "number", 18),
        Column("late", _("超时"), "number", 16, _("未整改且已过整改时限")),
        Column("last_at", _("最近发现"), "instant", 32),
    )


def _again(problem: Any, as_of: datetime) -> dict[str, Any]:
    is_open = _is_open(problem, as_of)
    return {
        "number": problem.number, "unit": problem.subject_name, "words": problem.words, "times": len(problem.earlier) + 1,
        "found_at": problem.found_at, "owner": problem.task.responsible_unit.name,
        "state": (_("超时") if _is_late(problem, as_of) else _("整改中")) if is_open else _("已整改"),
        "cause": "" if is_open else problem.cause,
    }  # fmt: skip


def _again_columns() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), "identifier", 34),
        Column("unit", _("单位"), width_mm=40),
        Column("words", _("问题"), width_mm=54),
        Column("times", _("第几次"), "number", 16),
        Column("found_at", _("发现时间"), "instant", 32),
        Column("owner", _("责任单位"), width_mm=34),
        Column("state", _("状态"), width_mm=18),
        Column("cause", _("根源"), width_mm=40),
    )
