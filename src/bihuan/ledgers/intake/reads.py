"""Questions about lists and their rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bihuan.ledgers.intake.choices import MatchState, RowState
from bihuan.ledgers.intake.models import Dispatch, ListRow, PushedList, RejectedRow, RowEvent, Upload
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, ask


def lists(scope: Scope) -> QuerySet[PushedList]:
    """The register of lists, latest first."""
    return PushedList.objects.filter(scope.inside()).select_related("received_by").order_by("-received_at", "-id")


def pushed_list(scope: Scope, id_: UUID) -> PushedList | None:
    """One list."""
    return lists(scope).filter(id=id_).first()


def same_list(path: str, content_hash: str) -> PushedList | None:
    """A list of the same content received before."""
    return PushedList.objects.filter(path=path, content_hash=content_hash).first()


def rejected(scope: Scope, pushed: UUID) -> QuerySet[RejectedRow]:
    """The rows of a list that could not be taken."""
    return RejectedRow.objects.filter(scope.inside(), pushed_list=pushed).order_by("sheet", "row_number")


def rows(scope: Scope) -> QuerySet[ListRow]:
    """Rows inside the scope, the oldest first."""
    return (
        ListRow.objects.filter(scope.inside())
        .select_related("pushed_list", "area", "person", "assignee", "dispatch__task")
        .order_by("opened_at", "id")
    )


def open_rows(scope: Scope) -> QuerySet[ListRow]:
    """Rows nobody has ended yet."""
    return rows(scope).filter(closed_at__isnull=True)


def row(scope: Scope, id_: UUID) -> ListRow | None:
    """One row."""
    return rows(scope).select_related("candidate", "duplicate_of").filter(id=id_).first()


class VisitedRow(NamedTuple):
    """As much of a row as a visit to it needs. `place` is where PostgreSQL keeps it, good until it is changed."""

    id: UUID
    area: str
    path: str
    closed_at: datetime | None
    pushed_list: UUID
    place: str


def rows_for_visits(scope: Scope, ids: Sequence[UUID]) -> dict[UUID, VisitedRow]:
    """Rows about to be visited, locked until the transaction ends; in one order, so that two phones never wait in a ring.

    One key at a time: row-level security hides from PostgreSQL how many rows a scope holds, and asked for all ids at
    once it would rather read the whole scope's index.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.* FROM unnest(%s::uuid[]) AS k(id), LATERAL (
                 SELECT id, area_id, path, closed_at, pushed_list_id, ctid::text FROM intake_listrow
                 WHERE id = k.id AND path >= %s AND path < %s FOR UPDATE) AS r""",
            [sorted(set(ids)), scope.path, scope.path + "~"],
        )
        return {row[0]: VisitedRow(*row) for row in cursor.fetchall()}


def to_dispatch(pushed: UUID) -> list[ListRow]:
    """Rows of a list that are routed to a township but not sent yet."""
    found = ListRow.objects.filter(
        pushed_list=pushed, dispatch__isnull=True, closed_at__isnull=True, state=RowState.UNROUTED
    ).only("id", "path", "area_id")
    return [r for r in found if r.path.count("/") >= 5]  # /province/city/county/township/


def dispatch_to(pushed: UUID, path: str) -> Dispatch | None:
    """The dispatch of a list to the township at `path`, if it was made."""
    return Dispatch.objects.filter(pushed_list=pushed, path=path).first()


def review_queue(scope: Scope) -> QuerySet[ListRow]:
    """Rows whose person is in doubt, with the candidate."""
    return (
        rows(scope).filter(match_state=MatchState.TO_REVIEW, closed_at__isnull=True).select_related("candidate__area")
    )


def funnel(scope: Scope, pushed: Sequence[UUID] = ()) -> dict[str, int]:
    """How many rows stand where on their way, for all lists or some."""
    found = ListRow.objects.filter(scope.inside())
    if pushed:
        found = found.filter(pushed_list__in=pushed)
    return dict(found.values_list("state").annotate(n=Count("id")).order_by())


def complete_lists(lists_: Sequence[UUID], *, back: Scope) -> list[UUID]:
    """Which of these lists have no open row left and no reply yet, in the whole county; then the scope is `back`."""
    # One open row answers for a list. Asked for one row PostgreSQL takes it from the list's own index; asked whether
    # any exists it first gathers every row of the scope, whose size row-level security hides from it.
    found, _ = ask(
        Scope(EVERYWHERE),
        """SELECT l.id FROM unnest(%s::uuid[]) AS k(id),
             LATERAL (SELECT id FROM intake_pushedlist WHERE id = k.id AND replied_at IS NULL OFFSET 0) AS l
           WHERE (SELECT r.id FROM intake_listrow r WHERE r.pushed_list_id = l.id AND r.closed_at IS NULL LIMIT 1)
             IS NULL""",
        [list(lists_)],
        back=back,
    )
    return [id_ for (id_,) in found]


def dispatch_open(dispatch: UUID) -> int:
    """How many rows of a dispatch are still open."""
    return ListRow.objects.filter(dispatch=dispatch, closed_at__isnull=True).count()


def dispatches(scope: Scope) -> QuerySet[Dispatch]:
    """What was sent to whom, with the rows still open."""
    return (
        Dispatch.objects.filter(scope.inside())
        .select_related("pushed_list", "area", "task__clock", "task__responsible")
        .annotate(
            rows_sent=Count("rows"),
            rows_open=Count("rows", filter=Q(rows__closed_at__isnull=True), distinct=True),
        )
        .order_by("-sent_at")
    )


def events(scope: Scope, *, until: datetime, known_by: datetime) -> QuerySet[RowEvent]:
    """Movements that happened before `until` and were known by `known_by`."""
    return RowEvent.objects.filter(scope.inside(), at__lt=until, recorded_at__lte=known_by)


def row_events(scope: Scope, id_: UUID) -> QuerySet[RowEvent]:
    """The movements of one row."""
    return RowEvent.objects.filter(scope.inside(), row=id_).select_related("area").order_by("at", "id")


def upload(member: UUID, id_: UUID) -> Upload | None:
    """A member's own upload."""
    return Upload.objects.filter(member=member, id=id_).first()


