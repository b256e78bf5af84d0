"""By when, and how often: time words as written, minutes only for spans, and a calendar day where today is known."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ._lexicon import lexicon

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "半": 0.5}
_NUMBER = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十百半]+)"
_WITHIN = r"(?:之内|以内|内|之前)"
_WEEKDAYS = "一二三四五六日"
_NOT_A_SPAN = re.compile(rf"^(?:{lexicon().any_of('not_a_deadline')})")


@dataclass(frozen=True)
class Timing:
    """What a text says of time."""

    deadline: str | None
    deadline_minutes: int | None
    recurrence: str | None


def number(words: str) -> float:
    """Read a number in digits or in Chinese numerals up to 999, 半 as a half."""
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return float(words)
    total, section = 0.0, 0.0
    for sign in words:
        if sign == "百":
            total, section = total + (section or 1) * 100, 0
        elif sign == "十":
            total, section = total + (section or 1) * 10, 0
        else:
            section = _DIGITS[sign]
    return total + section


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    known = lexicon()
    units = "|".join(sorted(known.units_minutes, key=lambda u: (-len(u), u)))
    clock = "|".join(known.round_the_clock)
    span = re.compile(rf"(?:({_NUMBER})\s*[-—–~至到]\s*)?({_NUMBER})\s*({units})(半)?{_WITHIN}")
    span_half = re.compile(rf"({_NUMBER})个半(小时|月|星期){_WITHIN}")
    counted, interval = known.any_of("counted_acts"), known.any_of("interval_acts")
    rhythm = re.compile(
        rf"每(?:隔)?{_NUMBER}?个?(?:分钟|小时|天|日|周|星期|月|季度|年|班次|班)"
        rf"(?:早晚|早、晚|至少|不少于|不低于|各?进行)*(?:{_NUMBER}(?:{counted}))*(?:以上)?"
        rf"|{_NUMBER}(?:天|日|周|月|小时){_NUMBER}(?:{counted})"
        rf"(?:[、,]{_NUMBER}(?:天|日|周|月){_NUMBER}(?:{counted}))*"
        rf"|{_NUMBER}小时(?:{interval})(?:样)?{_NUMBER}次"
        rf"|早[、,]?(?:中[、,]?)?晚各(?:进行)?{_NUMBER}次"
        rf"|(?:7×24|24)\s*小时(?=(?:不间断|专人|全天候|轮流|都|有|开放|连续|领导)*(?:{clock}))|24小时不间断"
    )
    words = re.compile("|".join(re.escape(w) for w in known.recurrence_words))
    return span, span_half, rhythm, words


def _bounded(text: str) -> tuple[str, int, int, int] | None:
    """The first span of time with an end: words, minutes, from, to."""
    span, half, _, _ = _patterns()
    match = half.search(text)
    if match:
        minutes = (number(match[1]) + 0.5) * lexicon().units_minutes["个月" if match[2] == "月" else match[2]]
        return match[0], round(minutes), match.start(), match.end()
    for match in span.finditer(text):
        unit = match[3]
        if unit in ("月", "日", "分") and not match[0].endswith("内"):
            continue  # "3月前", "5日前": dates, not spans
        if unit in ("月",) or (unit == "日" and re.search(r"月$", text[: match.start(2)])):
            continue
        if text[max(0, match.start() - 2) : match.start()].endswith(("近", "前", "过去", "最近")):
            continue  # "近14天内" looks back
        minutes = (number(match[2]) + (0.5 if match[4] else 0)) * lexicon().units_minutes[unit]
        return match[0], round(minutes), match.start(), match.end()
    return None


_DATED = re.compile(
    r"(?:(?:\d{4}年)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?|\d{1,2}[日号]|本?下?周[一二三四五六日天末]|本月|下月|月|年|季度|节|春节|元旦|五一|国庆|今天|明天|当天|每天|本周|下周)"
    r"(?:上午|下午|晚上|早上|晚|中午|凌晨)?(?:\d{1,2}(?:[:时点]\d{0,2}分?)?)?(?:底|末|初)?(?:之前|以前|前)"
    r"|(?:上午|下午|晚上|早上|晚|中午|凌晨)?\d{1,2}[:时点](?:\d{2})?(?:之前|以前|前)"
    r"|(?:规定|要求|限定|约定)(?:的)?(?:时限|时间|期限)内|(?:最短|第一)的?时间内?|采样同时|同时段内|同步|(?:会议|会)结束后(?:立即|马上)|散会后|会后"
)


def timing(text: str) -> Timing:
    """Read the time words of one order."""
    known = lexicon()
    _, _, rhythm, words = _patterns()
    recurrence: str | None = None
    found = rhythm.search(text)
    if found:
        recurrence = found[0]
    else:
        plain = words.search(text)
        if plain:
            recurrence = plain[0]
    bounded = _bounded(text)
    if bounded and not _NOT_A_SPAN.match(text[bounded[3] :]):
        return Timing(bounded[0], bounded[1], recurrence)
    every = re.search(
        rf"(?:每(?:隔)?)?({_NUMBER})(小时|分钟)(?=(?:{known.any_of('interval_acts')})(?:样)?{_NUMBER}次)", text
    )
    if every:
        return Timing(f"{every[1]}{every[2]}", round(number(every[1]) * known.units_minutes[every[2]]), recurrence)
    dated = _DATED.search(text)
    if dated:
        return Timing(dated[0], None, recurrence)
    strong = [w for w in known.deadline_words if w not in known.weak_deadline_words and w in text]
    if strong:
        first = min(strong, key=lambda w: (text.index(w), -len(w)))
        return Timing(first, None, recurrence)
    weak = [w for w in known.deadline_words if w in text and w in known.weak_deadline_words and w != recurrence]
    return Timing(min(weak, key=text.index) if weak else None, None, recurrence)


def due_on(deadline: str | None, today: date | None) -> date | None:
    """The calendar day that the words mean when read on `today`; nothing where they name no day."""
    if not deadline or today is None:
        return None
    for word, days in (("今", 0), ("当天", 0), ("当日", 0), ("明", 1), ("后天", 2)):
        if deadline.startswith(word) and not deadline.startswith("今年"):
            return today + timedelta(days=days)
    weekday = re.search(r"(下)?周([一二三四五六日天])", deadline)
    if weekday:
        wanted = _WEEKDAYS.index(weekday[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if weekday[1] else 0)
        return monday + timedelta(days=wanted)
    day = re.search(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]", deadline)
    if day:
        try:
            named = date(int(day[1] or today.year), int(day[2]), int(day[3]))
            if not day[1] and (today - named).days > 180:
                named = named.replace(year=today.year + 1)
        except ValueError:
            return None
        return named
    if "月底" in deadline:
        first_of_next = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return first_of_next - timedelta(days=1)
    return None
