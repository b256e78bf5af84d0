"""接收名单: a file is chosen, its columns are mapped, its rows are looked at, and only then received."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bihuan.adapters import spreadsheets
from bihuan.adapters.spreadsheets import Reading, SheetFault
from bihuan.desk.inside import Request, act, done, found, page
from bihuan.desk.intake import jobs, receiving
from bihuan.desk.intake.words import language
from bihuan.desk.parts import Action, Progress, Reason, Receipt, Step, Steps
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import reads as people_reads

PREVIEW_ROWS = 20
SHOWN_FAULTS = 50


class FileForm(forms.Form):
    """What is to be received, from whom, what for and on what ground."""

    file = forms.FileField(label=_("名单文件"), help_text=_(".xlsx、.xls 或 .csv，不超过 100 MB"))
    source = forms.CharField(
        label=_("来源（推送单位）"),
        max_length=120,
        widget=forms.TextInput({"list": "senders", "autocomplete": "off"}),
        help_text=_("列的对应关系按单位记住"),
    )
    purpose = forms.CharField(
        label=_("用途"), max_length=200, required=False, widget=forms.TextInput({"list": "purposes"}),
        help_text=_("记住的单位可不填，沿用上次"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("法律依据"), max_length=200, required=False, widget=forms.TextInput({"list": "bases"}),
        help_text=_("记住的单位可不填，沿用上次"),
    )  # fmt: skip

    def __init__(self, *args: Any, senders: dict[str, tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.senders = senders

    def clean_file(self) -> Any:
        """Too large is said before it is opened."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(
                gettext("文件有 %(n)d MB，上限 100 MB；请拆成几份，或去掉图片后另存") % {"n": file.size >> 20}
            )
        return file

    def clean(self) -> dict[str, Any]:
        """A sender we know fills purpose and ground; for a new one both must be said."""
        given = super().clean() or self.cleaned_data
        usual = self.senders.get(given.get("source", ""), ("", ""))
        for name, before in zip(("purpose", "basis"), usual, strict=True):
            given[name] = given.get(name) or before
            if not given[name]:
                self.add_error(name, gettext("请填写"))
        return given


@page("receive_list", methods="GET HEAD POST")
def begin(request: Request) -> HttpResponse:
    """Step 1: the file and its papers."""
    senders = _senders(request)
    form = FileForm(request.POST or None, request.FILES or None, senders=senders)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        content = given["file"].read()
        try:
            spreadsheets.propose(content)
        except SheetFault as fault:
            form.add_error("file", _fault_words(fault))
        else:
            choices = {name: given[name] for name in ("source", "purpose", "basis")}
            answer = act(request, "stage_upload", content=content, file_name=given["file"].name, choices=choices)
            if answer.status != "refused" and answer.result:
                return redirect("desk:upload_columns", answer.result["upload"])
    context = {
        "steps": _steps(1),
        "form": form,
        "senders": senders,
        "purposes": sorted({p for p, _b in senders.values()}),
        "bases": sorted({b for _p, b in senders.values()}),
        "waiting": intake_reads.uploads(request.visit.scope, request.visit.actor.member)[:10],
    }
    return render(request, "desk/intake/upload.html", context, status=422 if form.errors else 200)


@page("receive_list", methods="GET HEAD POST")
def columns(request: Request, id_: UUID) -> HttpResponse:
    """Step 2: what each column means, proposed and correctable."""
    upload = _staged(request, id_)
    if upload.state == "queued":
        return redirect("desk:upload_progress", upload.id)
    try:
        book = receiving.open_book(upload)
        if request.method == "POST":
            sheet = request.POST.get("sheet", "")
            choices: dict[str, Any] = {"sheet": sheet, "words": request.POST.getlist("word")}
            if sheet != request.POST.get("sheet_before", sheet):
                choices["words"] = None  # another sheet has other columns: propose anew
            proposed = spreadsheets.propose(book, sheet=sheet or None) if choices["words"] is None else None
            answer = act(request, "stage_upload", upload=upload.id, choices=choices)
            if answer.status != "refused" and proposed is None:
                return redirect("desk:upload_preview", upload.id)
            return redirect("desk:upload_columns", upload.id)
        proposal, look = receiving.proposal_of(upload, book), book.look()
    except SheetFault as fault:
        return _broken(request, upload, fault)
    words = [(word, told.en if language() == "en" else told.zh) for word, told in spreadsheets.WORDS.items()]
    context = {
        "steps": _steps(2, upload),
        "upload": upload,
        "proposal": proposal,
        "columns": [
            {
                "letter": c.letter,
                "label": c.label,
                "word": c.word,
                "reason": _words(c.reason),
                "sure": round(100 * c.confidence),
                "samples": [_sample(c.word, s) for s in c.samples[:3]],
            }
            for c in proposal.columns
        ],
        "words": words,
        "sheets": [s for s in look.sheets if s.rows],
        "notices": [_words(n.words) for n in proposal.notices],
        "drop": _drop(upload),
    }
    return render(request, "desk/intake/columns.html", context)


