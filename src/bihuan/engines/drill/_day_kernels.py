"""What a county does in a day, in a fixed order, and the run over all days: compiled by Numba.

The order within a day: deliveries and returnees arrive; swabs are taken; the laboratory serves its queues; results come and cases
are isolated; tracers work; beds are given; areas open and close; then people meet. A measure taken on a day hinders
that day's contacts.
"""

# mypy: disable-error-code="arg-type,assignment,no-any-return,index,operator,call-overload"
# Inside compiled loops a number is an int64 or a float64 whatever the stubs of NumPy call it.

import math

import numpy as np
from numba import njit

from bihuan.engines.drill._arrays import (
    CENTRAL,
    HOME_QUARANTINE,
    HOSPITAL,
    IMPORTED,
    N_ACTIVE,
    N_BED,
    N_BED_DONE,
    N_BED_TIMED,
    N_BEDS,
    N_BEDS_BOOKED,
    N_COUNTY_TO,
    N_DETECTED,
    N_ISOLATED,
    N_KEPT,
    N_PENDING,
    N_ROOMS,
    N_ROOMS_BOOKED,
    N_ROUND_AT,
    N_ROUND_CLEAR,
    N_ROUND_FOUND,
    N_ROUND_NEXT,
    N_ROUND_ON,
    N_ROUND_START,
    N_ROUNDS,
    N_SERVED_0,
    N_STUDY,
    N_TUBES_0,
    SWAB,
    TUBE,
    Array,
    C,
    Course,
    Response,
    State,
    World,
)
from bihuan.engines.drill._kernels import (
    begin_case,
    is_planned,
    keep,
    keep_counted,
    plan_tests,
    poisson,
    seats_left,
    spread,
    uniform,
    whole_days,
)
from bihuan.engines.drill._stock_kernels import allowed, close_stock, deliver, take
from bihuan.engines.drill._tracer_kernels import tracers

COL_ONSETS, COL_INFECTIOUS, COL_SEVERE = C["onsets"], C["infectious"], C["severe"]
COL_DETECTED, COL_ISOLATED, COL_RESTRICTED = C["detected"], C["in_isolation"], C["person_days_restricted"]
COL_TESTS, COL_SWABS, COL_POSITIVES = C["tests"], C["swabs"], C["positives"]
COL_LATE, COL_TESTS_WAITING = C["tests_late"], C["tests_waiting"]
COL_SERVED, COL_ISOLATION_LATE = C["tubes_served"], C["isolation_late"]
COL_SWABS_STOPPED, COL_TUBES_STOPPED = C["swabs_stopped"], C["tubes_stopped"]
COL_BEDS, COL_BEDS_WAITING = C["beds_used"], C["beds_waiting"]
COL_ROOMS, COL_SHORT = C["rooms_used"], C["rooms_short"]
COL_LOCKED, COL_ROUNDS = C["villages_locked"], C["rounds_running"]
URGENT, ROUND = 0, 1


@njit(nogil=True, cache=True, _nrt=False)
def _swab(c: Course, s: State, case: int, day: int, queue: int, tube: int, pool: int, purpose: int, seed: int) -> bool:
    """One infected person's swab enters a queue; only swabs that will be positive are followed."""
    p = s.c_person[case]
    since = min(max(day - s.c_day[case], 0), c.sensitivity.size - 1)
    seen = np.float64(c.sensitivity[since]) * (1.0 if pool == 1 else c.dilution)
    if uniform(seed, purpose, p, day) >= seen:
        return False
    at = s.n[N_PENDING]
    if at >= s.p_case.size:
        return False
    s.p_case[at], s.p_place[at], s.p_queue[at], s.p_pool[at], s.p_due[at] = case, tube, queue, pool, -1
    s.p_how[at] = purpose - 50
    s.n[N_PENDING] = at + 1
    return True


