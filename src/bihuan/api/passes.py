"""What a verifier of passes needs, for everybody and without a log-in: public keys and signed revocation slices."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import reads as pass_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

# Slices are signed at most once in so long by one process, however many phones ask.
FRESH = timedelta(seconds=30)
_made: dict[str, tuple[datetime, list[str]]] = {}


@require_safe
def keys(_request: HttpRequest) -> HttpResponse:
    """The public keys of every county kept here, as a key list."""
    with scoped(Scope(EVERYWHERE)):
        listed = [entry for path in pass_reads.paths_with_keys() for entry in pass_bridge.key_list(path)["keys"]]
    return _answer({"keys": listed})


@require_safe
def slices(_request: HttpRequest) -> HttpResponse:
    """The signed slices of what is revoked now, each as hexadecimal text; an entry is a digest and names nobody."""
    now = datetime.now(UTC)
    with scoped(Scope(EVERYWHERE)):
        signing = [(p, k.key_id) for p in pass_reads.paths_with_keys() if (k := pass_reads.signing_key(p, now))]
    told: list[str] = []
    for path, key_id in signing:
        at, made = _made.get(key_id, (now, []))
        if not made or not timedelta() <= now - at < FRESH:
            with scoped(Scope(path)):
                made = [m.hex() for m in pass_bridge.slices(path, now)]
            _made[key_id] = (now, made)
        told += made
    return _answer({"issued_at": now.isoformat(), "slices": told})


def _answer(body: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(body)
    response.headers["Cache-Control"] = f"public, max-age={int(FRESH.total_seconds())}"
    return response
