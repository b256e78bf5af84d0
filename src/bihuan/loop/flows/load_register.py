"""A sheet of a register comes in: projects, stores, homes. Every row has an outcome, every entry its rhythm of dispatch."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_ROWS = 5000


@flow(private=("rows",))
def load_register(doing: Doing, *, register: str, rows: tuple[dict[str, str], ...]) -> Outcome:
    """Enter rows ({column: words, row: number}) of a register; those that cannot be entered come back with the reason.
    An entry known by its name is brought up to date; a new one is dispatched from now on."""
    asked = checklists.register(register)
    if asked is None:
        raise Refused(_("没有这类台账"), "no_such_register")
    if not rows or len(rows) > MOST_ROWS:
        raise Refused(_("一次 1 至 %(n)d 行") % {"n": MOST_ROWS}, "too_many")
    units = {u.name: u for u in staff_reads.units(doing.actor.scope)}
    areas = {
        a.name: a for a in territory_reads.areas(doing.actor.scope).filter(level__in=["county", "township", "village"])
    }
    good: dict[str, dict[str, Any]] = {}
    rejected = []
    for number, row in enumerate(rows, start=1):
        fault = _fault(asked, row, units, areas, good)
        if fault:
            column, why = fault
            rejected.append({"row": int(row.get("row") or number), "column": column, "reason": str(why)})
            continue
        unit = units[row["unit"].strip()]
        area = areas.get(row.get("area", "").strip(), unit.area)
        levels = staff_reads.answerable(area.path)
        sector = units.get(row.get("sector", "").strip()) or (levels[2] if levels else unit)
        name = row["name"].strip()
        cells = {c.name: row[c.name].strip() for c in asked.columns if row.get(c.name, "").strip()}
        good[name] = {
            "id": doing.derive(f"entry:{name}"), "register": asked.name, "name": name,
            "number": row.get("number", "").strip(), "area": area, "path": area.path, "unit": unit, "sector": sector,
            "cells": cells, "added_at": doing.at,
        }  # fmt: skip
    if good:
        ids = command_writes.set_entries(list(good.values()))
        running = set(command_reads.rhythms(doing.actor.scope).values_list("subject", flat=True))
        for name, id_ in ids.items():
            if f"entry:{id_}" not in running:
                _dispatch(doing, asked, good[name], f"entry:{id_}")
    result = {"rows_read": len(rows), "accepted": len(good), "rejected": rejected}
    return Outcome("loaded", doing.actor.scope.path, f"register:{asked.name}", result)


def _dispatch(doing: Doing, asked: checklists.Register, entry: dict[str, Any], subject: str) -> None:
    levels = staff_reads.answerable(entry["path"]) or (entry["unit"],) * 4
    chief = staff_reads.chief(doing.actor.scope, entry["unit"].id, doing.at)
    command_writes.add_rhythm(
        id=doing.derive(f"rhythm:{subject}"), kind=asked.name, title=f"{asked.task.zh}：{entry['name']}",
        area=entry["area"], path=entry["path"], subject=subject, territory_owner=levels[1],
        sector_supervisor=entry["sector"], responsible_unit=entry["unit"],
        responsible_id=chief.member_id if chief else None, detail={"raised_by": str(doing.actor.member)},
        every_minutes=asked.every_days * 1440, due_minutes=asked.due_hours * 60, next_at=doing.at,
    )  # fmt: skip


def _fault(
    asked: checklists.Register, row: dict[str, str], units: Any, areas: Any, good: Any
) -> tuple[str, Any] | None:
    language = get_language() or ""
    for column in asked.columns:
        told = row.get(column.name, "").strip()
        words = column.words.in_language(language)
        if column.is_required and not told:
            return words, _("不能为空")
        if told and column.kind == "number" and not _is_number(told):
            return words, _("“%(told)s”不是数字") % {"told": told}
        if told and column.kind == "date" and not _is_date(told):
            return words, _("“%(told)s”不是日期，请写成 2022-07-01") % {"told": told}
        known = {"unit": units, "sector": units, "area": areas}.get(column.name)
        if told and known is not None and told not in known:
            return words, _("没有登记“%(told)s”") % {"told": told}
        if column.name == "name" and told in good:
            return words, _("本表中重复")
    return None


def _is_number(told: str) -> bool:
    try:
        float(told.replace(",", ""))
    except ValueError:
        return False
    return True


def _is_date(told: str) -> bool:
    try:
        datetime.fromisoformat(told[:10])
    except ValueError:
        return False
    return True
