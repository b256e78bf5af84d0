"""Cases that belong together get a name: a household, a class, a wedding."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("note", "reason"))
def open_cluster(
    doing: Doing, *, name: str, cases: tuple[UUID, ...], place: UUID | None = None, note: str = "", reason: str = ""
) -> Outcome:
    """Open a cluster with its first cases."""
    found = list(cases_reads.standing_cases(doing.actor.scope).filter(id__in=cases))
    if len(found) < 2 or len(found) != len(set(cases)):
        raise Refused(_("聚集性疫情至少两例，且都须是未排除的病例"), "two_cases")
    if len({c.disease for c in found}) > 1:
        raise Refused(_("不同病种不能归为一起聚集性疫情"), "two_diseases")
    if not name.strip():
        raise Refused(_("请写明名称"), "incomplete")
    made = cases_writes.add_cluster(
        id=doing.derive("cluster"), name=name.strip(), path=doing.actor.scope.path, disease=found[0].disease,
        place_id=place, opened_at=doing.at, note=note.strip(), keep_until=found[0].keep_until,
    )  # fmt: skip
    cases_writes.add_cluster_members(
        {"cluster": made, "case": c, "path": c.path, "reason": reason.strip(), "joined_at": doing.at} for c in found
    )
    return Outcome("opened", made.path, f"cluster:{made.id}", {"cluster": str(made.id), "cases": len(found)})
