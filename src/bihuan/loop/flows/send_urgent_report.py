"""Something cannot wait for the evening's report: one tap tells the county, and its clock runs until somebody answers (R198)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind, UrgentKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened

ROLES = (Role.DUTY_LEADER, Role.OFFICE)


@flow(private=("words",))
def send_urgent_report(doing: Doing, *, kind: str, words: str = "", place: UUID | None = None) -> Outcome:
    """Tell the county's leader on duty and its office at once. Words may follow: the kind and the sender are enough."""
    if kind not in UrgentKind.values:
        raise Refused(_("请选择紧急情况的类别"), "bad_kind")
    where = territory_reads.place(place) if place else None
    path = where.path if where and doing.actor.scope.holds(where.path) else doing.actor.scope.path
    area = territory_reads.above(path)[-1]
    with widened(doing):
        county = territory_reads.county_of(path)
        top = county.path if county else path
        unit = staff_reads.unit_of(top, [UnitKind.HEADQUARTERS, UnitKind.WORKING_GROUP])
        owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP]) or unit
        told = staff_reads.answering(top, ROLES, doing.at) or staff_reads.answering(top, [Role.COMMANDER], doing.at)
        if unit is None or owner is None or not told:
            raise Refused(_("县级没有带班领导或办公室在岗：请直接打电话"), "nobody_answers")
        title = f"{UrgentKind(kind).label}：{where.name if where else area.name}"
        task = command_writes.add_task(
            id_=doing.derive("task"), kind=TaskKind.URGENT_REPORT, title=str(title), area_code=area.code, path=path,
            subject=f"member:{doing.actor.member}", at=doing.at,
            parties=command_writes.Parties(owner, unit, told[0].post.unit, told[0].member_id),
            detail={"kind": kind, "words": words.strip(), "sent_by": str(doing.actor.member), "sender": doing.actor.name},
        )  # fmt: skip
        limit = command_bridge.limit("urgent_report", doing.at)
        due = limit.due(doing.at)
        command_writes.add_clock(
            task, kind="urgent_report", started_at=doing.at, warn_at=limit.warn(doing.at), due_at=due
        )
        notice = {"title": str(title), "area": area.name, "due_at": due.isoformat()}
        command_writes.add_notices(told, kind="urgent_report", words=notice, task=task.id, at=doing.at)
    return Outcome("sent", path, f"task:{task.id}", {"task": str(task.id), "told": len(told)})
