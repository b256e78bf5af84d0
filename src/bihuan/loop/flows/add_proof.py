"""Something is shown: words, or a photo, sealed and without what the camera told of place and owner."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import photos
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ProofKind
from bihuan.ledgers.people import cipher
from bihuan.loop.act import Doing, Outcome, Refused, flow

_FAULTS = {
    "too_big": _("照片超过 4 MB：请缩小后再传"),
    "not_a_photo": _("只收 JPEG 或 PNG 照片"),
    "broken": _("照片文件不完整：请重拍或重传"),
}


@flow(private=("words", "photo"))
def add_proof(doing: Doing, *, subject: str, kind: str, words: str = "", photo: bytes = b"") -> Outcome:
    """Add a proof to a task, a problem or a filled form; a photo is cleaned, then sealed."""
    path = _path(doing, subject)
    if path is None:
        raise Refused(_("没有这项任务、问题或检查，或不在您的辖区"), "no_such_subject")
    if kind not in ProofKind.values or not (words.strip() or photo):
        raise Refused(_("请写明佐证内容或上传照片"), "no_proof")
    sealed, media = None, ""
    if photo:
        try:
            clean, media = photos.clean(photo)
        except photos.PhotoFault as fault:
            raise Refused(_FAULTS[fault.code], fault.code) from None
        sealed = cipher.seal_bytes(clean)
    proof = command_writes.add_proof(
        id=doing.derive("proof"), subject=subject, path=path, kind=kind, words=words.strip(), sealed=sealed, media=media,
        taken_at=doing.at, member_id=doing.actor.member,
    )  # fmt: skip
    return Outcome("added", path, subject, {"proof": str(proof.id)})


def _path(doing: Doing, subject: str) -> str | None:
    kind, _colon, text = subject.partition(":")
    try:
        id_ = UUID(text)
    except ValueError:
        return None
    ask = {"task": command_reads.task, "problem": command_reads.problem, "visit": command_reads.visit}.get(kind)
    found = ask(doing.actor.scope, id_) if ask else None
    return found.path if found else None
