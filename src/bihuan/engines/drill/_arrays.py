"""The arrays a run works on: people and places (never changed by a run), tables of a pathogen, numbers of a response,
and the state. All are plain named tuples of arrays, so that the compiled loops can take them as they are."""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

# Where contacts happen. The four kinds of day place share one index: a person has at most one.
LAYERS = ("household", "school_class", "work_team", "long_stay_home", "health_ward", "site", "village", "county")
HOUSEHOLD, CLASS, TEAM, HOME, WARD, SITE, VILLAGE, COUNTY = range(8)
IMPORTED = 8
NO_PLACE = 255

# How a person is kept; the order is that of `STAYS`, and tables of leaks have one row for each.
STAYS = (
    "none",
    "hospital",
    "central_quarantine",
    "home_quarantine",
    "home_monitoring",
    "self_monitoring",
    "exclusion",
    "area_lockdown",
    "area_closed",
    "prophylaxis",
)
NONE, HOSPITAL, CENTRAL, HOME_QUARANTINE, HOME_MONITORING = range(5)
LOCKDOWN, CLOSED = 7, 8
RESTRICTS = np.array([m in (1, 2, 3, 4, 6) for m in range(len(STAYS))])

# By what a case was detected; the swab of a kind is drawn for purpose 50 + its place here.
HOW = {0: "", 1: "fever_clinic", 2: "quarantine", 4: "key_post", 6: "round"}

# Columns of the daily table, in the order they are written.
COLUMNS = (
    "new_infections",
    "imported",
    "onsets",
    "infectious",
    "severe",
    "detected",
    "in_isolation",
    "person_days_restricted",
    "tests",
    "swabs",
    "positives",
    "tests_late",
    "tests_waiting",
    "contacts_found",
    "cases_studied",
    "studies_waiting",
    "tracing_hours_p50",
    "tracer_hours",
    "beds_used",
    "beds_waiting",
    "rooms_used",
    "rooms_short",
    "villages_locked",
    "rounds_running",
    "studies_late",
    "isolation_late",
    "tubes_served",
    "swabs_stopped",
    "tubes_stopped",
    "studies_stopped",
    *(f"by_{name}" for name in LAYERS),
    "r_cohort",
)
# What uses up stock, in the order of the columns of `Response.stock_use`.
ACTS = ("swab", "tube", "study", "room_day", "bed_day")
SWAB, TUBE, STUDY, ROOM_DAY, BED_DAY = range(5)

C = {name: i for i, name in enumerate(COLUMNS)}


class World(NamedTuple):
    """People sorted by village and household: a household, a village and a tube of a round are ranges of indices."""

    age: Array  # uint8, years
    house_of: Array  # int32
    house_start: Array  # int32, households + 1
    place_of: Array  # int32, -1 for none
    position: Array  # int32, where the person stands in `member`, -1 for none
    member: Array  # int32, people by place and site
    place_start: Array  # int32, places + 1, into `member`
    place_kind: Array  # uint8: CLASS, TEAM, HOME or WARD
    site_of: Array  # int32, place -> school, firm or institution
    site_start: Array  # int32, sites + 1, into `member`
    village_of: Array  # uint16
    village_start: Array  # int32, villages + 1
    post: Array  # uint8: 0 none, 1 tested often, 2 tested less often
    doses: Array  # uint8
    dose_age_days: Array  # int16, days since the last dose at day 0
    slots: Array  # int64[3]: daily contacts at the site, in the village, in the county


class Course(NamedTuple):
    """One pathogen in one county, as tables."""

    incubation: Array  # float32, quantiles in days
    presymptomatic_days: float
    profile: Array  # float32, infectivity by day of the infectious period, sum 1
    factor: Array  # float32, quantiles of a person's infectivity, mean 1
    asymptomatic: Array  # float32[10] by decade of age
    asymptomatic_factor: float
    severe: Array  # float32[10], share of the symptomatic
    susceptibility: Array  # float32[10]
    sensitivity: Array  # float32, by day since infection
    dilution: float  # factor on sensitivity in a pool
    against_infection: Array  # float32[doses, months since the last dose]
    against_severe: Array  # float32[doses, months]
    against_onward: Array  # float32[doses]
    after_infection: Array  # float32[months since infection]
    rate: Array  # float32[8], hazard of a contact-day by layer at profile 1 and factor 1


