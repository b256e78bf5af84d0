"""The people of Qinghe: households first, then ages, names, documents, phones and work, all in columns."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bihuan.demo.county._ground import BUILDINGS_PER_GRID, Place, divisions, village_shares
from bihuan.demo.county._names import (
    COUNTY,
    DOUBLE_SURNAMES,
    FEMALE_CHARS,
    MALE_CHARS,
    MIDDLE_TAIL,
    RARE_SURNAMES,
    SURNAMES,
)

REFERENCE_DAY = np.datetime64("2022-01-06")
# Households by number of members, roughly the seventh census of 2020 for a county of the plain (mean 2.8).
_SIZE_SHARES = (0.19, 0.30, 0.23, 0.15, 0.08, 0.05)
# 991027 and its invented neighbours: GB/T 2260 gives out no code that begins with 99.
_PREFIXES = ("991027", "991028", "991029", "990103", "990321", "991105")
_PREFIX_SHARES = (0.88, 0.04, 0.03, 0.02, 0.02, 0.01)
# 199 0000 xxxx is the block this project keeps for invented people; the cast uses its first numbers. A county
# of more than 25,000 runs on into 199 0001 … 199 0099: nothing in a demo ever dials or writes to a number.
_FIRST_PHONE, _BLOCK, _WIDE_BLOCK = 19_900_000_100, 9_900, 999_900
_FIRST_SERIAL = 10  # serials below belong to tests/cast.py
_WORK = (
    # occupation group, share of adults of working age, kinds of place they work at
    ("cold_chain", 0.006, ("cold_store",)),
    ("isolation_staff", 0.005, ("isolation_site",)),
    ("medic", 0.014, ("county_hospital", "fever_clinic", "hospital", "health_centre", "clinic")),
    ("laboratory", 0.001, ("cdc_lab",)),
    ("pharmacist", 0.003, ("pharmacy",)),
    ("driver", 0.018, ("transport",)),
    ("courier", 0.007, ("courier_depot",)),
    ("teacher", 0.018, ("primary_school", "secondary_school", "kindergarten")),
    ("checkpoint_staff", 0.004, ("checkpoint", "rail_station", "bus_station")),
    ("market_vendor", 0.025, ("market", "supermarket")),
    ("caterer", 0.02, ("restaurant",)),
    ("care_worker", 0.003, ("care_home",)),
    ("official", 0.02, ("office",)),
    ("factory_worker", 0.16, ("factory",)),
)
KEY_POSTS = frozenset(
    {"cold_chain", "isolation_staff", "medic", "laboratory", "pharmacist", "driver", "courier", "teacher",
     "checkpoint_staff", "market_vendor"}
)  # fmt: skip

Array = NDArray[Any]


def people_table(people: int, places: tuple[Place, ...], *, seed: int) -> pa.Table:
    """The register: one row per person, sorted by household."""
    chance = np.random.default_rng(seed)
    sizes = _household_sizes(people, chance)
    home = _homes(len(sizes), chance)
    of = np.repeat(np.arange(len(sizes)), sizes)
    position = np.arange(people) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    age, male = _ages(sizes, of, position, chance)
    birth = REFERENCE_DAY - (age * 365.2425).astype(np.int64) - chance.integers(0, 365, people)
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    names = _names(sizes, of, position, year, male, chance)
    ids = _id_numbers(birth, male, chance)
    phones = _phones(position, age, of, len(sizes), people)
    group, work = _work(age, home["township"][of], home["urban"][of], places, chance)
    height = len(str(max(people, 99_999)))
    return pa.table(
        {
            "person_id": pa.array(np.char.add("R", np.char.zfill(np.arange(1, people + 1).astype("U"), height))),
            "name": pa.array(names),
            "sex": pa.array(np.where(male, "male", "female")),
            "birth_date": pa.array(birth.astype("datetime64[D]")),
            "id_number": pa.array(ids),
            "phone": pa.array(phones, mask=phones == ""),
            "household_id": pa.array(np.char.add("H", np.char.zfill((of + 1).astype("U"), height))),
            "village_code": pa.array(home["village"][of]),
            "grid_code": pa.array(home["grid"][of]),
            "building_code": pa.array(home["building"][of], mask=home["building"][of] == ""),
            "address": pa.array(home["address"][of]),
            "occupation_group": pa.array(group),
            "key_post": pa.array(np.isin(group, sorted(KEY_POSTS))),
            "workplace_id": pa.array(work, mask=work == ""),
        }
    )


def _household_sizes(people: int, chance: np.random.Generator) -> Array:
    drawn = chance.choice(np.arange(1, 7), size=people, p=_SIZE_SHARES)
    upto = np.cumsum(drawn)
    last = int(np.searchsorted(upto, people))
    sizes = drawn[: last + 1].copy()
    sizes[-1] -= int(upto[last]) - people
    return sizes


def _homes(households: int, chance: np.random.Generator) -> dict[str, Array]:
    known = {d.code: d for d in divisions()}
    shares = village_shares()
    codes = np.array(sorted(shares))
    picked = chance.choice(len(codes), size=households, p=np.array([shares[c] for c in codes]))
    picked.sort()
    village = codes[picked]
    urban_unit = np.array([known[c].kind == "社区" for c in codes])
    grids = np.where(urban_unit, 3, 2)[picked]
    urban = urban_unit[picked]
    # The number of a household within its village, from 0: it decides grid, building, door.
    first = np.searchsorted(picked, np.arange(len(codes)))
    number = np.arange(households) - first[picked]
    grid = number % grids
    building = (number // grids) % BUILDINGS_PER_GRID
    front = np.array([f"{COUNTY[1]}{known[c[:9]].name}{known[c].name}" for c in codes])[picked]
    door = number // (grids * BUILDINGS_PER_GRID)
    text = [
        f"{b + 1 + g * BUILDINGS_PER_GRID}号楼{d % 4 + 1}单元{d // 8 + 1}0{d // 4 % 2 + 1}室"
        if u
        else f"{n % (2 * k) + 1}组{n // (2 * k) + 1}号"
        for u, g, b, d, n, k in zip(
            urban.tolist(), grid.tolist(), building.tolist(), door.tolist(), number.tolist(), grids.tolist(),
            strict=True,
        )
    ]  # fmt: skip
    grid_code = np.char.add(np.char.add(village, "g0"), (grid + 1).astype("U"))
    return {
        "village": village,
        "township": np.array([c[:9] for c in codes])[picked],
        "urban": urban,
        "grid": grid_code,
        "building": np.where(urban, np.char.add(np.char.add(grid_code, "b0"), (building + 1).astype("U")), ""),
        "address": np.char.add(front, np.array(text)),
    }


def _ages(sizes: Array, of: Array, position: Array, chance: np.random.Generator) -> tuple[Array, Array]:
    """Ages and sexes by place in the household: head, partner, children, then the head's parents."""
    n, h = len(of), len(sizes)
    kind = chance.random(h)
    spread = chance.random(h)
    one = np.select([kind < 0.38, kind < 0.6], [22 + 16 * spread, 36 + 24 * spread], 60 + 29 * spread)
    two = np.select([kind < 0.22, kind < 0.45], [23 + 12 * spread, 34 + 16 * spread], 49 + 34 * spread)
    young = np.clip(chance.normal(41, 9, h), 24, 66)
    head = np.select([sizes == 1, sizes == 2], [one, two], young)
    # A lone parent with one child among the households of two; in households of four every third has a parent.
    lone = (sizes == 2) & (kind >= 0.22) & (kind < 0.33)
    elder_from = np.select([(sizes == 4) & (spread < 0.35), sizes == 5, sizes == 6], [3, 4, 4], 9)
    age = head[of].copy()
    partner = (position == 1) & ~lone[of]
    age[partner] += chance.normal(-1.5, 2.5, int(partner.sum()))
    elder = position >= elder_from[of]
    child = ~elder & ((position >= 2) | ((position == 1) & lone[of]))
    born_at = np.clip(chance.normal(26.5, 4.0, n), 19, 42) + np.maximum(position - 2, 0) * 3.5
    age[child] = np.clip((head[of] - born_at)[child], 0.05, 34)
    age[elder] = np.clip((head[of] + chance.normal(26, 3, n))[elder], 50, 96)
    tiny = child & (age < 0.1)
    age[tiny] = chance.random(int(tiny.sum())) * 4
    male = chance.random(n) < np.where(child, 0.52, 0.5)
    head_male = (chance.random(h) < np.where(sizes == 1, 0.47, 0.78))[of]
    male = np.where(position == 0, head_male, np.where(partner, ~head_male, male))
    second_elder = elder & (position > elder_from[of])
    male[second_elder] = ~male[np.flatnonzero(second_elder) - 1]
    return np.clip(age, 0, 98), male


