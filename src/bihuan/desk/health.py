"""Is the house alive, is it ready, how is it doing: three addresses for machines."""

from datetime import UTC, datetime

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"ready": False, "database": "gone"}, status=503)
    return JsonResponse({"ready": True})


def metrics(_request: HttpRequest) -> HttpResponse:
    """A few numbers in Prometheus' text form; none of them about a person."""
    now = datetime.now(UTC)
    with scoped(Scope(EVERYWHERE)):
        numbers = {
            "bihuan_clocks_late": command_reads.late_clocks(now),
            "bihuan_clocks_overlooked": command_reads.due_clocks(now).count(),
            "bihuan_tasks_open": command_reads.open_tasks(Scope(EVERYWHERE)).count(),
        }
    lines = "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in numbers.items())
    return HttpResponse(lines, content_type="text/plain; version=0.0.4")
