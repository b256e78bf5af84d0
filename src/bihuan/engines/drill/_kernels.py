"""Draws by hash, daily partners, what hinders a contact, and the birth of a case: compiled by Numba.

No stream of random numbers anywhere: every draw is a hash of (seed, purpose, who, when), so two protocols meet the
same luck, and neither order nor thread count can change a run.
"""

# mypy: disable-error-code="arg-type,assignment,no-any-return,index,operator,return-value,call-overload"
# `_nrt=False`: these loops allocate nothing, so the arrays of the tuples they pass on need no counting; counting took
# seven eighths of a run. A loop that allocates must leave it out (Numba then refuses to compile it).
# Inside compiled loops a number is an int64 or a float64 whatever the stubs of NumPy call it.

import math

import numpy as np
from numba import njit

from bihuan.engines.drill._arrays import (
    CENTRAL,
    COUNTY,
    HOSPITAL,
    HOUSEHOLD,
    IMPORTED,
    N_ACTIVE,
    N_BEDS,
    N_BEDS_BOOKED,
    N_CASES,
    N_COUNTY_TO,
    N_ISOLATED,
    N_KEPT,
    N_LOST,
    N_ROOMS,
    N_ROOMS_BOOKED,
    RESTRICTS,
    SITE,
    VILLAGE,
    Array,
    C,
    Course,
    Response,
    State,
    World,
)

A1 = np.uint64(0x9E3779B97F4A7C15)
A2 = np.uint64(0xC2B2AE3D27D4EB4F)
A3 = np.uint64(0x165667B19E3779F9)
A4 = np.uint64(0xD6E8FEB86659FD93)
M1 = np.uint64(0xBF58476D1CE4E5B9)
M2 = np.uint64(0x94D049BB133111EB)
S27, S30, S31, S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
UNIT = 1.0 / 9007199254740992.0

COL_NEW, COL_IMPORTED, COL_SHORT = C["new_infections"], C["imported"], C["rooms_short"]
COL_LAYER = C["by_household"]
COL_R = C["r_cohort"]


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def mixed(seed: int, purpose: int, who: int, when: int) -> int:
    """64 well-mixed bits of four numbers (finaliser of SplitMix64)."""
    x = np.uint64(seed) + np.uint64(purpose) * A1 + np.uint64(who) * A2 + np.uint64(when) * A3
    x = (x ^ (x >> S30)) * M1
    x = (x ^ (x >> S27)) * M2
    return x ^ (x >> S31)


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def uniform(seed: int, purpose: int, who: int, when: int) -> float:
    """A number in (0, 1) that belongs to (seed, purpose, who, when)."""
    return (np.float64(mixed(seed, purpose, who, when) >> S11) + 0.5) * UNIT


@njit(nogil=True, cache=True, _nrt=False)
def poisson(mean: float, seed: int, purpose: int, day: int) -> int:
    """A Poisson number that belongs to (seed, purpose, day); grows with its mean for the same luck."""
    total, at = 0, 0
    reached = 0.0
    while True:
        reached -= math.log(uniform(seed, purpose, at, day))
        if reached > mean:
            return total
        total += 1
        at += 1


@njit(nogil=True, cache=True, _nrt=False)
def whole_days(delay: float, seed: int, purpose: int, who: int) -> int:
    """A delay in whole days: 1.5 becomes 1 or 2 by lot, and a longer delay is never shorter for the same person."""
    low = math.floor(delay)
    return int(low) + (1 if uniform(seed, purpose, who, 0) < delay - low else 0)


