"""Reads one .xls from stdin in a process of its own, and writes its sheets to stdout as a pickle.

A damaged .xls can make its parser ask for a terabyte and end the whole process: a server must not be in it. Run by path,
isolated from the rest of the house; only `_book.py` starts it.
"""

import contextlib
import pickle
import sys
from io import BytesIO
from typing import Any

import python_calamine as calamine

_MEMORY_BYTES = 3 << 30
_MOST_CELLS = 30_000_000


def sheets(raw: bytes) -> dict[str, Any]:
    """Name, hidden, rows and merged ranges of every sheet; or the fault: `encrypted`, `damaged`, `too_wide`."""
    try:
        book = calamine.CalamineWorkbook.from_object(BytesIO(raw))
        found = []
        for told in book.sheets_metadata:
            if told.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(told.name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                return {"fault": "too_wide"}
            hidden = told.visible != calamine.SheetVisibleEnum.Visible
            rows = sheet.to_python(skip_empty_area=False)
            found.append((told.name, hidden, rows, tuple(sheet.merged_cell_ranges or ())))
    except calamine.PasswordError:
        return {"fault": "encrypted"}
    except (calamine.CalamineError, OSError, ValueError):
        return {"fault": "damaged"}
    return {"sheets": found}


if __name__ == "__main__":
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    pickle.dump(sheets(sys.stdin.buffer.read()), sys.stdout.buffer, protocol=5)