@njit(nogil=True, cache=True)
def _returnees(w: World, c: Course, r: Response, s: State, day: int, seed: int) -> None:
    if r.returnees_per_day <= 0.0:
        return
    infected = poisson(r.returnees_per_day * r.returnees_infected, seed, 40, day)
    total = poisson(r.returnees_per_day * (1.0 - r.returnees_infected), seed, 41, day)
    known = np.int64(math.floor(total * r.returnees_declared + uniform(seed, 42, day, 0)))
    first = day + whole_days(r.list_delay_days, seed, 43, day)
    kept = r.returnee_stay[1] + r.returnee_stay[3] > 0
    if known > 0 and kept:
        _keep_group(r, s, known, first, day)
    for i in range(infected):
        p = np.int64(uniform(seed, 44, i, day) * w.age.size)
        if s.case_of[p] >= 0:
            continue
        before = np.int64(uniform(seed, 45, i, day) * (r.returnees_infected_days + 1))
        begin_case(w, c, r, s, p, day - before, day, -1, IMPORTED, seed)
        if kept and uniform(seed, 46, p, day) < r.returnees_declared:
            start = day + whole_days(r.list_delay_days, seed, 47, p)
            seated = 0 if seats_left(r, s, r.returnee_stay[0]) else HOME_QUARANTINE
            if seated:
                s.out[day, COL_SHORT] += 1
            keep(w, s, p, start, r.returnee_stay, day, seated)


@njit(nogil=True, cache=True)
def _keep_group(r: Response, s: State, people: int, first: int, day: int) -> None:
    """Returnees who are not infected: rooms as long as there are any, then home."""
    plan_tests(s, people, first, r.returnee_tests)
    if r.returnee_stay[0] != CENTRAL:
        keep_counted(s, people, first, r.returnee_stay, day)
        return
    seated = min(people, max(0, r.rooms - s.n[N_ROOMS] - s.n[N_ROOMS_BOOKED]))
    keep_counted(s, seated, first, r.returnee_stay, day)
    if people > seated:
        home = r.returnee_stay.copy()
        home[0] = HOME_QUARANTINE
        keep_counted(s, people - seated, first, home, day)
        s.out[day, COL_SHORT] += people - seated


@njit(nogil=True, cache=True, _nrt=False)
def _come_alone(r: Response, s: State, day: int) -> int:
    """Infected people whose swab stands in no plan: at the fever clinic, and on a returnee's day of tests."""
    people = 0
    for a in range(s.n[N_ACTIVE]):
        case = s.active[a]
        if s.c_detected[case] < 0 and s.c_day[case] <= day:
            entered = s.stay_from[s.c_person[case]]
            kept = entered <= day < s.stay_to[s.c_person[case]]
            returnee = kept and s.c_layer[case] == IMPORTED and is_planned(r.returnee_tests, entered, day)
            people += 1 if returnee or s.c_clinic[case] == day else 0
    return people


