"""Every case of an outbreak in a line as of an hour: how it was found, from whom, its contacts, what the first day brought."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState, SourceKind
from bihuan.ledgers.cases.models import Case, Contact, TransmissionLink
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("流调汇总")
summary = gettext_lazy("每个病例：发病、发现、来源、密接和次密接、24小时落实率；无姓名")

DAY = timedelta(hours=24)
KEYS = ("close", "second", "found", "in_time", "became")


def build(scope: Scope, as_of: datetime, *, days: int = 30) -> Page:
    """Cases reported in the last `days` that stood at `as_of`, the latest first. No names: a number stands for a person."""
    cases = standing(scope, as_of, days)
    lines = summaries(scope, cases, as_of)
    total = summed(lines, KEYS, number=_("合计"))
    delays = [line["delay"] for line in lines if line["delay"] is not None]
    all_ = total["close"] + total["second"]
    words = [
        _("病例 %(n)d 例，密接 %(close)d 人，次密接 %(second)d 人。") % {**total, "n": len(lines)},
    ]
    if delays:
        words.append(_("发病到报告的中位数 %(hours).1f 小时。") % {"hours": median(delays) / 60})
    if all_:
        words.append(_("24小时内落实 %(share).0f%%。") % {"share": 100 * total["in_time"] / all_})
    return Page(
        title=_("流调汇总"),
        subtitle=_("近 %(days)d 天") % {"days": days},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=("".join(words),)),
            Section(_("病例"), table=Table(_columns(), lines, total)),
            Section(_("发现途径"), table=_ways(lines)),
        ),
        signatures=(_("填报人"), _("审核人")),
    )


def standing(scope: Scope, as_of: datetime, days: int) -> list[Case]:
    """Cases reported in the period and not refuted by `as_of`."""
    found = cases_reads.cases(scope).filter(reported_at__lte=as_of, reported_at__gt=as_of - timedelta(days=days))
    return [c for c in found if c.refuted_at is None or c.refuted_at > as_of]


def summaries(scope: Scope, cases: Sequence[Case], as_of: datetime) -> list[dict[str, Any]]:
    """One line a case."""
    ids = [c.id for c in cases]
    contacts: dict[UUID | None, list[Any]] = defaultdict(list)
    known: Any = Contact.objects.filter(scope.inside(), case__in=ids, identified_at__lte=as_of).exclude(
        state=ContactState.DROPPED, ended_at__lte=as_of
    )
    for case_id, class_name, state, ended in known.values_list("case", "class_name", "state", "ended_at"):
        contacts[case_id].append((class_name, state, ended))
    found: dict[UUID, list[Any]] = defaultdict(list)
    for case_id, identified, at, _path in cases_reads.found_instants(scope, ids):
        found[case_id].append((identified, at))
    infectors = {
        link.infectee_id: link
        for link in TransmissionLink.objects.filter(
            infectee__in=ids, is_chosen=True, voided_at__isnull=True
        ).select_related("infector")
    }
    watched = _watched(scope, cases)
    lines = []
    for case in cases:
        source = dict(SourceKind.choices).get(case.source_kind, case.source_kind)
        mine = contacts[case.id]
        classes = Counter(c for c, _s, _e in mine)
        times = [(i, at) for i, at in found[case.id] if at is not None and at <= as_of]
        link = infectors.get(case.id)
        lines.append(
            {
                "number": case.number, "classification": case.classification_words, "area": case.area.name,
                "onset_at": case.onset_at, "reported_at": case.reported_at,
                "delay": (case.reported_at - case.onset_at).total_seconds() / 60 if case.onset_at else None,
                "way": _("管控中发现") if case.id in watched else _("社会面发现"),
                "source": link.infector.number if link else str(source),
                "close": sum(n for c, n in classes.items() if c != "secondary_contact"), "second": classes["secondary_contact"],
                "found": len(times), "in_time": sum(at - max(i, case.reported_at) <= DAY for i, at in times),
                "became": sum(s == ContactState.BECAME_CASE and e is not None and e <= as_of for _c, s, e in mine),
            }
        )  # fmt: skip
    return lines


def _watched(scope: Scope, cases: Sequence[Case]) -> set[UUID]:
    """Cases whose person was bound by an order, or followed as a contact, when the case was reported: not in the open."""
    people = {c.person_id: c for c in cases}
    found = set()
    orders: Any = Order.objects.filter(scope.inside(), person__in=list(people), signed_at__isnull=False)
    for person, begins, ends, ended in orders.values_list("person", "starts_at", "ends_at", "ended_at"):
        case = people[person]
        if begins < case.reported_at < min(ends, ended or ends):
            found.add(case.id)
    contacts: Any = Contact.objects.filter(scope.inside(), person__in=list(people))
    for person, identified, ended in contacts.values_list("person", "identified_at", "ended_at"):
        case = people[person]
        if identified < case.reported_at and (ended is None or ended >= case.reported_at):
            found.add(case.id)
    return found


def _columns() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), "identifier", 34),
        Column("classification", _("判定"), width_mm=28),
        Column("area", _("属地"), width_mm=26),
        Column("onset_at", _("发病"), "instant", 32),
        Column("reported_at", _("报告"), "instant", 32),
        Column("delay", _("发病到报告"), "minutes", 26),
        Column("way", _("发现途径"), width_mm=26),
        Column("source", _("来源"), width_mm=34),
        Column("close", _("密接"), "number", 14, _("密接和一般接触者，已撤销判定的不计")),
        Column("second", _("次密接"), "number", 16),
        Column("found", _("已落实"), "number", 16, _("已有人找到并随访过")),
        Column("in_time", _("24小时内"), "number", 18, _("判定（或病例报告，以晚者为准）后24小时内落实")),
        Column("became", _("转为病例"), "number", 18),
    )


def _ways(lines: Sequence[dict[str, Any]]) -> Table:
    counted = Counter(line["way"] for line in lines)
    rows = [{"way": way, "n": n, "share": n / len(lines)} for way, n in counted.most_common()]
    columns = (
        Column(
            "way", _("发现途径"), width_mm=50, definition=_("报告时已受管控措施约束或正作为接触者随访的，为管控中发现")
        ),
        Column("n", _("病例"), "number", 18),
        Column("share", _("占比"), "share", 18),
    )
    return Table(columns, rows)
