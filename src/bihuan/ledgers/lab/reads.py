"""Questions to the testing chain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from bihuan.ledgers.lab.choices import TubeState
from bihuan.ledgers.lab.models import (
    Box,
    Laboratory,
    Outage,
    Recall,
    Receipt,
    Recheck,
    Result,
    ResultFile,
    Round,
    RoundUnit,
    Run,
    Session,
    Station,
    Swab,
    SwabDoubt,
    TestRun,
    Tube,
)
from bihuan.ledgers.territory.scope import Scope


def laboratories(scope: Scope) -> QuerySet[Laboratory]:
    """Laboratories at work that one may see: those of one's own place and of the places above it."""
    return Laboratory.objects.filter(closed_at__isnull=True).select_related("place").order_by("place__name")


def laboratory(scope: Scope, id_: UUID) -> Laboratory | None:
    """One laboratory."""
    return laboratories(scope).filter(id=id_).first()


def stations(scope: Scope) -> QuerySet[Station]:
    """Sampling tables inside the scope."""
    return Station.objects.filter(scope.inside()).select_related("area", "laboratory__place").order_by("path", "name")


def station(scope: Scope, id_: UUID) -> Station | None:
    """One sampling table."""
    return stations(scope).filter(id=id_).first()


def rounds(scope: Scope) -> QuerySet[Round]:
    """Rounds one may see, latest first: a county's round is worked at by every township."""
    return Round.objects.select_related("area").order_by("-opened_at", "-id")


def round_(scope: Scope, id_: UUID) -> Round | None:
    """One round."""
    return rounds(scope).filter(id=id_).first()


def units(scope: Scope, round_id: UUID) -> QuerySet[RoundUnit]:
    """Whom a round is for, by unit."""
    return RoundUnit.objects.filter(scope.inside(), round=round_id).select_related("area").order_by("path")


def round_number(scope: Scope, prefix: str) -> str:
    """The next number of a day's rounds; the unique column decides a race."""
    return f"{prefix}{Round.objects.filter(number__startswith=prefix).count() + 1:02d}"


def sessions(scope: Scope, round_id: UUID | None = None) -> QuerySet[Session]:
    """Tables at work, or that were."""
    found = Session.objects.filter(scope.inside()).select_related("station__area", "station__laboratory", "round")
    return (found.filter(round=round_id) if round_id else found).order_by("path", "opened_at")


def open_sessions(scope: Scope) -> QuerySet[Session]:
    """Tables at work in rounds still open, the newest first."""
    return sessions(scope).filter(closed_at__isnull=True, round__closed_at__isnull=True).order_by("-opened_at")


def session(scope: Scope, id_: UUID) -> Session | None:
    """One table at work."""
    return sessions(scope).filter(id=id_).first()


@dataclass(frozen=True)
class Table:
    """What binding a swab asks of a table at work and of its round."""

    id: UUID
    path: str
    opened_at: datetime
    closed_at: datetime | None
    round_id: UUID
    pool_size: int
    is_standing: bool
    round_closed_at: datetime | None


def tables(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Table]:
    """Several tables at once, in one plain question: every call of every phone asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.id, s.path, s.opened_at, s.closed_at, r.id, r.pool_size, r.is_standing, r.closed_at
               FROM lab_session s JOIN lab_round r ON r.id = s.round_id
               WHERE s.id = ANY(%s::uuid[]) AND s.path >= %s AND s.path < %s""",
            [[str(i) for i in ids], scope.path, scope.path + "~"],
        )
        return {row[0]: Table(*row) for row in cursor.fetchall()}


def tubes(scope: Scope) -> QuerySet[Tube]:
    """Tubes inside the scope."""
    return Tube.objects.filter(scope.inside()).select_related("box__laboratory__place", "session__station", "round")


def tube(scope: Scope, id_: UUID) -> Tube | None:
    """One tube."""
    return tubes(scope).filter(id=id_).first()


def tube_coded(scope: Scope, code: str) -> Tube | None:
    """The tube of this code."""
    return tubes(scope).filter(code=code).first()


def tubes_coded(scope: Scope, codes: Collection[str]) -> dict[str, Tube]:
    """Several tubes by their codes."""
    found = Tube.objects.filter(scope.inside()).extra(where=["lab_tube.code = ANY(%s)"], params=[list(codes)])
    return {t.code: t for t in found.select_related("box")}


def tubes_of(scope: Scope, ids: Collection[UUID]) -> QuerySet[Tube]:
    """Several tubes by their ids."""
    return tubes(scope).filter(id__in=list(ids))


def session_tubes(scope: Scope, session_id: UUID) -> QuerySet[Tube]:
    """The tubes of one table, in the order they were opened."""
    return Tube.objects.filter(scope.inside(), session=session_id).order_by("opened_at", "code")


def box_tubes(scope: Scope, box_id: UUID) -> QuerySet[Tube]:
    """The tubes in a box."""
    return Tube.objects.filter(scope.inside(), box=box_id).order_by("code")


