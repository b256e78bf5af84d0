"""Facts about passes: keys taken into use and retired, passes revoked. The passes themselves are not kept."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.ledgers.orders.passes.models import PassKey, RevokedPass


def add_pass_key(id_: UUID, **fields: Any) -> PassKey:
    """Take a key into use; whatever the county signed with before stops signing at the same instant."""
    PassKey.objects.filter(issuer=fields["issuer"], valid_until__isnull=True).update(valid_until=fields["valid_from"])
    return PassKey.objects.create(id=id_, **fields)


def add_revocation(
    id_: UUID, *, path: str, at: datetime, longest: timedelta, person: UUID | None = None, code_id: str = ""
) -> RevokedPass:
    """Passes that no longer count: one by its code, or all of a person issued before `at`."""
    return RevokedPass.objects.create(
        id=id_, path=path, person_id=person, code_id=code_id, revoked_at=at, keep_until=at + longest
    )
