"""The cast: eight invented people of Qinghe county that every test knows.

赵 钱 孙 李 are residents: the index case, the household contact, the bus passenger, the stranger.
周 吴 郑 王 are staff: the grid worker, the nurse, the commander, the list clerk.
Their identity numbers carry a division code (991027…) that was never issued, so no living person can have them.
"""

from typing import NamedTuple


class Resident(NamedTuple):
    """One invented resident, as a list or a census would write them."""

    name: str
    id_number: str
    phone: str
    birth_on: str
    sex: str
    address: str


class Staff(NamedTuple):
    """One invented member of staff: who they are and what post they hold."""

    name: str
    username: str
    post: str


def _with_check_digit(seventeen: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return seventeen + "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, weights, strict=True)) % 11]


ZHAO = Resident(
    "赵一鸣",
    _with_check_digit("99102719850312001"),
    "19900000001",
    "1985-03-12",
    "male",
    "青禾县柳泉镇河湾村3组12号",
)
QIAN = Resident(
    "钱二妹",
    _with_check_digit("99102719880704002"),
    "19900000002",
    "1988-07-04",
    "female",
    "青禾县柳泉镇河湾村3组12号",
)
SUN = Resident(
    "孙三强",
    _with_check_digit("99102719720229003"),
    "19900000003",
    "1972-02-29",
    "male",
    "青禾县石桥乡上坡村1组5号",
)
LI = Resident(
    "李四娘",
    _with_check_digit("99102720011120004"),
    "19900000004",
    "2001-11-20",
    "female",
    "青禾县城关街道文昌社区6号楼2单元301室",
)

ZHOU = Staff("周巡", "zhou", "grid worker")
WU = Staff("吴护", "wu", "nurse")
ZHENG = Staff("郑令", "zheng", "commander")
WANG = Staff("王录", "wang", "list clerk")
