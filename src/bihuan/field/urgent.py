"""One tap tells the county what cannot wait, and shows who heard it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, act, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind, UrgentKind


@page("send_urgent_report", methods="GET HEAD POST")
def urgent(request: Request) -> HttpResponse:
    """The kinds as buttons; what I sent, and the answer to it."""
    caller = request.caller
    if request.method == "POST":
        told = {"kind": request.POST.get("kind", ""), "words": request.POST.get("words", "")}
        if act(request, "send_urgent_report", None, **told).status != "refused":
            messages.success(request, _("已报告，县里收到后您会看到回复"))
        return redirect("field:urgent")
    mine = f"member:{caller.actor.member}"
    sent = command_reads.tasks(caller.actor.scope).filter(kind=TaskKind.URGENT_REPORT, subject=mine)
    context = {"kinds": UrgentKind.choices, "sent": sent.order_by("-opened_at")[:10], "act_id": uuid7()}
    return render(request, "field/urgent.html", context)
