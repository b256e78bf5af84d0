"""Early warning: which counts are higher than a quiet past explains. Written from the papers each rule names.

Pure: counts in, bounds out. `watch` applies a rule by name to one series or to many at once.
"""

from bihuan.engines.signals._bounds import Bounds, SignalError
from bihuan.engines.signals._control import cusum, ewma
from bihuan.engines.signals._ears import FLAT_SIGMA, ears
from bihuan.engines.signals._farrington import farrington, farrington_improved
from bihuan.engines.signals._scan import SpaceTimeCluster, scan
from bihuan.engines.signals._silence import silent_from
from bihuan.engines.signals._watch import METHODS, Method, watch

__all__ = [
    "FLAT_SIGMA",
    "METHODS",
    "Bounds",
    "Method",
    "SignalError",
    "SpaceTimeCluster",
    "cusum",
    "ears",
    "ewma",
    "farrington",
    "farrington_improved",
    "scan",
    "silent_from",
    "watch",
]
