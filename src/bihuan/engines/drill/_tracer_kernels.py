"""How cases are studied and their contacts found and told, as far as the hours of a day reach: compiled by Numba."""

# mypy: disable-error-code="arg-type,assignment,no-any-return,index,operator,call-overload"
# Inside compiled loops a number is an int64 or a float64 whatever the stubs of NumPy call it.

import numpy as np
from numba import njit

from bihuan.engines.drill._arrays import (
    COUNTY,
    HOME_QUARANTINE,
    HOUSEHOLD,
    N_FOUND,
    N_STUDY,
    N_STUDY_DONE,
    N_STUDY_LEFT,
    N_STUDY_TIMED,
    SITE,
    STUDY,
    Array,
    C,
    Response,
    State,
    World,
)
from bihuan.engines.drill._kernels import keep, met, plan_tests, seats_left, uniform, whole_days
from bihuan.engines.drill._stock_kernels import allowed, enough, take

COL_FOUND, COL_STUDIED, COL_STUDIES_WAITING = C["contacts_found"], C["cases_studied"], C["studies_waiting"]
COL_P50, COL_TRACER_HOURS, COL_SHORT = C["tracing_hours_p50"], C["tracer_hours"], C["rooms_short"]
COL_STUDIES_LATE, COL_STUDIES_STOPPED = C["studies_late"], C["studies_stopped"]


@njit(nogil=True, cache=True, _nrt=False)
def _find(s: State, p: int, other: int, recall: float, case: int, seed: int) -> None:
    if other == p or other < 0 or s.n[N_FOUND] >= s.found.size:
        return
    if uniform(seed, 70, case * 1000003 + other, 0) < recall:
        s.found[s.n[N_FOUND]] = other
        s.n[N_FOUND] += 1


@njit(nogil=True, cache=True, _nrt=False)
def _ring(w: World, s: State, p: int, first: int, last: int, recall: Array, key: int, seed: int) -> None:
    """Whom a person met from a day to a day, as far as they remember; past partners are asked from the same hash."""
    member = w.member
    house, place = w.house_of[p], w.place_of[p]
    if recall[HOUSEHOLD] > 0.0:
        for other in range(w.house_start[house], w.house_start[house + 1]):
            _find(s, p, other, recall[HOUSEHOLD], key, seed)
    if place >= 0 and recall[w.place_kind[place]] > 0.0:
        for at in range(w.place_start[place], w.place_start[place + 1]):
            _find(s, p, np.int64(member[at]), recall[w.place_kind[place]], key, seed)
    for layer in range(SITE, COUNTY + 1):
        if recall[layer] > 0.0:
            for day in range(first, last + 1):
                for slot in range(w.slots[layer - SITE]):
                    _find(s, p, met(w, p, layer, day, slot, seed), recall[layer], key, seed)


@njit(nogil=True, cache=True, _nrt=False)
def _notify(w: World, r: Response, s: State, p: int, day: int, stay: Array, tests: Array, seed: int) -> bool:
    """A contact is told and kept from then on; False when they are already kept or found."""
    case = s.case_of[p]
    if (s.stay_from[p] <= day or s.stay_from[p] < 30000) and s.stay_to[p] > day:
        return False
    if case >= 0 and s.c_detected[case] >= 0:
        return False
    if stay[1] + stay[3] <= 0:
        return True
    start = day + whole_days(r.notify_delay_days, seed, 71, p)
    seated = 0
    if not seats_left(r, s, stay[0]):
        seated = HOME_QUARANTINE
        s.out[day, COL_SHORT] += 1
    keep(w, s, p, start, stay, day, seated)
    plan_tests(s, 1, start, tests)
    return True


@njit(nogil=True, cache=True)
def tracers(w: World, r: Response, s: State, day: int, seed: int) -> None:
    """Studies in the order of detection as far as today's hours reach; what is left waits for tomorrow."""
    budget = r.tracers * r.hours_a_tracer
    spent, done = 0.0, 0
    n = s.n
    while n[N_STUDY_DONE] < n[N_STUDY] and spent < budget:
        if not enough(r, s, STUDY):
            wanted = min(n[N_STUDY] - n[N_STUDY_DONE], np.int64((budget - spent) / r.hours_a_case) + 1)
            s.out[day, COL_STUDIES_STOPPED] += wanted - allowed(r, s, STUDY, wanted, day)
            break
        case = s.study[n[N_STUDY_DONE]]
        need = r.hours_a_case if n[N_STUDY_LEFT] == 0 else n[N_STUDY_LEFT] / 1000.0
        if spent + need > budget:
            n[N_STUDY_LEFT] = np.int64(1000.0 * (need - (budget - spent))) + 1
            spent = budget
            break
        spent += need
        n[N_STUDY_LEFT] = 0
        n[N_STUDY_DONE] += 1
        take(r, s, STUDY, 1, day)
        # hours by the clock: a team's own work cannot be hurried, and waits for those before it
        waited = 24.0 * (day - s.c_detected[case]) + max(spent / r.tracers, r.hours_a_case)
        if waited > r.study_limit_hours and n[N_STUDY_DONE] > n[N_STUDY_TIMED]:
            s.out[day, COL_STUDIES_LATE] += 1
        s.hours[done] = waited
        done += 1
        spent += _study(w, r, s, case, day, seed) * r.hours_a_contact
    # who is not studied by tonight and past the limit is late today, and is not counted again when the study is done
    timed = max(n[N_STUDY_TIMED], n[N_STUDY_DONE])
    while timed < n[N_STUDY] and 24.0 * (day + 1 - s.c_detected[s.study[timed]]) > r.study_limit_hours:
        s.out[day, COL_STUDIES_LATE] += 1
        timed += 1
    n[N_STUDY_TIMED] = timed
    s.out[day, COL_TRACER_HOURS] = spent
    s.out[day, COL_STUDIED] = done
    s.out[day, COL_STUDIES_WAITING] = n[N_STUDY] - n[N_STUDY_DONE]
    s.out[day, COL_P50] = np.median(s.hours[:done]) if done > 0 else np.nan


@njit(nogil=True, cache=True, _nrt=False)
def _study(w: World, r: Response, s: State, case: int, day: int, seed: int) -> int:
    p = s.c_person[case]
    known = s.c_detected[case]
    from_day = s.c_onset[case] if 0 <= s.c_onset[case] <= known else known
    s.n[N_FOUND] = 0
    _ring(w, s, p, from_day - r.window_days, known, r.recall, p, seed)
    close = s.n[N_FOUND]
    told = 0
    for i in range(close):
        other = s.found[i]
        if not _notify(w, r, s, other, day, r.close_stay, r.close_tests, seed):
            s.found[i] = -1
        else:
            told += 1
    if r.levels > 1:
        for i in range(close):
            if s.found[i] >= 0:
                mark = s.n[N_FOUND]
                _ring(w, s, s.found[i], from_day - r.window_days, known, r.recall_second, s.found[i], seed)
                for j in range(mark, s.n[N_FOUND]):
                    if _notify(w, r, s, s.found[j], day, r.second_stay, r.second_tests, seed):
                        told += 1
                s.n[N_FOUND] = mark
    s.out[day, COL_FOUND] += told
    return told
