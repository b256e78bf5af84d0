"""Who infected whom, as the investigator holds it; other candidates stay on record with their weight."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def link_cases(
    doing: Doing, *, infector: UUID, infectee: UUID, weight: float = 1.0, basis: str = "interview", chosen: bool = True
) -> Outcome:
    """Enter a candidate for a case's source, or choose one among several."""
    first, second = investigations.asked_case(doing, infector), investigations.asked_case(doing, infectee)
    if first.id == second.id:
        raise Refused(_("病例不能感染自己"), "same_case")
    if not weight > 0:
        raise Refused(_("权重须大于 0"), "bad_weight")
    if _is_above(doing, second.id, first.id):
        raise Refused(_("传播关系成环：%(number)s 已在其上游") % {"number": second.number}, "circle")
    cases_writes.add_links(
        [
            {"id": doing.derive("link"), "infector": first, "infectee": second, "path": second.path, "weight": weight,
             "basis": basis, "recorded_at": doing.recorded_at, "keep_until": second.keep_until}
        ]
    )  # fmt: skip
    made = cases_reads.infectors_of(doing.actor.scope, second.id).get(infector=first.id)
    if chosen:
        cases_writes.choose_link(made.id, second.id)
    told: dict[str, Any] = {"link": str(made.id), "gap_days": _days(first.onset_at, second.onset_at)}
    return Outcome("linked", second.path, f"case:{second.id}", told)


def _days(first: datetime | None, second: datetime | None) -> float | None:
    """The serial interval, where both onsets are known."""
    return round((second - first).total_seconds() / 86400, 2) if first and second else None


def _is_above(doing: Doing, upper: UUID, lower: UUID) -> bool:
    """Whether `upper` already stands above `lower` in the chosen tree."""
    chosen = cases_reads.links(doing.actor.scope).filter(is_chosen=True)
    above: dict[UUID, UUID] = dict(chosen.values_list("infectee", "infector"))
    at: UUID | None = lower
    seen: set[UUID] = set()
    while at is not None and at not in seen:
        if at == upper:
            return True
        seen.add(at)
        at = above.get(at)
    return False
