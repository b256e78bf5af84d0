"""The superior's list of risk areas becomes a new version here; no version is ever edited."""

from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk, writes
from bihuan.ledgers.territory.choices import RiskLevel
from bihuan.loop.act import Doing, Outcome, Refused, flow


class RiskAreaTold(msgspec.Struct, frozen=True, kw_only=True):
    """One area as the list names it, from the province down."""

    name: str
    level: str
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None


@flow()
def load_risk_areas(
    doing: Doing,
    *,
    source: str,
    document: str,
    effective_from: datetime,
    areas: tuple[RiskAreaTold, ...],
    content_hash: str,
    rejected: tuple[dict[str, Any], ...] = (),
) -> Outcome:
    """Record a whole list with who issued it and from when it counts. An empty list is a list too: nothing is at risk."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or not (source.strip() and document.strip()):
        raise Refused(_("请写明发布单位和文件名称（文号或网址）"), "incomplete")
    if effective_from.tzinfo is None:
        raise Refused(_("生效时间须带时区"), "naive_time")
    unknown = next((a for a in areas if a.level not in RiskLevel.values), None)
    if unknown:
        raise Refused(
            _("“%(area)s”的风险等级不认识：%(level)s") % {"area": unknown.name, "level": unknown.level}, "level"
        )
    if len({a.name for a in areas}) < len(areas):
        raise Refused(_("同一地区在表中出现两次，请先合并"), "twice")
    newest = risk.risk_lists(
        county.path
    ).first()  # the same list again is a version too: somebody looked, nothing changed
    made = writes.add_risk_list(
        [
            {"name": a.name, "level": a.level, "code": a.code, "since": a.since, "until": a.until}
            for a in areas
        ],
        id=doing.derive("list"),
        path=county.path,
        number=(newest.number if newest else 0) + 1,
        source=source.strip(),
        document=document.strip(),
        content_hash=content_hash,
        effective_from=effective_from,
        recorded_at=doing.recorded_at,
        recorded_by=f"member:{doing.actor.member}",
        rows_read=len(areas) + len(rejected),
        rejected=list(rejected),
    )  # fmt: skip
    for task in command_reads.open_tasks(doing.actor.scope).filter(kind=TaskKind.RENEW_RISK_LIST):
        command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=f"risk_list:{made.id}")
    return Outcome(
        "loaded",
        county.path,
        f"risk_list:{made.id}",
        {"risk_list": str(made.id), "number": made.number, "areas": len(areas), "rejected": len(rejected)},
    )
