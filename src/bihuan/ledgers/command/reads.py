"""Questions to the ledger of command."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from bihuan.ledgers.command import checklists
from bihuan.ledgers.command.choices import CLOSED_BY_HAND, ClockState, FillKind
from bihuan.ledgers.command.models import (
    BoardEntry,
    Clock,
    Directive,
    DirectiveItem,
    Entry,
    Hearing,
    Inspection,
    InspectionStop,
    Letter,
    Notice,
    Problem,
    Proof,
    ReadReceipt,
    Response,
    Rhythm,
    Task,
    TeamSeat,
    Visit,
)
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope


def tasks(scope: Scope) -> QuerySet[Task]:
    """Tasks inside the scope with all that a ledger line shows."""
    return (
        Task.objects.filter(scope.inside())
        .select_related(
            "area",
            "territory_owner",
            "sector_supervisor",
            "responsible_unit",
            "responsible",
            "closed_by",
            "clock",
        )
        .order_by("clock__due_at", "opened_at")
    )


def open_tasks(scope: Scope) -> QuerySet[Task]:
    """Tasks nobody has closed yet, the most pressing first."""
    return tasks(scope).filter(closed_at__isnull=True)


def task(scope: Scope, id_: UUID) -> Task | None:
    """One task."""
    return tasks(scope).filter(id=id_).first()


def clocks(scope: Scope, at: datetime) -> QuerySet[Clock]:
    """Running clocks inside the scope as they stood at `at`."""
    return Clock.objects.filter(scope.inside(), started_at__lte=at).select_related("task__area", "task__responsible")


def clock(scope: Scope, id_: UUID) -> Clock | None:
    """One clock with its task."""
    return Clock.objects.filter(scope.inside(), id=id_).select_related("task__area").first()


def due_clocks(at: datetime) -> QuerySet[Clock]:
    """Running clocks the tick must look at."""
    return Clock.objects.filter(look_at__lte=at, stopped_at__isnull=True).order_by("look_at")


def late_clocks(at: datetime) -> int:
    """How many running clocks are past their due instant."""
    return Clock.objects.filter(due_at__lte=at, stopped_at__isnull=True).count()


def clock_state(clock: Clock, at: datetime) -> ClockState:
    """How a clock stands at `at`: late from the due instant on, at risk from the warning on."""
    if clock.stopped_at and clock.stopped_at <= at:
        return ClockState.MET if clock.stopped_at <= clock.due_at else ClockState.MET_LATE
    if at >= clock.due_at:
        return ClockState.LATE
    return ClockState.AT_RISK if at >= clock.warn_at else ClockState.ON_TIME


def visits(scope: Scope, subject: str) -> QuerySet[Visit]:
    """Forms filled about a subject, latest first."""
    return Visit.objects.filter(scope.inside(), subject=subject).select_related("member").order_by("-at", "-id")


def visits_about(scope: Scope, subjects: Collection[str]) -> QuerySet[Visit]:
    """Forms filled about any of these subjects, latest first."""
    found = Visit.objects.filter(scope.inside(), subject__in=subjects)
    return found.select_related("member").order_by("-at", "-id")


def notices(member: UUID, *, unread_only: bool = False) -> QuerySet[Notice]:
    """What a member was told, latest first."""
    found = Notice.objects.filter(member=member).select_related("task").order_by("-created_at")
    return found.filter(read_at__isnull=True) if unread_only else found


def letters(scope: Scope) -> QuerySet[Letter]:
    """The register of letters inside the scope."""
    return Letter.objects.filter(scope.inside()).order_by("-written_at")


def response_at(path: str, at: datetime) -> Response | None:
    """The response in force where `path` lies."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    found = Response.objects.filter(path__in=above, response_from__lte=at).order_by("-response_from")
    return next((r for r in found if r.response_until is None or r.response_until > at), None)


def next_number(prefix: str) -> str:
    """The next number of a numbered series such as 青移函〔2022〕3号; the unique column decides a race."""
    taken = Letter.objects.filter(number__startswith=prefix).count()
    return f"{prefix}{taken + 1}号"


def running(scope: Scope, at: datetime) -> list[Clock]:
    """Clocks that ran at `at`, each with its task and who answers for it, the soonest due first."""
    return list(
        Clock.objects.filter(scope.inside(), started_at__lte=at)
        .filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=at))
        .select_related("task__area", "task__responsible", "task__responsible_unit")
        .order_by("due_at")
    )


def letter(scope: Scope, id_: UUID) -> Letter | None:
    """One letter."""
    return letters(scope).filter(id=id_).first()


def team(task_: UUID) -> QuerySet[TeamSeat]:
    """Who was named for a task."""
    return TeamSeat.objects.filter(task=task_).select_related("member").order_by("seat")


