"""A file comes in through the desk and waits, sealed, while its columns are mapped and its rows are looked at."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.people import cipher
from bihuan.loop.act import Doing, Outcome, Refused, flow

# waiting: being looked at; queued: for a worker; failed: not received, `words` say why, the file is still here
STATES = ("waiting", "queued", "failed")


@flow(needs="receive_list", private=("content", "file_name", "words"))
def stage_upload(
    doing: Doing,
    *,
    content: bytes = b"",
    file_name: str = "",
    upload: UUID | None = None,
    choices: dict[str, Any] | None = None,
    state: str = "waiting",
    rows_total: int = 0,
    words: str = "",
) -> Outcome:
    """Keep a file for its receiver, or what the receiver has decided about one kept before."""
    if state not in STATES:
        raise Refused(_("上传状态有误"), "bad_state")
    path = doing.actor.scope.path
    if upload is None:
        if not content:
            raise Refused(_("文件是空的"), "empty")
        kept = intake_writes.add_upload(
            id=doing.derive("upload"),
            member_id=doing.actor.member,
            path=path,
            file_name=file_name,
            sealed=cipher.seal_bytes(content),
            choices=choices or {},
        )
        return Outcome("staged", path, f"upload:{kept.id}", {"upload": str(kept.id)})
    asked = intake_reads.upload(doing.actor.member, upload)
    if asked is None or asked.state in ("received", "dropped"):
        raise Refused(_("没有这个待接收的文件"), "no_such_upload")
    intake_writes.set_upload(
        asked.id,
        state=state,
        rows_total=rows_total,
        rows_done=0,
        choices={**asked.choices, **(choices or {})},
        answer={"words": words} if words else None,
    )
    return Outcome("staged", asked.path, f"upload:{asked.id}", {"upload": str(asked.id)})
