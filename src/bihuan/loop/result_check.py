"""Whether a laboratory's file may be taken: every row against its tube, the whole against its batch. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.bridge import ToldResult
from bihuan.ledgers.lab.choices import FINDINGS, FileKind, TubeState, Value
from bihuan.ledgers.lab.reads import Standing
from bihuan.ledgers.territory.scope import Scope

# So many faults of a kind are named by row; the rest is counted.
MOST_NAMED = 20


@dataclass
class Checked:
    """What a check found. `faults` names rows by the kind of fault; a file with any is not taken."""

    rows_read: int
    findings: int = 0
    faults: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.counts

    @property
    def rejected(self) -> int:
        """Rows of the file that cannot be taken; tubes missing from it are no rows of it."""
        return sum(n for why, n in self.counts.items() if why != "missing_from_file")

    def fault(self, why: str, row: int, tube: str) -> None:
        self.counts[why] = self.counts.get(why, 0) + 1
        named = self.faults.setdefault(why, [])
        if len(named) < MOST_NAMED:
            named.append((row, tube))

    def receipt(self) -> dict[str, Any]:
        return {"faults": self.faults, "counts": self.counts}


def check_rows(
    scope: Scope, rows: Sequence[ToldResult], unreadable: Sequence[tuple[int, str, str]], *, laboratory: UUID, test_run: Any,
    kind: str, is_partial: bool,
) -> Checked:  # fmt: skip
    """Check a file. A row fails once, for the first of: unreadable, twice in the file, unknown, at another laboratory,
    not received, of another batch, with a value already, of a value the file's kind excludes."""
    told = Checked(len(rows) + len(unreadable))
    for row, tube, _code in unreadable:
        told.fault("unreadable", row, tube)
    told.standings = lab_reads.standings(scope, [r.tube for r in rows])
    seen: set[str] = set()
    for told_row in rows:
        why = _why(told_row, told.standings.get(told_row.tube), seen, laboratory, test_run, kind)
        if why:
            told.fault(why, told_row.row, told_row.tube)
        seen.add(told_row.tube)
        told.findings += told_row.value != Value.NEGATIVE
    if not is_partial:
        for code in sorted(lab_reads.run_codes(scope, test_run.id) - seen):
            told.fault("missing_from_file", 0, code)
    return told


def _why(row: ToldResult, tube: Standing | None, seen: set[str], laboratory: UUID, test_run: Any, kind: str) -> str:
    """Why this row cannot be taken, or nothing."""
    if row.tube in seen:
        return "twice_in_file"
    if tube is None:
        return "unknown_tube"
    if tube.laboratory != laboratory:
        return "other_laboratory"
    if tube.state in (TubeState.TESTED, TubeState.REPORTED, TubeState.SPOILED):
        return "has_result"
    if tube.state != TubeState.RECEIVED:
        return "not_received"
    if tube.test_run != test_run.id or (row.batch and row.batch != test_run.number):
        return "other_batch"
    if kind == FileKind.NEGATIVES and row.value != Value.NEGATIVE:
        return "finding_in_negatives"
    if kind == FileKind.FINDINGS and row.value not in FINDINGS:
        return "negative_in_findings"
    return ""
