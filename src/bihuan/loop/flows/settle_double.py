"""Two records side by side: one person, or two. One person means they are merged, and can be parted again."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="merge_persons")
def settle_double(doing: Doing, *, double: UUID, same: bool) -> Outcome:
    """Decide a pair of the register; the older record is kept when they are one."""
    pair = people_reads.double(doing.actor.scope, double)
    if pair is None or not people_writes.settle_double(pair.id, is_same=same, at=doing.at):
        raise Refused(_("这一对已由他人核对"), "already_settled")
    kept = {"_kept": str(pair.left_id), "_gone": str(pair.right_id)}
    return Outcome("same" if same else "different", pair.path, f"double:{pair.id}", kept)
