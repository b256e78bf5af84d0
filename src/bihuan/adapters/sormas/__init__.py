"""SORMAS: its two-row CSV for cases, contacts, visits and samples, read and written.

The first row names the entity (CaseData, Contact, Sample …), the second the field as a dotted path; rows that begin with
`##` are captions. Sample and PathogenTest columns may repeat. Days follow the exporter's locale: told from the whole file.
Remove this folder and everything else still works; `bihuan import --format sormas` then says that it is not installed.

    >>> reading = sormas.read(path, "linelist", today=date(2022, 7, 2))
    >>> data, not_carried = sormas.write("linelist", records, kept)
"""  # fmt: skip

from bihuan.adapters.sormas._read import is_ours, read
from bihuan.adapters.sormas._write import write, write_rejects

__all__ = ["SUFFIXES", "is_ours", "read", "write", "write_rejects"]

SUFFIXES = (".csv",)
