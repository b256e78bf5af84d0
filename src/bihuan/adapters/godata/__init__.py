"""Go.Data: its flat exports and its JSON for cases, contacts, relationships, follow-ups and laboratory results.

Both ways of naming columns are read: the API's (`dateOfOnset`, `age.years`, coded `LNG_REFERENCE_DATA_CATEGORY_…`) and that
of its R reports (`date_of_onset`, codes bare). What is written keeps the way its records came in, else the API's.
Remove this folder and everything else still works; `bihuan import --format godata` then says that it is not installed.

    >>> reading = godata.read(path, "contacts", today=date(2022, 7, 2))
    >>> data, not_carried = godata.write("contacts", records, kept, suffix=".json")
"""  # fmt: skip

from bihuan.adapters.godata._read import is_ours, read
from bihuan.adapters.godata._write import write

__all__ = ["SUFFIXES", "is_ours", "read", "write"]

SUFFIXES = (".csv", ".xlsx", ".json")
