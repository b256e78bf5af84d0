"""A protocol's numbers and a county's capacities, as the run takes them."""

import numpy as np

from bihuan.engines.drill._arrays import ACTS, CENTRAL, LAYERS, LOCKDOWN, STAYS, Array, Response, World
from bihuan.engines.drill._scenario import Scenario
from bihuan.engines.protocol import Edition, PolicyNumbers, policy_numbers

RECALL = {"household": 1.0, "school_class": 1.0, "work_team": 0.9, "long_stay_home": 1.0, "health_ward": 0.95}
RECALL |= {"site": 0.4, "village": 0.3, "county": 0.1}
RECALL_SECOND = {**dict.fromkeys(LAYERS[:5], 0.9), "site": 0.0, "village": 0.0, "county": 0.0}
# By stay: household contacts left, then contacts in every other layer. Assumed; a scenario may say otherwise.
LEAKS = {
    "none": (1.0, 1.0),
    "hospital": (0.0, 0.01),
    "central_quarantine": (0.0, 0.01),
    "home_quarantine": (0.7, 0.08),
    "home_monitoring": (0.9, 0.3),
    "self_monitoring": (1.0, 0.8),
    "exclusion": (1.0, 1.0),
    "area_lockdown": (1.0, 0.08),
    "area_closed": (1.0, 0.35),
    "prophylaxis": (1.0, 1.0),
}


def layer_values(given: dict[str, float], base: dict[str, float]) -> Array:
    """Eight numbers by layer, the given ones first."""
    return np.array([given.get(name, base.get(name, 1.0)) for name in LAYERS])


def _leaks(scenario: Scenario) -> Array:
    table = np.empty((len(STAYS), len(LAYERS)))
    for i, stay in enumerate(STAYS):
        home, out = LEAKS[stay]
        base = {name: home if name == "household" else out for name in LAYERS}
        if stay == "exclusion":
            base |= {"school_class": 0.0, "work_team": 0.0, "long_stay_home": 0.0, "health_ward": 0.0, "site": 0.0}
        table[i] = layer_values(scenario.behaviour.leak.get(stay, {}), base)
    return table


def _stay(numbers: PolicyNumbers | None, class_name: str, mode: str | None, days: int | None) -> Array:
    stages = [(STAYS.index(m), d) for m, d in (numbers.stage_days.get(class_name, ()) if numbers else ()) if d > 0]
    stages = [*stages[:2], (0, 0), (0, 0)][:2]
    if mode is not None:
        stages[0] = (STAYS.index(mode), stages[0][1])
    if days is not None:
        stages[0] = (stages[0][0] or CENTRAL, days)
    return np.array([*stages[0], *stages[1]], np.int64)


def _tests(numbers: PolicyNumbers | None, class_name: str) -> Array:
    return np.array(numbers.test_days.get(class_name, ()) if numbers else (), np.int64)


def _stock(scenario: Scenario) -> tuple[Array, Array]:
    """How much of each item an act uses, and what comes on each day with the first stock on day 0."""
    use = np.zeros((len(scenario.stock), len(ACTS)))
    comes = np.zeros((len(scenario.stock), scenario.horizon_days))
    for i, item in enumerate(scenario.stock.values()):
        use[i] = [getattr(item, f"a_{act}") for act in ACTS]
        comes[i, 0] = item.start
        for day, much in item.deliveries.items():
            if int(day) < scenario.horizon_days:
                comes[i, int(day)] += much
    return use, comes


