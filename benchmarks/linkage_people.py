"""Invented people with truth for linkage: a register, and a pushed list made from it by the damage lists show.

The damage of a pushed row (shares of rows): id number missing 25%, one digit wrong 12%, two digits swapped 5%,
lower case x or 999… 4%; homophone in the name 8%, dropped character 3%, blank 2%; phone changed 28%, missing 12%,
mistyped 5%, written +86 1xx-xxxx-xxxx 5%; address missing 12%, moved 15%, else rewritten; birth date missing 60%.
Division codes begin with 99, which was never issued: no living person can have these numbers.
"""

from collections import defaultdict

import numpy as np

from bihuan.engines.linkage._sounds import sound_of
from bihuan.engines.terms import check_digit

FIELDS = ("name", "id_number", "phone", "birth_on", "sex", "address")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉力健俊峰志宏国林海波斌龙飞鹏浩宇轩泽梓涵欣怡雨佳琪子晨"
    "思远嘉豪一诺博瑞雪梅兰琴云莲凤春燕玲珍荣爱香月美凡嵘琳素真环妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶丹璐君薇菁梦岚苑婕馨"
    "瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丝永康生胜学祥才发武新利"
    "清彬富顺信良江昌成元全德茂进有坚和彪诚先敬震振壮会思群心邦承乐绍功松善厚庆民友裕河哲亮政谦亨奇固之轮翰朗伯"
)
_PLACE = "柳桥石河湾坡上下东西南北泉岭沟庄营堡寨店集屯马牛青白红黄龙凤仁义礼信安平和顺丰乐永兴新古大小"
_TEN = "〇一二三四五六七八九"

Columns = dict[str, list[str]]


def make_people(rows: int, *, seed: int, given: int = 0) -> Columns:
    """A register of `rows` people in households of 1 to 5, 20 counties; `given` > 0 takes only so many given names."""
    rng = np.random.default_rng(seed)
    surname_share = 1.0 / (np.arange(len(_SURNAMES)) + 3.0) ** 1.1
    surnames = rng.choice(list(_SURNAMES), rows, p=surname_share / surname_share.sum())
    share = 1.0 / (np.arange(len(_GIVEN)) + 20.0)
    share /= share.sum()
    first = rng.choice(list(_GIVEN), rows, p=share)
    second = rng.choice(list(_GIVEN), rows, p=share)
    two = rng.random(rows) < 0.85
    given_names = [a + b if t else a for a, b, t in zip(first, second, two, strict=True)]
    if given:
        few = list(dict.fromkeys(given_names))[:given]
        given_names = [few[k] for k in rng.integers(0, len(few), rows)]
    sizes = rng.integers(1, 6, rows)
    household = np.repeat(np.arange(rows), sizes)[:rows]
    head = np.r_[True, household[1:] != household[:-1]]
    counties = [f"99{n:04}" for n in rng.choice(9000, 20, replace=False) + 1000]
    county_of = rng.integers(0, 20, rows)[household]
    addresses = _addresses(rng, rows)
    days = rng.integers(0, 365 * 90, rows)
    births = np.datetime_as_string(np.datetime64("1932-01-01") + days).tolist()
    orders = rng.integers(1, 1000, rows)
    phones = rng.integers(0, 10**8, rows)
    shares_phone = rng.random(rows) < 0.15  # children and old people give the household's phone
    out: Columns = {name: [] for name in FIELDS}
    surname = phone = ""
    for i in range(rows):
        if head[i] or rng.random() < 0.35:
            surname = surnames[i]
        if head[i] or not shares_phone[i]:
            phone = f"199{phones[i]:08}"
        birth = births[i]
        seventeen = f"{counties[county_of[i]]}{birth.replace('-', '')}{orders[i]:03}"
        out["name"].append(surname + given_names[i])
        out["id_number"].append(seventeen + check_digit(seventeen))
        out["phone"].append(phone)
        out["birth_on"].append(birth)
        out["sex"].append("男" if orders[i] % 2 else "女")
        out["address"].append(addresses[household[i]])
    return out


