"""Codes of the testing chain as words a person reads."""

from typing import Any

from django.utils.translation import gettext as _

from bihuan.desk.parts import Chip, Tone
from bihuan.ledgers.lab.choices import (
    FINDINGS,
    BoxState,
    FileKind,
    FileState,
    RoundKind,
    Stage,
    StationKind,
    Value,
    Via,
)


def round_kind(code: str) -> str:
    """Why a round is held."""
    return str(RoundKind(code).label) if code in RoundKind.values else code


def station_kind(code: str) -> str:
    """Where a table stands."""
    return str(StationKind(code).label) if code in StationKind.values else code


def value_chip(code: str, *, is_pool: bool = False) -> Chip:
    """A value; a finding in a pool says that singles must decide."""
    if not code:
        return Chip(_("待出结果"), "wait")
    words = str(Value(code).label) if code in Value.values else code
    if code in FINDINGS:
        return Chip(_("混采%(value)s，待单采") % {"value": words} if is_pool else words, "late")
    return Chip(words, "good" if code == Value.NEGATIVE else "risk")


def box_chip(code: str) -> Chip:
    """Where a box is."""
    tones: dict[str, Tone] = {
        BoxState.PACKED: "wait", BoxState.ON_THE_WAY: "info", BoxState.RECEIVED: "good", BoxState.STOPPED: "late",
        BoxState.DONE: "plain",
    }  # fmt: skip
    return Chip(str(BoxState(code).label), tones[code])


def file_chip(code: str) -> Chip:
    """How a result file stands."""
    tones: dict[str, Tone] = {
        FileState.CHECKED: "info", FileState.QUEUED: "wait", FileState.TAKEN: "wait", FileState.RELEASED: "good",
        FileState.DROPPED: "plain",
    }  # fmt: skip
    return Chip(str(FileState(code).label), tones[code])


def file_kind(code: str) -> str:
    """What a file says it holds."""
    return str(FileKind(code).label)


def via_words(code: str) -> str:
    """How the single of a pool's member is got."""
    return str(Via(code).label)


def stage_words(code: str) -> str:
    """At which hand-over tubes were counted."""
    return str(Stage(code).label)


def link_words(code: str) -> str:
    """A link of the chain."""
    return {"sampling": _("采样"), "transport": _("送样"), "testing": _("检测"), "reporting": _("录入报告")}.get(
        code, "–"
    )


def worker_words(code: str) -> str:
    """Whom one more of would be in a link."""
    return {
        "sampling": _("一名采样员"), "transport": _("一名转运员"), "testing": _("一台仪器"), "reporting": _("一名录入复核人"),
    }.get(code, "–")  # fmt: skip


def fault_words(why: str) -> str:
    """Why a row of a result file cannot be taken."""
    return {
        "unreadable": _("读不出管号或结果"),
        "twice_in_file": _("同一管在文件中出现两次"),
        "unknown_tube": _("没有这支管的记录"),
        "other_laboratory": _("样本不在本实验室"),
        "not_received": _("样本尚未接收"),
        "has_result": _("已有结果（重复上传）"),
        "other_batch": _("属于其他批次"),
        "finding_in_negatives": _("“仅阴性”文件中有非阴性结果"),
        "negative_in_findings": _("“仅阳性”文件中有其他结果"),
        "missing_from_file": _("批次中有样本、文件中没有"),
    }.get(why, why)


def cause_words(code: str) -> str:
    """Why a limit was broken."""
    return {"platform": _("平台故障"), "other": _("其他")}.get(code) or link_words(code)


def member_words(swab: Any) -> str:
    """What an environment sample was taken from."""
    return f"{swab.place.name} {swab.spot}" if swab.place else ""
