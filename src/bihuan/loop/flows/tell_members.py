"""The members of a positive pool have been told to stay where they are and be sampled singly."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import found_all


@flow()
def tell_members(doing: Doing, *, recall: UUID, rechecks: tuple[UUID, ...]) -> Outcome:
    """Record who of a pool knows, and since when."""
    asked = lab_reads.recall(doing.actor.scope, recall)
    if asked is None:
        raise Refused(_("没有这次追查"), "no_such_recall")
    theirs = {r.id for r in lab_reads.rechecks(doing.actor.scope, asked.id)} & set(rechecks)
    if not theirs:
        raise Refused(_("请勾选已通知的人"), "nobody")
    told = lab_writes.set_told(theirs, doing.at)
    with widened(doing):
        found_all(doing, asked.id)
    return Outcome("told", asked.path, f"recall:{asked.id}", {"told": told})