def _names(sizes: Array, of: Array, position: Array, year: Array, male: Array, chance: np.random.Generator) -> Array:
    listed = list(SURNAMES)
    pool = np.array([*listed, *RARE_SURNAMES, *DOUBLE_SURNAMES])
    common = float(sum(SURNAMES.values()))
    tail = 0.16 * common * np.arange(1, len(RARE_SURNAMES) + 1) ** -0.6
    weights = np.concatenate([
        np.array(list(SURNAMES.values()), dtype=float),
        tail / tail.sum() * 0.16 * common,
        np.full(len(DOUBLE_SURNAMES), 0.0004 * common),
    ])  # fmt: skip
    weights /= weights.sum()
    family = chance.choice(len(pool), size=len(sizes), p=weights)
    surname = family[of]
    married = (position == 1) & (sizes[of] > 1)
    surname = np.where(married, chance.choice(len(pool), size=len(of), p=weights), surname)
    given = np.empty(len(of), dtype="U2")
    born_before = -9999
    for (upto, boys), (_, girls) in zip(MALE_CHARS, FEMALE_CHARS, strict=True):
        for is_male, chars in ((True, boys), (False, girls)):
            at = np.flatnonzero((year > born_before) & (year <= upto) & (male == is_male))
            given[at] = _given(len(at), chars, single=0.32 if 1966 < upto <= 1999 else 0.14, chance=chance)
        born_before = upto
    return np.char.add(pool[surname], given)


