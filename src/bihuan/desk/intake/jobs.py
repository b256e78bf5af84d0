"""Long lists are received by `bihuan work`, all or nothing, while their sender's page tells how far they are."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import close_old_connections
from django.utils.translation import override
from procrastinate.contrib.django import app

from bihuan.adapters.spreadsheets import SheetFault
from bihuan.desk.intake import receiving
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door


@app.task(name="receive_upload", queue="intake")
def receive_upload(*, upload: str, member: str, language: str = "zh-hans") -> None:
    """Receive one staged file. What cannot be received stays staged, with the reason."""
    close_old_connections()
    try:
        with override(language):
            _receive(UUID(upload), UUID(member), language)
    finally:
        close_old_connections()


def _receive(upload: UUID, member: UUID, language: str) -> None:
    with scoped(Scope(EVERYWHERE)):
        asked = intake_reads.upload(member, upload)
    if asked is None or asked.state != "queued":
        return  # dropped meanwhile, or done by another worker
    try:
        _proposal, reading = receiving.read(asked)
        answer = receiving.receive(asked, reading)
        fault = answer.reason if answer.status == "refused" else ""
    except SheetFault as broken:
        fault = broken.en if language.startswith("en") else broken.zh
    if fault:
        now = datetime.now(UTC)
        told = {"upload": upload, "state": "failed", "words": fault}
        door.perform("stage_upload", told, by=member, at=now, recorded_at=now, device="work")
