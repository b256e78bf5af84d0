"""How Chinese place names are written in practice: noise, suffixes, short forms, number words, slips."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from bihuan.engines.linkage._divisions import Division, Level

HAN = "\u4e00-\u9fff"
_PSEUDO = re.compile(r"市辖区|(?:省|自治区)直辖县级行政区划")
_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff,，.。;；:：、/\\|*?？!！~·'\"‘’“”()（）【】\[\]<>《》_=+`^]+")
_LOOSE_DASH = re.compile(r"(?<![0-9A-Za-z])[-—–]+|[-—–]+(?![0-9A-Za-z])")
_LEAD = re.compile(
    r"^(?:(?:现|户籍|家庭|居住|联系|详细|目前|常)*(?:居住地|所在地|住址|地址|居住|住)(?:详址)?(?:为|是|在|于)?"
    r"|中国|中华人民共和国)+"
)
_UNITS = "组|号|楼|栋|幢|单元|室|队|排|户|巷|弄|层|门|座|期|区"
_NUMBER_WORD = re.compile(f"[零〇一二两三四五六七八九十百]+(?={_UNITS})")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

_ETHNIC = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族"
    "|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|达斡尔|仫佬族|羌族|布朗族|撒拉族|毛南族"
    "|仡佬族|锡伯族|锡伯|阿昌族|普米族|塔吉克|怒族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|独龙族|鄂伦春|各族"
)
_ETHNIC_TAIL = re.compile(f"(?:{_ETHNIC})+$")

# What may follow the core of a name, per level; the longest alternative first.
SUFFIX: dict[Level, re.Pattern[str]] = {
    "province": re.compile(r"省|市|自治区|特别行政区"),
    "city": re.compile(r"市|自治州|州|地区|盟"),
    "county": re.compile(r"自治县|自治旗|县|市|区|旗"),
    "township": re.compile(r"街道办事处|街道办|街道|地区办事处|办事处|街办|民族乡|乡|镇|苏木"),
    "village": re.compile(
        r"村?村民委员会|村?村委会|社区村委会|(?:社区)?居民委员会|(?:社区)?居委会|街道委员会|社区|村(?!民)"
    ),
}
# A name without its suffix that goes on like this was only the front of a street's name, or of a longer one.
STREET = re.compile(r"大街|大道|大桥|街|路|巷|道|里弄")
LONGER = re.compile(rf"(?:{STREET.pattern})|[{HAN}]{{1,5}}?(?:村(?!民)|庄|屯|寨|社区|镇|乡)")
SEGMENT = re.compile(
    rf"(?P<core>[{HAN}0-9]{{2,8}}?)(?P<suffix>街道办事处|街道办|街道|办事处|街办|乡|镇|村?村民委员会|村?村委会"
    r"|(?:社区)?居民委员会|(?:社区)?居委会|社区|村(?!民))"
)
BARE_SEGMENT = re.compile(rf"(?P<core>[{HAN}]{{2,5}})(?=\d|$)")
UPPER = re.compile(
    rf"(?:(?P<province>[{HAN}]{{2,3}}省|[{HAN}]{{2,6}}自治区))?(?P<city>[{HAN}]{{2,7}}?(?:市|自治州|地区|盟))?"
    rf"(?P<county>[{HAN}]{{1,8}}?(?:县|区|市|旗))?"
)
# Entries that fill the city's place in the table where there is no city.
NOT_PLACES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_COUNTED = re.compile("[一二三四五六七八九十]+")
# Words that tell neighbouring villages apart; one of them for another is another village, not a slip.
_APART = frozenset("东西南北前后上下左右大小中新老旧内外头一二三四五六七八九十甲乙丙丁0123456789")
_GENERIC = frozenset("庄村屯寨店营堡沟庙楼街关集铺桥坡湾河山岭坊坪坝岗岸垭塘湖泉井园营疃固口峪家窑台洼滩圈郭城镇乡")


class Core(NamedTuple):
    """One way to begin a unit's name: the text, and its own group of suffixes ("" when it needs none)."""

    text: str
    group: str


