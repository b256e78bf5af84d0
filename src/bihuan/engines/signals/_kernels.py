"""The loops whose next step needs the one before, compiled."""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def cusum_bounds(rows, centre, reference, decision, rossi, reset):  # type: ignore[no-untyped-def]
    """Per series and step: the count above which the one-sided sum passes the decision limit."""
    series, steps = rows.shape
    upper = np.full((series, steps), np.nan)
    for i in range(series):
        m = centre[i]
        if math.isnan(m):
            continue
        root = math.sqrt(m)
        total = 0.0
        for t in range(steps):
            x = rows[i, t]
            room = decision + reference - total
            if rossi:
                inside = 4.0 * m + 2.0 * root * room
                side = math.sqrt(inside) - root if inside > 0.0 else 0.0
                bound = side * side if side > 0.0 else 0.0
            else:
                bound = max(0.0, m + root * room)
            upper[i, t] = bound
            if math.isnan(x):
                continue
            if rossi:
                z = (x - 3.0 * m + 2.0 * math.sqrt(x * m)) / (2.0 * root)
            else:
                z = (x - m) / root
            total = max(0.0, total + z - reference)
            if reset and x > bound:
                total = 0.0
    return upper


@njit(cache=True, nogil=True)
def ewma_bounds(rows, centre, sigma, z, smoothing):  # type: ignore[no-untyped-def]
    """Per series and step: the count above which the weighted average leaves its limit."""
    series, steps = rows.shape
    upper = np.full((series, steps), np.nan)
    for i in range(series):
        m = centre[i]
        if math.isnan(m):
            continue
        average = m
        watched = 0
        for t in range(steps):
            share = smoothing / (2.0 - smoothing) * (1.0 - (1.0 - smoothing) ** (2 * (watched + 1)))
            limit = m + z * sigma[i] * math.sqrt(share)
            upper[i, t] = max(0.0, (limit - (1.0 - smoothing) * average) / smoothing)
            x = rows[i, t]
            if math.isnan(x):
                continue
            average = smoothing * x + (1.0 - smoothing) * average
            watched += 1
    return upper


@njit(cache=True, nogil=True)
def best_cylinder(cases, neighbours, sizes, max_steps, total):  # type: ignore[no-untyped-def]
    """Highest Poisson log-likelihood ratio over cylinders that end at the last step.

    cases (zones, steps); neighbours (zones, zones): zones by distance from each centre; sizes (zones,): how many of
    them a circle may hold. Returns (ratio, centre, number of zones, steps, observed, expected).
    Under space-time independence the expected count of a zone and a step is (zone total)(step total)/total.
    """
    zones, steps = cases.shape
    by_zone = np.zeros(zones)
    by_step = np.zeros(steps)
    for i in range(zones):
        for t in range(steps):
            by_zone[i] += cases[i, t]
            by_step[t] += cases[i, t]
    recent = np.zeros((zones, max_steps))
    weight = np.zeros(max_steps)
    for length in range(max_steps):
        t = steps - 1 - length
        weight[length] = by_step[t] + (weight[length - 1] if length else 0.0)
        for i in range(zones):
            recent[i, length] = cases[i, t] + (recent[i, length - 1] if length else 0.0)
    best, centre, radius, span, seen, due = 0.0, -1, 0, 0, 0.0, 0.0
    inside = np.zeros(max_steps)
    for i in range(zones):
        inside[:] = 0.0
        people = 0.0
        for k in range(sizes[i]):
            j = neighbours[i, k]
            people += by_zone[j]
            for length in range(max_steps):
                inside[length] += recent[j, length]
                observed = inside[length]
                expected = people * weight[length] / total
                if observed <= expected or expected <= 0.0:
                    continue
                ratio = observed * math.log(observed / expected)
                if observed < total:
                    ratio += (total - observed) * math.log((total - observed) / (total - expected))
                if ratio > best + 1e-12:
                    best, centre, radius, span, seen, due = ratio, i, k + 1, length + 1, observed, expected
    return best, centre, radius, span, seen, due


@njit(cache=True, nogil=True)
def shuffled_ratios(case_zone, case_step, zones, steps, neighbours, sizes, max_steps, runs, seed):  # type: ignore[no-untyped-def]
    """The best ratio of each of `runs` data sets in which the cases' dates are dealt anew among their places."""
    np.random.seed(seed)
    number = case_zone.shape[0]
    ratios = np.zeros(runs)
    order = case_step.copy()
    cases = np.zeros((zones, steps))
    for run in range(runs):
        for i in range(number - 1, 0, -1):
            j = np.random.randint(0, i + 1)
            order[i], order[j] = order[j], order[i]
        cases[:, :] = 0.0
        for i in range(number):
            cases[case_zone[i], order[i]] += 1.0
        ratios[run] = best_cylinder(cases, neighbours, sizes, max_steps, float(number))[0]
    return ratios
