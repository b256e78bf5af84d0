"""THINK: the control protocol as dated data: editions, duties dated, windows, clocks, areas, and what changes between two.

Start with `edition`, then `plan` (one person) or `plan_many` (arrays). Nothing here knows the present time.
"""

from bihuan.engines.protocol._check import check_edition
from bihuan.engines.protocol._diff import Change, EditionDiff, diff_editions
from bihuan.engines.protocol._layers import LayerChange
from bihuan.engines.protocol._library import SHELF, changes_of, edition, edition_from, edition_ids, read_path
from bihuan.engines.protocol._model import MODES, Basis, Edition, NoAnswer, Number
from bihuan.engines.protocol._plan import Plan, PlannedStage, PlannedTest, carried_over, plan
from bihuan.engines.protocol._plan_many import PlanMany, plan_many
from bihuan.engines.protocol._policy import PolicyNumbers, policy_numbers, restricted_days
from bihuan.engines.protocol._rules import (
    AreaStep,
    ClockDue,
    DueWindow,
    area_ends,
    area_steps,
    area_survey_due,
    area_tests,
    check_windows,
    clock_due,
    duty_windows,
    outbreak_declared,
    outbreak_over,
    pool_size,
    post_test_due,
    reserve_needed,
    rounds_may_stop,
)
from bihuan.engines.protocol._situations import Situation, read_situations, run_situation
from bihuan.engines.protocol._times import ANCHORS, MISSING
from bihuan.engines.protocol._window import Seat, classify, contact_window, exposed_in_vehicle, exposure_class
from bihuan.engines.protocol._yaml import Fault, ProtocolFault

__all__ = [
    "ANCHORS",
    "MISSING",
    "MODES",
    "SHELF",
    "AreaStep",
    "Basis",
    "Change",
    "ClockDue",
    "DueWindow",
    "Edition",
    "EditionDiff",
    "Fault",
    "LayerChange",
    "NoAnswer",
    "Number",
    "Plan",
    "PlanMany",
    "PlannedStage",
    "PlannedTest",
    "PolicyNumbers",
    "ProtocolFault",
    "Seat",
    "Situation",
    "area_ends",
    "area_steps",
    "area_survey_due",
    "area_tests",
    "carried_over",
    "changes_of",
    "check_edition",
    "check_windows",
    "classify",
    "clock_due",
    "contact_window",
    "diff_editions",
    "duty_windows",
    "edition",
    "edition_from",
    "edition_ids",
    "exposed_in_vehicle",
    "exposure_class",
    "outbreak_declared",
    "outbreak_over",
    "plan",
    "plan_many",
    "policy_numbers",
    "pool_size",
    "post_test_due",
    "read_path",
    "read_situations",
    "reserve_needed",
    "restricted_days",
    "rounds_may_stop",
    "run_situation",
]
