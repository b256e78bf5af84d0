"""What does not hold together in a case's account."""

from uuid import UUID

from bihuan.engines import tracing
from bihuan.ledgers.cases import reads
from bihuan.ledgers.cases.bridge._protocol import ZONE, window_of
from bihuan.ledgers.cases.models import Case, CaseVisit
from bihuan.ledgers.territory.scope import Scope


def findings(scope: Scope, case: Case) -> list[tracing.Finding]:
    """What in a case's account contradicts itself, a record, or what its companions told; and the hours nobody told of."""
    own = list(reads.visits_of_person(scope, case.person_id))
    named = {UUID(c["person"]) for v in own for c in v.companions if c.get("person")}
    others = list(reads.visits_of_persons(scope, named)) if named else []
    window = window_of(case)
    since = window.start.astimezone(ZONE) if window.start else None
    until = window.until.astimezone(ZONE) if window.until else None
    return tracing.check_timeline(
        [_told(v) for v in own], since, until, others=[_told(v) for v in others if v.person_id != case.person_id]
    )


def _told(visit: CaseVisit) -> tracing.ToldStay:
    place = visit.place
    return tracing.ToldStay(
        visit.id.hex, str(visit.person_id), str(visit.place_id) if visit.place_id else visit.words.strip(),
        visit.from_at.astimezone(ZONE), visit.until_at.astimezone(ZONE) if visit.until_at else None, visit.source,
        place.longitude if place else None, place.latitude if place else None,
        tuple(c["person"] for c in visit.companions if c.get("person")),
    )  # fmt: skip