def response(scenario: Scenario, edition: Edition | None, world: World) -> Response:
    """The numbers of a run: the edition's, those the scenario sets instead, capacities and delays.

    `edition` None means no measure at all: nobody is tested, traced, isolated or locked.
    """
    p = policy_numbers(edition) if edition is not None else None
    m, b, d, c = scenario.measures, scenario.behaviour, scenario.delays, scenario.capacities
    clocks, never = (p.clock_hours if p else {}), float("inf")
    stock_use, stock_in = _stock(scenario)
    every = sorted(p.post_test_every_days.values()) if p else []
    locks = edition is not None and any(a.measure == "area_lockdown" for a in edition.areas.values())
    mass = p is not None and p.mass_round_hours is not None
    round_days = m.mass_round_days or (max(1, round((p.mass_round_hours or 24) / 24)) if p else 1)
    on = p is not None
    found = Response(
        clinic_share=b.clinic_share if on else 0.0,
        clinic_share_severe=b.clinic_share_severe if on else 0.0,
        clinic_delay_days=d.clinic_days,
        sick_at_home=b.sick_at_home if on else 1.0,
        background_swabs=b.background_swabs_per_1000 * world.age.size / 1000 if on else 0.0,
        post_every_days=np.array([0.0, every[0] if every else 0.0, every[-1] if every else 0.0]),
        post_count=np.bincount(world.post, minlength=3)[:3].astype(np.int64),
        post_pool=max(1, m.post_pool),
        lab_tubes_per_day=c.lab_tubes_per_day,
        result_delay_days=d.result_days,
        late_after_days=d.late_after_days,
        isolation_delay_days=d.isolation_days,
        case_stay=_stay(p, "case", m.case_mode if on else None, m.case_days if on else None),
        close_stay=_stay(p, "close_contact", m.close_mode if on else None, m.close_days if on else None),
        second_stay=_stay(p, "secondary_contact", m.second_mode if on else None, m.second_days if on else None),
        returnee_stay=_stay(p, scenario.returnees.class_name, None, None),
        close_tests=_tests(p, "close_contact"),
        second_tests=_tests(p, "secondary_contact"),
        returnee_tests=_tests(p, scenario.returnees.class_name),
        levels=(m.traced_levels if m.traced_levels is not None else p.traced_levels) if p else 0,
        window_days=m.window_days
        if m.window_days is not None
        else max(p.window_before_onset_days, p.window_before_sample_days)
        if p
        else 0,
        recall=layer_values(b.recall, RECALL),
        recall_second=layer_values(b.recall_second, RECALL_SECOND),
        notify_delay_days=d.notify_days,
        tracers=c.tracers,
        hours_a_tracer=c.hours_a_tracer,
        hours_a_case=max(c.hours_a_case, 0.01),
        hours_a_contact=c.hours_a_contact,
        beds=c.beds,
        rooms=c.rooms,
        leak=_leaks(scenario),
        mass_on_detected=(m.mass_on_detected if m.mass_on_detected is not None else 1 if mass else 0) if on else 0,
        mass_delay_days=m.mass_delay_days,
        mass_round_days=round_days,
        mass_gap_days=m.mass_gap_days,
        mass_stop_after_clear=m.mass_clear_to_stop or ((p.rounds_clear_to_stop or 3) if p else 3),
        mass_most_rounds=m.mass_most_rounds,
        mass_pool=m.mass_pool or (p.pool_general if p else 1),
        mass_share=b.mass_share,
        swabs_per_day=int(c.samplers * c.swabs_per_sampler_hour * c.sampling_hours),
        lock_on_cases=(m.lock_on_cases if m.lock_on_cases is not None else 1 if locks else 0) if on else 0,
        lock_days=m.lock_days,
        lock_stay=LOCKDOWN,
        close_class_days=m.close_class_days if on else 0,
        county_on_detected=m.county_on_detected if on else 0,
        county_days=m.county_days,
        county_factor=layer_values(m.county_factor, dict.fromkeys(LAYERS, 1.0)),
        returnees_per_day=scenario.returnees.per_day,
        returnees_infected=scenario.returnees.infected,
        returnees_infected_days=scenario.returnees.infected_days,
        returnees_declared=scenario.returnees.declared,
        list_delay_days=scenario.returnees.list_delay_days,
        study_limit_hours=clocks.get("case_study", never) if m.case_study_hours is None else m.case_study_hours,
        transfer_limit_hours=clocks.get("positive_transfer", never) if m.transfer_hours is None else m.transfer_hours,
        stock_use=stock_use,
        stock_in=stock_in,
    )
    # one compiled loop for every scenario: a count given as 20 or 20.0 must be the same kind of number
    exact = {"float": float, "int": int}
    kinds = {k: getattr(v, "__name__", v) for k, v in Response.__annotations__.items()}
    return found._replace(**{k: exact[v](getattr(found, k)) for k, v in kinds.items() if v in exact})
