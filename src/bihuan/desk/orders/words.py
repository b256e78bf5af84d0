"""Orders as words a person reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.inside import as_uuid
from bihuan.desk.parts import Chip, Clock, Link, Tone
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders.choices import EndReason, Measure, OrderState, condition_words
from bihuan.ledgers.orders.notice import comma
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads

TONES: dict[str, Tone] = {
    OrderState.PROPOSED: "wait",
    OrderState.SIGNED: "info",
    OrderState.IN_FORCE: "risk",
    OrderState.ENDED: "good",
    OrderState.REFUSED: "plain",
    OrderState.WITHDRAWN: "plain",
}


def state_chip(order: Any, at: datetime) -> Chip:
    """How an order stands at `at`, by its times: served but not begun is not in force, past its end neither."""
    if order.binds_at(at):
        return Chip(_("执行中"), "risk")
    if order.state == OrderState.IN_FORCE:
        return Chip(_("期限未到"), "info") if at < order.starts_at else Chip(_("已到期"), "good")
    if order.state == OrderState.ENDED:
        return Chip(str(EndReason(order.end_reason).label), "good")
    return Chip(str(OrderState(order.state).label), TONES[order.state])


def subject_words(order: Any) -> str:
    """Whom or what it binds, masked."""
    return order.place.name if order.place_id else people_reads.masked_name(order.person.name) or _("无姓名")


def place_words(order: Any, townships: Mapping[str, str]) -> str:
    """Where somebody lives, with the township in front: a grid's own name says little."""
    town = townships.get(territory_reads.township_path(order.path), "")
    return order.area.name if order.area.name == town else f"{town} {order.area.name}".strip()


def class_words(protocol: str, class_name: str) -> str:
    """A class and its edition as the protocol titles them; in English by their names."""
    if (get_language() or "").startswith("en"):
        return f"{class_name.replace('_', ' ')} · {protocol}"
    title, short = orders_bridge.class_titles(protocol, class_name)
    return f"{title} · {short}"


def number(days: float) -> str:
    """Days with one decimal, none where whole."""
    return f"{days:.1f}".removesuffix(".0")


def lighter_words(order: Any) -> str:
    """The lighter measure the edition knows for the same goal, when it may be used, and what both cost in person-days."""
    told = order.lighter
    if told.get("chosen_instead_of"):
        return _("已改用较轻措施（原拟%(measure)s）") % {"measure": Measure(told["chosen_instead_of"]).label}
    if not told.get("measure"):
        return _("方案没有列出更轻的措施") if order.person_days else _("已是最轻")
    return _("%(measure)s：离家 %(away)s 人日（本措施 %(now)s）") % {
        "measure": Measure(told["measure"]).label,
        "away": number(told["lighter_away_days"]),
        "now": number(told["away_days"]),
    }


def lighter_conditions(order: Any) -> str:
    """When the lighter measure may stand in: any one of these."""
    told = order.lighter.get("if", [])
    return comma().join(condition_words(f"{name} {value}" if value is not None else name) for name, value in told)


def ground_link(ground: str) -> Link | str:
    """The way to what an order rests on, where there is a page for it."""
    kind, _colon, text = ground.partition(":")
    there = as_uuid(text)
    pages = {
        "row": "desk:row",
        "order": "desk:order",
        "person": "desk:person",
        "case": "desk:case",
        "task": "desk:task",
    }
    labels = {
        "row": _("名单行"), "order": _("另一项措施"), "contact": _("密切接触"), "case": _("病例"), "visit": _("走访"),
        "result": _("检测结果"), "area": _("整个区域"), "list": _("整份名单"), "arrival": _("到达登记"), "post": _("岗位"),
    }  # fmt: skip
    label = labels.get(kind, kind)
    if there and kind in pages:
        try:
            return Link(label, reverse(pages[kind], args=[there]))
        except LookupError:
            return label
    return label


def deadline(due_at: datetime, at: datetime, met_at: datetime | None = None) -> Clock:
    """A limit that counts down."""
    return Clock(due_at=due_at, as_of=at, met_at=met_at)
