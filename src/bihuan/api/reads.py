"""Read routes for programs, with OpenAPI. Every answer lies inside the caller's scope and is masked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, ValidationError

from bihuan.api.callers import Caller, caller_of, is_too_often
from bihuan.api.problems import problem
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.reads import Actor
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

MOST_ROWS = 500


class TooOften(Exception):
    """The caller must wait."""


def device_or_browser(request: HttpRequest) -> Caller | None:
    """A device's key in `Authorization: Bearer …`, or a logged-in browser."""
    caller = caller_of(request)
    if caller and is_too_often(caller):
        raise TooOften
    return caller


api = NinjaAPI(
    title="闭环 Bihuan",
    version="1",
    description="Read routes. Acts are sent to `POST /api/v1/acts`; see docs/api.md.",
    docs_url="/docs",
    openapi_url="/openapi.json",
    auth=device_or_browser,
    urls_namespace="api",
)


class Paging(Schema):
    """Which part of a long answer."""

    offset: int = 0
    limit: int = 100


class AreaOut(Schema):
    code: str
    name: str
    level: str
    path: str
    population: int | None


class ListOut(Schema):
    id: UUID
    number: str
    source: str
    purpose: str
    basis: str
    received_at: datetime
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    replied_at: datetime | None


class RowOut(Schema):
    id: UUID
    list: str
    row_number: int
    name: str
    area: str
    state: str
    match_state: str
    opened_at: datetime
    closed_at: datetime | None
    evidence: str


class TaskOut(Schema):
    id: UUID
    kind: str
    title: str
    area: str
    responsible_unit: str
    responsible: str | None
    opened_at: datetime
    due_at: datetime | None
    clock: str | None
    closed_at: datetime | None


class PersonOut(Schema):
    id: UUID
    name: str
    sex: str
    birth_year: int | None
    area: str
    documents: list[tuple[str, str]]
    phones: list[str]


class NoticeOut(Schema):
    id: UUID
    kind: str
    words: dict[str, Any]
    task: UUID | None
    created_at: datetime
    read_at: datetime | None


class ActOut(Schema):
    id: UUID
    verb: str
    actor: str
    at: datetime
    recorded_at: datetime
    subject: str
    word: str | None


