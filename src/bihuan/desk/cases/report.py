"""The core report of a case as a paper: public with names masked, or with names after a journalled look."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.cases.words import case_chip
from bihuan.desk.inside import Request, act, found, page
from bihuan.desk.listing import paper
from bihuan.desk.parts import Action, Header, Link
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.reports import case_report as report_of_case


@page("see_cases", methods="GET HEAD POST")
def case_report(request: Request, id_: UUID) -> HttpResponse:
    """The public report on screen; as a paper in either version."""
    visit = request.visit
    asked = found(cases_reads.case(visit.scope, id_))
    format_ = request.GET.get("export") or request.POST.get("export", "")
    if request.method == "POST":  # with names: a look that is journalled with its reason
        answer = act(request, "reveal_person", subject=f"case:{asked.id}", reason=request.POST.get("reason", ""))
        if answer.status == "refused":
            return redirect("desk:case_report", asked.id)
        named = report_of_case.build(visit.scope, visit.at, case=asked.id, with_names=True)
        return paper(named, format_ if format_ in ("docx", "pdf") else "docx", asked.number)
    report = report_of_case.build(visit.scope, visit.at, case=asked.id)
    if format_ in ("docx", "pdf"):
        return paper(report, format_, asked.number)
    context = {
        "header": Header(
            report.title, kind=_("流调报告"), chips=[case_chip(asked)],
            actions=[
                Action(_("公开版 Word"), "?export=docx", "file-type-docx"),
                Action(_("公开版 PDF"), "?export=pdf", "file-type-pdf"),
            ],
            back=Link(asked.number, reverse("desk:case", args=[asked.id])),
        ),
        "report": report,
    }  # fmt: skip
    return render(request, "desk/cases/report.html", context)
