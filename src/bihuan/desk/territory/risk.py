"""风险地区: the list in force with its age, what a stay there asks of a person, every version, the public notice."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bihuan.adapters import documents, risk_lists
from bihuan.adapters.spreadsheets import SheetFault
from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.parts import Action, Chip, Header, Link, Tone
from bihuan.desk.territory.words import day_of, measure_facts
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.choices import RiskLevel
from bihuan.reports import Column, Page, Section, Table

TONES: dict[str, Tone] = {RiskLevel.HIGH: "late", RiskLevel.MEDIUM: "risk", RiskLevel.LOW: "plain"}
MOST_BYTES = 5 << 20
_SALT = "risk-areas"


class RiskListForm(forms.Form):
    """The list as a file, and its papers."""

    file = forms.FileField(
        label=gettext_lazy("清单文件"), help_text=gettext_lazy(".xlsx、.xls 或 .csv；须有地区和风险等级两栏")
    )
    source = forms.CharField(label=gettext_lazy("发布单位"), max_length=120)
    document = forms.CharField(label=gettext_lazy("文件名称、文号或网址"), max_length=300)
    effective_from = forms.DateTimeField(
        label=gettext_lazy("生效时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_file(self) -> Any:
        """A list of areas is small; a large file is another file."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB，不像是风险地区清单"))
        return file


@page()
def risk_areas(request: Request) -> HttpResponse:
    """The list in force and how old it is; a place and dates asked give the measure and its source."""
    visit = request.visit
    standing = command_bridge.risk_standing(visit.scope.path, visit.at)
    current = standing.current
    context: dict[str, Any] = {
        "header": _header(request, standing),
        "current": current,
        "areas": [(a, chip(a.level)) for a in risk.areas_of(current)] if current else [],
        "versions": risk.risk_lists(visit.scope.path)[:30],
        "asked": request.GET,
        "today": timezone.localdate(visit.at).isoformat(),
        "answer": _answer(request),
    }
    return render(request, "desk/territory/risk.html", context)


@page()
def risk_version(request: Request, id_: UUID) -> HttpResponse:
    """One version: its papers, what it changed, all its areas."""
    one = found(risk.risk_list(request.visit.scope.path, id_))
    before = risk.list_before(one)
    counts = [(level, sum(a.level == level for a in risk.areas_of(one))) for level in RiskLevel.values]
    header = Header(
        _("风险地区清单 第 %(n)d 版") % {"n": one.number},
        chips=[Chip(f"{RiskLevel(level).label} {n}", TONES[level] if n else "plain") for level, n in counts],
        facts=[
            (_("发布单位"), one.source),
            (_("文件"), one.document),
            (_("生效时间"), one.effective_from),
            (_("载入时间"), one.recorded_at),
            (_("读取行数"), one.rows_read),
        ],
        actions=_papers(one),
        back=Link(_("风险地区"), reverse("desk:risk"), "chevron-left"),
    )
    changed = [(n, old and chip(old), new and chip(new)) for n, old, new in risk.changes(before, one)]
    rejected = [{**r, "words": r.get("en" if _is_english() else "zh", "")} for r in one.rejected]
    context = {
        "header": header, "one": one, "before": before, "changes": changed, "rejected": rejected,
        "areas": [(a, chip(a.level)) for a in risk.areas_of(one)],
    }  # fmt: skip
    return render(request, "desk/territory/risk_version.html", context)


