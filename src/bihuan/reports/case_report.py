"""The core report of an investigation (流调报告): one case from onset to contacts. Names are masked unless asked for by right."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import (
    ContactState,
    Outcome,
    Protection,
    Severity,
    SourceKind,
    Step,
    VisitSource,
)
from bihuan.ledgers.cases.models import Case
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.choices import Sex
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("流调报告")
summary = gettext_lazy("一个病例的核心流行病学调查报告；不指定病例时为最近一例，姓名隐去")

CLASSES = {"close_contact": gettext_lazy("密接"), "secondary_contact": gettext_lazy("次密接"),
           "general_contact": gettext_lazy("一般接触者")}  # fmt: skip


def build(scope: Scope, as_of: datetime, *, case: UUID | None = None, with_names: bool = False) -> Page:
    """One case as known at `as_of`; the latest reported one where none is named. Public unless `with_names`."""
    found = cases_reads.standing_cases(scope).filter(reported_at__lte=as_of)
    asked = cases_reads.case(scope, case) if case else found.first()
    if asked is None:
        return Page(
            title=str(title), as_of=as_of, area_name=area_name(scope), sections=(Section(paragraphs=(_("尚无病例"),)),)
        )
    sections = (
        Section(_("一、基本情况"), (_who(asked, as_of, with_names),)),
        Section(_("二、发病与诊疗"), tuple(_course(asked))),
        Section(_("三、可能的感染来源"), tuple(_sources(scope, asked))),
        Section(_("四、活动轨迹"), (_window(asked),), _visits(scope, asked, as_of, with_names)),
        Section(
            _("五、接触者"), tuple(_contact_words(scope, asked, as_of)), _contacts(scope, asked, as_of, with_names)
        ),
        Section(_("六、调查环节"), (), _steps(scope, asked, as_of)),
    )
    return Page(
        title=_("病例 %(number)s 流行病学调查核心报告") % {"number": asked.number},
        subtitle="" if with_names else _("公开版：姓名、证件、电话和门牌已隐去"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=sections,
        signatures=(_("调查人"), _("审核人"), _("签发人")),
    )


def _who(case: Case, as_of: datetime, with_names: bool) -> str:
    person = case.person
    name = person.name if with_names else people_reads.masked_name(person.name)
    age = (as_of.date() - person.birth_on).days // 365 if person.birth_on else None
    town = [a.name for a in territory_reads.above(case.path) if a.level in ("county", "township")]
    words = [name, str(Sex(person.sex).label)]
    if age is not None:
        words.append(_("%(n)d 岁") % {"n": age})
    words.append(person.address if with_names and person.address else "".join(town))
    if case.occupation:
        words.append(case.occupation)
    if case.workplace and with_names:
        words.append(case.workplace)
    return "，".join(words) + "。"


def _course(case: Case) -> list[str]:
    lines = [
        _("判定：%(words)s；方案：%(protocol)s。") % {"words": case.classification_words, "protocol": case.protocol}
    ]
    for label, at in (
        (_("发病"), case.onset_at), (_("首次阳性采样"), case.sampled_at), (_("确诊"), case.confirmed_at),
        (_("隔离"), case.isolated_at), (_("入院"), case.admitted_at),
    ):  # fmt: skip
        if at:
            lines.append(f"{label}：{_hour(at)}")
    severity = str(dict(Severity.choices).get(case.severity, case.severity))
    outcome = str(dict(Outcome.choices).get(case.outcome, case.outcome))
    lines.append(_("临床类型：%(severity)s；转归：%(outcome)s。") % {"severity": severity, "outcome": outcome})
    if case.is_refuted and case.refuted_at:
        lines.append(_("%(at)s 已排除。") % {"at": _hour(case.refuted_at)})
    return lines


def _sources(scope: Scope, case: Case) -> list[str]:
    kind = str(dict(SourceKind.choices).get(case.source_kind, case.source_kind))
    lines = [f"{kind}。{case.source_words}".strip()]
    links = list(cases_reads.infectors_of(scope, case.id))
    whole = sum(link.weight for link in links) or 1
    for link in links:
        chosen = _("（已认定）") if link.is_chosen else ""
        lines.append(
            _("可能来源 %(number)s，占 %(share)s%(chosen)s")
            % {"number": link.infector.number, "share": f"{link.weight / whole:.0%}", "chosen": chosen}
        )
    return lines


def _window(case: Case) -> str:
    if case.infectious_from is None:
        return _("传染期未定：%(why)s") % {"why": case.window_reason}
    until = _hour(case.infectious_until) if case.infectious_until else _("至今未隔离")
    return _("传染期 %(from)s – %(until)s（%(why)s）。") % {
        "from": _hour(case.infectious_from), "until": until, "why": case.window_reason,
    }  # fmt: skip


def _visits(scope: Scope, case: Case, as_of: datetime, with_names: bool) -> Table:
    columns = (
        Column("from_at", _("到达"), "instant", 30),
        Column("until_at", _("离开"), "instant", 30),
        Column("place", _("地点"), width_mm=45),
        Column("activity", _("做什么"), width_mm=30),
        Column("protection", _("防护"), width_mm=18),
        Column("source", _("依据"), width_mm=20),
    )
    rows = [
        {
            "from_at": v.from_at, "until_at": v.until_at,
            # A registered place is public; a door told in words may be somebody's home.
            "place": v.place.name if v.place else (v.words if with_names else _("某处")),
            "activity": v.activity if with_names else "",
            "protection": str(dict(Protection.choices).get(v.protection, "")),
            "source": str(dict(VisitSource.choices).get(v.source, "")),
        }
        for v in cases_reads.visits(scope, case.id).filter(recorded_at__lte=as_of, person=case.person_id)
    ]  # fmt: skip
    return Table(columns, rows)


def _known_contacts(scope: Scope, case: Case, as_of: datetime) -> list[Any]:
    rows = cases_reads.contacts_of(scope, case.id).filter(identified_at__lte=as_of)
    return [c for c in rows if c.state != ContactState.DROPPED or (c.ended_at and c.ended_at > as_of)]


def _contact_words(scope: Scope, case: Case, as_of: datetime) -> list[str]:
    rows = _known_contacts(scope, case, as_of)
    by_class = Counter(c.class_name for c in rows)
    told = "，".join(f"{CLASSES.get(name, name)} {n}" for name, n in by_class.most_common())
    rest = sum(c.state == ContactState.IDENTIFIED for c in rows)
    became = sum(c.state == ContactState.BECAME_CASE for c in rows)
    return [
        _("共判定 %(n)d 人：%(told)s。尚未找到 %(rest)d 人；已转为病例 %(became)d 人。")
        % {"n": len(rows), "told": told or "–", "rest": rest, "became": became}
    ]


def _contacts(scope: Scope, case: Case, as_of: datetime, with_names: bool) -> Table:
    rows = _known_contacts(scope, case, as_of)
    names = {a.path: a.name for a in territory_reads.townships(scope)}
    if not with_names:
        towns: dict[str, Counter[str]] = {}
        for c in rows:
            towns.setdefault(names.get(territory_reads.township_path(c.path), _("县级")), Counter())[c.class_name] += 1
        kinds = [k for k in CLASSES if any(k in counts for counts in towns.values())]
        columns = (Column("town", _("乡镇"), width_mm=40), *(Column(k, str(CLASSES[k]), "number", 22) for k in kinds))
        lines = [{"town": town, **counts} for town, counts in sorted(towns.items())]
        total = {"town": _("合计"), **{k: sum(counts[k] for counts in towns.values()) for k in kinds}}
        return Table(columns, lines, total)
    columns = (
        Column("name", _("姓名"), width_mm=22), Column("class", _("类别"), width_mm=20),
        Column("relation", _("关系"), width_mm=22), Column("town", _("属地"), width_mm=28),
        Column("last_at", _("末次接触"), "instant", 30), Column("last_day", _("末日"), "date", 22),
        Column("state", _("状态"), width_mm=22),
    )  # fmt: skip
    return Table(
        columns,
        [
            {"name": c.person.name, "class": str(CLASSES.get(c.class_name, c.class_name)), "relation": c.relation_words,
             "town": c.area.name, "last_at": c.last_exposure_at, "last_day": c.last_day, "state": c.state_words}
            for c in rows
        ],
    )  # fmt: skip


def _steps(scope: Scope, case: Case, as_of: datetime) -> Table:
    columns = (
        Column("step", _("环节"), width_mm=40), Column("member", _("承办人"), width_mm=28),
        Column("due_at", _("应完成"), "instant", 32), Column("done_at", _("完成"), "instant", 32),
        Column("took", _("用时"), "minutes", 22),
    )  # fmt: skip
    rows = []
    for s in cases_reads.steps(scope, case.id):
        done = s.done_at if s.done_at and s.done_at <= as_of else None
        rows.append(
            {"step": str(Step(s.step).label), "member": s.member.name if s.member else "", "due_at": s.due_at,
             "done_at": done, "took": (done - s.started_at) / timedelta(minutes=1) if done else None}
        )  # fmt: skip
    return Table(columns, rows)


def _hour(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
