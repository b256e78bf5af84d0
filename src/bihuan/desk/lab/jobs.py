"""Long result files are taken by `bihuan work`, all or nothing, while their sender's page tells how far they are."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import close_old_connections
from django.utils.translation import override
from procrastinate.contrib.django import app

from bihuan.loop import door


@app.task(name="take_file", queue="intake")
def take_file(*, file: str, member: str, language: str = "zh-hans") -> None:
    """Take one checked file; one that cannot be taken any more is given up, so that it may be sent again."""
    close_old_connections()
    try:
        with override(language):
            by, now = UUID(member), datetime.now(UTC)
            answer = door.perform("import_results", {"file": file}, by=by, at=now, recorded_at=now, device="work")
            if answer.status == "refused":
                door.perform("drop_results", {"file": file}, by=by, at=now, recorded_at=now, device="work")
    finally:
        close_old_connections()
