"""A member of a positive pool is sampled anew, singly."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState, TubeUse, Via
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import EVERYBODY, found_all


@flow()
def recheck_swab(doing: Doing, *, recheck: UUID, tube: str) -> Outcome:
    """Draw the single that decides about one member of a positive pool; an invalid one is drawn again."""
    with widened(doing):
        asked = lab_reads.recheck(EVERYBODY, recheck)
        pool = asked.recall.tube if asked else None
        if (
            asked is None
            or pool is None
            or not (doing.actor.scope.holds(asked.path) or doing.actor.scope.holds(pool.path))
        ):
            raise Refused(_("没有这条复采任务，或不在您的辖区"), "no_such_recheck")
        if asked.decided_at is not None:
            raise Refused(_("此人单采结果已出"), "decided_already")
        if asked.tube is not None and asked.tube.state not in (TubeState.SPOILED, TubeState.REPORTED):
            raise Refused(_("此人的单采样本 %(code)s 尚在检测") % {"code": asked.tube.code}, "on_its_way")
        single = {
            "id": doing.derive("tube"), "code": tube.strip(), "round_id": pool.round_id, "session_id": pool.session_id,
            "path": pool.path, "use": TubeUse.RECHECK, "capacity": 1, "swabs": 1, "state": TubeState.CLOSED,
            "opened_at": doing.at, "closed_at": doing.at, "pool_id": pool.id,
        }  # fmt: skip
        swab = {"id": doing.id, "person_id": asked.person_id, "path": asked.person.path, "at": doing.at,
                "member_id": doing.actor.member}  # fmt: skip
        if not tube.strip() or not lab_writes.add_singles([(single, swab)], recorded_at=doing.recorded_at):
            raise Refused(_("此管号已被使用，请换新管"), "tube_taken")
        lab_writes.set_recheck(asked.id, tube_id=single["id"], via=Via.NEW_SWAB)
        found_all(doing, asked.recall_id)
    return Outcome("drawn", pool.path, f"recheck:{asked.id}", {"tube": tube.strip()})
