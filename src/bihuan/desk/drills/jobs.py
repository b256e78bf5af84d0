"""Rehearsals are computed by `bihuan work`, while the page of whoever asked tells how far they are."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app

from bihuan.loop import rehearsing


@app.task(name="rehearse", queue="rehearsals")
def rehearse(*, rehearsal: str) -> None:
    """Compute one rehearsal."""
    close_old_connections()
    try:
        rehearsing.rehearse(UUID(rehearsal), now=lambda: datetime.now(UTC))
    finally:
        close_old_connections()
