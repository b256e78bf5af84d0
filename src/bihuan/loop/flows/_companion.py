"""Somebody who was there too."""

from uuid import UUID

import msgspec


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was there too: on record, or by name only."""

    person: UUID | None = None
    name: str = ""
    relation: str = ""
