"""The three lists that reach Qinghe on the demo day, each with what a perfect clerk would make of every row."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from bihuan.demo.county._names import COUNTY, NEIGHBOUR
from bihuan.engines.terms import check_digit

if TYPE_CHECKING:
    from bihuan.demo.county import County

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
# Letters that sound alike and that two clerks write differently.
_SOUND_ALIKE = dict(zip("军伟华明芳玲丽婷静杰敏志佳浩梓雅", "君玮桦铭方铃莉庭靖捷闽智嘉皓紫亚", strict=True))
_FULL_WIDTH = str.maketrans("0123456789X", "0123456789X")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Truth:
    """What should become of one row: outcome matched, created, to_review, rejected or duplicate_in_list.

    `person_id` is the register's person where there is one, `division_code` the village the row belongs to,
    `outside` says it must be handed over to another county.
    """

    row: int
    outcome: str
    person_id: str | None
    division_code: str | None
    outside: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class PushedFile:
    """One pushed list: who sent it and why, its rows as texts, the truth row by row, and the file itself."""

    key: str
    filename: str
    sender: str
    purpose: str
    basis: str
    received_at: datetime
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truth: tuple[Truth, ...]
    content: bytes


def pushed_lists(county: "County", seed: int = 2022) -> tuple[PushedFile, PushedFile, PushedFile]:
    """The province's clean push (.xlsx), the railway's ugly workbook (.xlsx), a neighbour's annex (GBK .csv).

    `Truth.row` counts data rows from 1. Needs a county of at least 500 people (ValueError otherwise).
    """
    if county.persons.num_rows < 500:
        raise ValueError("the demo day's lists need a county of at least 500 people")
    chance = np.random.default_rng((seed, 20220106))
    order = chance.permutation(county.persons.num_rows)
    adults = [p for p in county.persons.take(order[:400].tolist()).to_pylist() if p["birth_date"].year < 2004]
    doubtful = next(p for p in adults if len(p["name"]) == 3 and p["name"][-1] in _SOUND_ALIKE)
    others = [p for p in adults if p is not doubtful]
    return (
        _province(others[:52], doubtful),
        _rail(others[52:88]),
        _annex(others[88:96], doubtful),
    )


def _stranger(number: int, name: str, sex: str, born: str, address: str) -> Row:
    """A person on no register: a serial the county never deals out, a phone below the county's first."""
    serial = 900 + 2 * number + (sex == "male")
    seventeen = f"{NEIGHBOUR[0] if NEIGHBOUR[1] in address else COUNTY[0]}{born}{serial:03d}"
    id_number = seventeen + check_digit(seventeen)
    return {"person_id": None, "name": name, "sex": sex, "id_number": id_number,
            "phone": f"199000000{number + 10:02d}", "address": address, "village_code": None}  # fmt: skip


def _province(known: list[Row], doubtful: Row) -> PushedFile:
    columns = ("序号", "姓名", "性别", "证件类型", "证件号码", "联系电话", "现住址", "来源地", "到达日期", "风险等级")
    strangers = [
        _stranger(0, "伍思远", "male", "19900817", "青禾县城关街道学府社区3号楼2单元401室"),
        _stranger(1, "蓝若溪", "female", "19951203", "青禾县柳泉镇杏园村2组6号"),
        _stranger(2, "费长河", "male", "19780522", "青禾县沙河镇渡口村1组9号"),
        _stranger(3, "古月华", "female", "19680214", "青禾县北坪乡冷水村1组3号"),
    ]
    away = _stranger(4, "水清扬", "male", "19880606", "演示省演示市邻水县渡口镇白沙村2组15号")
    people = [*known[:30], *strangers, doubtful, away, *known[30:], known[7]]
    rows, truth = [], []
    for number, person in enumerate(people, 1):
        arrived = f"2022-01-0{3 + number % 3}"
        risk = ("高", "中", "低")[number % 3]
        sex = "男" if person["sex"] == "male" else "女"
        source = ("演示市高新区", "云州市", "海城市")[number % 3]
        values = (number, person["name"], sex, "居民身份证", person["id_number"], person["phone"] or "",
                  person["address"], source, arrived, risk)  # fmt: skip
        rows.append(dict(zip(columns, values, strict=True)))
        truth.append(_truth(number, person))
    rows[-1] = {**rows[7], "序号": len(rows)}
    truth[-1] = Truth(len(rows), "duplicate_in_list", known[7]["person_id"], known[7]["village_code"], note="row 8")
    return PushedFile(
        "province", "省级推送-风险地区来返人员-0106.xlsx", "演示省疫情防控指挥部", "风险地区来返人员核查",
        "传染病防治法第三十九条、第四十条", datetime(2022, 1, 6, 8, 12, tzinfo=CHINA), columns, tuple(rows),
        tuple(truth), _plain_workbook(columns, rows),
    )  # fmt: skip