def of_actor(needs: str) -> Callable[..., Any]:
    """Run a read inside the caller's scope, if their post gives them the right to look."""

    def wrap(read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def inside(request: HttpRequest, *args: Any, **given: Any) -> Any:
            with scoped(Scope(EVERYWHERE)):
                actor = staff_reads.actor(request.auth.member, datetime.now(UTC))  # type: ignore[attr-defined]
                if actor is None or not actor.may(needs):
                    return problem(403, "not_permitted", _("您的岗位没有权限查看"))
                request.actor = actor  # type: ignore[attr-defined]
                return read(request, *args, **given)

        return inside

    return wrap


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _part(rows: QuerySet[Any], paging: Paging) -> Any:
    start = max(0, paging.offset)
    return rows[start : start + min(MOST_ROWS, max(1, paging.limit))]


@api.get("/areas", response=list[AreaOut])
@of_actor("see_desk")
def areas(request: HttpRequest, paging: Query[Paging], level: str = "") -> Any:
    """The tree inside one's scope, in order."""
    return list(_part(territory_reads.areas(_actor(request).scope, level), paging))


@api.get("/lists", response=list[ListOut])
@of_actor("see_lists")
def lists(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The register of pushed lists, latest first."""
    return list(_part(intake_reads.lists(_actor(request).scope), paging))


@api.get("/rows", response=list[RowOut])
@of_actor("see_lists")
def rows(request: HttpRequest, paging: Query[Paging], state: str = "", mine: bool = False) -> Any:
    """Rows of lists, names masked; `mine` are those given to the caller to visit."""
    actor = _actor(request)
    found = intake_reads.rows(actor.scope)
    if state:
        found = found.filter(state=state)
    if mine:
        found = found.filter(assignee=actor.member, closed_at__isnull=True)
    return [
        {
            "id": r.id,
            "list": r.pushed_list.number,
            "row_number": r.row_number,
            "name": people_reads.masked_name(r.name),
            "area": r.area.name,
            "state": r.state,
            "match_state": r.match_state,
            "opened_at": r.opened_at,
            "closed_at": r.closed_at,
            "evidence": r.evidence,
        }
        for r in _part(found, paging)
    ]


@api.get("/tasks", response=list[TaskOut])
@of_actor("see_desk")
def tasks(request: HttpRequest, paging: Query[Paging], open_only: bool = True) -> Any:
    """Tasks with their clocks, the most pressing first."""
    now = datetime.now(UTC)
    scope = _actor(request).scope
    found = command_reads.open_tasks(scope) if open_only else command_reads.tasks(scope)
    return [
        {
            "id": t.id,
            "kind": t.kind,
            "title": t.title,
            "area": t.area.name,
            "responsible_unit": t.responsible_unit.name,
            "responsible": t.responsible.name if t.responsible else None,
            "opened_at": t.opened_at,
            "due_at": t.clock.due_at if hasattr(t, "clock") else None,
            "clock": command_reads.clock_state(t.clock, now) if hasattr(t, "clock") else None,
            "closed_at": t.closed_at,
        }
        for t in _part(found, paging)
    ]


@api.get("/persons", response=list[PersonOut])
@of_actor("see_people")
def persons(request: HttpRequest, paging: Query[Paging], find: str = "") -> Any:
    """Persons inside one's scope, masked; `find` is a whole name, document number or phone."""
    scope = _actor(request).scope
    found = people_reads.search(scope, find) if find else people_reads.persons(scope).order_by("id")
    people = list(_part(found, paging))
    numbers = people_reads.numbers([p.id for p in people])
    return [_person(p.id, p.name, p.sex, p.birth_on, p.area.name, people_reads.masked(numbers[p.id])) for p in people]


def _person(
    id_: UUID, name: str, sex: str, birth_on: date | None, area: str, numbers: people_reads.Numbers
) -> dict[str, Any]:
    return {
        "id": id_,
        "name": people_reads.masked_name(name),
        "sex": sex,
        "birth_year": birth_on.year if birth_on else None,
        "area": area,
        "documents": list(numbers.documents),
        "phones": list(numbers.phones),
    }


@api.get("/persons/{id_}", response=PersonOut)
@of_actor("see_people")
def person(request: HttpRequest, id_: UUID) -> Any:
    """One person, masked."""
    found = people_reads.person(_actor(request).scope, id_)
    if found is None:
        raise Http404
    numbers = people_reads.masked(people_reads.numbers([found.id])[found.id])
    return _person(found.id, found.name, found.sex, found.birth_on, found.area.name, numbers)


@api.get("/notices", response=list[NoticeOut])
@of_actor("see_desk")
def notices(request: HttpRequest, paging: Query[Paging], unread: bool = False) -> Any:
    """What the caller was told."""
    return [
        {
            "id": n.id,
            "kind": n.kind,
            "words": n.words,
            "task": n.task_id,
            "created_at": n.created_at,
            "read_at": n.read_at,
        }
        for n in _part(command_reads.notices(_actor(request).member, unread_only=unread), paging)
    ]


@api.get("/journal", response=list[ActOut])
@of_actor("see_journal")
def journal(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Every act inside one's scope, latest first."""
    return [
        {
            "id": a.id,
            "verb": a.verb,
            "actor": a.actor.name,
            "at": a.at,
            "recorded_at": a.recorded_at,
            "subject": a.subject,
            "word": a.word,
        }
        for a in _part(staff_reads.acts(_actor(request).scope), paging)
    ]


@api.exception_handler(TooOften)
def _wait(_request: HttpRequest, _fault: TooOften) -> HttpResponse:
    return problem(429, "too_often", _("请求过于频繁"))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _fault: Http404) -> HttpResponse:
    return problem(404, "not_found", _("没有此记录，或不在您的辖区"), request.path)


@api.exception_handler(ValidationError)
def _bad(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return problem(422, "bad_arguments", _("参数有误"), str(fault.errors))


@api.exception_handler(AuthenticationError)
def _stranger(_request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    return problem(401, "who", _("请先登录，或在 Authorization 中给出设备令牌"))
