"""Codes of the intake room as words a person reads."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bihuan.desk.command.words import state_tone
from bihuan.desk.parts import Chip, Tone
from bihuan.ledgers.intake.choices import MatchState
from bihuan.ledgers.territory.bridge import reason_words

Verdict = Literal["same", "near", "differs", "unknown"]

FIELDS: Mapping[str, Any] = {
    "name": _("姓名"),
    "id_number": _("证件号码"),
    "phone": _("电话"),
    "birth_on": _("出生日期"),
    "sex": _("性别"),
    "address": _("住址"),
    "prior": _("比对之前"),
    "rule": _("规则"),
}
# What the linkage engine saw in a field, by its own words.
LEVELS: Mapping[str, Any] = {
    "not said on both sides": _("至少一方没有写"),
    "inside the id number, counted there": _("已含在证件号里"),
    "same": _("相同"),
    "same sound": _("同音"),
    "same parts in another order": _("字相同、顺序不同"),
    "one character missing": _("少一个字"),
    "one character differs": _("一字不同"),
    "one word same": _("有一个词相同"),
    "only the surname same": _("只有姓相同"),
    "different": _("不同"),
    "nearly the same spelling": _("拼写相近"),
    "different spelling": _("拼写不同"),
    "written in another script": _("用另一种文字书写"),
    "one digit differs": _("一位数字不同"),
    "two digits swapped": _("两位数字对调"),
    "two digits differ": _("两位数字不同"),
    "different, one of them not valid": _("不同，其中一个号码无效"),
    "different, both valid": _("不同，两个号码都有效"),
    "another kind of document": _("证件种类不同"),
    "one digit differs or two swapped": _("一位不同或两位对调"),
    "one digit differs, or day and month swapped": _("一位不同或月日颠倒"),
    "same year, or same day of the year": _("同年或同月同日"),
    "nearly the same": _("基本相同"),
    "same place, no house number to compare": _("同一地点，没有门牌可比"),
    "partly the same": _("部分相同"),
    "valid id number same, name agrees": _("证件号有效且相同，姓名相符：按同一人"),
    "same id number, other name": _("证件号相同而姓名不符：须人工核对"),
}
SEXES: Mapping[str, Any] = {"male": _("男"), "female": _("女")}
ANSWERS: Mapping[str, Any] = {
    "number_checked": _("人数清"),
    "identity_checked": _("身份清"),
    "location": _("位置清"),
    "control_status": _("管控情况清"),
    "note": _("备注"),
}
MATCH_TONES: Mapping[str, Tone] = {
    MatchState.MATCHED: "good",
    MatchState.CREATED: "info",
    MatchState.TO_REVIEW: "wait",
    MatchState.DUPLICATE_IN_LIST: "plain",
}
ROUTES: Mapping[str, Any] = {"no_address": _("没有地址"), "clerk": _("由录入人员确定")}


def language() -> Literal["zh", "en"]:
    """The visitor's language, as rooms that keep words in both name it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def said(words: Mapping[str, str]) -> str:
    """A sentence kept in both languages, in the visitor's."""
    return words.get(language()) or words.get("zh", "")


def level_words(level: str) -> str:
    """What was seen in a field."""
    if level.startswith("one of "):
        return gettext("全县档案中任意一人")
    return str(LEVELS.get(level, level))


def verdict_of(level: str) -> Verdict:
    """The level as one of the four marks of a pair."""
    if level in ("same", "same place, no house number to compare"):
        return "same" if level == "same" else "near"
    if level.startswith("not said"):
        return "unknown"
    return "differs" if level.startswith(("different", "only the surname", "another kind")) else "near"


def reason_lines(reasons: Sequence[Sequence[Any]]) -> list[tuple[str, str, float]]:
    """A match's reasons as (field, what was seen, weight in bits)."""
    return [(str(FIELDS.get(f, f)), level_words(level), float(weight)) for f, level, weight in reasons]


def route_words(routing: Mapping[str, Any]) -> str:
    """Why a row was sent where it was."""
    reason = str(routing.get("reason", ""))
    words = str(ROUTES[reason]) if reason in ROUTES else reason_words(reason, language())
    if routing.get("words"):
        words = f"{words}：{routing['words']}"
    outside = routing.get("outside_name")
    return gettext("%(words)s；指向本县以外：%(outside)s") % {"words": words, "outside": outside} if outside else words


def state_chip(row: Any) -> Chip:
    """How a row stands."""
    return Chip(row.get_state_display(), state_tone(row.state))


def match_chip(row: Any) -> Chip:
    """What became of «do we know this person?»."""
    return Chip(row.get_match_state_display(), MATCH_TONES.get(row.match_state, "plain"))
