"""The loop's times for supervisors: how many, how fast, how late; no person, nothing medical."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, page
from bihuan.desk.lists import Column, Filter, ask
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.territory import reads as territory_reads

DAYS = ("1", "7", "30")


def _kinds() -> dict[str, str]:
    """Clocks in words: most bear the name of the kind of task they run on."""
    return {**{str(k): str(w) for k, w in TaskKind.choices}, "task": _("任务")}


@page()
def times(request: Request) -> HttpResponse:
    """过程监督: clocks started in the last days, by township and kind."""
    visit = request.visit
    question = ask(
        request.GET, columns=(Column("x", ""),), filters=(Filter("days", _("天"), "select", [(d, d) for d in DAYS]),)
    )
    days = int(question.values.get("days", "7"))
    found = command_reads.measured(visit.scope, visit.at - timedelta(days=days), visit.at)
    names = {a.code: a.name for a in territory_reads.townships(visit.scope)}
    kinds = _kinds()
    lines = [
        {
            **row,
            "area": names.get(row["township"]) or _("县级"),
            "kind": kinds.get(row["kind"], row["kind"]),
            "half": round(row["half"]) if row["half"] is not None else None,
            "most": round(row["most"]) if row["most"] is not None else None,
        }
        for row in found
    ]
    context = {"lines": lines, "days": days, "choices": DAYS, "figures": command_reads.figures(visit.scope, visit.at)}
    return render(request, "desk/problems/process.html", context)