@njit(nogil=True, cache=True, _nrt=False)
def _walk(x: int, n: int, key: int, low_bits: int, high_bits: int, forward: bool) -> int:
    """A keyed permutation of 0..n-1: four Feistel rounds on the next power of two, walked until inside."""
    low_mask, high_mask = np.uint64((1 << low_bits) - 1), np.uint64((1 << high_bits) - 1)
    shift = np.uint64(low_bits)
    v = np.uint64(x)
    while True:
        low, high = v & low_mask, v >> shift
        for i in range(4):
            step = np.uint64(i if forward else 3 - i)
            if step & np.uint64(1):
                z = (low + step * A4 + np.uint64(key)) * M1
                high ^= (z ^ (z >> S31)) * M2 >> np.uint64(40) & high_mask
            else:
                z = (high + step * A4 + np.uint64(key)) * M2
                low ^= (z ^ (z >> S31)) * M1 >> np.uint64(40) & low_mask
        v = (high << shift) | low
        if v < np.uint64(n):
            return np.int64(v)


@njit(nogil=True, cache=True, _nrt=False)
def partner(i: int, n: int, key: int) -> int:
    """Whom i of 0..n-1 meets under a key, -1 for nobody; `partner(partner(i)) == i`, so any past day can be asked again."""
    if n < 2:
        return -1
    bits = 1
    while (1 << bits) < n:
        bits += 1
    low_bits = (bits + 1) // 2
    high_bits = bits - low_bits
    at = _walk(i, n, key, low_bits, high_bits, True) ^ 1
    if at >= n:
        return -1
    return _walk(at, n, key, low_bits, high_bits, False)


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def met(w: World, p: int, layer: int, day: int, slot: int, seed: int) -> int:
    """Whom a person meets in a slot of a day at the site, in the village or in the county; -1 for nobody."""
    if layer == SITE:
        at = w.position[p]
        if at < 0:
            return -1
        site = w.site_of[w.place_of[p]]
        first, n = w.site_start[site], w.site_start[site + 1] - w.site_start[site]
        found = partner(at - first, n, mixed(seed, 101, day * 64 + slot, site))
        return -1 if found < 0 else w.member[first + found]
    if layer == VILLAGE:
        village = np.int64(w.village_of[p])
        first, n = w.village_start[village], w.village_start[village + 1] - w.village_start[village]
        found = partner(p - first, n, mixed(seed, 102, day * 64 + slot, village))
        return -1 if found < 0 else first + found
    return partner(p, w.age.size, mixed(seed, 103, day * 64 + slot, 0))


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def openness(w: World, r: Response, s: State, p: int, layer: int, day: int) -> float:
    """The share of a person's contacts in a layer that measures leave on a day."""
    left = 1.0
    if s.stay_from[p] <= day < s.stay_to[p]:
        stay = s.stay_first[p] if day < s.stay_mid[p] else s.stay_then[p]
        left = r.leak[stay, layer]
    village = w.village_of[p]
    if s.lock_from[village] <= day < s.lock_to[village]:
        left = min(left, r.leak[r.lock_stay, layer])
    if HOUSEHOLD < layer <= SITE and s.place_closed_to[w.place_of[p]] > day:
        left = 0.0
    return left


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def month(days: int, months: int) -> int:
    """Which column of a table by month holds a number of days."""
    return min(max(days, 0) // 30, months - 1)


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def susceptible(w: World, c: Course, s: State, p: int, day: int) -> float:
    """How susceptible a person is, 0 while infected; 1 is an adult without vaccine or earlier infection."""
    left = 1.0
    case = s.case_of[p]
    if case >= 0:  # first: late in a wave most have been infected, and nothing else need be looked up
        if day <= s.c_to[case]:
            return 0.0
        left -= c.after_infection[month(day - s.c_day[case], c.after_infection.size)]
        if left <= 0.0:
            return 0.0
    left *= np.float64(c.susceptibility[min(w.age[p] // 10, 9)])
    doses = min(np.int64(w.doses[p]), c.against_infection.shape[0] - 1)
    if doses > 0:
        left *= 1.0 - c.against_infection[doses, month(w.dose_age_days[p] + day, c.against_infection.shape[1])]
    return left


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def lay_row(w: World, c: Course, s: State, case: int, p: int) -> None:
    """Where each layer ends when a case's contacts of a day stand in a row, each as long as the rate of its layer."""
    house, place = w.house_of[p], w.place_of[p]
    end = (w.house_start[house + 1] - w.house_start[house] - 1) * c.rate[HOUSEHOLD]
    s.c_row[case, 0] = end
    if place >= 0:
        end += (w.place_start[place + 1] - w.place_start[place] - 1) * c.rate[w.place_kind[place]]
    s.c_row[case, 1] = end
    if place >= 0:
        end += w.slots[0] * c.rate[SITE]
    s.c_row[case, 2] = end
    end += w.slots[1] * c.rate[VILLAGE]
    s.c_row[case, 3] = end
    s.c_row[case, 4] = end + w.slots[2] * c.rate[COUNTY]


@njit(nogil=True, cache=True, _nrt=False)
def begin_case(
    w: World, c: Course, r: Response, s: State, p: int, day: int, today: int, infector: int, layer: int, seed: int
) -> int:
    """A person becomes infected: the whole course is drawn now, from the person and how often they were infected."""
    case = s.n[N_CASES]
    if case >= s.c_person.size:
        s.n[N_LOST] += 1
        return -1
    again = 0 if s.case_of[p] < 0 else 1 + s.case_of[p]
    s.n[N_CASES] = case + 1
    s.active[s.n[N_ACTIVE]] = case
    s.n[N_ACTIVE] += 1
    s.case_of[p] = case
    s.c_person[case], s.c_infector[case], s.c_layer[case], s.c_day[case] = p, infector, layer, day
    decade = min(w.age[p] // 10, 9)
    incubation = c.incubation[np.int64(uniform(seed, 1, p, again) * c.incubation.size)]
    first = day + max(1, np.int64(math.floor(incubation - c.presymptomatic_days + uniform(seed, 2, p, again))))
    s.c_from[case] = first
    s.c_to[case] = first + c.profile.size - 1
    factor = c.factor[int(uniform(seed, 3, p, again) * c.factor.size)]
    doses = min(np.int64(w.doses[p]), c.against_onward.size - 1)
    factor *= 1.0 - c.against_onward[doses]
    s.c_onset[case], s.c_clinic[case], s.c_detected[case], s.c_severe[case], s.c_caused[case] = -1, -1, -1, 0, 0
    if uniform(seed, 4, p, again) < c.asymptomatic[decade]:
        factor *= c.asymptomatic_factor
    else:
        onset = max(day + 1, np.int64(math.floor(first + c.presymptomatic_days + 0.5)))
        s.c_onset[case] = onset
        guard = c.against_severe[doses, month(w.dose_age_days[p] + day, c.against_severe.shape[1])]
        grave = uniform(seed, 5, p, again) < c.severe[decade] * (1.0 - guard)
        s.c_severe[case] = 1 if grave else 0
        share = r.clinic_share_severe if grave else r.clinic_share
        if uniform(seed, 6, p, again) < share:
            # exponential waiting, the same luck under every mean
            wait = -math.log(uniform(seed, 7, p, again)) * r.clinic_delay_days
            s.c_clinic[case] = min(onset + np.int64(math.floor(wait)), 32000)
    s.c_factor[case] = factor
    s.c_how[case], s.c_isolated[case] = 0, -1
    if s.stay_to[p] > today:
        kept = s.stay_first[p] if today < s.stay_mid[p] else s.stay_then[p]
        if RESTRICTS[kept]:
            s.c_isolated[case] = max(today, s.stay_from[p])
    lay_row(w, c, s, case, p)
    s.out[today, COL_NEW] += 1
    if layer == IMPORTED:
        s.out[today, COL_IMPORTED] += 1
    else:
        s.out[today, COL_LAYER + layer] += 1
    return case


@njit(nogil=True, cache=True, _nrt=False)
def _count_stay(s: State, village: int, stay: int, first: int, last: int, today: int, people: int) -> None:
    """Write people kept from `first` to before `last` into the daily changes; negative people take it back."""
    horizon = s.isolated_change.size - 1
    a, b = min(max(first, today), horizon), min(last, horizon)
    if b <= a:
        return
    if RESTRICTS[stay]:
        s.isolated_change[a] += people
        s.isolated_change[b] -= people
        if village >= 0:
            s.village_change[village, a] += people
            s.village_change[village, b] -= people
        if a == today:
            s.n[N_ISOLATED] += people
    if stay == HOSPITAL:
        s.beds_change[a] += people
        s.beds_change[b] -= people
        if a == today:
            s.n[N_BEDS] += people
        else:
            s.n[N_BEDS_BOOKED] += people
            s.booked[0, a] += people
    elif stay == CENTRAL:
        s.rooms_change[a] += people
        s.rooms_change[b] -= people
        if a == today:
            s.n[N_ROOMS] += people
        else:
            s.n[N_ROOMS_BOOKED] += people
            s.booked[1, a] += people


@njit(nogil=True, cache=True, _nrt=False)
def _end_stay(w: World, s: State, p: int, first: int, today: int) -> None:
    """Take back what is left of a person's stay from a day on."""
    if s.stay_to[p] > first:
        village = np.int64(w.village_of[p])
        _count_stay(s, village, s.stay_first[p], max(first, s.stay_from[p]), s.stay_mid[p], today, -1)
        _count_stay(s, village, s.stay_then[p], max(first, s.stay_mid[p]), s.stay_to[p], today, -1)


@njit(nogil=True, cache=True, _nrt=False)
def keep(w: World, s: State, p: int, first: int, stay: Array, today: int, seated: int) -> None:
    """A person's stay begins; `stay` is (stay, days, then, days). `seated` replaces the first stay where no bed or
    room is left (0: as asked). A stay that is running is replaced."""
    wait = 0
    if first > today and s.stay_from[p] <= today < s.stay_to[p]:
        wait, first = first - today, today  # who is already kept moves at once
    _end_stay(w, s, p, first, today)
    s.n[N_KEPT] += 1
    s.stay_from[p] = first
    s.stay_mid[p] = min(first + wait + stay[1], 32000)
    s.stay_to[p] = min(first + wait + stay[1] + stay[3], 32000)
    s.stay_first[p] = seated if seated else stay[0]
    s.stay_then[p] = stay[2]
    case = s.case_of[p]
    if case >= 0 and RESTRICTS[s.stay_first[p]] and not 0 <= s.c_isolated[case] <= today:
        s.c_isolated[case] = first
    village = np.int64(w.village_of[p])
    _count_stay(s, village, s.stay_first[p], first, s.stay_mid[p], today, 1)
    _count_stay(s, village, s.stay_then[p], s.stay_mid[p], s.stay_to[p], today, 1)


@njit(nogil=True, cache=True, _nrt=False)
def keep_counted(s: State, people: int, first: int, stay: Array, today: int) -> None:
    """People who are only counted (not infected, from outside) are kept: their rooms and days enter the tables."""
    _count_stay(s, -1, stay[0], first, first + stay[1], today, people)
    _count_stay(s, -1, stay[2], first + stay[1], first + stay[1] + stay[3], today, people)


@njit(nogil=True, cache=True, _nrt=False, inline="always")
def county_left(r: Response, s: State, layer: int, day: int) -> float:
    """The share of contacts in a layer that limits on the whole county leave."""
    return r.county_factor[layer] if day < s.n[N_COUNTY_TO] else 1.0


@njit(nogil=True, cache=True, _nrt=False)
def spread(w: World, c: Course, r: Response, s: State, day: int, seed: int) -> None:
    """One day of contacts of everybody who is infectious. Work: the infectious, not the people.

    A person's contacts of a day stand in a row by layer, each as long as its hazard; exponential gaps find those that
    would infect a fully open and susceptible person, and most days the first gap is already longer than the row. Each
    found is then accepted with what measures and immunity leave. So measures only ever thin the same luck.
    """
    # fields of a tuple of arrays are counted at each look; names of their own are counted once
    active, c_person, c_from, c_to, c_factor, c_row = s.active, s.c_person, s.c_from, s.c_to, s.c_factor, s.c_row
    house_start, place_start, slots, profile, rates = w.house_start, w.place_start, w.slots, c.profile, c.rate
    again = np.int64(day) * 16
    alive = s.n[N_ACTIVE]
    for a in range(alive):
        case = active[a]
        if not c_from[case] <= day <= c_to[case]:
            continue
        strength = np.float64(profile[day - c_from[case]]) * c_factor[case]
        end = np.float64(c_row[case, 4])
        p = c_person[case]
        luck = uniform(seed, 20, p, again)
        if luck < 1.0 - strength * end or strength <= 0.0:  # no logarithm is needed to know that nobody is found
            continue
        at_row = -math.log(luck) / strength
        k = 0
        while at_row < end:
            layer, first = COUNTY, np.float64(c_row[case, 3])
            if at_row < c_row[case, 0]:
                layer, first = HOUSEHOLD, 0.0
            elif at_row < c_row[case, 1]:
                layer, first = np.int64(w.place_kind[w.place_of[p]]), np.float64(c_row[case, 0])
            elif at_row < c_row[case, 2]:
                layer, first = SITE, np.float64(c_row[case, 1])
            elif at_row < c_row[case, 3]:
                layer, first = VILLAGE, np.float64(c_row[case, 2])
            at = np.int64((at_row - first) / rates[layer])
            k += 1
            at_row -= math.log(uniform(seed, 20 + k, p, again)) / strength
            left = openness(w, r, s, p, layer, day) * county_left(r, s, layer, day)
            if layer != HOUSEHOLD and 0 <= s.c_onset[case] <= day:
                left *= r.sick_at_home
            if left <= 0.0:
                continue
            if layer == HOUSEHOLD:
                home = house_start[w.house_of[p]]
                other = home + min(at, house_start[w.house_of[p] + 1] - home - 2)
                other += 1 if other >= p else 0
            elif layer < SITE:
                place = w.place_of[p]
                other_at = place_start[place] + min(at, place_start[place + 1] - place_start[place] - 2)
                other_at += 1 if other_at >= w.position[p] else 0
                other = np.int64(w.member[other_at])
            else:
                at = min(at, slots[layer - SITE] - 1)
                other = met(w, p, layer, day, at, seed)
                if other < 0:
                    continue
            chance = susceptible(w, c, s, other, day)
            if chance <= 0.0:
                continue
            chance *= left * openness(w, r, s, other, layer, day)
            taken = uniform(seed, 10 + layer, p * 64 + at, again) < chance
            if taken and begin_case(w, c, r, s, other, day, day, case, layer, seed) >= 0:
                s.c_caused[case] += 1


@njit(nogil=True, cache=True, _nrt=False)
def seats_left(r: Response, s: State, p_stay: int) -> bool:
    if p_stay == CENTRAL:
        return s.n[N_ROOMS] + s.n[N_ROOMS_BOOKED] < r.rooms
    return s.n[N_BEDS] + s.n[N_BEDS_BOOKED] < r.beds if p_stay == HOSPITAL else True


@njit(nogil=True, cache=True, _nrt=False)
def plan_tests(s: State, people: int, first: int, days: Array) -> None:
    for k in range(days.size):
        at = first + days[k] - 1
        if at < s.tests_planned.size:
            s.tests_planned[at] += people


@njit(nogil=True, cache=True, _nrt=False)
def is_planned(days: Array, entered: int, day: int) -> bool:
    """Whether a day is one of the days of tests counted from entering."""
    found = False
    for k in range(days.size):
        found = found or entered + days[k] - 1 == day
    return found


@njit(nogil=True, cache=True)
def cohorts(s: State, days: int) -> None:
    """Mean number each day's newly infected went on to infect."""
    people = np.zeros(days)
    caused = np.zeros(days)
    c_day, c_caused = s.c_day, s.c_caused
    for case in range(s.n[N_CASES]):
        if 0 <= c_day[case] < days:
            people[c_day[case]] += 1
            caused[c_day[case]] += c_caused[case]
    for day in range(days):
        s.out[day, COL_R] = caused[day] / people[day] if people[day] > 0 else np.nan