@njit(nogil=True, cache=True, _nrt=False)
def _swabs(w: World, c: Course, r: Response, s: State, day: int, seed: int) -> None:
    """Fever clinics, posts, people in quarantine, then the round of everybody. Where kits are too few, who is swabbed is
    drawn by lot; whom the clinic turns away comes again tomorrow."""
    urgent = s.tests_planned[day] + np.int64(math.floor(r.background_swabs + uniform(seed, 50, day, 0)))
    swabs = urgent
    for kind in range(1, 3):
        if r.post_every_days[kind] > 0.0:
            swabs += np.int64(r.post_count[kind] / r.post_every_days[kind])
    share, alone = 1.0, np.int64(1 << 40)
    if s.stock.size > 0:
        wanted = swabs + _come_alone(r, s, day)
        can = allowed(r, s, SWAB, wanted, day)
        if can < wanted:
            s.out[day, COL_SWABS_STOPPED] += wanted - can
            share = can / wanted
            urgent, swabs = np.int64(urgent * share), np.int64(swabs * share)
            alone = can - swabs
    for kind in range(1, 3):
        if r.post_every_days[kind] > 0.0:
            people = np.int64(np.int64(r.post_count[kind] / r.post_every_days[kind]) * share)
            urgent += (people + r.post_pool - 1) // r.post_pool
    base = s.n[N_TUBES_0]
    kept, posted = s.n[N_KEPT] > 0, r.post_every_days[1] > 0.0 or r.post_every_days[2] > 0.0
    for a in range(s.n[N_ACTIVE]):
        case = s.active[a]
        if s.c_detected[case] >= 0 or s.c_day[case] > day:
            continue
        p = s.c_person[case]
        lucky = share >= 1.0 or uniform(seed, 57, p, day) < share
        if s.c_clinic[case] == day and (alone <= 0 or not lucky):
            if day < s.c_to[case]:  # the well do not come
                s.c_clinic[case] = day + 1
        elif s.c_clinic[case] == day:
            urgent += 1
            swabs += 1
            alone -= 1
            if _swab(c, s, case, day, URGENT, base + urgent, 1, 51, seed):
                continue
        if not lucky or (not kept and not posted):
            continue
        entered = s.stay_from[p]
        if entered <= day < s.stay_to[p] and s.c_layer[case] != IMPORTED:
            # planned when the stay began; the lists of both classes of contacts are looked up
            days = r.close_tests if s.stay_mid[p] - entered == r.close_stay[1] else r.second_tests
            if is_planned(days, entered, day) and _swab(c, s, case, day, URGENT, base + urgent, 1, 52, seed):
                continue
        elif entered <= day < s.stay_to[p] and is_planned(r.returnee_tests, entered, day) and alone > 0:
            urgent += 1
            swabs += 1
            alone -= 1
            if _swab(c, s, case, day, URGENT, base + urgent, 1, 52, seed):
                continue
        post = w.post[p]
        if post > 0 and r.post_every_days[post] > 0.0 and not entered <= day < s.stay_to[p]:
            every = r.post_every_days[post]
            turn = uniform(seed, 53, p, 0) * every
            if math.floor((day + turn) / every) > math.floor((day - 1 + turn) / every):
                _swab(c, s, case, day, URGENT, base + urgent, 1, 54, seed)
    s.n[N_TUBES_0] = base + urgent
    s.out[day, COL_TESTS] += urgent
    s.out[day, COL_SWABS] += swabs
    take(r, s, SWAB, swabs, day)
    _round(w, c, r, s, day, seed)


