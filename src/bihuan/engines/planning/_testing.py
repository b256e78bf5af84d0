"""Testing: samplers, tubes, kits and hours for each site, what is short, and how long a whole round takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bihuan.engines.planning._labs import Lab, backlog
from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Site:
    """A sampling site and what it has: persons to be sampled, samplers on duty, tubes and swab kits in stock."""

    name: str
    people: int
    samplers: int = 0
    tubes: int = 0
    kits: int = 0


@dataclass(frozen=True)
class SamplingRates:
    """How the work goes: swabs one sampler draws an hour, hours until the end, people in a tube, spare for waste."""

    swabs_per_sampler_hour: float
    hours: float
    pool_size: int = 1
    spare_share: float = 0.05


@dataclass(frozen=True)
class SitePlan:
    """What a site needs for its people in the time, and what it lacks. hours_needed: with the samplers it has."""

    name: str
    people: int
    samplers_needed: int
    tubes_needed: int
    kits_needed: int
    hours_needed: float
    samplers_short: int
    tubes_short: int
    kits_short: int


def plan_site(site: Site, *, rates: SamplingRates) -> SitePlan:
    """The needs and shortages of one site. hours_needed is infinite when people wait and nobody samples."""
    if min(site.people, site.samplers, site.tubes, site.kits) < 0:
        raise PlanFault(f"{site.name}: people, samplers, tubes and kits are 0 or more")
    if rates.swabs_per_sampler_hour <= 0 or rates.hours <= 0 or rates.pool_size < 1 or rates.spare_share < 0:
        raise PlanFault("rates: swabs an hour and hours above 0, pool size at least 1, spare share 0 or more")
    samplers = math.ceil(round(site.people / (rates.swabs_per_sampler_hour * rates.hours), 9))
    tubes = math.ceil(round(math.ceil(site.people / rates.pool_size) * (1 + rates.spare_share), 9))
    kits = math.ceil(round(site.people * (1 + rates.spare_share), 9))
    work = site.people / rates.swabs_per_sampler_hour
    hours = work / site.samplers if site.samplers else (math.inf if site.people else 0.0)
    return SitePlan(
        name=site.name,
        people=site.people,
        samplers_needed=samplers,
        tubes_needed=tubes,
        kits_needed=kits,
        hours_needed=hours,
        samplers_short=max(0, samplers - site.samplers),
        tubes_short=max(0, tubes - site.tubes),
        kits_short=max(0, kits - site.kits),
    )


def share_samplers(sites: Sequence[Site], *, rates: SamplingRates, samplers: int) -> dict[str, int]:
    """How to spread `samplers` over the sites so that the last site ends as early as it can.

    Each site with people gets one; every further sampler goes where the end is latest, which is optimal for one kind
    of worker. Raises PlanFault when there are fewer samplers than sites with people.
    """
    at_work = [site for site in sites if site.people > 0]
    if samplers < len(at_work):
        raise PlanFault(f"{samplers} samplers for {len(at_work)} sites: merge sites or call more samplers")
    given = {site.name: int(site.people > 0) for site in sites}
    for _ in range(samplers - len(at_work)):
        if not at_work:
            break
        latest = max(at_work, key=lambda site: site.people / given[site.name])
        given[latest.name] += 1
    return given


def add_samplers(sites: Sequence[Site], *, extra: int) -> dict[str, int]:
    """Who samples where when `extra` samplers come and nobody who is there moves: each goes where the end is latest."""
    if extra < 0:
        raise PlanFault("extra samplers are 0 or more")
    given = {site.name: site.samplers for site in sites}
    at_work = [site for site in sites if site.people > 0]
    for _ in range(extra if at_work else 0):
        latest = max(at_work, key=lambda s: (s.people / given[s.name] if given[s.name] else math.inf, s.people))
        given[latest.name] += 1
    return given


@dataclass(frozen=True)
class RoundPlan:
    """An all-resident round: needs of every site, and the hours until each step of the chain has ended."""

    sites: tuple[SitePlan, ...]
    people: int
    tubes: int
    lab_tests: float
    sampling_hours: float
    last_delivery_hours: float
    last_result_hours: float
    deadline_hours: float
    in_time: bool
    lab_tubes_per_hour: float
    lab_tubes_per_hour_needed: float


def plan_all_residents(
    sites: Sequence[Site],
    *,
    rates: SamplingRates,
    labs: Sequence[Lab],
    courier_hours: float = 2.0,
    tests_per_person: float | None = None,
    deadline_hours: float = 24.0,
) -> RoundPlan:
    """How long a round of everybody takes from the first swab to the last result, with the people and labs at hand.

    Tubes come evenly while each site samples, reach the labs `courier_hours` later, and wait in one common queue;
    `tests_per_person` above 1/pool counts the second tests of positive pools, which arrive with the rest (None: tubes
    only). The last result is the last tube's end of queue plus the slowest lab's turnaround.
    """
    plans = tuple(plan_site(site, rates=rates) for site in sites)
    people = sum(plan.people for plan in plans)
    tubes = sum(math.ceil(plan.people / rates.pool_size) for plan in plans)
    load = max(float(tubes), people * tests_per_person if tests_per_person is not None else 0.0)
    sampling = max((plan.hours_needed for plan in plans), default=0.0)
    delivered = sampling + courier_hours
    rate = sum(lab.tubes_per_hour for lab in labs)
    turnaround = max((lab.turnaround_hours for lab in labs), default=0.0)
    if not math.isfinite(sampling) or (load and not rate):
        last = math.inf
    else:
        arrivals = _arrivals(plans, load=load, people=people, delay=courier_hours)
        cleared = backlog(arrivals, tubes_per_hour=rate, queue_tubes=sum(lab.queue_tubes for lab in labs)).cleared_hours
        last = max(delivered, cleared) + turnaround
    room = deadline_hours - courier_hours - turnaround
    return RoundPlan(
        sites=plans,
        people=people,
        tubes=tubes,
        lab_tests=load,
        sampling_hours=sampling,
        last_delivery_hours=delivered,
        last_result_hours=last,
        deadline_hours=deadline_hours,
        in_time=last <= deadline_hours,
        lab_tubes_per_hour=rate,
        lab_tubes_per_hour_needed=load / room if room > 0 else math.inf,
    )


def _arrivals(plans: Sequence[SitePlan], *, load: float, people: int, delay: float) -> list[float]:
    """Tubes that reach the labs in each hour after the first swab."""
    longest = max((plan.hours_needed for plan in plans), default=0.0)
    hours = [0.0] * (math.ceil(delay + longest) + 1)
    for plan in plans:
        if not plan.people:
            continue
        begin, end = delay, delay + plan.hours_needed
        share = load * plan.people / people
        for hour in range(int(begin), math.ceil(end)):
            hours[hour] += share * (min(end, hour + 1) - max(begin, hour)) / plan.hours_needed
    return hours