@page("receive_list", methods="GET HEAD POST")
def preview(request: Request, id_: UUID) -> HttpResponse:
    """Step 3: how the rows were read; nothing is recorded until the receiver says so."""
    upload = _staged(request, id_)
    if upload.state == "queued":
        return redirect("desk:upload_progress", upload.id)
    try:
        proposal, reading = receiving.read(upload)
    except SheetFault as fault:
        return _broken(request, upload, fault)
    if request.method == "POST":
        receiving.remember(upload, proposal)
        return _receive(request, upload, reading)
    context = {
        "steps": _steps(3, upload),
        "upload": upload,
        "receipt": _forecast(reading),
        "rows": [_row(r) for r in reading.accepted[:PREVIEW_ROWS]],
        "faults": [
            {"row": r.row, "words": "；".join(_fault(f) for f in r.faults), "is_rejected": True}
            for r in reading.rejected[:SHOWN_FAULTS]
        ]
        + [
            {"row": r.row, "words": "；".join(_fault(f) for f in r.faults), "is_rejected": False}
            for r in reading.accepted
            if r.faults
        ][:SHOWN_FAULTS],
        "skipped": [{"row": s.row, "words": _words(s.reason)} for s in reading.skipped[:SHOWN_FAULTS]],
        "notices": [_words(n.words) for n in reading.notices],
        "in_background": len(reading.accepted) > receiving.AT_ONCE_ROWS,
        "back": reverse("desk:upload_columns", args=[upload.id]),
        "drop": _drop(upload),
    }
    return render(request, "desk/intake/preview.html", context)


@page("receive_list")
def progress(request: Request, id_: UUID) -> HttpResponse:
    """Step 4 for a long list: how far the worker is; then its receipt."""
    upload = found(intake_reads.upload(request.visit.actor.member, id_))
    if upload.state == "received":
        there = reverse("desk:list", args=[upload.answer["list"]])
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": there})
        return redirect(there)
    failed = (upload.answer or {}).get("words", "") if upload.state == "failed" else ""
    part = Progress(
        gettext("正在接收 %(file)s") % {"file": upload.file_name},
        upload.rows_done,
        max(upload.rows_total, upload.rows_done + 1),
        poll_url="" if failed else request.path,
        text=failed or gettext("可以离开本页；收完后在推送名单里"),
    )
    if request.headers.get("HX-Request"):
        return render(request, "desk/intake/progress_part.html", {"progress": part})
    context = {
        "steps": _steps(4, upload),
        "progress": part,
        "failed": failed,
        "again": reverse("desk:upload_preview", args=[upload.id]) if failed else "",
    }
    return render(request, "desk/intake/progress.html", context)


@page("receive_list", methods="POST")
def drop(request: Request, id_: UUID) -> HttpResponse:
    """Give the file up."""
    upload = _staged(request, id_)
    if act(request, "drop_upload", upload=upload.id).status != "refused":
        done(request, gettext("已放弃，文件已删除，什么也没有录入"))
    return redirect("desk:upload")


def _receive(request: Request, upload: Any, reading: Reading) -> HttpResponse:
    """Short lists at once, long ones by a worker."""
    total = len(reading.accepted)
    if total > receiving.AT_ONCE_ROWS:
        answer = act(request, "stage_upload", upload=upload.id, state="queued", rows_total=total)
        if answer.status != "refused":
            jobs.receive_upload.defer(
                upload=str(upload.id), member=str(upload.member_id), language=get_language() or "zh-hans"
            )
        return redirect("desk:upload_progress", upload.id)
    answer = act(request, "receive_list", **receiving.arguments(upload, reading))
    if answer.status == "refused" or not answer.result:
        if answer.code == "same_list":
            return _same(request, reading)
        return redirect("desk:upload_preview", upload.id)
    done(request, gettext("名单已接收：派发 %(n)d 行") % {"n": answer.result.get("assigned", 0)})
    return redirect("desk:list", answer.result["list"])


