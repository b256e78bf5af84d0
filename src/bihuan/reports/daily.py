"""日报: the county's day on one page that an office signs; every figure is that of the report it is taken from."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState
from bihuan.ledgers.cases.models import Contact
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Problem, Task
from bihuan.ledgers.lab.choices import FINDINGS
from bihuan.ledgers.lab.models import Tube
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import by_township, midnight, summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import MOVES, area_name, balances
from bihuan.reports.isolation import binding, in_force

title = gettext_lazy("疫情防控日报")
summary = gettext_lazy(
    "一日一页：病例、接触者、隔离管控、检测、名单排查、任务和问题，今日新增与现有，各乡镇，需要决定的事"
)

TOWN_KEYS = ("cases", "contacts", "bound", "rows", "late")
MOST_LATE = 10


def build(scope: Scope, as_of: datetime) -> Page:
    """The civil day that `as_of` lies in, as known then."""
    since = midnight(as_of)
    local = timezone.localtime(as_of)
    screening = balances(scope, since, as_of)
    figures = _figures(scope, since, as_of, screening)
    towns = _towns(scope, as_of, [(line["path"], line["open"]) for line in screening])
    late = _late(scope, as_of)
    response = command_reads.response_at(scope.path, as_of)
    opening = _("%(day)s零时至%(hour)s，%(area)s新增病例 %(cases)d 例，现有在管 %(bound)d 人，超时任务 %(late)d 项。") % {
        "day": f"{since:%Y-%m-%d}", "hour": f"{local:%H:%M}", "area": area_name(scope), "cases": figures[0]["new"],
        "bound": sum(f["now"] for f in figures if f["key"] in Measure.values), "late": len(late),
    }  # fmt: skip
    paragraphs = [opening]
    if response:
        paragraphs.append(_("当前响应：%(name)s，%(level)s。") % {"name": response.name, "level": response.level})
    return Page(
        title=_("疫情防控日报"),
        subtitle=_("%(day)s，统计至 %(hour)s") % {"day": f"{since:%Y-%m-%d}", "hour": f"{local:%H:%M}"},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=tuple(paragraphs)),
            Section(_("一、今日情况"), table=Table(_figure_columns(), figures)),
            Section(_("二、各乡镇"), table=Table(_town_columns(), towns, summed(towns, TOWN_KEYS, area=_("合计")))),
            Section(
                _("三、超时未办"),
                () if late else (_("无超时事项。"),),
                Table(_late_columns(), late[:MOST_LATE]) if late else None,
            ),
        ),
        signatures=(_("填报人"), _("审核人"), _("签发人")),
    )


def _figures(scope: Scope, since: datetime, as_of: datetime, screening: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was new in the day and what stands at its end, one line a matter; a matter with nothing says zero."""

    def line(key: str, words: str, new: int | None, ended: int | None, now: int | None) -> dict[str, Any]:
        return {"key": key, "matter": words, "new": new, "ended": ended, "now": now}

    cases = cases_reads.cases(scope).order_by()
    stands = Q(reported_at__lte=as_of) & (Q(refuted_at__isnull=True) | Q(refuted_at__gt=as_of))
    told = cases.aggregate(
        new=Count("id", filter=stands & Q(reported_at__gt=since)),
        ended=Count("id", filter=Q(refuted_at__gt=since, refuted_at__lte=as_of)),
        now=Count("id", filter=stands),
    )
    lines = [line("cases", _("病例（累计，不含已排除）"), **told)]
    identified = Q(identified_at__lte=as_of)
    contacts = Contact.objects.filter(scope.inside()).exclude(state=ContactState.DROPPED, ended_at__lte=as_of)
    lines.append(
        line(
            "contacts",
            _("接触者（随访中的人）"),
            **contacts.aggregate(
                new=Count("person", distinct=True, filter=identified & Q(identified_at__gt=since)),
                ended=Count("person", distinct=True, filter=Q(ended_at__gt=since, ended_at__lte=as_of)),
                now=Count(
                    "person", distinct=True, filter=identified & (Q(ended_at__isnull=True) | Q(ended_at__gt=as_of))
                ),
            ),
        )
    )
    lines += [line(m["key"], m["measure"], m["new"], m["ended"], m["now"]) for m in in_force(scope, since, as_of)]
    today = Tube.objects.filter(scope.inside(), pool__isnull=True)
    swabs = today.filter(opened_at__gt=since, opened_at__lte=as_of).aggregate(n=Sum("swabs"))["n"] or 0
    out = Tube.objects.filter(scope.inside(), released_at__gt=since, released_at__lte=as_of)
    lines.append(line("sampled", _("核酸采样（人次）"), swabs, None, None))
    lines.append(
        line("positive", _("阳性管（混采待复核的计在内）"), out.filter(value__in=FINDINGS).count(), None, None)
    )
    opened = sum(r[k] for r in screening for k in MOVES if k in ("opened", "reopened"))
    closed = sum(r["closed"] for r in screening)
    lines.append(line("rows", _("名单排查（行）"), opened, closed, sum(r["open"] for r in screening)))
    for key, words, found, began, ended in (
        ("tasks", _("任务"), Task.objects.filter(scope.inside()), "opened_at", "closed_at"),
        ("problems", _("督查问题"), Problem.objects.filter(scope.inside()), "found_at", "task__closed_at"),
    ):
        is_open = Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gt": as_of})
        counted = found.aggregate(
            new=Count("id", filter=Q(**{f"{began}__gt": since, f"{began}__lte": as_of})),
            ended=Count("id", filter=Q(**{f"{ended}__gt": since, f"{ended}__lte": as_of})),
            now=Count("id", filter=Q(**{f"{began}__lte": as_of}) & is_open),
        )
        lines.append(line(key, words, **counted))
    return lines