@page("load_risk_areas", methods="GET HEAD POST")
def risk_load(request: Request) -> HttpResponse:
    """A superior's list is read, looked at, and only then becomes the version in force."""
    visit = request.visit
    if request.method == "POST" and "read" in request.POST:
        return _confirmed(request)
    form = RiskListForm(
        request.POST or None, request.FILES or None, initial={"effective_from": timezone.localtime(visit.at)}
    )
    context: dict[str, Any] = {"form": form, "act_id": uuid7(), "rejected": []}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            reading = risk_lists.read(given["file"].read(), received_on=timezone.localdate(visit.at))
        except SheetFault as fault:
            form.add_error("file", f"{_words(fault.what)}；{_words(fault.mend)}")
        else:
            context |= {
                "reading": reading,
                "areas": [(a, chip(a.level)) for a in reading.areas],
                "rejected": [{**r, "words": r["en" if _is_english() else "zh"]} for r in reading.rejected],
                "read": signing.dumps(
                    {
                        "source": given["source"], "document": given["document"],
                        "effective_from": given["effective_from"].isoformat(), "content_hash": reading.content_hash,
                        "areas": [_plain(a) for a in reading.areas], "rejected": list(reading.rejected),
                    },
                    salt=_SALT, compress=True,
                ),
            }  # fmt: skip
    return render(request, "desk/territory/risk_load.html", context, status=422 if form.errors else 200)


