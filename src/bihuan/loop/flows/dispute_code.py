"""A person says their colour is wrong: health gets a task with a clock; the colour stays what the orders say."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked


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
        task = open_clocked(
            doing, kind=TaskKind.CORRECT_CODE, title=_title(found.code),
            area=who.area, path=who.path, subject=f"person:{who.id}", notice="code_disputed",
            roles=([Role.HEALTH], [Role.OFFICE, Role.COMMANDER]),
            detail={
                "code": found.code, "orders": [str(o.id) for o in found.orders], "channel": channel,
                "sealed": cipher.seal(words.strip()).hex(),
            },
        )  # fmt: skip
    result = {"task": str(task.id), "due_at": task.clock.due_at.isoformat()}
    return Outcome("disputed", who.path, f"person:{who.id}", result)


def _title(code: str) -> str:
    known = {"red": gettext("核实码色：现为红码"), "yellow": gettext("核实码色：现为黄码")}
    return known.get(code, gettext("核实码色：现为绿码"))