class Response(NamedTuple):
    """What a protocol asks and what the county can do, as numbers. Delays are days; halves become 0 or 1 by lot."""

    clinic_share: float
    clinic_share_severe: float
    clinic_delay_days: float
    sick_at_home: float  # factor on contacts outside the household from the onset on
    background_swabs: float  # swabs a day of people with fever who do not have the disease
    post_every_days: Array  # float64[3], 0 = never, by kind of post
    post_count: Array  # int64[3]
    post_pool: int
    lab_tubes_per_day: int
    result_delay_days: float
    late_after_days: int
    isolation_delay_days: float
    case_stay: Array  # int64[4]: stay, days, then stay, days
    close_stay: Array
    second_stay: Array
    returnee_stay: Array
    close_tests: Array  # int64, days of tests counted from entering, day 1 first
    second_tests: Array
    returnee_tests: Array
    levels: int  # 0 no tracing, 1 close contacts, 2 also theirs
    window_days: int
    recall: Array  # float64[8] by layer
    recall_second: Array  # float64[8]
    notify_delay_days: float
    tracers: int
    hours_a_tracer: float
    hours_a_case: float
    hours_a_contact: float
    beds: int
    rooms: int
    leak: Array  # float64[stays, layers]
    mass_on_detected: int  # cumulative detections that start the rounds; 0 = never
    mass_delay_days: int
    mass_round_days: int
    mass_gap_days: int
    mass_stop_after_clear: int
    mass_most_rounds: int
    mass_pool: int
    mass_share: float  # who turns up
    swabs_per_day: int
    lock_on_cases: int  # detections of one village that lock it; 0 = never
    lock_days: int
    lock_stay: int
    close_class_days: int  # a class or team with a detected case stays away; 0 = never
    county_on_detected: int  # cumulative detections that start county-wide limits; 0 = never
    county_days: int
    county_factor: Array  # float64[8] on contacts by layer
    returnees_per_day: float
    returnees_infected: float
    returnees_infected_days: int  # infected up to so many days before they arrive
    returnees_declared: float
    list_delay_days: float
    study_limit_hours: float  # the protocol's clock from a positive to its case study; infinite where it has none
    transfer_limit_hours: float  # from a positive to the place where the case is kept
    stock_use: Array  # float64[items, acts]: how much of an item an act uses
    stock_in: Array  # float64[items, days]: what is there on day 0, and what comes


class State(NamedTuple):
    """Everything a run changes. One row a person, one row a case, and the queues."""

    case_of: Array
    stay_from: Array
    stay_mid: Array
    stay_to: Array
    stay_first: Array
    stay_then: Array
    lock_from: Array
    lock_to: Array
    place_closed_to: Array
    village_cases: Array
    c_person: Array
    c_infector: Array
    c_layer: Array
    c_day: Array
    c_from: Array
    c_to: Array
    c_onset: Array
    c_clinic: Array
    c_detected: Array
    c_how: Array  # by what a case was detected, see `HOW`
    c_isolated: Array  # first day kept apart, -1 for never
    c_severe: Array
    c_factor: Array
    c_row: Array  # float32[cases, 5]: where each layer ends among the contacts of a day, in rates
    c_caused: Array
    active: Array
    p_case: Array
    p_place: Array
    p_queue: Array
    p_pool: Array
    p_due: Array
    p_how: Array
    study: Array
    tube_seen: Array
    bed_queue: Array
    found: Array
    isolated_change: Array
    beds_change: Array
    rooms_change: Array
    village_change: Array
    booked: Array  # int64[2, days + 1]: beds and rooms promised from a later day on
    tests_planned: Array
    arrived: Array  # int64[2, days + 1], tubes cumulated at the end of each day
    n: Array  # int64 counters, see N_*
    hours: Array  # float64, hours of each study finished today
    out: Array  # float64[days, columns]
    stock: Array  # float64[items], what is left
    stock_day: Array  # float64[days, items, 2 + acts]: used, left, and by act how many the item was missing for


(
    N_CASES,
    N_ACTIVE,
    N_PENDING,
    N_STUDY_DONE,
    N_STUDY,
    N_BED_DONE,
    N_BED,
    N_FOUND,
    N_TUBES_0,
    N_TUBES_1,
    N_SERVED_0,
    N_SERVED_1,
    N_DETECTED,
    N_ISOLATED,
    N_BEDS,
    N_ROOMS,
    N_ROUND_ON,
    N_ROUND_AT,
    N_ROUND_START,
    N_ROUND_NEXT,
    N_ROUND_CLEAR,
    N_ROUNDS,
    N_ROUND_FOUND,
    N_COUNTY_TO,
    N_STUDY_LEFT,
    N_TRIGGER_DAY,
    N_LOST,
    N_BEDS_BOOKED,
    N_ROOMS_BOOKED,
    N_STUDY_TIMED,
    N_BED_TIMED,
    N_KEPT,
    N_COUNTERS,
) = range(33)
