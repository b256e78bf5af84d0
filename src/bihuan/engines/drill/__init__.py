"""THINK: rehearse an outbreak in a county under a protocol, person by person, before the protocol is signed.

Start with `read_scenario`, then `run`; `prepare` builds a county once for many runs, `compare` sets protocols side by side.
"""

from bihuan.engines.drill._arrays import COLUMNS, LAYERS, STAYS
from bihuan.engines.drill._changes import CHANGEABLE, changed, numbers_now
from bihuan.engines.drill._compare import Comparison, bottleneck, compare, comparison_curves, comparison_trade_offs
from bihuan.engines.drill._county import County
from bihuan.engines.drill._kept import read_kept, write_kept
from bihuan.engines.drill._paired import paired
from bihuan.engines.drill._pathogen import Pathogen, pathogen_names
from bihuan.engines.drill._reading import ScenarioFault
from bihuan.engines.drill._reproduction import reproduction
from bihuan.engines.drill._run import Drill, Ground, Kept, PutDown, prepare, protocol_of, run
from bihuan.engines.drill._scenario import (
    Behaviour,
    Capacities,
    Costs,
    Delays,
    Item,
    Measures,
    Returnees,
    Scenario,
    Staff,
    read_pathogen,
    read_scenario,
    scenario_names,
)
from bihuan.engines.drill._svg import curves, daily_curve
from bihuan.engines.drill._tree import Tree, tree

__all__ = [
    "CHANGEABLE",
    "COLUMNS",
    "LAYERS",
    "STAYS",
    "Behaviour",
    "Capacities",
    "Comparison",
    "Costs",
    "County",
    "Delays",
    "Drill",
    "Ground",
    "Item",
    "Kept",
    "Measures",
    "Pathogen",
    "PutDown",
    "Returnees",
    "Scenario",
    "ScenarioFault",
    "Staff",
    "Tree",
    "bottleneck",
    "changed",
    "compare",
    "comparison_curves",
    "comparison_trade_offs",
    "curves",
    "daily_curve",
    "numbers_now",
    "paired",
    "pathogen_names",
    "prepare",
    "protocol_of",
    "read_kept",
    "read_pathogen",
    "read_scenario",
    "reproduction",
    "run",
    "scenario_names",
    "tree",
    "write_kept",
]