def _truth(number: int, person: Row) -> Truth:
    if person["person_id"]:
        return Truth(number, "matched", person["person_id"], person["village_code"])
    if NEIGHBOUR[1] in person["address"]:
        return Truth(number, "created", None, f"{NEIGHBOUR[0]}100201", outside=True, note="hand over to 邻水县")
    return Truth(number, "created", None, None, note="on no register")


def _rail(known: list[Row]) -> PushedFile:
    columns = ("序号", "姓名", "证件号码", "联系方式", "车次", "车厢", "座位", "乘车日期", "到站后去向")
    broken = _stranger(20, "令狐远", "male", "19830415", "青禾县开元街道锦绣社区2号楼1单元101室")
    digits = broken["id_number"]
    broken |= {"id_number": digits[:13] + str((int(digits[13]) + 1) % 10) + digits[14:], "phone": None}
    strangers = [
        _stranger(21, "宇文静", "female", "19991111", "青禾县马店镇驿头村2组8号"),
        _stranger(22, "鱼跃川", "male", "19750703", "青禾县云台镇桃花坞村1组1号"),
    ]
    people = [*known[:12], broken, *known[12:25], *strangers, *known[25:]]
    rows, truth = [], []
    for number, person in enumerate(people, 1):
        rows.append(dict(zip(columns, _damaged(number, person), strict=True)))
        found = _truth(number, person)
        if person is broken:
            found = Truth(number, "rejected", None, None, note="证件号码: the check digit is wrong")
        truth.append(found)
    return PushedFile(
        "rail", "G8806次同车厢旅客(1).xlsx", "青禾站", "确诊病例同车厢旅客排查", "传染病防治法第十二条",
        datetime(2022, 1, 6, 9, 40, tzinfo=CHINA), columns, tuple(rows), tuple(truth), rail_workbook(columns, rows),
    )  # fmt: skip


def _damaged(number: int, person: Row) -> tuple[Any, ...]:
    """One passenger as the railway's clerks typed and pasted them; every damage can be undone."""
    document: Any = person["id_number"]
    document = (
        document, "'" + document, document.translate(_FULL_WIDTH), f"{document[:6]} {document[6:14]} {document[14:]}",
        document.lower(), document + "\u3000", f"{document}\n",
    )[number % 7]  # fmt: skip
    phone: Any = person["phone"]
    if phone:
        phone = (
            phone, f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}", float(phone), f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            f"{phone}/0990-5550123", phone.translate(_FULL_WIDTH),
        )[number % 6]  # fmt: skip
    day = ("2022.1.4", "2022年1月4日", 44565, "20220104", "2022-01-04 08:30", "2022/1/4")[number % 6]
    address = person["address"]
    if number % 4 == 1:
        address = address.replace(COUNTY[1], "")
    elif number % 4 == 2:
        address = " 演示市-" + address.replace("组", " 组 ").replace("村", "村委会 ", 1)
    name = person["name"] if number % 5 else "\u3000".join((person["name"][0], person["name"][1:]))
    return (number, name, document, phone, "G8806", f"{number % 3 + 3:02d}", f"{number % 17 + 1}{'ABCDF'[number % 5]}",
            day, address)  # fmt: skip