def _given(count: int, chars: str, *, single: float, chance: np.random.Generator) -> Array:
    main = np.array(list(dict.fromkeys(chars)))
    front = np.array([*main, *MIDDLE_TAIL])
    p_main = np.arange(1, len(main) + 1) ** -0.45
    p_front = np.concatenate([p_main, np.full(len(MIDDLE_TAIL), p_main.min() * 0.6)])
    first = chance.choice(front, size=count, p=p_front / p_front.sum())
    second = chance.choice(main, size=count, p=p_main / p_main.sum())
    return np.where(chance.random(count) < single, second, np.char.add(first, second))


def _id_numbers(birth: Array, male: Array, chance: np.random.Generator) -> Array:
    """GB 11643 numbers: prefix, day of birth, a serial odd for men, the check digit; all different."""
    n = len(birth)
    prefix = chance.choice(len(_PREFIXES), size=n, p=_PREFIX_SHARES)
    day = birth.astype("datetime64[D]").astype(np.int64)
    key = (day + 100_000) * 100 + prefix * 2 + male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    rank = np.empty(n, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank[order] = np.arange(n) - np.repeat(starts, np.diff(np.r_[starts, n]))
    if n and int(rank.max()) >= (1000 - _FIRST_SERIAL) // 2:
        raise ValueError("too many people born on one day under one prefix; ask for fewer people")
    serial = _FIRST_SERIAL + 2 * rank + male
    month = birth.astype("datetime64[M]")
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    dates = year * 10_000 + (month.astype(int) % 12 + 1) * 100 + (birth - month.astype("datetime64[D]")).astype(int) + 1
    numbers = np.array([int(p) for p in _PREFIXES])[prefix] * 10**11 + dates * 1000 + serial
    digits = numbers[:, None] // 10 ** np.arange(16, -1, -1) % 10
    weights = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    check = np.array(list("10X98765432"))[digits @ weights % 11]
    return np.char.add(numbers.astype("U17"), check)


def _phones(position: Array, age: Array, of: Array, households: int, people: int) -> Array:
    """Own numbers while the block lasts, heads first; then the household shares its head's; children have none."""
    block = _BLOCK if people <= 25_000 else _WIDE_BLOCK
    grown = age >= 14
    turn = np.lexsort((np.arange(people), position, ~grown))
    own = turn[: min(block, int(grown.sum()))]
    numbers = np.zeros(people, dtype=np.int64)
    numbers[own] = _FIRST_PHONE + np.arange(len(own))
    shared = np.zeros(households, dtype=np.int64)
    np.maximum.at(shared, of[position == 0], numbers[position == 0])
    numbers = np.where(grown & (numbers == 0), shared[of], numbers)
    return np.where(numbers > 0, numbers.astype("U11"), "")


def _work(
    age: Array, township: Array, urban: Array, places: tuple[Place, ...], chance: np.random.Generator
) -> tuple[Array, Array]:
    n = len(age)
    group = np.full(n, "resident", dtype="U18")
    work = np.full(n, "", dtype="U8")
    group[age < 3] = "infant"
    group[age >= 66] = "retired"
    adult = (age >= 20) & (age < 62)
    draw = chance.random(n)
    edge = 0.0
    for name, share, kinds in _WORK:
        at = np.flatnonzero(adult & (draw >= edge) & (draw < edge + share))
        edge += share
        group[at] = name
        ids = np.array([p.place_id for p in places if p.kind in kinds])
        size = np.array([float(p.capacity) for p in places if p.kind in kinds])
        work[at] = chance.choice(ids, size=len(at), p=size / size.sum())
    group[adult & (draw >= edge) & ~urban] = "farmer"
    group[adult & (draw >= edge) & urban & (draw < edge + 0.35)] = "services"
    for kind, low, high in (("kindergarten", 3, 6), ("primary_school", 6, 12), ("secondary_school", 12, 18)):
        at = np.flatnonzero((age >= low) & (age < high))
        group[at] = "pupil"
        for area in np.unique(township[at]):
            near = [p.place_id for p in places if p.kind == kind and p.village_code.startswith(area)]
            mine = at[township[at] == area]
            work[mine] = chance.choice(np.array(near), size=len(mine))
    return group, work