def swab(scope: Scope, id_: UUID) -> Swab | None:
    """One sample."""
    return Swab.objects.filter(scope.inside(), id=id_).select_related("tube__session").first()


def members(scope: Scope, tube_id: UUID) -> QuerySet[Swab]:
    """Who is in a tube."""
    return (
        Swab.objects.filter(scope.inside(), tube=tube_id, undone_at__isnull=True)
        .select_related("person__area", "place")
        .order_by("at", "id")
    )


def members_of(scope: Scope, tubes_: Collection[UUID]) -> list[UUID]:
    """The swabs in these tubes."""
    found = Swab.objects.filter(scope.inside(), tube__in=list(tubes_), undone_at__isnull=True)
    return list(found.values_list("id", flat=True))


def taken(scope: Scope, round_id: UUID, persons: Collection[UUID]) -> dict[UUID, str]:
    """Which of these persons a round holds sampled already, and in which tube."""
    found = Swab.objects.filter(scope.inside(), round=round_id, person__in=list(persons), counts=True)
    return dict(found.values_list("person_id", "tube__code"))


def retained_taken(scope: Scope, codes: Collection[str]) -> set[str]:
    """Which of these codes are on a retained single already."""
    found = Swab.objects.filter(scope.inside(), retained_code__in=[c for c in codes if c])
    return set(found.values_list("retained_code", flat=True))


def doubts(scope: Scope) -> QuerySet[SwabDoubt]:
    """Swabs that could not be bound and wait for a decision, the oldest first."""
    return (
        SwabDoubt.objects.filter(scope.inside(), settled_at__isnull=True)
        .select_related("round", "session__station", "person", "member")
        .order_by("at")
    )


def doubt(scope: Scope, id_: UUID) -> SwabDoubt | None:
    """One of them."""
    return doubts(scope).filter(id=id_).first()


def doubts_about(scope: Scope, code: str) -> QuerySet[SwabDoubt]:
    """Whoever may be in a tube besides those bound to it."""
    return SwabDoubt.objects.filter(scope.inside(), tube_code=code).exclude(settled_as="void").select_related("person")


def boxes(scope: Scope) -> QuerySet[Box]:
    """Boxes inside the scope."""
    return (
        Box.objects.filter(scope.inside())
        .select_related("laboratory__place", "session__station", "round", "run__courier")
        .order_by("packed_at", "code")
    )


def boxes_coded(scope: Scope, codes: Collection[str]) -> dict[str, Box]:
    """Several boxes by their codes."""
    return {b.code: b for b in boxes(scope).filter(code__in=list(codes))}


def box(scope: Scope, id_: UUID) -> Box | None:
    """One box."""
    return boxes(scope).filter(id=id_).first()


def receipts(scope: Scope, *, session_id: UUID | None = None, box_id: UUID | None = None) -> QuerySet[Receipt]:
    """The counts at hand-overs, latest first; a table's are its own and those of its boxes."""
    found = Receipt.objects.filter(scope.inside()).select_related("member", "session__station", "box").order_by("-at")
    if session_id:
        found = found.filter(Q(session=session_id) | Q(box__session=session_id))
    return found.filter(box=box_id) if box_id else found


def open_runs(scope: Scope) -> QuerySet[Run]:
    """Couriers on the way, longest first."""
    return Run.objects.filter(scope.inside(), arrived_at__isnull=True).select_related("courier", "laboratory__place")


def run(scope: Scope, id_: UUID) -> Run | None:
    """One courier's way."""
    return Run.objects.filter(scope.inside(), id=id_).select_related("courier", "laboratory__place").first()


def test_runs(scope: Scope) -> QuerySet[TestRun]:
    """Batches on instruments, latest first."""
    return TestRun.objects.filter(scope.inside()).select_related("laboratory__place").order_by("-started_at")


def test_run(scope: Scope, number: str) -> TestRun | None:
    """The batch of this number."""
    return test_runs(scope).filter(number=number).first()


def results(scope: Scope, tube_id: UUID) -> QuerySet[Result]:
    """Every value a tube ever had, latest first: a corrected one stays."""
    return (
        Result.objects.filter(scope.inside(), tube=tube_id)
        .select_related("recorded_by", "released_by", "corrects")
        .order_by("-recorded_at", "-id")
    )


def results_by_id(scope: Scope, ids: Collection[UUID]) -> list[Result]:
    """Several values that are not out yet."""
    return list(
        Result.objects.filter(scope.inside(), id__in=list(ids), released_at__isnull=True).select_related("tube")
    )


def waiting_results(scope: Scope) -> QuerySet[Result]:
    """Values recorded one by one that a second person has not let out yet, findings first."""
    return (
        Result.objects.filter(scope.inside(), released_at__isnull=True, file__isnull=True)
        .select_related("tube", "recorded_by")
        .order_by("-value", "recorded_at")
    )


def last_results(scope: Scope, tubes_: Collection[UUID]) -> dict[UUID, Result]:
    """The latest value of each of these tubes that has one."""
    found = Result.objects.filter(scope.inside(), tube__in=list(tubes_), corrected_by__isnull=True)
    return {r.tube_id: r for r in found}


