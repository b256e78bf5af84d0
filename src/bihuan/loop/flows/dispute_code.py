"""A person says their colour is wrong: health gets a task with a clock; the colour stays what the orders say."""

from uuid import UUID

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("words",))
def dispute_code(doing: Doing, *, person: UUID, words: str, channel: str = "desk") -> Outcome:
    """Open a task to check the colour; its reasons as they stand now go with it, the person's own words sealed."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    if len(words.strip()) < 2:
        raise Refused(_("请写明哪里不对"), "no_words")
    with widened(doing):
        found = pass_bridge.colour(Scope(EVERYWHERE), who.id, doing.at)
        township = staff_reads.unit_of(who.path, [UnitKind.TOWNSHIP, UnitKind.HEADQUARTERS])
        health = staff_reads.answering(who.path, [Role.HEALTH], doing.at)
        told = health or staff_reads.answering(who.path, [Role.OFFICE, Role.COMMANDER], doing.at)
        headquarters = staff_reads.unit_of(who.path, [UnitKind.HEADQUARTERS, UnitKind.WORKING_GROUP])
        if not told or headquarters is None:
            raise Refused(_("没有登记负责核实的人，请先在指挥体系中任岗"), "nobody_answers")
        unit = told[0].post.unit
        limit = command_bridge.limit("correct_code", doing.at)
        title = _t("核实码色：现为%(code)s") % {"code": found.code}
        task = command_writes.add_task(
            id_=doing.derive("task"), kind=TaskKind.CORRECT_CODE, title=title, area_code=who.area_id, path=who.path,
            subject=f"person:{who.id}",
            parties=command_writes.Parties(township or headquarters, headquarters, unit, told[0].member_id),
            at=doing.at,
            detail={
                "code": found.code, "orders": [str(o.id) for o in found.orders], "channel": channel,
                "sealed": cipher.seal(words.strip()).hex(),
            },
        )  # fmt: skip
        command_writes.add_clock(
            task, kind=limit.kind, started_at=doing.at, warn_at=limit.warn(doing.at), due_at=limit.due(doing.at)
        )
        notice = {"title": title, "area": who.area.name, "due_at": limit.due(doing.at).isoformat()}
        command_writes.add_notices(told, kind="code_disputed", words=notice, task=task.id, at=doing.at)
    return Outcome(
        "disputed", who.path, f"person:{who.id}", {"task": str(task.id), "due_at": limit.due(doing.at).isoformat()}
    )
