"""A checked file is taken: one value a tube, whole or not at all. It waits for a second person."""

import zlib
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.bridge import ToldResult
from bihuan.ledgers.lab.choices import FileState
from bihuan.ledgers.people import cipher
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.result_check import check_rows

STEP_ROWS = 10_000
READY = (FileState.CHECKED, FileState.QUEUED)


@flow(needs="record_result")
def import_results(doing: Doing, *, file: UUID) -> Outcome:
    """Take a file that was tried out. Everything is checked again: what happened meanwhile stops it."""
    scope = doing.actor.scope
    asked = lab_reads.file(scope, file)
    if asked is None or asked.state not in READY or asked.sealed is None:
        raise Refused(_("没有这个已核对的结果文件"), "no_such_file")
    plain = zlib.decompress(cipher.unseal_bytes(asked.sealed))
    rows = msgspec.msgpack.decode(plain, type=tuple[ToldResult, ...])
    partial = bool(asked.receipt.get("is_partial"))
    told = check_rows(
        scope, rows, (), laboratory=asked.laboratory_id, test_run=asked.test_run, kind=asked.kind, is_partial=partial
    )  # fmt: skip
    if not told.is_clean:
        raise Refused(_("核对之后情况有变，请重新上传核对"), "changed_since")
    taken = 0
    recorded_at, by = doing.recorded_at.isoformat(), doing.actor.member
    for start in range(0, len(rows), STEP_ROWS):
        taken += lab_writes.add_results(
            [
                {
                    "id": uuid7(), "tube": told.standings[r.tube].id, "path": told.standings[r.tube].path,
                    "value": r.value, "detail": r.detail, "file": asked.id,
                    "tested_at": (r.tested_at or doing.at).isoformat(), "recorded_at": recorded_at, "recorded_by": by,
                }
                for r in rows[start : start + STEP_ROWS]
            ]
        )  # fmt: skip
        if len(rows) > STEP_ROWS:
            with scoped(Scope(asked.path), using="aside"):
                lab_writes.set_progress(asked.id, min(start + STEP_ROWS, len(rows)))
    if taken != len(rows):
        raise Refused(_("核对之后情况有变，请重新上传核对"), "changed_since")
    lab_writes.set_file(
        asked.id, FileState.CHECKED, state=FileState.TAKEN, taken_at=doing.at, sealed=None, member_id=by
    )
    lab_writes.settle_boxes({one.box for one in told.standings.values() if one.box})
    lab_writes.finish_test_runs([asked.test_run_id] if asked.test_run_id else [], doing.at)
    return Outcome("taken", asked.path, f"resultfile:{asked.id}", {"rows": taken, "findings": told.findings})