def _annex(known: list[Row], doubtful: Row) -> PushedFile:
    columns = ("姓名", "身份证号", "手机", "与病例关系", "末次接触时间", "现住地", "备注")
    other_spelling = doubtful["name"][:-1] + _SOUND_ALIKE[doubtful["name"][-1]]
    village_only = doubtful["address"][: max(doubtful["address"].find(m) for m in ("村", "社区")) + 1]
    twin = {**doubtful, "name": other_spelling, "id_number": "", "phone": "", "address": village_only}
    strangers = [_stranger(30, "冉小禾", "female", "20030909", "青禾县东岭乡竹园村1组2号")]
    people = [*known[:5], twin, *strangers, *known[5:]]
    rows, truth = [], []
    for number, person in enumerate(people, 1):
        bond = ("同事", "同桌就餐", "亲属", "同车")[number % 4]
        values = (person["name"], person["id_number"], person["phone"] or "", bond, f"2022/1/{2 + number % 3} 18:00",
                  person["address"], "证件未登记" if person is twin else "")  # fmt: skip
        rows.append(dict(zip(columns, values, strict=True)))
        found = _truth(number, person)
        if person is twin:
            note = f"written {other_spelling}, registered {doubtful['name']}"
            found = Truth(number, "to_review", doubtful["person_id"], doubtful["village_code"], note=note)
        truth.append(found)
    return PushedFile(
        "letter", "邻水县协查函附件.csv", "邻水县疾病预防控制中心", "密切接触者协查", "协查函 邻疾控函〔2022〕3号",
        datetime(2022, 1, 6, 10, 25, tzinfo=CHINA), columns, tuple(rows), tuple(truth), annex_csv(columns, rows),
    )  # fmt: skip


def annex_csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A list as a neighbour's office exports it: CSV in GBK, Windows line ends, a blank line at the end."""
    text = io.StringIO(newline="")
    sheet = csv.DictWriter(text, columns, lineterminator="\r\n")
    sheet.writeheader()
    sheet.writerows(rows)
    return (text.getvalue() + "," * (len(columns) - 1) + "\r\n").encode("gbk")


def _plain_workbook(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("来返人员")
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [row[c] for c in columns])
        sheet.set_column(0, len(columns) - 1, 16)
    return file.getvalue()


def rail_workbook(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The railway's workbook as bytes: a title over merged cells, a note, two header rows, a total, a spare sheet.

    `columns` are nine: a number, three about the passenger, four about the journey, the destination. The second
    half of the table has a hidden row, and a hidden sheet holds a pivot nobody should read as data.
    """
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        title = book.add_format({"bold": True, "align": "center", "font_size": 16})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        last = len(columns) - 1
        sheet.merge_range(0, 0, 0, last, "G8806次列车同车厢旅客信息表(内部资料 注意保密)", title)
        sheet.merge_range(1, 0, 1, last, "填报单位:青禾站    填报时间:2022年1月6日    联系人:值班室")
        sheet.merge_range(2, 0, 3, 0, columns[0], head)
        sheet.merge_range(2, 1, 2, 3, "旅客信息", head)
        sheet.merge_range(2, 4, 2, 7, "乘车信息", head)
        sheet.merge_range(2, last, 3, last, columns[last], head)
        sheet.write_row(3, 1, columns[1:last], head)
        for number, row in enumerate(rows, 4):
            for at, column in enumerate(columns):
                if isinstance(row[column], str):
                    sheet.write_string(number, at, row[column])
                else:
                    sheet.write(number, at, row[column])
        end = 4 + len(rows)
        sheet.set_row(end, None, None, {"hidden": True})
        sheet.write(end + 1, 0, "合计")
        sheet.write_formula(end + 1, 1, f"=COUNTA(B5:B{end})", None, len(rows))
        sheet.write(end + 2, 0, "审核人:        制表人:        ")
        sheet.set_column(1, last, 18)
        spare = book.add_worksheet("透视")
        spare.write_row(0, 0, ["车厢", "人数"])
        spare.write_row(1, 0, ["03", 14])
        spare.hide()
    return file.getvalue()
