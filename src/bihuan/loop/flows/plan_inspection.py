"""A round is planned: daily, joint, or drawn at random from everything a checklist is asked at."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import checklists, draw
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import InspectionKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_STOPS = 200


@flow()
def plan_inspection(
    doing: Doing, *, kind: str, checklist: str, area: str, planned_from: datetime, planned_until: datetime,
    title: str = "", subjects: tuple[str, ...] = (), units: tuple[UUID, ...] = (), size: int = 0, seed: str = "",
) -> Outcome:  # fmt: skip
    """Plan a round. A random one needs a seed and a size: the same seed and pool draw the same stops again."""
    try:
        asked = checklists.checklist(checklist)
    except ValueError:
        raise Refused(_("没有这张检查表"), "no_such_checklist") from None
    place = territory_reads.area(area)
    if kind not in InspectionKind.values or place is None or not doing.actor.scope.holds(place.path):
        raise Refused(_("请选择检查类别和本辖区的范围"), "incomplete")
    if planned_until <= planned_from:
        raise Refused(_("检查的结束须晚于开始"), "bad_period")
    if kind == InspectionKind.JOINT and len(set(units)) < 2:
        raise Refused(_("联合检查至少两个单位"), "not_joint")
    pool = {s.key: s for s in command_reads.inspectable(Scope(place.path), asked)}
    if kind == InspectionKind.RANDOM:
        if not seed.strip() or size < 1:
            raise Refused(_("随机暗访须写明种子和抽取数量"), "no_seed")
        chosen = draw.drawn(pool, size, seed.strip())
    else:
        chosen = [s for s in dict.fromkeys(subjects) if s in pool]
        if len(chosen) < len(set(subjects)):
            raise Refused(_("有的对象不在所选范围，或不适用这张表"), "no_such_subject")
    if not chosen or len(chosen) > MOST_STOPS:
        raise Refused(_("一次检查 1 至 %(n)d 个对象") % {"n": MOST_STOPS}, "no_stops")
    known = {u.id for u in staff_reads.units(doing.actor.scope).filter(id__in=units)}
    planned = command_writes.add_inspection(
        [
            {"subject": key, "name": pool[key].name, "place_path": pool[key].path, "position": number}
            for number, key in enumerate(chosen, start=1)
        ],
        id=doing.derive("inspection"), kind=kind, checklist=asked.name, area=place, path=doing.actor.scope.path,
        title=title.strip() or asked.title.in_language(get_language() or ""), planned_from=planned_from,
        planned_until=planned_until, units=[u for u in dict.fromkeys(units) if u in known],
        seed=seed.strip() if kind == InspectionKind.RANDOM else "",
        pool=sorted(pool) if kind == InspectionKind.RANDOM else [],
        planned_at=doing.at, planned_by_id=doing.actor.member,
    )  # fmt: skip
    result = {"inspection": str(planned.id), "stops": len(chosen), "pool": len(pool)}
    return Outcome("planned", planned.path, f"inspection:{planned.id}", result)
