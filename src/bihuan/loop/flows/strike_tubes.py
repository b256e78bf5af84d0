"""Tubes of a stopped box are truly gone: they are struck off by name, and their people must be sampled again."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import done


@flow()
def strike_tubes(doing: Doing, *, box: UUID, tubes: tuple[str, ...], reason: str) -> Outcome:
    """Take lost or spoiled tubes out of a box, so that its count is right again; their swabs no longer count."""
    asked = lab_reads.box(doing.actor.scope, box)
    if asked is None or asked.state != BoxState.STOPPED:
        raise Refused(_("只有停收的箱可以核销样本"), "not_stopped")
    inside = {t.code: t for t in lab_reads.box_tubes(doing.actor.scope, asked.id)}
    wrong = [c for c in tubes if c.strip() not in inside]
    if wrong or not tubes or not reason.strip():
        raise Refused(
            _("请写明理由，并只选本箱的管（不在本箱：%(codes)s）") % {"codes": "、".join(wrong[:10]) or "—"},
            "incomplete",
        )
    struck = [inside[c.strip()].id for c in tubes]
    people = lab_writes.strike_tubes(asked.id, struck, doing.at)
    with widened(doing):
        done(doing, TaskKind.TUBES_MISSING, f"box:{asked.id}", reason.strip())
    told = {"tubes": list(tubes), "people": people, "reason": reason.strip()}
    return Outcome("struck", asked.path, f"box:{asked.id}", told)
