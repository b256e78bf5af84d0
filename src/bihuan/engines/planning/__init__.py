"""Planning: how many people, tubes, rooms, vehicles and days a measure needs, what is short, and what one more brings.

Pure arithmetic on frozen values; allotment by OR-tools, courier runs by PyVRP, both imported when first used.
"""

from bihuan.engines.planning._chain import ChainPlan, Stage, StageGain, plan_chain
from bihuan.engines.planning._couriers import CourierPlan, Depot, Run, Stop, Unreachable, plan_couriers
from bihuan.engines.planning._draw import draw
from bihuan.engines.planning._isolation import IsolationDay, IsolationRules, plan_isolation
from bihuan.engines.planning._labs import Backlog, Lab, QueueHour, Routing, TubeRoute, backlog, route_tubes
from bihuan.engines.planning._placement import BedOffer, CareException, FreeRoom, Guest, care_exceptions, place_guests
from bihuan.engines.planning._pooling import (
    PlanFault,
    PoolChoice,
    Prevalence,
    best_pool_size,
    dorfman_tests_per_person,
    prevalence_from_pools,
)
from bihuan.engines.planning._slots import Party, Seating, SlotPlan, Table, plan_slots
from bihuan.engines.planning._stock import Cover, Item, cover
from bihuan.engines.planning._testing import (
    RoundPlan,
    SamplingRates,
    Site,
    SitePlan,
    add_samplers,
    plan_all_residents,
    plan_site,
    share_samplers,
)

__all__ = [
    "Backlog",
    "BedOffer",
    "CareException",
    "ChainPlan",
    "CourierPlan",
    "Cover",
    "Depot",
    "FreeRoom",
    "Guest",
    "IsolationDay",
    "IsolationRules",
    "Item",
    "Lab",
    "Party",
    "PlanFault",
    "PoolChoice",
    "Prevalence",
    "QueueHour",
    "RoundPlan",
    "Routing",
    "Run",
    "SamplingRates",
    "Seating",
    "Site",
    "SitePlan",
    "SlotPlan",
    "Stage",
    "StageGain",
    "Stop",
    "Table",
    "TubeRoute",
    "Unreachable",
    "add_samplers",
    "backlog",
    "best_pool_size",
    "care_exceptions",
    "cover",
    "dorfman_tests_per_person",
    "draw",
    "place_guests",
    "plan_all_residents",
    "plan_chain",
    "plan_couriers",
    "plan_isolation",
    "plan_site",
    "plan_slots",
    "prevalence_from_pools",
    "route_tubes",
    "share_samplers",
]
