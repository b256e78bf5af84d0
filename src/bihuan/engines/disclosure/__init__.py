"""Small cells: which figures of a table must be left out so that nobody is found, neither in a cell nor by subtraction."""

from bihuan.engines.disclosure._suppress import HIDDEN, suppressed, unsafe_cells

__all__ = ["HIDDEN", "suppressed", "unsafe_cells"]
