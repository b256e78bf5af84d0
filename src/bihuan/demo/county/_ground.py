"""The ground of Qinghe: its divisions down to the building, and the places where an outbreak is fought."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from bihuan.demo import _outlines
from bihuan.demo.county._names import CITY, COUNTY, NEIGHBOUR, NEIGHBOUR_TOWNSHIPS, PROVINCE, TOWNSHIPS
from bihuan.engines.linkage._divisions import Division, building_of, grid_of, kind_of, level_of, parent_of

BUILDINGS_PER_GRID = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the demo county: what it is, where it stands, how many it holds."""

    place_id: str
    kind: str
    name: str
    village_code: str
    address: str
    lon: float
    lat: float
    capacity: int = 0


def _division(code: str, name: str) -> Division:
    return Division(code, name, level_of(code), parent_of(code), kind_of(code, name))


@cache
def divisions() -> tuple[Division, ...]:
    """Every division of the invented province: Qinghe down to buildings, 邻水县 down to villages."""
    found = [_division(*PROVINCE), _division(*CITY), _division(*COUNTY), _division(*NEIGHBOUR)]
    for tail, name, communities, villages, _ in TOWNSHIPS:
        township = COUNTY[0] + tail
        found.append(_division(township, name))
        units = [(f"{township}{i:03d}", f"{n}社区", 3) for i, n in enumerate(communities, 1)]
        units += [(f"{township}{i:03d}", f"{n}村", 2) for i, n in enumerate(villages, 201)]
        for code, unit_name, grids in units:
            village = _division(code, unit_name)
            found.append(village)
            for number in range(1, grids + 1):
                grid = grid_of(village, number)
                found.append(grid)
                if village.kind == "社区":
                    first = (number - 1) * BUILDINGS_PER_GRID
                    found += [building_of(grid, b + 1, name=f"{first + b + 1}号楼") for b in range(BUILDINGS_PER_GRID)]
    for tail, name, villages in NEIGHBOUR_TOWNSHIPS:
        found.append(_division(NEIGHBOUR[0] + tail, name))
        found += [_division(f"{NEIGHBOUR[0]}{tail}{i:03d}", f"{n}村") for i, n in enumerate(villages, 201)]
    return tuple(sorted(found, key=lambda d: d.code))


def village_shares() -> dict[str, float]:
    """The share of the county's people who live in each village or community; the shares sum to one."""
    shares: dict[str, float] = {}
    for tail, _, communities, villages, percent in TOWNSHIPS:
        weight = {f"{COUNTY[0]}{tail}{i:03d}": 2.2 for i in range(1, len(communities) + 1)}
        weight |= {f"{COUNTY[0]}{tail}{i:03d}": 1.0 for i in range(201, 201 + len(villages))}
        for number, code in enumerate(weight):
            weight[code] *= 0.7 + 0.6 * ((number * 37) % 11) / 10
        total = sum(weight.values())
        shares |= {code: percent / 100 * w / total for code, w in weight.items()}
    return shares


# kind, name behind the area's name, how many per township (or where: a list of township tails), capacity
_PER_TOWNSHIP = (
    ("kindergarten", "中心幼儿园", 180),
    ("primary_school", "中心小学", 600),
    ("secondary_school", "初级中学", 800),
    ("health_centre", "卫生院", 40),
    ("market", "农贸市场", 400),
    ("office", "人民政府", 80),
    ("pharmacy", "康民药店", 6),
    ("pharmacy", "百草堂药房", 6),
    ("supermarket", "惠民超市", 90),
    ("restaurant", "聚福饭店", 60),
    ("factory", "农机配件厂", 150),
    ("care_home", "敬老院", 60),
)
_SINGLE = (
    ("county_hospital", "青禾县人民医院", "001", 1, 520),
    ("fever_clinic", "青禾县人民医院发热门诊", "001", 1, 24),
    ("hospital", "青禾县中医院", "002", 1, 260),
    ("cdc_lab", "青禾县疾病预防控制中心检验室", "001", 9, 4000),
    ("secondary_school", "青禾县第一中学", "001", 6, 2600),
    ("secondary_school", "青禾县第二中学", "002", 1, 2200),
    ("checkpoint", "青禾东高速出口卡口", "002", 7, 12),
    ("checkpoint", "柳泉高速出口卡口", "100", 201, 12),
    ("checkpoint", "沙河高速出口卡口", "101", 202, 12),
    ("rail_station", "青禾站", "001", 8, 1200),
    ("bus_station", "青禾汽车客运站", "002", 2, 800),
    ("cold_store", "青禾县恒鲜冷库", "002", 6, 60),
    ("cold_store", "马店镇驿头冷链物流园", "102", 205, 45),
    ("cold_store", "沙河镇水产冷库", "101", 201, 30),
    ("isolation_site", "青禾县集中隔离点(玉带宾馆)", "001", 10, 120),
    ("isolation_site", "青禾县集中隔离点(高铁驿站)", "002", 7, 96),
    ("isolation_site", "青禾县集中隔离点(云台山庄)", "103", 201, 80),
    ("courier_depot", "青禾县快递分拨中心", "002", 6, 70),
    ("transport", "青禾县客货运输公司", "002", 2, 140),
    ("transport", "青禾县公交公司", "001", 8, 110),
)  # fmt: skip


@cache
def places(seed: int = 2022) -> tuple[Place, ...]:
    """The places of Qinghe, two clinics or more per township and one in every second village, in id order."""
    chance = np.random.default_rng(seed)
    points = _outlines.village_points(divisions(), _outlines.QINGHE_OUTLINE, seed=seed, county=COUNTY[0])
    names = {d.code: d.name for d in divisions()}
    found: list[Place] = []

    def stand(kind: str, name: str, village: str, capacity: int) -> None:
        lon, lat = points[village]
        spread = chance.normal(0, 0.004, 2)
        address = f"{COUNTY[1]}{names[village[:9]]}{names[village]}"
        where = (round(float(lon + spread[0]), 6), round(float(lat + spread[1]), 6))
        found.append(Place(f"P{len(found) + 1:04d}", kind, name, village, address, *where, capacity))

    for kind, name, tail, unit, capacity in _SINGLE:
        stand(kind, name, f"{COUNTY[0]}{tail}{unit:03d}", capacity)
    for tail, township, _, _, _ in TOWNSHIPS:
        units = _units_of(COUNTY[0] + tail, points)
        for number, (kind, name, capacity) in enumerate(_PER_TOWNSHIP):
            stand(kind, f"{township}{name}", units[number % len(units)], capacity)
        for village in units[::2]:
            stand("clinic", f"{township}{names[village]}卫生室", village, 5)
    return tuple(found)


def _units_of(township: str, points: Iterable[str]) -> list[str]:
    return sorted(code for code in points if code.startswith(township))