def clean_address(text: str) -> str:
    """The address without noise: half-width, no blanks or marks, number words before 组 号 楼 … as digits."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = _LOOSE_DASH.sub("", _NOISE.sub("", text))
    text = _PSEUDO.sub("", _LEAD.sub("", text))
    return _NUMBER_WORD.sub(lambda hit: str(_number(hit[0])), text)


def _number(words: str) -> int:
    if "十" not in words and "百" not in words:
        return int("".join(str(_DIGITS[c]) for c in words))
    total, digit = 0, 0
    for char in words:
        if char == "百":
            total, digit = total + max(digit, 1) * 100, 0
        elif char == "十":
            total, digit = total + max(digit, 1) * 10, 0
        else:
            digit = _DIGITS[char]
    return total + digit


def suffix_group(level: Level, suffix: str) -> str:
    """Which kind of unit a written suffix speaks of: 村 or 社区, 镇 乡 or 街道, 县 市 …; "" for none."""
    if not suffix:
        return ""
    if level == "village":
        return "社区" if "居" in suffix or suffix == "社区" else "村"
    if level == "township":
        if suffix in ("镇",):
            return "镇"
        return "乡" if suffix in ("乡", "民族乡", "苏木") else "街道"
    if level == "county":
        return suffix[-1]
    return suffix


def cores_of(division: Division) -> tuple[Core, ...]:
    """The beginnings by which a division's name may be recognised, the official one first."""
    name = clean_address(division.name)
    if division.name in NOT_PLACES or division.level not in SUFFIX or not name:
        return ()
    # A committee's name is the village's with a tail: 温村村民委员会 is 温村, 先进街村民委员会 is 先进街.
    if division.level == "village":
        name = re.sub(r"(?:街道委员会|村民委员会|村委会|居民委员会|居委会)$", "", name) or name
        group = division.kind if division.kind in ("村", "社区") else ""
    else:
        group = ""
    tail = re.search(rf"(?:{SUFFIX[division.level].pattern})$", name)
    core = name[: tail.start()] if tail else name
    if tail and division.level != "village":
        group = suffix_group(division.level, tail[0])
    if len(core) < 2:
        return (Core(name, ""),)
    found = [Core(core, group)]
    plain = _ETHNIC_TAIL.sub("", core)
    if plain != core and len(plain) >= 2:
        found.append(Core(plain, group))
    elif plain != core and tail:
        found.append(Core(plain + tail[0][-1], ""))
    counted = _COUNTED.sub(lambda hit: str(_number(hit[0])), core)
    if counted != core:
        found.append(Core(counted, group))
    return tuple(found)


@cache
def _sound(char: str) -> str:
    from pypinyin import Style, pinyin

    return str(pinyin(char, style=Style.NORMAL)[0][0])


def near_miss(written: str, listed: str) -> str | None:
    """Whether one slip turns the listed name into the written one: "homophone", "one_edit" or None.

    东 for 西, 上 for 下, 一 for 二 tell villages apart and are never a slip; nor is another surname before
    庄, 村, 屯 … in a name of two characters.
    """
    if len(written) == len(listed):
        at = [i for i, (a, b) in enumerate(zip(written, listed, strict=True)) if a != b]
        if not at or len(at) > 2:
            return None
        if all(_sound(written[i]) == _sound(listed[i]) for i in at):
            return None if any(written[i] in _APART and listed[i] in _APART for i in at) else "homophone"
        if len(at) != 1:
            return None
        if len(listed) == 2 and at[0] == 0 and listed[1] in _GENERIC:
            return None
        if written[at[0]] in _APART and listed[at[0]] in _APART:
            return None
        return "one_edit"
    longer, shorter = (written, listed) if len(written) > len(listed) else (listed, written)
    if len(longer) != len(shorter) + 1 or len(longer) < 3:
        return None
    for i, char in enumerate(longer):
        if longer[:i] + longer[i + 1 :] == shorter:
            return None if char in _APART else "one_edit"
    return None
