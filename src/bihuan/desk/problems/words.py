"""Problems, checklists and proofs in words and components."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.command.words import clock_part, notice_words
from bihuan.desk.parts import Chip, Event, Timeline
from bihuan.desk.verbs import verb_label
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import OwnerLevel
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import Scope


def problem_words(problem: Any) -> str:
    """What is wrong, in the reader's language: the checklist's line, and what was added to it."""
    name, _slash, line = problem.item.partition("/")
    try:
        item = checklists.checklist(name).item(line)
    except ValueError:
        item = None
    if item is None:
        return str(problem.words)
    added = problem.words.removeprefix(item.words.zh)
    return f"{item.words.in_language(get_language() or '')}{added}"


def problem_chips(problem: Any, at: datetime) -> list[Any]:
    """How a problem stands: its clock, whether it came back, was mended on the spot, hangs on the board."""
    chips: list[Any] = [clock_part(problem.task.clock, at)]
    if problem.is_recurrent:
        chips.append(Chip(_("第 %(n)d 次") % {"n": len(problem.earlier) + 1}, "late"))
    chips.append(problem_state(problem))
    return chips


def problem_state(problem: Any) -> Chip:
    """Open, reported mended, closed."""
    if problem.task.closed_at:
        return Chip(_("已销号"), "good")
    if problem.fixed_at:
        return Chip(_("当场已改，待复查"), "wait")
    if "done_by" in problem.task.detail:
        return Chip(_("已上报，待复查"), "wait")
    return Chip(_("整改中"), "info")


def level_words(level: int) -> str:
    """The level of an owner."""
    return str(OwnerLevel(checklists.LEVELS[level]).label)


def journal(scope: Scope, subjects: Sequence[str], tasks: Sequence[Any] = ()) -> Timeline:
    """Who did what and who was told what, when, and when it was read: rebuilt from the journal alone."""
    events = [
        Event(
            at=a.at, title=verb_label(a.verb), who=a.actor.name,
            recorded_at=a.recorded_at if a.recorded_at - a.at > timedelta(minutes=1) else None,
        )
        for a in staff_reads.acts_about(scope, subjects)[:200]
    ]  # fmt: skip
    for notice in command_reads.told(scope, tasks):
        read = _("已读") if notice.read_at else _("未读")
        words = notice_words(notice.kind, notice.words)
        events.append(
            Event(at=notice.created_at, title=_("告知"), who=notice.member.name, text=f"{words} · {read}", icon="bell")
        )
    return Timeline(sorted(events, key=lambda e: e.at, reverse=True), empty=_("尚无记录"))


def language() -> str:
    """The reader's language."""
    return get_language() or ""