def is_closed_by_another(kind: str) -> bool:
    """Whether a task of this kind ends by evidence and a second pair of eyes."""
    return kind in CLOSED_BY_HAND or checklists.register(kind) is not None


@dataclass(frozen=True)
class Subject:
    """What a checklist is filled at or a problem found at: a place, a unit, or an entry of a register."""

    key: str
    name: str
    kind: str
    area_code: str
    path: str
    sector: Any = None


def subject(scope: Scope, key: str) -> Subject | None:
    """The place, unit or entry of this key inside the scope."""
    found = subjects(scope, [key])
    return found[0] if found else None


def subjects(scope: Scope, keys: Collection[str]) -> list[Subject]:
    """Places, units and entries of these keys inside the scope, in the tree's order."""
    wanted: dict[str, list[UUID]] = {"place": [], "unit": [], "entry": []}
    for key in keys:
        kind, _colon, id_ = key.partition(":")
        if kind in wanted and (one := _uuid(id_)):
            wanted[kind].append(one)
    found = []
    if wanted["place"]:
        found += [place_subject(p) for p in territory_reads.places(scope).filter(id__in=wanted["place"])]
    if wanted["unit"]:
        found += [unit_subject(u) for u in staff_reads.units(scope).filter(id__in=wanted["unit"])]
    if wanted["entry"]:
        found += [entry_subject(e) for e in entries(scope).filter(id__in=wanted["entry"])]
    return found


def place_subject(place: Any) -> Subject:
    """A place as what is inspected."""
    return Subject(f"place:{place.id}", place.name, place.kind, place.area_id, place.path)


def unit_subject(unit: Any) -> Subject:
    """A unit as what is inspected."""
    return Subject(f"unit:{unit.id}", unit.name, unit.kind, unit.area_id, unit.path)


def entry_subject(entry_: Entry) -> Subject:
    """An entry of a register as what is followed up."""
    return Subject(f"entry:{entry_.id}", entry_.name, entry_.register, entry_.area_id, entry_.path, entry_.sector)


def inspectable(scope: Scope, checklist: checklists.Checklist) -> list[Subject]:
    """Everything inside the scope that a checklist is asked at, in the tree's order."""
    found = []
    if checklist.place_kinds:
        found += [place_subject(p) for p in territory_reads.places(scope, checklist.place_kinds)]
    if checklist.unit_kinds:
        found += [unit_subject(u) for u in staff_reads.units(scope, checklist.unit_kinds)]
    if checklist.register:
        found += [entry_subject(e) for e in entries(scope, checklist.register)]
    return found


def problems(scope: Scope) -> QuerySet[Problem]:
    """The problem ledger inside the scope, latest first."""
    return (
        Problem.objects.filter(scope.inside())
        .select_related("area", "found_by", "task__responsible_unit", "task__responsible", "task__clock")
        .order_by("-found_at", "-id")
    )


def problem(scope: Scope, id_: UUID) -> Problem | None:
    """One problem with its task."""
    return problems(scope).filter(id=id_).select_related("area", "found_by", "task__closed_by", "task__clock",
        "task__responsible_unit", "task__responsible", "task__sector_supervisor", "task__territory_owner").first()  # fmt: skip


def problem_of(scope: Scope, task_: UUID) -> Problem | None:
    """The problem a task mends."""
    return problems(scope).filter(task=task_).first()


def same_item(scope: Scope, subject_: str, item: str) -> list[Problem]:
    """Every finding of one item at one subject, the first first."""
    return list(problems(scope).filter(subject=subject_, item=item).order_by("found_at", "id"))


def next_problem_number(scope: Scope, prefix: str) -> str:
    """The next number of the ledger; held until the transaction ends, so that two inspectors get two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"problem:{prefix}"])
    return f"{prefix}{problems(scope).order_by().filter(number__startswith=prefix).count() + 1}号"


def proofs(scope: Scope, subjects_: Collection[str]) -> QuerySet[Proof]:
    """Words and photos about these subjects, without the photos' bytes, the first first."""
    found = Proof.objects.filter(scope.inside(), subject__in=subjects_).select_related("member").defer("sealed")
    return found.order_by("taken_at", "id")


def proof(scope: Scope, id_: UUID) -> Proof | None:
    """One proof with its sealed photo."""
    return Proof.objects.filter(scope.inside(), id=id_).first()


def _seen_from(scope: Scope) -> Q:
    """Inside the scope, or kept above it for those below."""
    if scope.path == EVERYWHERE:
        return Q()  # an empty condition joined by «or» would vanish
    return scope.inside() | Q(path__in=[scope.path[: i + 1] for i, c in enumerate(scope.path) if c == "/"])