def _same(request: Request, reading: Reading) -> HttpResponse:
    """The list came before: its first receipt."""
    path = request.visit.scope.path
    first = intake_reads.same_list(path, reading.content_hash)
    return redirect("desk:list", first.id) if first else redirect("desk:lists")


def _staged(request: Request, id_: UUID) -> Any:
    """One's own file that is not received yet."""
    upload = found(intake_reads.upload(request.visit.actor.member, id_))
    found(upload.state not in ("received", "dropped") or None)
    return upload


def _broken(request: Request, upload: Any, fault: SheetFault) -> HttpResponse:
    context = {"steps": _steps(2, upload), "upload": upload, "fault": _fault_words(fault), "drop": _drop(upload)}
    return render(request, "desk/intake/broken.html", context, status=422)


def _senders(request: Request) -> dict[str, tuple[str, str]]:
    """Who sent before, with the purpose and ground of then; remembered senders first."""
    told = {source: (purpose, basis) for source, purpose, basis in intake_reads.senders(request.visit.scope)}
    for mapping in receiving.known_senders().values():
        if mapping.source.zh:
            told.setdefault(_words(mapping.source), (_words(mapping.purpose), _words(mapping.basis)))
    return told


def _steps(now: int, upload: Any = None) -> Steps:
    labels = (gettext("选文件"), gettext("对列"), gettext("预览"), gettext("回执"))
    back = {2: reverse("desk:upload_columns", args=[upload.id])} if upload else {}
    return Steps(
        [
            Step(label, "done" if n < now else "now" if n == now else "next", back.get(n, "") if n < now else "")
            for n, label in enumerate(labels, 1)
        ]
    )


def _forecast(reading: Reading) -> Receipt:
    """What the receipt would say."""
    reasons: dict[str, int] = {}
    for row in reading.rejected:
        reasons[_words(row.reason)] = reasons.get(_words(row.reason), 0) + 1
    doubtful = sum(bool(r.faults) for r in reading.accepted)
    notes = []
    if reading.skipped:
        notes.append(gettext("另有 %(n)d 行不是人员（空行、合计、说明），不计入读到行数") % {"n": len(reading.skipped)})
    if doubtful:
        notes.append(gettext("接收的行中有 %(n)d 行个别栏目有误，已注明") % {"n": doubtful})
    return Receipt(
        gettext("将要接收"),
        reading.rows_read,
        len(reading.accepted),
        len(reading.rejected),
        [Reason(words, n) for words, n in sorted(reasons.items(), key=lambda item: -item[1])],
        notes=notes,
    )


def _row(row: Any) -> dict[str, Any]:
    shown = people_reads.masked(
        people_reads.Numbers(
            ((row.id_kind, row.id_number),) if row.id_number else (), (row.phone,) if row.phone else ()
        )
    )
    return {
        "row": row.row,
        "name": people_reads.masked_name(row.name),
        "document": shown.documents[0][1] if shown.documents else "",
        "phone": shown.phones[0] if shown.phones else "",
        "born": row.birth_date.year if row.birth_date else "",
        "address": row.address,
        "is_hidden": row.hidden,
        "faults": len(row.faults),
    }


def _sample(word: str, text: str) -> str:
    """A sample cell: names and numbers are masked here too."""
    if word == "name":
        return people_reads.masked_name(text.strip())
    if word in ("id_number", "phone", "other_phones") or sum(c.isdigit() for c in text) >= 9:
        return text if len(text) < 6 else f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
    return text[:40]


def _fault(fault: Any) -> str:
    place = f"{fault.column}：" if fault.column else ""
    return f"{place}{_words(fault.reason)}（{_words(fault.mend)}）"


def _words(words: Any) -> str:
    return str(words.en if language() == "en" else words.zh)


def _fault_words(fault: SheetFault) -> str:
    return fault.en if language() == "en" else fault.zh


def _drop(upload: Any) -> Action:
    return Action(
        gettext("放弃"),
        reverse("desk:upload_drop", args=[upload.id]),
        "trash",
        is_post=True,
        confirm=gettext("放弃这份文件？什么也不会录入。"),
    )
