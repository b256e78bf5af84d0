"""Boxes on the way: picked up at a table, handed to a laboratory; every tube scanned on both sides, without a network too."""

from django.http import HttpResponse
from django.shortcuts import render

from bihuan.field.checkpoint import POLICY
from bihuan.field.inside import Request, page
from bihuan.field.words import carrying_words
from bihuan.ledgers.lab import reads as lab_reads

MOST = 50


@page("report_visit")
def carrying(request: Request) -> HttpResponse:
    """Scan a box, scan its tubes, take it or receive it: what may be done is said by the post."""
    actor = request.caller.actor
    context = {
        "may_take": actor.may("hand_over"),
        "may_receive": actor.may("receive_box"),
        "laboratories": lab_reads.laboratories(actor.scope)[:MOST],
        "words": carrying_words(),
    }
    response = render(request, "field/carrying.html", context)
    response.headers["Content-Security-Policy"] = POLICY
    return response