def board(scope: Scope, at: datetime) -> QuerySet[BoardEntry]:
    """The watch board as it hung at `at`: what is kept inside the scope and above it, the soonest due first."""
    hung = Q(put_at__lte=at) & (Q(taken_at__isnull=True) | Q(taken_at__gt=at))
    return BoardEntry.objects.filter(_seen_from(scope)).filter(hung).order_by("due_at")


def inspections(scope: Scope) -> QuerySet[Inspection]:
    """Planned rounds, the latest first, with how many stops they have and how many are done."""
    return (
        Inspection.objects.filter(scope.inside())
        .select_related("area", "planned_by")
        .annotate(total=Count("stops"), done=Count("stops", filter=Q(stops__visit__isnull=False)))
        .order_by("-planned_from", "-id")
    )


def inspection(scope: Scope, id_: UUID) -> Inspection | None:
    """One planned round."""
    return inspections(scope).filter(id=id_).first()


def stops(scope: Scope, inspection_: UUID) -> QuerySet[InspectionStop]:
    """The stops of a round in order."""
    found = InspectionStop.objects.filter(scope.inside(), inspection=inspection_)
    return found.select_related("visit__member").order_by("position")


def stop(scope: Scope, id_: UUID) -> InspectionStop | None:
    """One stop of a round."""
    return InspectionStop.objects.filter(scope.inside(), id=id_).select_related("inspection").first()


def open_stops(scope: Scope, at: datetime) -> QuerySet[InspectionStop]:
    """Stops nobody has been to, of rounds whose time has come."""
    found = InspectionStop.objects.filter(scope.inside(), visit__isnull=True, inspection__planned_from__lte=at)
    return found.select_related("inspection").order_by("inspection__planned_until", "position")


def fills(scope: Scope, checklist: str = "") -> QuerySet[Visit]:
    """Checklists filled inside the scope, latest first."""
    asked = Q(form=f"checklist/{checklist}") if checklist else Q(form__startswith="checklist/")
    found = Visit.objects.filter(scope.inside(), asked)
    return found.select_related("member").order_by("-at", "-id")


def last_fills(scope: Scope, checklist: str, at: datetime) -> list[tuple[Visit, int]]:
    """The latest filled form of a checklist at each of its subjects as it stood at `at`, with how many photos it has."""
    latest = (
        Visit.objects.filter(scope.inside(), form=f"checklist/{checklist}", at__lte=at)
        .select_related("member")
        .order_by("subject", "-at", "-id")
        .distinct("subject")
    )
    found = list(latest)
    shown = Counter(
        Proof.objects.filter(scope.inside(), subject__in=[f"visit:{v.id}" for v in found])
        .exclude(media="")
        .values_list("subject", flat=True)
    )
    return [(v, shown[f"visit:{v.id}"]) for v in found]


def visit(scope: Scope, id_: UUID) -> Visit | None:
    """One form filled in the field."""
    return Visit.objects.filter(scope.inside(), id=id_).select_related("member").first()


def gaps(scope: Scope, checklist: checklists.Checklist) -> list[tuple[str, str, Visit, Visit, list[checklists.Item]]]:
    """Self-check against inspection: (subject, name, self-check, inspection, items said to hold and found not to)."""
    latest: dict[str, dict[str, Visit]] = {}
    for filled in fills(scope, checklist.name):
        kind = filled.answers.get("kind", "")
        slot = FillKind.SELF_CHECK if kind == FillKind.SELF_CHECK else FillKind.INSPECTION
        latest.setdefault(filled.subject, {}).setdefault(slot, filled)
    found = []
    for key, both in latest.items():
        if len(both) == 2:
            own, seen = both[FillKind.SELF_CHECK], both[FillKind.INSPECTION]
            said = {f.item.name for f in checklists.findings(checklist, own.answers["items"])}
            wrong = [f.item for f in checklists.findings(checklist, seen.answers["items"]) if f.item.name not in said]
            found.append((key, str(own.answers.get("name", "")), own, seen, wrong))
    return found


def directives(scope: Scope) -> QuerySet[Directive]:
    """Texts that order things, kept inside the scope or above it, the latest first."""
    return Directive.objects.filter(_seen_from(scope)).select_related("received_by", "area").order_by("-received_at")


def directive(scope: Scope, id_: UUID) -> Directive | None:
    """One version of a text."""
    return directives(scope).filter(id=id_).first()


def versions(scope: Scope, series: UUID) -> list[Directive]:
    """Every version of a text, the latest first."""
    return list(directives(scope).filter(series=series).order_by("-version"))


def items(scope: Scope, directive_: UUID) -> QuerySet[DirectiveItem]:
    """What a text orders, in its order."""
    found = DirectiveItem.objects.filter(scope.inside(), directive=directive_).select_related("sector", "responsible")
    return found.order_by("span_start", "id")


