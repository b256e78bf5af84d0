"""Codes of isolation sites as words and tones a person reads."""

from typing import Any

from django.utils.translation import gettext as _

from bihuan.desk.parts import Chip, Tone
from bihuan.ledgers.resources.choices import FacilityState, Seat

STATE_TONES: dict[str, Tone] = {
    FacilityState.PREPARING: "wait",
    FacilityState.READY: "info",
    FacilityState.OPEN: "good",
    FacilityState.CLOSED: "plain",
}


def state_chip(facility: Any) -> Chip:
    """How a facility stands."""
    return Chip(str(facility.state.label), STATE_TONES[facility.state])


def readiness_chip(facility: Any, empty: list[Seat]) -> Chip:
    """Whether a facility is fit to take people, and if not, what is missing."""
    if empty:
        return Chip(_("未就绪：%(seats)s空缺") % {"seats": "、".join(str(s.label) for s in empty)}, "risk")  # data
    if facility.is_passed is None:
        return Chip(_("未检查"), "wait") if facility.form else Chip(_("就绪"), "good")
    if not facility.is_passed:
        n = len(facility.faults)
        return Chip(_("%(n)d 项必备项不合格") % {"n": n}, "late" if facility.state == FacilityState.OPEN else "risk")
    return Chip(_("就绪"), "good")
