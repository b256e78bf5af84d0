"""Who is calling: a device by its key, or a browser by its session; and not too often."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bihuan.ledgers.staff import reads as staff_reads

# A phone that empties its outbox sends a few full batches a minute; ten times that is not a phone.
CALLS_A_MINUTE = 600
_limiter = MovingWindowRateLimiter(MemoryStorage())
_limit = RateLimitItemPerMinute(CALLS_A_MINUTE)

# A revoked key is refused after at most this long; until then a look-up per call is saved.
REMEMBER_SECONDS = 15
_known: dict[bytes, tuple[float, "Caller"]] = {}


@dataclass(frozen=True)
class Caller:
    """A member, and the device they call from."""

    member: UUID
    device: str
    key: str


def caller_of(request: HttpRequest) -> Caller | None:
    """The member behind a request, or None. A browser's session counts only with its CSRF token, checked before."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return by_key(header.removeprefix("Bearer ").strip())
    if request.user.is_authenticated:
        return Caller(request.user.pk, "browser", f"member:{request.user.pk}")
    return None


def by_key(key: str) -> Caller | None:
    """The member behind a device's key, or None."""
    digest = hashlib.sha256(key.encode()).digest()
    remembered = _known.get(digest)
    if remembered and time.monotonic() - remembered[0] < REMEMBER_SECONDS:
        return remembered[1]
    token = staff_reads.token(digest, datetime.now(UTC))
    if token is None or not token.member.is_active:
        _known.pop(digest, None)
        return None
    caller = Caller(token.member_id, token.device, f"token:{token.id}")
    if len(_known) > 10_000:
        _known.clear()
    _known[digest] = (time.monotonic(), caller)
    return caller


def is_too_often(caller: Caller) -> timedelta | None:
    """How long to wait, when a caller calls more often than anybody at work does."""
    if _limiter.hit(_limit, caller.key):
        return None
    reset, _left = _limiter.get_window_stats(_limit, caller.key)
    return timedelta(seconds=max(1, reset - time.time()))