def item(scope: Scope, id_: UUID) -> DirectiveItem | None:
    """One thing a text orders."""
    return DirectiveItem.objects.filter(scope.inside(), id=id_).select_related("directive").first()


def receipts(scope: Scope, directive_: UUID) -> QuerySet[ReadReceipt]:
    """Which units inside the scope have read a version."""
    found = ReadReceipt.objects.filter(scope.inside(), directive=directive_)
    return found.select_related("unit", "member").order_by("read_at")


def rhythms(scope: Scope) -> QuerySet[Rhythm]:
    """Tasks that come back, the next first."""
    return (
        Rhythm.objects.filter(scope.inside(), stopped_at__isnull=True)
        .select_related("area", "responsible_unit", "responsible", "territory_owner", "sector_supervisor")
        .order_by("next_at")
    )


def rhythm(scope: Scope, id_: UUID) -> Rhythm | None:
    """One task that comes back."""
    return rhythms(scope).filter(id=id_).first()


def due_rhythms(at: datetime) -> QuerySet[Rhythm]:
    """Rhythms whose next task is due to open; for the tick."""
    return Rhythm.objects.filter(next_at__lte=at, stopped_at__isnull=True).order_by("next_at")


def entries(scope: Scope, register: str = "") -> QuerySet[Entry]:
    """Entries of one register, or of all."""
    found = Entry.objects.filter(scope.inside()).select_related("area", "unit", "sector").order_by("path", "name")
    return found.filter(register=register) if register else found


def entry(scope: Scope, id_: UUID) -> Entry | None:
    """One entry of a register."""
    return entries(scope).filter(id=id_).first()


def hearings(scope: Scope) -> QuerySet[Hearing]:
    """Talks and referrals inside the scope, the latest first."""
    found = Hearing.objects.filter(scope.inside()).select_related("problem", "member", "opened_by", "decided_by")
    return found.order_by("-opened_at")


def hearing(scope: Scope, id_: UUID) -> Hearing | None:
    """One talk or referral."""
    return hearings(scope).filter(id=id_).first()


def told(scope: Scope, tasks_: Collection[UUID]) -> QuerySet[Notice]:
    """Who was told of these tasks, when, and when they read it: who knew what."""
    return Notice.objects.filter(scope.inside(), task__in=tasks_).select_related("member").order_by("created_at")


def figures(scope: Scope, at: datetime) -> dict[str, int]:
    """How command stands at `at`, in numbers that a review may freeze."""
    open_then = Q(opened_at__lte=at) & (Q(closed_at__isnull=True) | Q(closed_at__gt=at))
    task_counts = (
        Task.objects.filter(scope.inside())
        .filter(open_then)
        .aggregate(tasks_open=Count("id"), tasks_late=Count("id", filter=Q(clock__due_at__lte=at)))
    )
    found = Q(found_at__lte=at) & (Q(task__closed_at__isnull=True) | Q(task__closed_at__gt=at))
    problem_counts = Problem.objects.filter(scope.inside()).filter(found).aggregate(
        problems_open=Count("id"), problems_again=Count("id", filter=~Q(earlier=[])),
        problems_late=Count("id", filter=Q(task__clock__due_at__lte=at)),
    )  # fmt: skip
    return {**task_counts, **problem_counts, "on_the_board": board(scope, at).count()}


def measured(scope: Scope, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Times of the loop by township and kind of clock, of clocks started in the period: no person, nothing medical."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT split_part(path, '/', 5) AS township, kind, count(*) AS started,
                   count(*) FILTER (WHERE stopped_at IS NULL) AS running,
                   count(*) FILTER (WHERE stopped_at > due_at OR (stopped_at IS NULL AND due_at <= %(until)s)) AS late,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM stopped_at - started_at) / 60) AS half,
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM stopped_at - started_at) / 60) AS most
            FROM command_clock
            WHERE started_at >= %(since)s AND started_at < %(until)s AND path >= %(path)s AND path < %(path)s || '~'
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            {"since": since, "until": until, "path": scope.path},
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def found_in(scope: Scope, visits_: Collection[str]) -> dict[str, int]:
    """How many problems came of each of these visits."""
    counted = problems(scope).order_by().filter(found_in__in=visits_).values_list("found_in").annotate(n=Count("id"))
    return dict(counted)


def read_by(scope: Scope, unit: UUID) -> set[UUID]:
    """Which versions of texts a unit has signed for."""
    return set(ReadReceipt.objects.filter(scope.inside(), unit=unit).values_list("directive", flat=True))


def open_tasks_about(subject: str) -> QuerySet[Task]:
    """Tasks about this thing that nobody has closed; the scope entered decides which are seen."""
    return Task.objects.filter(subject=subject, closed_at__isnull=True).order_by("opened_at")
