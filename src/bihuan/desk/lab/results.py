"""检测结果: a laboratory's file tried out, taken, released by a second person; results recorded one by one."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.adapters import result_files
from bihuan.adapters.spreadsheets import SheetFault
from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, commit_first, done, form_id, found, page
from bihuan.desk.intake.words import language
from bihuan.desk.lab import jobs
from bihuan.desk.lab.words import fault_words, file_chip, file_kind, value_chip
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Header, Link, Progress, Reason, Receipt
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import FileKind, FileState

# Up to so many rows are taken while the visitor waits; more are a worker's.
AT_ONCE_ROWS = 2_000
MOST_BYTES = 100 << 20


@page("see_lab", methods="GET HEAD POST")
def files(request: Request) -> HttpResponse:
    """Result files, the latest first; above them what waits for a second person, and the form for a new file."""
    visit = request.visit
    if request.method == "POST":
        return _try_out(request)
    columns = (
        Column("name", _("文件"), is_fixed=True),
        Column("laboratory", _("实验室")),
        Column("batch", _("批号")),
        Column("rows", _("行数"), is_number=True),
        Column("findings", _("非阴性"), is_number=True),
        Column("faults", _("错误"), is_number=True),
        Column("checked_at", _("核对时间"), is_sortable=True),
        Column("by", _("上传人")),
        Column("state", _("状态")),
    )
    filters = (Filter("state", _("状态"), "select", FileState.choices),)
    question = ask(request.GET, columns=columns, filters=filters, sort="-checked_at")
    rows = lab_reads.files(visit.scope)
    if "state" in question.values:
        rows = rows.filter(state=question.values["state"])

    def line(one: Any) -> Row:
        return Row(
            id=str(one.id),
            href=reverse("desk:result_file", args=[one.id]),
            cells={
                "name": one.file_name,
                "laboratory": one.laboratory.place.name,
                "batch": one.test_run.number if one.test_run else "",
                "rows": one.rows_read,
                "findings": one.findings,
                "faults": sum(one.receipt.get("counts", {}).values()),
                "checked_at": one.checked_at,
                "by": one.member.name,
                "state": file_chip(one.state),
            },
        )

    waiting = lab_reads.waiting_results(visit.scope)
    return listing.answer(
        request,
        question,
        rows,
        name="results",
        title=_("结果文件"),
        line=line,
        orders={"checked_at": "checked_at"},
        template="desk/lab/results.html",
        definition=_("文件先试运行：批号、管号、重复、结果类别逐条核对，有一处不符整份不收"),
        empty=_("还没有上传过结果文件"),
        context={
            "act_id": uuid7(),
            "laboratories": lab_reads.laboratories(visit.scope),
            "batches": lab_reads.test_runs(visit.scope).filter(finished_at__isnull=True)[:100],
            "kinds": FileKind.choices,
            "waiting": [
                {"result": r, "value": value_chip(r.value), "is_own": r.recorded_by_id == visit.actor.member}
                for r in waiting[:100]
            ],
            "may_record": visit.actor.may("record_result"),
            "may_release": visit.actor.may("release_results"),
        },
    )


def _try_out(request: Request) -> HttpResponse:
    """Read the file and check it: nothing of it is recorded by that."""
    upload = request.FILES.get("file")
    laboratory = as_uuid(request.POST.get("laboratory", ""))
    if upload is None or laboratory is None or (upload.size or 0) > MOST_BYTES:
        return redirect("desk:results")
    try:
        reading = result_files.read(upload.read())
    except SheetFault as fault:
        words = fault.en if language() == "en" else fault.zh
        return render(request, "desk/lab/unreadable.html", {"fault": words}, status=422)
    answer = act(
        request, "check_results", form_id(request), laboratory=laboratory, test_run=request.POST.get("batch", ""),
        kind=request.POST.get("kind", ""), file_name=upload.name or "", content_hash=reading.content_hash,
        rows=reading.rows, unreadable=reading.unreadable, is_partial=bool(request.POST.get("is_partial")),
    )  # fmt: skip
    if answer.status == "refused" or not answer.result:
        return redirect("desk:results")
    return redirect("desk:result_file", answer.result["file"])


@page("see_lab", methods="GET HEAD POST")
def file(request: Request, id_: UUID) -> HttpResponse:
    """One file: what the check found, and the next step of whoever may take it."""
    visit = request.visit
    one = found(lab_reads.file(visit.scope, id_))
    if request.method == "POST":
        return _step(request, one)
    progress = Progress(
        _("正在入库 %(file)s") % {"file": one.file_name}, one.rows_done, max(one.rows_accepted, one.rows_done + 1),
        poll_url=request.path, text=_("可以离开本页"),
    )  # fmt: skip
    if request.headers.get("HX-Request"):
        if one.state != FileState.QUEUED:
            return HttpResponse(headers={"HX-Redirect": request.path})
        return render(request, "desk/intake/progress_part.html", {"progress": progress})
    counts = one.receipt.get("counts", {})
    named = one.receipt.get("faults", {})
    is_mine = one.member_id == visit.actor.member
    context = {
        "header": Header(
            one.file_name,
            kind=file_kind(one.kind),
            chips=[file_chip(one.state)],
            facts=[
                (_("实验室"), one.laboratory.place.name),
                (_("批号"), one.test_run.number if one.test_run else "–"),
                (_("上传人"), one.member.name),
                (_("核对时间"), one.checked_at),
                (_("入库"), one.taken_at or "–"),
                (_("发布"), f"{one.released_by.name}" if one.released_by else "–"),
            ],
            back=Link(_("结果文件"), reverse("desk:results"), "chevron-left"),
        ),
        "file": one,
        "receipt": Receipt(
            _("试运行"), one.rows_read, one.rows_accepted, one.rows_rejected,
            [Reason(fault_words(why), n) for why, n in counts.items() if why != "missing_from_file"],
            received_at=one.checked_at, by=one.member.name,
            notes=[_("批次中有 %(n)d 管不在文件中") % {"n": n} for why, n in counts.items() if why == "missing_from_file"],
        ),
        "faults": [
            {"why": fault_words(why), "rows": [{"row": row, "tube": tube} for row, tube in rows], "more": counts[why] - len(rows)}
            for why, rows in named.items()
        ],
        "progress": progress if one.state == FileState.QUEUED else None,
        "act_id": uuid7(),
        "may_take": one.state == FileState.CHECKED and visit.actor.may("record_result"),
        "may_release": one.state == FileState.TAKEN and visit.actor.may("release_results") and not is_mine,
        "must_be_second": one.state == FileState.TAKEN and is_mine,
        "drop": Action(_("放弃"), request.path, "trash", is_post=True, values={"step": "drop"}),
    }  # fmt: skip
    return render(request, "desk/lab/file.html", context)


def _step(request: Request, one: Any) -> HttpResponse:
    step = request.POST.get("step", "")
    if step == "take" and one.rows_accepted > AT_ONCE_ROWS:
        if act(request, "queue_results", form_id(request), file=one.id).status != "refused":
            given = {"file": str(one.id), "member": str(request.visit.actor.member)}
            commit_first(lambda: jobs.take_file.defer(**given, language=get_language() or "zh-hans"))
    elif step == "take":
        if act(request, "import_results", form_id(request), file=one.id).status != "refused":
            done(request, _("已入库，等第二人复核发布"))
    elif step == "drop":
        if act(request, "drop_results", form_id(request), file=one.id).status != "refused":
            done(request, _("已放弃，什么也没有录入"))
    elif step == "release":
        count = request.POST.get("findings", "")
        given_count = int(count) if count.isdigit() else -1
        if act(request, "release_results", form_id(request), file=one.id, findings=given_count).status != "refused":
            done(request, _("结果已发布"))
    return redirect("desk:result_file", one.id)


@page("release_results", methods="POST")
def release_waiting(request: Request) -> HttpResponse:
    """Release results recorded one by one."""
    picked = [p for p in map(as_uuid, request.POST.getlist("pick")) if p]
    count = request.POST.get("findings", "")
    given = {"results": picked, "findings": int(count) if count.isdigit() else -1}
    if picked and act(request, "release_results", form_id(request), **given).status != "refused":
        done(request, _("已发布 %(n)d 条结果") % {"n": len(picked)})
    return redirect("desk:results")
