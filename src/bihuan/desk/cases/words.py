"""Codes of the cases room as words a person reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.desk.parts import Chip, Tone
from bihuan.ledgers.cases.choices import (
    AssistanceOutcome,
    Classification,
    ContactBasis,
    ContactState,
    FollowUpOutcome,
    Relation,
    Step,
)
from bihuan.ledgers.territory import reads as territory_reads

_CASE_TONES: Mapping[str, Tone] = {
    Classification.CONFIRMED: "risk",
    Classification.ASYMPTOMATIC: "risk",
    Classification.RE_POSITIVE: "risk",
    Classification.EXCLUDED: "plain",
}
_CONTACT_TONES: Mapping[str, Tone] = {
    ContactState.IDENTIFIED: "risk",
    ContactState.FOLLOWED: "wait",
    ContactState.COMPLETED: "good",
    ContactState.BECAME_CASE: "risk",
    ContactState.LOST: "risk",
}
# Protocols name their own classes; these four are said the same everywhere.
CLASSES: Mapping[str, Any] = {
    "close_contact": gettext_lazy("密接"),
    "secondary_contact": gettext_lazy("次密接"),
    "general_contact": gettext_lazy("一般接触者"),
    "susceptible_contact": gettext_lazy("易感接触者"),
    "immune_contact": gettext_lazy("有免疫的接触者"),
}
KINDS: Mapping[str, Any] = {
    "lives_with": gettext_lazy("同住"),
    "cares_for": gettext_lazy("照护"),
    "visits": gettext_lazy("探访"),
    "aerosol_procedure": gettext_lazy("产生气溶胶的操作"),
    "same_office": gettext_lazy("同办公室"),
    "same_workroom": gettext_lazy("同工作间"),
    "same_dormitory": gettext_lazy("同宿舍"),
    "same_class": gettext_lazy("同班"),
    "same_ward": gettext_lazy("同病房"),
    "shares_toilet_lift_meal": gettext_lazy("共用厕所、电梯或共餐"),
    "shared_meal": gettext_lazy("共餐"),
    "shared_food": gettext_lazy("同食"),
    "shared_water": gettext_lazy("同饮水"),
    "shared_air": gettext_lazy("同处一室"),
    "serves_meal_or_leisure": gettext_lazy("餐饮娱乐服务"),
    "same_vehicle_within_1_m": gettext_lazy("同乘一米内"),
    "same_vehicle": gettext_lazy("同乘"),
    "contaminated_place": gettext_lazy("进入污染场所"),
    "contaminated_goods": gettext_lazy("接触污染物品"),
    "field_judgement": gettext_lazy("现场判定"),
    "shared_life_or_work": gettext_lazy("共同生活工作（未密接）"),
    "shared_treatment": gettext_lazy("同诊疗"),
    "shop": gettext_lazy("同商店"),
    "station": gettext_lazy("同车站"),
    "direct_contact": gettext_lazy("直接接触"),
    "health_care": gettext_lazy("诊疗护理"),
    "aircraft": gettext_lazy("飞机"),
    "train_sealed": gettext_lazy("全封闭空调列车"),
    "train_open": gettext_lazy("普通列车"),
    "coach_sealed": gettext_lazy("全封闭客车"),
    "bus_open": gettext_lazy("通风的公交客车"),
    "ship": gettext_lazy("船舶"),
}
FINDINGS: Mapping[str, Any] = {
    "overlap": gettext_lazy("同一时间说了两个地方"),
    "record_against_word": gettext_lazy("陈述与扫码或票据不一致"),
    "too_fast": gettext_lazy("两地之间来不及到达"),
    "gap": gettext_lazy("这段时间没有说明"),
    "companion_elsewhere": gettext_lazy("同行人自述当时在别处"),
    "no_end": gettext_lazy("没有离开时间"),
}


def case_chip(case: Any) -> Chip:
    """What a case is held to be."""
    if case.is_refuted:
        return Chip(str(Classification.EXCLUDED.label), "plain")
    return Chip(case.classification_words, _CASE_TONES.get(case.classification, "wait"))


def contact_chip(contact: Any) -> Chip:
    """Where a contact stands; found on the last day's morning is not followed on it."""
    if contact.ended_at is None and contact.end_reason == "last_day_missing":
        return Chip(_("末日未随访"), "late")
    return Chip(contact.state_words, _CONTACT_TONES.get(contact.state, "plain"))


def class_words(name: str, titles: Mapping[str, str] | None = None) -> str:
    """A class of a protocol."""
    known = CLASSES.get(name)
    return str(known) if known else (titles or {}).get(name, name)


def kind_words(kind: str) -> str:
    """A kind of exposure or vehicle."""
    return str(KINDS.get(kind, kind))


def relation_words(relation: str) -> str:
    """What somebody is to the case."""
    return str(Relation(relation).label) if relation in Relation.values else relation


def basis_words(basis: str) -> str:
    """What says that two met."""
    return str(ContactBasis(basis).label) if basis in ContactBasis.values else basis


def step_words(step: str) -> str:
    """A step of an investigation."""
    return str(Step(step).label) if step in Step.values else step


def follow_words(outcome: str) -> str:
    """What a follow-up found."""
    return str(FollowUpOutcome(outcome).label) if outcome in FollowUpOutcome.values else outcome


def assistance_chip(row: Any) -> Chip:
    """What became of somebody in a letter."""
    tones: Mapping[str, Tone] = {
        AssistanceOutcome.OPEN: "wait",
        AssistanceOutcome.MANAGED: "good",
        AssistanceOutcome.NO_MEASURE: "good",
        AssistanceOutcome.NOT_FOUND: "risk",
    }
    return Chip(row.outcome_words, tones.get(row.outcome, "plain"))


def overlap_words(seconds: int) -> str:
    """How long two were together."""
    if not seconds:
        return ""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    return _("%(h)d 时 %(m)02d 分") % {"h": hours, "m": rest} if hours else _("%(m)d 分") % {"m": rest}


def instant(text: str) -> datetime | None:
    """A time from a form, in the county's own zone."""
    try:
        naive = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)


def for_input(at: datetime | None) -> str:
    """An instant as a form's time field wants it."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def window_words(start: datetime | None, until: datetime | None) -> str:
    """An infectious window, half-open, as it is said."""
    if start is None:
        return _("未定")
    begin = timezone.localtime(start)
    if until is None:
        return _("%(from)s 起，至今未隔离") % {"from": f"{begin:%m-%d %H:%M}"}
    return f"{begin:%m-%d %H:%M} – {timezone.localtime(until):%m-%d %H:%M}"


def area_words(row: Any, towns: Mapping[str, str]) -> str:
    """Where somebody lives: the township, and below it the village, grid or building."""
    town = towns.get(territory_reads.township_path(row.path), "")
    return f"{town} {row.area.name}" if town and town != row.area.name else row.area.name


def towns_of(scope: Any) -> dict[str, str]:
    """The townships of a scope by path."""
    return {a.path: a.name for a in territory_reads.townships(scope)}