def _towns(scope: Scope, as_of: datetime, open_rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    counts: list[tuple[str, str, int]] = []
    stands = Q(reported_at__lte=as_of) & (Q(refuted_at__isnull=True) | Q(refuted_at__gt=as_of))
    followed = Q(identified_at__lte=as_of) & (Q(ended_at__isnull=True) | Q(ended_at__gt=as_of))
    for key, found in (
        ("cases", cases_reads.cases(scope).order_by().filter(stands)),
        ("contacts", Contact.objects.filter(scope.inside()).filter(followed)),
        ("bound", Order.objects.filter(scope.inside()).filter(binding(as_of))),
    ):
        rows: Any = found.order_by().values_list("path").annotate(n=Count("person", distinct=True))
        counts += [(path, key, n) for path, n in rows]
    late = Task.objects.filter(scope.inside(), opened_at__lte=as_of, clock__due_at__lte=as_of).order_by()
    late_rows: Any = late.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=as_of)).values_list("path")
    counts += [(path, "late", n) for path, n in late_rows.annotate(n=Count("id"))]
    counts += [(path, "rows", n) for path, n in open_rows]
    return by_township(scope, counts, TOWN_KEYS)


def _late(scope: Scope, as_of: datetime) -> list[dict[str, Any]]:
    """Clocks that have run out, the longest first: what somebody must decide about today."""
    found = command_reads.tasks(scope).filter(opened_at__lte=as_of, clock__due_at__lte=as_of)
    is_open = found.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=as_of)).order_by("clock__due_at", "id")
    return [
        {
            "kind": t.kind_words, "title": t.title, "unit": t.responsible_unit.name,
            "late": int((as_of - t.clock.due_at) / timedelta(minutes=1)),
        }
        for t in is_open
    ]  # fmt: skip


def _figure_columns() -> tuple[Column, ...]:
    return (
        Column("matter", _("事项"), width_mm=70),
        Column("new", _("今日新增"), "number", 26, _("今日零时以后")),
        Column("ended", _("今日结束"), "number", 26, _("办结、解除、到期、排除或随访结束")),
        Column("now", _("现有"), "number", 26),
    )


def _town_columns() -> tuple[Column, ...]:
    return (
        Column("area", _("乡镇"), width_mm=44),
        Column("cases", _("病例"), "number", 20),
        Column("contacts", _("接触者"), "number", 20),
        Column("bound", _("在管"), "number", 20, _("受任一管控措施约束的人数")),
        Column("rows", _("名单在办"), "number", 22),
        Column("late", _("超时任务"), "number", 22),
    )


def _late_columns() -> tuple[Column, ...]:
    return (
        Column("kind", _("事项"), width_mm=36),
        Column("title", _("内容"), width_mm=54),
        Column("unit", _("责任单位"), width_mm=44),
        Column("late", _("超时"), "minutes", 32),
    )
