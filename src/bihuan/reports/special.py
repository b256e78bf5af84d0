"""专报: one outbreak since its start, day by day and place by place, with what is being done about it."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.choices import PLACE_MEASURES, Measure
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import by_township, summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name
from bihuan.reports.isolation import in_force
from bihuan.reports.tracing_summary import summaries

title = gettext_lazy("疫情专报")
summary = gettext_lazy("本轮疫情自首例以来：逐日新增和累计，各乡镇，发现途径，在管措施，封控场所")

# An outbreak is over, and the next one another, when nobody was found for two longest incubation periods.
QUIET = timedelta(days=28)


def build(scope: Scope, as_of: datetime) -> Page:
    """The outbreak that `as_of` lies in: cases back to the last quiet of 28 days."""
    cases = outbreak(scope, as_of)
    if not cases:
        quiet = Section(paragraphs=(_("近 28 天无病例报告。"),))
        return Page(title=str(title), as_of=as_of, area_name=area_name(scope), sections=(quiet,))
    first, last = cases[0], cases[-1]
    lines = summaries(scope, cases, as_of)
    watched = sum(line["way"] == _("管控中发现") for line in lines)
    words = _(
        "自 %(from)s 报告首例（%(number)s）以来，累计 %(n)d 例，涉及 %(towns)d 个乡镇；最近一例报告于 %(last)s；"
        "管控中发现 %(watched)d 例，社会面发现 %(open)d 例。"
    ) % {
        "from": f"{timezone.localtime(first.reported_at):%m-%d %H:%M}", "number": first.number, "n": len(cases),
        "last": f"{timezone.localtime(last.reported_at):%m-%d %H:%M}", "watched": watched, "open": len(lines) - watched,
        "towns": len({c.path.rstrip('/').split('/')[4] for c in cases if c.path.count("/") > 4}),
    }  # fmt: skip
    response = command_reads.response_at(scope.path, as_of)
    level = (
        _("按 %(protocol)s 处置，%(level)s。") % {"protocol": response.protocol, "level": response.level}
        if response
        else ""
    )
    kinds = sorted({c.classification for c in cases})
    towns = by_township(scope, ((c.path, c.classification, 1) for c in cases), kinds)
    names = {c.classification: c.classification_words for c in cases}
    for row in towns:
        row["all"] = sum(row[k] for k in kinds)
    columns = (
        Column("area", _("乡镇"), width_mm=44), *(Column(k, names[k], "number", 26) for k in kinds),
        Column("all", _("合计"), "number", 20),
    )  # fmt: skip
    ways = Counter(line["way"] for line in lines)
    return Page(
        title=_("疫情专报"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=(words, level) if level else (words,)),
            Section(_("一、逐日情况"), table=_days(cases, lines, as_of)),
            Section(_("二、各乡镇"), table=Table(columns, towns, summed(towns, (*kinds, "all"), area=_("合计")))),
            Section(_("三、发现途径"), table=_ways(ways)),
            Section(_("四、在管措施"), table=_measures(scope, first.reported_at, as_of)),
            Section(_("五、封控和封闭的场所"), table=_closures(scope, as_of)),
        ),
        signatures=(_("填报人"), _("审核人"), _("签发人")),
    )  # fmt: skip


def outbreak(scope: Scope, as_of: datetime) -> list[Any]:
    """The cases of the outbreak that lasts at `as_of`, in order of report; none after a quiet of 28 days."""
    stands = Q(refuted_at__isnull=True) | Q(refuted_at__gt=as_of)
    cases: list[Any] = []
    for case in cases_reads.cases(scope).filter(stands, reported_at__lte=as_of):  # the latest first
        later = cases[-1].reported_at if cases else as_of
        if later - case.reported_at > QUIET:
            break
        cases.append(case)
    return cases[::-1]


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _days(cases: list[Any], lines: list[dict[str, Any]], as_of: datetime) -> Table:
    """Every day since the first case, those without one too: a zero is a figure."""
    new = Counter(_day(c.reported_at) for c in cases)
    onset = Counter(_day(c.onset_at) for c in cases if c.onset_at)
    in_the_open = Counter(
        _day(c.reported_at) for c, line in zip(cases, lines, strict=True) if line["way"] != _("管控中发现")
    )
    rows, total, day = [], 0, min([*new, *onset])
    while day <= _day(as_of):
        total += new[day]
        rows.append({"day": day, "onset": onset[day], "new": new[day], "open": in_the_open[day], "total": total})
        day += timedelta(days=1)
    columns = (
        Column("day", _("日期"), "date", 28),
        Column("onset", _("发病"), "number", 22, _("当日发病的病例数；无症状者没有发病日期")),
        Column("new", _("报告"), "number", 22),
        Column("open", _("社会面"), "number", 22, _("当日报告的病例中社会面发现的")),
        Column("total", _("累计"), "number", 22),
    )
    return Table(columns, rows, summed(rows, ("onset", "new", "open"), day=None) | {"total": total})


def _ways(ways: Counter[str]) -> Table:
    rows = [{"way": way, "n": n, "share": n / ways.total()} for way, n in ways.most_common()]
    columns = (
        Column("way", _("发现途径"), width_mm=50), Column("n", _("病例"), "number", 20), Column("share", _("占比"), "share", 20)
    )  # fmt: skip
    return Table(columns, rows)


def _measures(scope: Scope, since: datetime, as_of: datetime) -> Table:
    rows = in_force(scope, since, as_of)
    columns = (
        Column("measure", _("措施"), width_mm=60),
        Column("now", _("在管"), "number", 22),
        Column("new", _("首例以来新管"), "number", 30),
        Column("ended", _("首例以来终止"), "number", 30),
    )
    return Table(columns, rows, summed(rows, ("now", "new", "ended"), measure=_("合计")))


def _closures(scope: Scope, as_of: datetime) -> Table:
    """Places closed at `as_of`, each with its end and its way out."""
    ended = Q(ended_at__isnull=True) | Q(ended_at__gt=as_of)
    found = Order.objects.filter(
        scope.inside(), ended, measure__in=PLACE_MEASURES, signed_at__lte=as_of, starts_at__lte=as_of, ends_at__gt=as_of
    )
    rows = [
        {
            "place": o.place.name if o.place else o.area.name, "measure": str(Measure(o.measure).label),
            "ends_at": o.ends_at, "access": o.emergency_access,
        }
        for o in found.select_related("place", "area").order_by("ends_at", "id")
    ]  # fmt: skip
    columns = (
        Column("place", _("场所"), width_mm=56),
        Column("measure", _("措施"), width_mm=40),
        Column("ends_at", _("至"), "instant", 32),
        Column("access", _("应急通道"), width_mm=50),
    )
    return Table(columns, rows)