def file_findings(scope: Scope, file_id: UUID) -> list[tuple[Tube, str]]:
    """The tubes of a file that are not negative or are singles of a recalled pool, each with its value."""
    found = Result.objects.filter(scope.inside(), file=file_id).exclude(value="negative", tube__pool__isnull=True)
    return [(r.tube, r.value) for r in found.select_related("tube__round", "tube__session", "tube__box")]


def file_tubes(scope: Scope, file_id: UUID) -> list[UUID]:
    """Every tube of a file."""
    return list(Result.objects.filter(scope.inside(), file=file_id).values_list("tube_id", flat=True))


def files(scope: Scope) -> QuerySet[ResultFile]:
    """Laboratories' files, latest first, without their contents."""
    return (
        ResultFile.objects.filter(scope.inside())
        .defer("sealed")
        .select_related("laboratory__place", "test_run", "member", "released_by")
        .order_by("-checked_at")
    )


def file(scope: Scope, id_: UUID) -> ResultFile | None:
    """One file."""
    return ResultFile.objects.filter(scope.inside(), id=id_).select_related("laboratory__place", "test_run").first()


def file_of(scope: Scope, content_hash: str) -> ResultFile | None:
    """The file of this content, if it came before and was not given up."""
    return files(scope).filter(content_hash=content_hash).exclude(state="dropped").first()


@dataclass(frozen=True)
class Standing:
    """What a result row has to fit: where its tube is, in which batch, and whether it has a value."""

    id: UUID
    path: str
    state: str
    test_run: UUID | None
    laboratory: UUID | None
    box: UUID | None


def standings(scope: Scope, codes: Collection[str]) -> dict[str, Standing]:
    """How each of very many tubes stands, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.code, t.id, t.path, t.state, t.test_run_id, b.laboratory_id, b.id
               FROM lab_tube t LEFT JOIN lab_box b ON b.id = t.box_id
               WHERE t.code = ANY(%s) AND t.path >= %s AND t.path < %s""",
            [list(codes), scope.path, scope.path + "~"],
        )
        return {row[0]: Standing(*row[1:]) for row in cursor.fetchall()}


def run_codes(scope: Scope, run_id: UUID) -> set[str]:
    """The codes of the tubes of one batch that have no value yet."""
    found = Tube.objects.filter(scope.inside(), test_run=run_id, state=TubeState.RECEIVED)
    return set(found.values_list("code", flat=True))


def recalls(scope: Scope) -> QuerySet[Recall]:
    """Positive pools that are taken apart, the latest first."""
    return (
        Recall.objects.filter(scope.inside())
        .select_related("tube__round", "tube__session__station")
        .order_by("-opened_at")
    )


def recall(scope: Scope, id_: UUID) -> Recall | None:
    """One of them."""
    return recalls(scope).filter(id=id_).first()


def rechecks(scope: Scope, recall_id: UUID) -> QuerySet[Recheck]:
    """Everybody in a positive pool: retained singles first."""
    return (
        Recheck.objects.filter(scope.inside(), recall=recall_id)
        .select_related("person__area", "tube")
        .order_by("-via", "id")
    )


def recheck(scope: Scope, id_: UUID) -> Recheck | None:
    """One member of a positive pool."""
    return Recheck.objects.filter(scope.inside(), id=id_).select_related("recall__tube__box", "tube", "person").first()


@dataclass(frozen=True)
class OwnResult:
    """What a person's sample said: a pool only says «all negative» or «to be checked singly»."""

    at: datetime
    round: str
    tube: UUID
    capacity: int
    value: str
    released_at: datetime | None


def results_of(scope: Scope, person: UUID) -> list[OwnResult]:
    """A person's samples with their released values, latest first; a single decides over its pool."""
    found = (
        Swab.objects.filter(scope.inside(), person=person, undone_at__isnull=True)
        .select_related("tube__round")
        .order_by("-at", "-id")
    )
    return [
        OwnResult(s.at, s.tube.round.name, s.tube_id, s.tube.capacity, s.tube.value, s.tube.released_at)
        for s in found[:200]
    ]


def samples(scope: Scope, persons: Collection[UUID], since: datetime, tubes_: Collection[UUID]) -> list[Swab]:
    """Samples of these persons since an instant that lie in these tubes."""
    wanted = set(tubes_)
    found = Swab.objects.filter(scope.inside(), person__in=list(persons), at__gte=since, undone_at__isnull=True)
    return [s for s in found.select_related("tube") if s.tube_id in wanted]


def outages(scope: Scope) -> QuerySet[Outage]:
    """When a platform did not answer, latest first."""
    return Outage.objects.order_by("-began_at")


def outage_minutes(began: datetime, ended: datetime, spans: Sequence[Outage]) -> float:
    """How many of these minutes a platform was away."""
    seconds = 0.0
    for span in spans:
        until = min(span.ended_at or ended, ended)
        seconds += max(0.0, (until - max(span.began_at, began)).total_seconds())
    return seconds / 60
