"""THINK: rehearse an outbreak in a county under a protocol, person by person, before the protocol is signed.

Start with `read_scenario`, then `run`; `prepare` builds a county once for many runs, `compare` sets protocols side by side.
"""

from bihuan.engines.drill._arrays import COLUMNS, LAYERS, STAYS
from bihuan.engines.drill._compare import Comparison, bottleneck, compare, comparison_curves
from bihuan.engines.drill._county import County
from bihuan.engines.drill._pathogen import Pathogen, pathogen_names
from bihuan.engines.drill._reading import ScenarioFault
from bihuan.engines.drill._run import Drill, Ground, prepare, protocol_of, run
from bihuan.engines.drill._scenario import (
    Behaviour,
    Capacities,
    Delays,
    Measures,
    Returnees,
    Scenario,
    read_pathogen,
    read_scenario,
    scenario_names,
)
from bihuan.engines.drill._svg import curves, daily_curve

__all__ = [
    "COLUMNS",
    "LAYERS",
    "STAYS",
    "Behaviour",
    "Capacities",
    "Comparison",
    "County",
    "Delays",
    "Drill",
    "Ground",
    "Measures",
    "Pathogen",
    "Returnees",
    "Scenario",
    "ScenarioFault",
    "bottleneck",
    "compare",
    "comparison_curves",
    "curves",
    "daily_curve",
    "pathogen_names",
    "prepare",
    "protocol_of",
    "read_pathogen",
    "read_scenario",
    "run",
    "scenario_names",
]