@page()
def risk_notice(request: Request, id_: UUID) -> HttpResponse:
    """A version as a public notice: who issued it, which areas, from when, what follows, whom to ask."""
    visit = request.visit
    one = found(risk.risk_list(visit.scope.path, id_))
    county = territory_reads.county_of(one.path)
    unit = staff_reads.unit_of(one.path, [UnitKind.HEADQUARTERS, UnitKind.WORKING_GROUP])
    phone = unit.phone if unit and unit.phone else _("见公布的值班电话")
    areas = risk.areas_of(one)
    edition = command_bridge.protocol_at(one.path, visit.at)
    arrived = visit.at
    asks: list[tuple[str, str]] = []
    for level in RiskLevel.values:
        measure = territory_bridge.measure(level, edition, left=arrived, arrived=arrived)
        asks.append((str(RiskLevel(level).label), "；".join(f"{k}：{v}" for k, v in measure_facts(measure, arrived))))
    columns = (Column("level", _("等级"), width_mm=24), Column("name", _("地区"), width_mm=100),
               Column("since", _("起始"), "instant", 36))  # fmt: skip
    rows = [
        {"level": str(RiskLevel(a.level).label), "name": a.name, "since": a.since or one.effective_from} for a in areas
    ]
    name = county.name if county else ""
    paper = Page(
        title=_("关于风险地区及来返人员管理措施的通告"),
        as_of=one.effective_from,
        area_name=name,
        subtitle=_("清单第 %(n)d 版，自 %(at)s 起执行，至新清单发布为止") % {"n": one.number, "at": day_of(one.effective_from)},
        sections=(
            Section(
                _("依据"),
                (
                    _("发布单位：%(source)s；文件：%(document)s。") % {"source": one.source, "document": one.document},
                    _("防控方案：%(id)s；法律依据：传染病防治法。") % {"id": edition},
                ),
            ),
            Section(
                _("地区"),
                () if areas else (_("目前没有列入清单的地区。"),),
                Table(columns, rows) if areas else None,
            ),
            Section(
                _("曾在上述地区停留的人员"),
                (
                    *(f"{level}：{words}" for level, words in asks),
                    _("以上按离开当日抵达计；具体到人以书面决定为准，对决定可以申诉。"),
                ),
            ),
            Section(
                _("咨询和报备"),
                (_("%(unit)s，电话：%(phone)s。") % {"unit": unit.name if unit else name, "phone": phone},),
            ),
        ),
        issuer=_("%(county)s疫情防控指挥部") % {"county": name},
    )  # fmt: skip
    format_ = request.GET.get("export", "pdf")
    suffix = f".{format_}" if f".{format_}" in documents.LETTER_SUFFIXES else ".pdf"
    body = documents.render(paper, suffix, locale="en" if _is_english() else "zh")
    response = HttpResponse(body, content_type=documents.CONTENT_TYPES[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="risk-areas-{one.number}{suffix}"'
    return response


def chip(level: str) -> Chip:
    """A level as a chip."""
    return Chip(str(RiskLevel(level).label), TONES[level])


def age_chip(standing: Any) -> Chip:
    """How old our knowledge of the list is; too old is said loudly."""
    if standing.current is None:
        return Chip(_("没有载入清单"), "late")
    words = _("清单第 %(n)d 版 · %(hours)d 小时前核对") % {"n": standing.current.number, "hours": standing.age_hours}
    return Chip(
        _("已过期：%(words)s") % {"words": words} if standing.is_old else words, "late" if standing.is_old else "good"
    )


def _header(request: Request, standing: Any) -> Header:
    one = standing.current
    may_load = request.visit.actor.may("load_risk_areas")
    load = [Action(_("载入新清单"), reverse("desk:risk_load"), "upload", is_main=True)] if may_load else []
    facts: list[tuple[str, Any]] = []
    if one:
        facts = [
            (_("发布单位"), one.source),
            (_("文件"), one.document),
            (_("生效时间"), one.effective_from),
            (_("载入时间"), one.recorded_at),
            (_("更新时限"), _("%(hours)d 小时") % {"hours": standing.limit_minutes // 60}),
        ]
    return Header(
        _("风险地区"), chips=[age_chip(standing)], facts=facts, actions=[*load, *(_papers(one) if one else [])]
    )


def _papers(one: Any) -> list[Action]:
    there = reverse("desk:risk_notice", args=[one.id])
    return [
        Action(_("通告 Word"), f"{there}?export=docx", "file-type-docx"),
        Action(_("通告 PDF"), f"{there}?export=pdf", "file-type-pdf"),
    ]


def _answer(request: Request) -> dict[str, Any] | None:
    """What the place and dates of the address mean, or nothing when none are asked."""
    visit, place = request.visit, request.GET.get("place", "").strip()
    if not place:
        return None
    today = timezone.localdate(visit.at)
    since, until, arrived = (_day(request, key, today) for key in ("since", "until", "arrived"))
    if until < since:
        since, until = until, since
    begin, left, came = _begin(since), _begin(until) + timedelta(days=1), _begin(max(arrived, until))
    finding = risk.level_on(visit.scope.path, place, begin, left, visit.at)
    measure = None
    if finding.level:
        edition = command_bridge.protocol_at(visit.scope.path, visit.at)
        measure = territory_bridge.measure(finding.level, edition, left=left - timedelta(seconds=1), arrived=came)
    return {
        "place": place, "since": since, "until": until, "finding": finding, "measure": measure,
        "level": chip(finding.level) if finding.level else None,
        "facts": measure_facts(measure, visit.at) if measure else [],
        # The areas that give the level, and the versions that said so; an area in two versions is one area.
        "names": list(dict.fromkeys(h.area.name for h in finding.hits if h.area.level == finding.level)),
        "sources": list({h.area.risk_list_id: h.area.risk_list for h in finding.hits}.values()),
        "wider": [(h, chip(h.area.level)) for h in finding.wider],
        "later": [(h, chip(h.area.level)) for h in finding.later if h.area.level != finding.level],
    }  # fmt: skip


def _confirmed(request: Request) -> HttpResponse:
    try:
        read = signing.loads(request.POST["read"], salt=_SALT, max_age=3600)
    except signing.BadSignature:
        return redirect("desk:risk_load")
    answer = act(request, "load_risk_areas", form_id(request), **read)
    if answer.status != "refused" and answer.result:
        done(request, _("清单第 %(n)d 版已生效") % {"n": answer.result["number"]})
        return redirect("desk:risk_version", answer.result["risk_list"])
    return redirect("desk:risk_load")


def _plain(area: risk_lists.RiskAreaTold) -> dict[str, Any]:
    return {
        "name": area.name, "level": area.level, "code": area.code,
        "since": area.since.isoformat() if area.since else None,
        "until": area.until.isoformat() if area.until else None,
    }  # fmt: skip


def _day(request: Request, key: str, otherwise: date) -> date:
    try:
        return parse_date(request.GET.get(key, "")) or otherwise
    except ValueError:
        return otherwise


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware at once


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def _words(told: Any) -> str:
    return str(told.en if _is_english() else told.zh)