def damage_people(people: Columns, rows: int, *, seed: int, strangers: float = 0.0) -> tuple[Columns, list[int]]:
    """A pushed list of `rows` different people of the register, damaged; and the register row of each (truth).

    A share `strangers` of the rows are people made anew who are not in the register (truth -1).
    """
    rng = np.random.default_rng(seed)
    truth = [int(k) for k in rng.choice(len(people["name"]), rows, replace=False)]
    others = make_people(max(1, rows), seed=seed + 77_777)
    alike = _homophones()
    moved = _addresses(rng, rows)
    out: Columns = {name: [] for name in FIELDS}
    for i, k in enumerate(truth):
        source, at = people, k
        if rng.random() < strangers:
            source, at, truth[i] = others, i, -1
        row = {name: source[name][at] for name in FIELDS}
        out["name"].append(_damage_name(rng, row["name"], alike))
        out["id_number"].append(_damage_id(rng, row["id_number"]))
        out["phone"].append(_damage_phone(rng, row["phone"]))
        out["birth_on"].append("" if rng.random() < 0.6 else row["birth_on"])
        out["sex"].append(row["sex"])
        x = rng.random()
        out["address"].append("" if x < 0.12 else moved[i] if x < 0.27 else _rewrite(rng, row["address"]))
    return out, truth


def _addresses(rng: np.random.Generator, rows: int) -> list[str]:
    places = rng.choice(list(_PLACE), (rows, 2))
    numbers = rng.integers(1, 30, (rows, 4))
    towns = rng.choice(list(_PLACE), (400, 2))
    town = rng.integers(0, 400, rows)
    made = []
    for i in range(rows):
        area = f"{_TEN[town[i] // 40]}禾县{towns[town[i]][0]}{towns[town[i]][1]}"
        a, b, c, d = numbers[i]
        if i % 2:
            made.append(f"{area}镇{places[i][0]}{places[i][1]}村{a}组{b * 7 + c}号")
        else:
            made.append(f"{area}街道{places[i][0]}{places[i][1]}社区{a}号楼{b % 6 + 1}单元{c}0{d % 4 + 1}室")
    return made


def _rewrite(rng: np.random.Generator, address: str) -> str:
    if rng.random() < 0.5:
        address = address[address.index("县") + 1 :]
    x = rng.random()
    if x < 0.35:
        for long in ("号楼", "单元"):
            address = address.replace(long, "-")
        address = address.removesuffix("室")
    elif x < 0.55:
        address = "".join(_TEN[int(c)] if c.isdigit() else c for c in address)
    if rng.random() < 0.3:
        address = address.replace("街道", "").replace("镇", "").replace("社区", "小区")
    return address


def _damage_id(rng: np.random.Generator, number: str) -> str:
    x = rng.random()
    if x < 0.25:
        return ""
    if x < 0.37:
        at = int(rng.integers(0, 17))
        return number[:at] + str((int(number[at]) + int(rng.integers(1, 10))) % 10) + number[at + 1 :]
    if x < 0.42:
        at = int(rng.integers(0, 16))
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if x < 0.46:
        return number.lower() if rng.random() < 0.5 else "9" * 18
    return number


def _damage_name(rng: np.random.Generator, name: str, alike: dict[str, list[str]]) -> str:
    x = rng.random()
    at = int(rng.integers(0, len(name)))
    if x < 0.08:
        return name[:at] + str(rng.choice(alike[sound_of(name[at])])) + name[at + 1 :]
    if x < 0.11:
        return name[:at] + name[at + 1 :] if len(name) > 2 else name
    return "" if x < 0.13 else name


def _damage_phone(rng: np.random.Generator, phone: str) -> str:
    x = rng.random()
    if x < 0.28:
        return f"199{rng.integers(0, 10**8):08}"
    if x < 0.40:
        return ""
    if x < 0.45:
        at = int(rng.integers(3, 11))
        return phone[:at] + str((int(phone[at]) + int(rng.integers(1, 10))) % 10) + phone[at + 1 :]
    return f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}" if x < 0.5 else phone


def _homophones() -> dict[str, list[str]]:
    common = set(_SURNAMES + _GIVEN)
    common |= {chr(code) for code in range(0x4E00, 0x9FA5) if _is_common(chr(code))}
    alike: dict[str, list[str]] = defaultdict(list)
    for character in sorted(common):
        alike[sound_of(character)].append(character)
    return alike


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2 and character.encode("gb2312")[0] < 0xD8  # level 1: 3,755
    except UnicodeEncodeError:
        return False
