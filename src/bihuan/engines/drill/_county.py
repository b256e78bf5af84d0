"""A county's people: households by village, classes and schools, teams and firms, wards, long-stay homes."""

from dataclasses import dataclass

import numpy as np

from bihuan.engines.drill._arrays import CLASS, HOME, TEAM, WARD, Array, World


@dataclass(frozen=True)
class County:
    """What a county is made of. Shares are of people unless said; contacts are a day's."""

    people: int = 300_000
    seed: int = 1
    household_sizes: tuple[float, ...] = (0.20, 0.27, 0.22, 0.16, 0.09, 0.06)  # shares of households of 1, 2, 3 …
    village_people: int = 2000
    class_size: int = 40
    classes_a_school: int = 20
    employed: float = 0.72  # of those aged 18 to 59
    team_size: int = 10
    teams_a_firm: int = 5
    health_staff: float = 0.007
    ward_size: int = 12
    long_stay: float = 0.003
    home_unit_size: int = 20
    often_tested: float = 0.002
    sometimes_tested: float = 0.03
    site_contacts: int = 6
    village_contacts: int = 6
    county_contacts: int = 6
    doses: tuple[float, ...] = (1.0,)  # shares of people with 0, 1, 2 … doses
    days_since_dose: int = 180


def build(county: County) -> World:
    """The people of a county as arrays, the same for the same `County`.

    People stand by village and household; residents of long-stay homes stand last, two to a room. Raises ValueError
    for shares that cannot be.
    """
    if county.people < 10:
        raise ValueError("a county has at least 10 people")
    rng = np.random.Generator(np.random.Philox(county.seed))
    n = county.people
    old = min(int(n * county.long_stay), n // 4)
    sizes = _household_sizes(county, n - old, rng)
    rooms = np.full(-(-old // 2), 2)
    if old % 2:
        rooms[-1] = 1
    house_start = np.concatenate([[0], np.cumsum(np.concatenate([sizes, rooms]))]).astype(np.int32)
    all_sizes = np.diff(house_start)
    house_of = np.repeat(np.arange(all_sizes.size, dtype=np.int32), all_sizes)
    age = _ages(n, n - old, np.arange(n) - house_start[house_of], rng)
    village_start = _villages(county, n - old, n, house_start)
    village_of = np.repeat(np.arange(village_start.size - 1, dtype=np.uint16), np.diff(village_start))
    places, post = _day_places(county, age, n - old, rng)
    member, place_start, kind, site_of = places
    position = np.full(n, -1, np.int32)
    position[member] = np.arange(member.size, dtype=np.int32)
    place_of = np.full(n, -1, np.int32)
    place_of[member] = np.repeat(np.arange(kind.size, dtype=np.int32), np.diff(place_start))
    changes = np.flatnonzero(np.diff(site_of)) + 1
    site_start = place_start[np.concatenate([[0], changes, [kind.size]]).astype(np.int64)] if kind.size else [0]
    shares = np.asarray(county.doses, float)
    if shares.min() < 0 or shares.sum() <= 0:
        raise ValueError("doses: shares of people by number of doses cannot be negative, and not all zero")
    doses = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(n), side="right").clip(0, shares.size - 1)
    since = rng.integers(0, 2 * county.days_since_dose + 1, n)
    return World(
        age=age,
        house_of=house_of,
        house_start=house_start,
        place_of=place_of,
        position=position,
        member=member,
        place_start=place_start,
        place_kind=kind,
        site_of=site_of,
        site_start=np.asarray(site_start, np.int32),
        village_of=village_of,
        village_start=village_start,
        post=post,
        doses=doses.astype(np.uint8),
        dose_age_days=since.clip(0, 30000).astype(np.int16),
        slots=np.array([county.site_contacts, county.village_contacts, county.county_contacts], np.int64),
    )


def _household_sizes(county: County, people: int, rng: np.random.Generator) -> Array:
    shares = np.asarray(county.household_sizes, float)
    if shares.size == 0 or shares.min() < 0 or shares.sum() <= 0:
        raise ValueError("household_sizes: shares of households of 1, 2, 3 … cannot be negative, and not all zero")
    mean = float((shares / shares.sum()) @ np.arange(1, shares.size + 1))
    drawn = rng.choice(np.arange(1, shares.size + 1), int(people / mean * 1.1) + 50, p=shares / shares.sum())
    last = int(np.searchsorted(np.cumsum(drawn), people))
    sizes = drawn[: last + 1].copy()
    sizes[-1] -= int(sizes.sum()) - people
    return sizes


def _ages(n: int, at_home: int, seat: Array, rng: np.random.Generator) -> Array:
    """First and second of a household are adults of like age, then mostly children; the last block is old."""
    adult = rng.integers(22, 85, n)
    child = rng.integers(0, 22, n)
    age = np.where(seat < 2, adult, np.where(rng.random(n) < 0.7, child, adult))
    second = np.flatnonzero(seat[:at_home] == 1)
    age[second] = np.clip(adult[second - 1] + rng.integers(-6, 7, second.size), 18, 95)
    age[at_home:] = rng.integers(72, 97, n - at_home)
    return age.astype(np.uint8)


def _villages(county: County, at_home: int, n: int, house_start: Array) -> Array:
    """Starts of villages, cut between households; the long-stay homes are a village of their own."""
    count = min(max(1, at_home // max(county.village_people, 1)), 60_000)
    wanted = np.linspace(0, at_home, count + 1)[1:-1]
    cuts = house_start[np.searchsorted(house_start, wanted)]
    ends = [at_home, n] if n > at_home else [n]
    return np.unique(np.concatenate([[0], cuts, ends])).astype(np.int32)


def _day_places(
    county: County, age: Array, at_home: int, rng: np.random.Generator
) -> tuple[tuple[Array, Array, Array, Array], Array]:
    """Who spends the day where: `(member, place_start, place_kind, site_of_place)` and the posts that are tested."""
    post = np.zeros(age.size, np.uint8)
    home = np.arange(age.size) < at_home
    groups: list[tuple[Array, int, int, int]] = []
    if county.class_size > 1:
        pupils = np.flatnonzero(home & (age >= 3) & (age < 18))
        area = pupils // max(county.class_size * county.classes_a_school * 7, 1)
        groups.append(
            (pupils[np.lexsort((pupils, age[pupils], area))], CLASS, county.class_size, county.classes_a_school)
        )
    workers = np.flatnonzero(home & (age >= 18) & (age < 60))
    workers = rng.permutation(workers)[: int(workers.size * county.employed)]
    health = workers[: min(int(age.size * county.health_staff), workers.size)]
    rest = workers[health.size :]
    carers = rest[: (age.size - at_home) // 5]
    rest = rest[carers.size :]
    post[health] = post[carers] = 1
    post[rest[: int(age.size * county.often_tested)]] = 1
    post[rest[::-1][: int(age.size * county.sometimes_tested)]] = 2
    if county.team_size > 1:
        groups.append((rest, TEAM, county.team_size, county.teams_a_firm))
    if county.ward_size > 1:
        groups.append((health, WARD, county.ward_size, 10))
    if county.home_unit_size > 1 and at_home < age.size:
        groups.append(
            (rng.permutation(np.concatenate([np.flatnonzero(~home), carers])), HOME, county.home_unit_size, 5)
        )
    members, sizes, kinds, sites, next_site = [], [], [], [], 0
    for people, kind, size, a_site in groups:
        if people.size == 0:
            continue
        count = max(1, round(people.size / size))
        ends = np.linspace(0, people.size, count + 1).astype(np.int64)
        members.append(people)
        sizes.append(np.diff(ends))
        kinds.append(np.full(count, kind, np.uint8))
        sites.append(next_site + np.arange(count) // max(a_site, 1))
        next_site = int(sites[-1][-1]) + 1
    if not members:
        empty = np.zeros(0, np.int32)
        return (empty, np.zeros(1, np.int32), np.zeros(0, np.uint8), empty), post
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int32)
    member = np.concatenate(members).astype(np.int32)
    return (member, starts, np.concatenate(kinds), np.concatenate(sites).astype(np.int32)), post
