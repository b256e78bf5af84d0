"""THINK: the control protocol as dated data: editions, duties dated, windows, clocks, areas, and what changes between two."""

from bihuan.engines.protocol._layers import LayerChange
from bihuan.engines.protocol._library import SHELF, changes_of, edition, edition_from, edition_ids, read_path
from bihuan.engines.protocol._model import Basis, Edition, NoAnswer
from bihuan.engines.protocol._window import Seat, classify, contact_window, exposed_in_vehicle, exposure_class
from bihuan.engines.protocol._yaml import Fault, ProtocolFault

__all__ = [
    "SHELF",
    "Basis",
    "Edition",
    "Fault",
    "LayerChange",
    "NoAnswer",
    "ProtocolFault",
    "Seat",
    "changes_of",
    "classify",
    "contact_window",
    "edition",
    "edition_from",
    "edition_ids",
    "exposed_in_vehicle",
    "exposure_class",
    "read_path",
]