@njit(nogil=True, cache=True, _nrt=False)
def _round(w: World, c: Course, r: Response, s: State, day: int, seed: int) -> None:
    """The round of everybody: starts, goes on by village and house, ends, and is repeated until enough are clear."""
    if r.mass_on_detected <= 0:
        return
    n = s.n
    if n[N_ROUNDS] == 0 and n[N_ROUND_NEXT] < 0 and n[N_DETECTED] >= r.mass_on_detected:
        n[N_ROUND_NEXT] = day + r.mass_delay_days
    if n[N_ROUND_ON] == 0 and 0 <= n[N_ROUND_NEXT] <= day:
        n[N_ROUND_ON], n[N_ROUND_AT], n[N_ROUND_START], n[N_ROUND_FOUND] = 1, 0, day, 0
        n[N_ROUNDS] += 1
    if n[N_ROUND_ON] == 0:
        return
    people = w.age.size
    asked = (people + r.mass_round_days - 1) // r.mass_round_days
    first = n[N_ROUND_AT]
    reach = min(people - first, min(asked, np.int64(r.swabs_per_day / max(r.mass_share, 1e-9))))
    if s.stock.size > 0:  # who is not reached today is first tomorrow
        wanted = np.int64(reach * r.mass_share)
        can = allowed(r, s, SWAB, wanted, day)
        if can < wanted:
            s.out[day, COL_SWABS_STOPPED] += wanted - can
            reach = np.int64(can / max(r.mass_share, 1e-9))
    last = first + reach
    pool = max(1, r.mass_pool)
    turnout = np.int64((last - first) * r.mass_share)
    tubes = (turnout + pool - 1) // pool
    base = n[N_TUBES_0 + 1]
    for a in range(n[N_ACTIVE]):
        case = s.active[a]
        p = s.c_person[case]
        if not first <= p < last or s.c_detected[case] >= 0 or s.c_day[case] > day:
            continue
        if s.stay_from[p] <= day < s.stay_to[p] or uniform(seed, 55, p, n[N_ROUNDS]) >= r.mass_share:
            continue
        tube = base + 1 + min(np.int64((p - first) * r.mass_share) // pool, max(tubes - 1, 0))
        twin = pool > 1 and s.tube_seen[tube - base] == base + 1
        if _swab(c, s, case, day, ROUND, tube, -pool if twin else pool, 56, seed):
            s.tube_seen[tube - base] = base + 1
    n[N_TUBES_0 + 1] = base + tubes
    s.out[day, COL_TESTS] += tubes
    s.out[day, COL_SWABS] += turnout
    take(r, s, SWAB, turnout, day)
    s.out[day, COL_ROUNDS] = n[N_ROUNDS]
    n[N_ROUND_AT] = last
    if last >= people:
        n[N_ROUND_ON] = 0
        n[N_ROUND_CLEAR] = n[N_ROUND_CLEAR] + 1 if n[N_ROUND_FOUND] == 0 else 0
        more = n[N_ROUND_CLEAR] < r.mass_stop_after_clear and n[N_ROUNDS] < r.mass_most_rounds
        n[N_ROUND_NEXT] = max(day + 1, n[N_ROUND_START] + r.mass_gap_days) if more else -1


@njit(nogil=True, cache=True, _nrt=False)
def _laboratory(r: Response, s: State, day: int) -> None:
    """Tubes are served first come, first served; the urgent ones go before those of the round."""
    free = np.int64(r.lab_tubes_per_day)
    if s.stock.size > 0:
        waiting = s.n[N_TUBES_0] + s.n[N_TUBES_0 + 1] - s.n[N_SERVED_0] - s.n[N_SERVED_0 + 1]
        wanted = min(free, waiting)
        free = allowed(r, s, TUBE, wanted, day)
        s.out[day, COL_TUBES_STOPPED] += wanted - free
    for queue in range(2):
        total, before = s.n[N_TUBES_0 + queue], s.n[N_SERVED_0 + queue]
        done = min(free, total - before)
        free -= done
        s.n[N_SERVED_0 + queue] = before + done
        s.arrived[queue, day] = total
        old = s.arrived[queue, day - r.late_after_days] if day >= r.late_after_days else 0
        s.out[day, COL_LATE] += max(0, min(before + done, old) - before)
        s.out[day, COL_TESTS_WAITING] += total - before - done
        s.out[day, COL_SERVED] += done
        take(r, s, TUBE, done, day)


@njit(nogil=True, cache=True, _nrt=False)
def _results(w: World, c: Course, r: Response, s: State, day: int, seed: int) -> None:
    """Tubes that were served become results after their time; a positive pool is swabbed again one by one."""
    left = 0
    for i in range(s.n[N_PENDING]):
        case, queue = s.p_case[i], s.p_queue[i]
        if s.p_due[i] < 0 and s.p_place[i] <= s.n[N_SERVED_0 + queue]:
            s.p_due[i] = day + whole_days(r.result_delay_days, seed, 60, s.c_person[case])
        if 0 <= s.p_due[i] <= day:
            if s.p_pool[i] > 1 or s.p_pool[i] < 0:
                _again(c, r, s, i, day)
            elif s.c_detected[case] < 0:
                s.c_how[case] = s.p_how[i]
                _detect(w, r, s, case, day, seed)
                continue
            else:
                continue
        s.p_case[left], s.p_place[left], s.p_queue[left] = s.p_case[i], s.p_place[i], s.p_queue[i]
        s.p_pool[left], s.p_due[left], s.p_how[left] = s.p_pool[i], s.p_due[i], s.p_how[i]
        left += 1
    s.n[N_PENDING] = left


@njit(nogil=True, cache=True, _nrt=False)
def _again(c: Course, r: Response, s: State, i: int, day: int) -> None:
    """All of a positive pool are swabbed singly; a tube with two positives (pool below 0) is opened once."""
    opened = s.p_pool[i] < 0
    if s.stock.size > 0:  # a tube's people are called again on the day there are kits for all of them
        wanted = np.int64(1 if opened else r.mass_pool)
        can = allowed(r, s, SWAB, wanted, day)
        if can < wanted:
            s.out[day, COL_SWABS_STOPPED] += wanted - can
            return
    s.p_pool[i], s.p_due[i], s.p_queue[i] = 1, -1, URGENT
    if opened:
        s.p_place[i] = s.n[N_TUBES_0]
        return
    s.n[N_TUBES_0] += r.mass_pool
    s.p_place[i] = s.n[N_TUBES_0]
    s.out[day, COL_TESTS] += r.mass_pool
    s.out[day, COL_SWABS] += r.mass_pool
    take(r, s, SWAB, r.mass_pool, day)


@njit(nogil=True, cache=True, _nrt=False)
def _detect(w: World, r: Response, s: State, case: int, day: int, seed: int) -> None:
    p = s.c_person[case]
    s.c_detected[case] = day
    s.out[day, COL_DETECTED] += 1
    s.out[day, COL_POSITIVES] += 1
    s.n[N_DETECTED] += 1
    if not s.stay_from[p] <= day < s.stay_to[p]:
        s.n[N_ROUND_FOUND] += 1
        s.village_cases[w.village_of[p]] += 1
    if r.case_stay[1] + r.case_stay[3] > 0:
        first = day + whole_days(r.isolation_delay_days, seed, 61, p)
        seated = 0
        if r.case_stay[0] == HOSPITAL and not seats_left(r, s, HOSPITAL):
            seated = HOME_QUARANTINE  # at home until a bed is free
            s.bed_queue[s.n[N_BED]] = case
            s.n[N_BED] += 1
        keep(w, s, p, first, r.case_stay, day, seated)
        if 24.0 * (s.c_isolated[case] - day) > r.transfer_limit_hours:
            due = day + np.int64(r.transfer_limit_hours / 24.0)
            if due < s.out.shape[0]:
                s.out[due, COL_ISOLATION_LATE] += 1
    place = w.place_of[p]
    if r.close_class_days > 0 and place >= 0:
        s.place_closed_to[place] = max(s.place_closed_to[place], day + r.close_class_days)
    if r.levels > 0:
        s.study[s.n[N_STUDY]] = case
        s.n[N_STUDY] += 1


@njit(nogil=True, cache=True)
def _beds(w: World, r: Response, s: State, day: int) -> None:
    while s.n[N_BED_DONE] < s.n[N_BED] and seats_left(r, s, HOSPITAL):
        case = s.bed_queue[s.n[N_BED_DONE]]
        s.n[N_BED_DONE] += 1
        p = s.c_person[case]
        if s.stay_from[p] <= day < s.stay_mid[p] and s.stay_first[p] == HOME_QUARANTINE:
            rest = np.array([HOSPITAL, s.stay_mid[p] - day, s.stay_then[p], s.stay_to[p] - s.stay_mid[p]])
            keep(w, s, p, day, rest, day, 0)
    s.out[day, COL_BEDS_WAITING] = s.n[N_BED] - s.n[N_BED_DONE]
    timed = max(s.n[N_BED_TIMED], s.n[N_BED_DONE])
    while timed < s.n[N_BED] and 24.0 * (day + 1 - s.c_detected[s.bed_queue[timed]]) > r.transfer_limit_hours:
        case = s.bed_queue[timed]
        # who was not even kept at home in time has been counted
        if 24.0 * (s.c_isolated[case] - s.c_detected[case]) <= r.transfer_limit_hours:
            s.out[day, COL_ISOLATION_LATE] += 1
        timed += 1
    s.n[N_BED_TIMED] = timed


@njit(nogil=True, cache=True, _nrt=False)
def _areas(w: World, r: Response, s: State, day: int) -> int:
    """Villages with enough cases lock; the county limits contacts. Returns people in locked villages not kept anyhow."""
    extra = 0
    n = s.n
    if r.county_on_detected > 0 and n[N_COUNTY_TO] < 0 and n[N_DETECTED] >= r.county_on_detected:
        n[N_COUNTY_TO] = day + r.county_days
    for v in range(s.lock_to.size):
        if r.lock_on_cases > 0 and s.village_cases[v] >= r.lock_on_cases:
            if s.lock_to[v] <= day:
                s.lock_from[v] = day
            s.lock_to[v] = day + r.lock_days
            s.village_cases[v] = 0
        if s.lock_from[v] <= day < s.lock_to[v]:
            s.out[day, COL_LOCKED] += 1
            extra += w.village_start[v + 1] - w.village_start[v] - s.village_change[v, day]
    return extra


@njit(nogil=True, cache=True, _nrt=False)
def _ending(c: Course, s: State, day: int) -> None:
    """Count, and let go of cases that neither infect nor test positive any more."""
    active, c_from, c_to, c_onset, c_day, c_clinic = s.active, s.c_from, s.c_to, s.c_onset, s.c_day, s.c_clinic
    left = 0
    for a in range(s.n[N_ACTIVE]):
        case = active[a]
        s.out[day, COL_INFECTIOUS] += 1 if c_from[case] <= day <= c_to[case] else 0
        if c_onset[case] == day:
            s.out[day, COL_ONSETS] += 1
            s.out[day, COL_SEVERE] += s.c_severe[case]
        gone = day > c_to[case] and day >= c_day[case] + c.sensitivity.size and day > c_clinic[case]
        if not gone:
            active[left] = case
            left += 1
    s.n[N_ACTIVE] = left


@njit(nogil=True, cache=True)
def some_days(w: World, c: Course, r: Response, s: State, seed: int, first: int, last: int) -> None:
    """Go on from the start of day `first` to the start of day `last`."""
    for day in range(first, last):
        s.n[N_ISOLATED] += s.isolated_change[day]
        s.n[N_BEDS] += s.beds_change[day]
        s.n[N_ROOMS] += s.rooms_change[day]
        s.n[N_BEDS_BOOKED] -= s.booked[0, day]
        s.n[N_ROOMS_BOOKED] -= s.booked[1, day]
        if day > 0:
            s.village_change[:, day] += s.village_change[:, day - 1]
        deliver(r, s, day)
        _returnees(w, c, r, s, day, seed)
        _swabs(w, c, r, s, day, seed)
        _laboratory(r, s, day)
        _results(w, c, r, s, day, seed)
        tracers(w, r, s, day, seed)
        _beds(w, r, s, day)
        extra = _areas(w, r, s, day)
        spread(w, c, r, s, day, seed)
        _ending(c, s, day)
        s.out[day, COL_ISOLATED] = s.n[N_ISOLATED]
        s.out[day, COL_RESTRICTED] = s.n[N_ISOLATED] + extra
        s.out[day, COL_BEDS], s.out[day, COL_ROOMS] = s.n[N_BEDS], s.n[N_ROOMS]
        close_stock(r, s, day)


@njit(nogil=True, cache=True)
def begin(w: World, c: Course, r: Response, s: State, seeds: Array, seed: int) -> None:
    """Infect these people on day 0."""
    for i in range(seeds.size):
        if s.case_of[seeds[i]] < 0:
            begin_case(w, c, r, s, seeds[i], 0, 0, -1, IMPORTED, seed)
