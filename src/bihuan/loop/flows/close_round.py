"""A round is over when every tube of it is reported, or somebody says why not."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def close_round(doing: Doing, *, of_round: UUID, reason: str = "") -> Outcome:
    """Close a round; tubes without a report stop it unless a reason is given, and are counted in the journal."""
    asked = lab_reads.round_(doing.actor.scope, of_round)
    if asked is None or not doing.actor.scope.holds(asked.path):
        raise Refused(_("没有这一轮检测"), "no_such_round")
    still_open = lab_reads.sessions(doing.actor.scope, asked.id).filter(closed_at__isnull=True).count()
    stood = lab_figures.funnel(doing.actor.scope, asked.id)
    done = (TubeState.REPORTED, TubeState.SPOILED)
    waiting = sum(tubes for state, (tubes, _people) in stood.items() if state not in done)
    if (still_open or waiting) and not reason.strip():
        raise Refused(
            _("还有 %(sessions)d 个采样点未收点、%(tubes)d 管未报告；如需提前结束，请写明理由")
            % {"sessions": still_open, "tubes": waiting},
            "not_finished",
        )
    if not lab_writes.close_round(asked.id, doing.at):
        raise Refused(_("这一轮检测已结束"), "already_closed")
    for task in command_reads.open_tasks(doing.actor.scope).filter(subject=f"round:{asked.id}"):
        command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=reason or "reported")
    return Outcome("closed", asked.path, f"round:{asked.id}", {"tubes_without_report": waiting})
