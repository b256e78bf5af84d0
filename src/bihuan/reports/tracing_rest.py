"""What is left of the twenty-four hours: per case and letter of assistance, how many persons are found and who is the rest."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Direction
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("流调余数")
summary = gettext_lazy("每个病例、每份协查函：24小时内应找到多少人，已找到多少，每小时余数")


def build(scope: Scope, as_of: datetime, *, hours: int = 24) -> Page:
    """Cases and letters opened in the last `hours`, or not finished yet, as known at `as_of`; and the rest hour by hour."""
    since = as_of - timedelta(hours=hours)
    cases = [
        c for c in cases_reads.cases(scope).filter(reported_at__lte=as_of)
        if (c.refuted_at is None or c.refuted_at > as_of) and (c.reported_at > since or _open(c.task, as_of))
    ]  # fmt: skip
    found = cases_reads.found_instants(scope, [c.id for c in cases])
    lines: list[dict[str, Any]] = []
    instants: list[tuple[datetime, datetime | None]] = []
    towns: dict[str, dict[str, int]] = {}
    for case in cases:
        own = [(i, f, p) for case_id, i, f, p in found if case_id == case.id and i <= as_of]
        instants += [(i, f) for i, f, _p in own]
        rest = [p for _i, f, p in own if f is None or f > as_of]
        for path in rest:
            at = territory_reads.township_path(path)
            towns.setdefault(at, {"rest": 0})["rest"] += 1
        lines.append(_line(case.number, _("病例"), case.reported_at, case.task, len(own), len(rest), as_of))
    for letter in cases_reads.assistances(scope).filter(received_at__lte=as_of, direction=Direction.IN):
        if letter.received_at <= since and not _open(letter.task, as_of):
            continue
        people = list(cases_reads.assistance_people(scope, letter.id))
        rest_rows = [p for p in people if p.answered_at is None or p.answered_at > as_of]
        instants += [(letter.received_at, p.answered_at) for p in people]
        for row in rest_rows:
            towns.setdefault(territory_reads.township_path(row.path), {"rest": 0})["rest"] += 1
        lines.append(
            _line(
                letter.letter.number,
                letter.counterpart,
                letter.received_at,
                letter.task,
                len(people),
                len(rest_rows),
                as_of,
            )
        )
    lines.sort(key=lambda line: -line["rest"])
    names = {a.path: a.name for a in territory_reads.townships(scope)}
    columns = (
        Column("number", _("编号"), "identifier", 40), Column("kind", _("类别"), width_mm=30),
        Column("began_at", _("起算"), "instant", 32), Column("due_at", _("到期"), "instant", 32),
        Column("all", _("应找"), "number", 16, _("当时已判定的密接、次密接，或来函所列人员")),
        Column("found", _("已找到"), "number", 16, _("应找 = 已找到 + 余数")),
        Column("rest", _("余数"), "number", 16), Column("state", _("时限"), width_mm=22),
    )  # fmt: skip
    keys = ("all", "found", "rest")
    total = {"number": _("合计"), **{k: sum(line[k] for line in lines) for k in keys}}
    by_town: list[dict[str, Any]] = [
        {"town": names.get(path, _("县级")), "rest": counts["rest"]}
        for path, counts in sorted(towns.items(), key=lambda item: (-item[1]["rest"], item[0]))
    ]
    return Page(
        title=_("流调余数"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(_("病例与协查函"), (), Table(columns, lines, total)),
            Section(_("各乡镇"), (), Table(
                (Column("town", _("乡镇"), width_mm=40), Column("rest", _("余数"), "number", 16)), by_town
            )),
            Section(_("每小时余数"), (), Table(
                (Column("hour", _("整点"), "instant", 32), Column("rest", _("余数"), "number", 16)),
                _hourly(instants, as_of, hours),
            )),
        ),
        signatures=(_("填报人"), _("审核人")),
    )  # fmt: skip


def _open(task: Any, as_of: datetime) -> bool:
    return task is not None and (task.closed_at is None or task.closed_at > as_of)


def _line(number: str, kind: str, began_at: datetime, task: Any, n: int, rest: int, as_of: datetime) -> dict[str, Any]:
    clock = task.clock if task else None
    state = ""
    if clock:
        stopped = clock.stopped_at if clock.stopped_at and clock.stopped_at <= as_of else None
        late = (stopped or as_of) > clock.due_at
        state = (_("超时完成") if late else _("按时完成")) if stopped else (_("超时") if late else _("进行中"))
    return {
        "number": number, "kind": kind, "began_at": began_at, "due_at": clock.due_at if clock else None, "all": n,
        "found": n - rest, "rest": rest, "state": state,
    }  # fmt: skip


def _hourly(instants: list[tuple[datetime, datetime | None]], as_of: datetime, hours: int) -> list[dict[str, Any]]:
    """The rest at each full hour: who had been identified by then and not found yet."""
    top = as_of.replace(minute=0, second=0, microsecond=0)
    rows = []
    for back in range(min(hours, 48), -1, -1):
        hour = top - timedelta(hours=back)
        rows.append({"hour": hour, "rest": sum(i <= hour and (f is None or f > hour) for i, f in instants)})
    return rows