def uploads(scope: Scope, member: UUID) -> QuerySet[Upload]:
    """A member's uploads that are not received yet, latest first, without their bytes."""
    waiting = Upload.objects.filter(scope.inside(), member=member).exclude(state__in=["received", "dropped"])
    return waiting.defer("sealed").order_by("-created_at")


def senders(scope: Scope) -> list[tuple[str, str, str]]:
    """Who has sent lists: (source, purpose, basis), each source once, as its latest list said."""
    told = PushedList.objects.filter(scope.inside()).exclude(content_hash__startswith="off-list:")
    latest = told.order_by("source", "-received_at").distinct("source")
    return list(latest.values_list("source", "purpose", "basis"))


def open_by_list(scope: Scope, pushed: Sequence[UUID]) -> dict[UUID, int]:
    """How many rows of each list are still open; a list without one is left out."""
    found = ListRow.objects.filter(scope.inside(), pushed_list__in=pushed, closed_at__isnull=True)
    return dict(found.values_list("pushed_list").annotate(n=Count("id")).order_by())


def match_counts(scope: Scope, pushed: UUID) -> dict[str, int]:
    """What became of a list's rows when they were matched, by match state."""
    found = ListRow.objects.filter(scope.inside(), pushed_list=pushed)
    return dict(found.values_list("match_state").annotate(n=Count("id")).order_by())


def next_number(day: datetime, path: str) -> str:
    """The next number of the register of lists of that civil day, such as 20220701-03."""
    stem = day.strftime("%Y%m%d")
    taken = PushedList.objects.filter(path=path, number__startswith=stem).count()
    return f"{stem}-{taken + 1:02d}"


def stock(scope: Scope) -> list[tuple[str, str, int]]:
    """How many rows of each state lie in each township: (township path, state, rows). One look at one index.

    A township's path has one length everywhere: the official codes have 2, 4, 6 and 9 digits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT left(path, 26), state, count(*) FROM intake_listrow
               WHERE path >= %s AND path < %s GROUP BY 1, 2""",
            [scope.path, scope.path + "~"],
        )
        return cursor.fetchall()


def open_by_step(scope: Scope, steps: int) -> dict[str, int]:
    """How many open rows lie under each path of that many steps; a row above them counts under its own path."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT rtrim(array_to_string((string_to_array(path, '/'))[1:%s], '/'), '/') || '/' AS place, count(*)
               FROM intake_listrow WHERE closed_at IS NULL AND path >= %s AND path < %s GROUP BY 1""",
            [steps + 1, scope.path, scope.path + "~"],
        )
        return dict(cursor.fetchall())


def ageing(scope: Scope, before: datetime) -> int:
    """How many rows have been open since before an instant."""
    return ListRow.objects.filter(scope.inside(), closed_at__isnull=True, opened_at__lt=before).count()


def arrivals(scope: Scope, since: datetime, until: datetime) -> dict[tuple[str, str], list[tuple[datetime, UUID]]]:
    """By place and sender: when lists came in a span, each with its id, the latest last."""
    found: dict[tuple[str, str], list[tuple[datetime, UUID]]] = {}
    rows = PushedList.objects.filter(scope.inside(), received_at__gt=since, received_at__lte=until)
    for path, source, at, id_ in rows.order_by("received_at", "id").values_list("path", "source", "received_at", "id"):
        found.setdefault((path, source), []).append((at, id_))
    return found


def lists_to_forget(at: datetime) -> QuerySet[PushedList]:
    """Lists whose keeping time is over and that have no open row."""
    waits = ListRow.objects.filter(pushed_list=OuterRef("pk"), closed_at__isnull=True)
    over = PushedList.objects.filter(keep_until__lte=at.date(), forgotten_at__isnull=True)
    return over.exclude(Exists(waits)).order_by("keep_until", "id")
