"""One more case belongs to a cluster, or one does not."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="open_cluster", private=("reason",))
def join_cluster(doing: Doing, *, cluster: UUID, case: UUID, reason: str = "", leaves: bool = False) -> Outcome:
    """Count a case in a cluster, or take it out."""
    asked = cases_reads.cluster(doing.actor.scope, cluster)
    if asked is None:
        raise Refused(_("没有这起聚集性疫情"), "no_such_cluster")
    one = investigations.asked_case(doing, case)
    if one.disease != asked.disease:
        raise Refused(_("不同病种不能归为一起聚集性疫情"), "two_diseases")
    row = {"cluster": asked, "case": one, "path": one.path, "reason": reason.strip(), "joined_at": doing.at}
    cases_writes.add_cluster_members([{**row, "left_at": doing.at if leaves else None}])
    return Outcome("left" if leaves else "joined", asked.path, f"cluster:{asked.id}", {"case": str(one.id)})
