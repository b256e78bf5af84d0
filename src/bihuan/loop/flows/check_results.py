"""A laboratory's file arrives and is tried out first: what it would do is told, and nothing of it is recorded."""

import zlib
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.bridge import ToldResult
from bihuan.ledgers.lab.choices import FileKind, FileState
from bihuan.ledgers.people import cipher
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.result_check import check_rows


@flow(needs="record_result", private=("rows", "unreadable"))
def check_results(
    doing: Doing,
    *,
    laboratory: UUID,
    test_run: str,
    kind: str,
    file_name: str,
    content_hash: str,
    rows: tuple[ToldResult, ...],
    unreadable: tuple[tuple[int, str, str], ...] = (),
    is_partial: bool = False,
) -> Outcome:
    """Check a file whole against its batch. A clean one waits to be taken; one with faults is refused with every row named."""
    scope = doing.actor.scope
    where = lab_reads.laboratory(scope, laboratory)
    run = lab_reads.test_run(scope, test_run.strip())
    if where is None or kind not in FileKind.values:
        raise Refused(_("请选择实验室和文件类别"), "incomplete")
    if run is None or run.laboratory_id != where.id:
        raise Refused(_("本实验室没有批号 %(number)s：请先登记上机批次") % {"number": test_run}, "no_such_batch")
    before = lab_reads.file_of(scope, content_hash)
    if before is not None:
        raise Refused(
            _("同一文件已于 %(at)s 上传（%(name)s），不能重复上传")
            % {"at": f"{before.checked_at.astimezone(doing.at.tzinfo):%m-%d %H:%M}", "name": before.file_name},
            "same_file",
        )
    if not rows and not unreadable:
        raise Refused(_("文件中没有结果"), "empty")
    told = check_rows(
        scope, rows, unreadable, laboratory=where.id, test_run=run, kind=kind, is_partial=is_partial
    )  # fmt: skip
    sealed = cipher.seal_bytes(zlib.compress(msgspec.msgpack.encode(rows), 1)) if told.is_clean else None
    kept = lab_writes.add_file(
        id=doing.derive("file"), path=scope.path, laboratory=where, test_run=run, file_name=file_name, kind=kind,
        content_hash=content_hash, sealed=sealed,
        state=FileState.CHECKED if told.is_clean else FileState.DROPPED, rows_read=told.rows_read,
        rows_accepted=told.rows_read - told.rejected, rows_rejected=told.rejected, findings=told.findings,
        receipt={**told.receipt(), "is_partial": is_partial}, member_id=doing.actor.member, checked_at=doing.at,
    )  # fmt: skip
    if kept is None:
        raise Refused(_("同一文件正由他人上传"), "same_file")
    result = {"file": str(kept.id), "rows_read": told.rows_read, "findings": told.findings, "counts": told.counts}
    return Outcome("clean" if told.is_clean else "faulty", kept.path, f"resultfile:{kept.id}", result)
