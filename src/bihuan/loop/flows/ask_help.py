"""A resident needs something: their township gets a task with a clock; the words are sealed."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.choices import HelpKind
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked


@flow(private=("words",))
def ask_help(doing: Doing, *, person: UUID, need: str, words: str, channel: str = "desk") -> Outcome:
    """Open a task for whoever answers where the person lives."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    if need not in HelpKind.values or len(words.strip()) < 2:
        raise Refused(_("请选择需要什么，并说明情况"), "no_words")
    with widened(doing):
        task = open_clocked(
            doing, kind=TaskKind.RESIDENT_HELP, title=str(HelpKind(need).label), area=who.area, path=who.path,
            subject=f"person:{who.id}", notice="resident_help",
            roles=([Role.TOWNSHIP], [Role.OFFICE, Role.COMMANDER]),
            detail={"need": need, "channel": channel, "sealed": cipher.seal(words.strip()).hex()},
        )  # fmt: skip
    result = {"task": str(task.id), "due_at": task.clock.due_at.isoformat()}
    return Outcome("asked", who.path, f"person:{who.id}", result)
