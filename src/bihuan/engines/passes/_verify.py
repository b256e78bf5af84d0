"""Issue a pass as text for a QR code, and verify one without asking anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.engines.passes import _base45, _claims, _cose
from bihuan.engines.passes._claims import Pass
from bihuan.engines.passes._keys import KeyRing, SigningKey
from bihuan.engines.passes._slices import Revocations

PREFIX = "BH1:"
"""What every pass begins with: the format and its version. Another version has another prefix."""

REASONS = (
    "malformed",
    "not_canonical",
    "unknown_algorithm",
    "unknown_key",
    "bad_signature",
    "key_out_of_period",
    "lifetime_too_long",
    "not_yet_valid",
    "expired",
    "revoked",
)
"""Every word that a refusal can give, in the order in which they are looked for."""

MAX_CHARACTERS = 1024
CLOCK_SKEW_SECONDS = 300


@dataclass(frozen=True)
class Verdict:
    """What the post may rely on.

    reason: empty, or one of REASONS. shown: the pass, only when its signature fits (also of an expired or revoked
    one). revocation: `checked`, `stale`, `unknown` (no slice for it) or empty when it did not come to that.
    """

    valid: bool
    reason: str
    detail: str
    shown: Pass | None
    revocation: str


def issue(one: Pass, *, key: SigningKey) -> str:
    """The signed text of this pass. Raises ValueError when it holds what a pass must not, or the key is not in use."""
    _claims.check(one)
    if one.issuer != key.verifying.issuer:
        raise ValueError(f"the key signs for {key.verifying.issuer}, not for {one.issuer}")
    if not key.verifying.covers(one.issued_at):
        raise ValueError("the key is not in use at the time of issue; take the current one")
    payload = _claims.to_payload(one)
    protected = _cose.header(key.verifying.key_id)
    signature = key.sign(_cose.to_be_signed(protected, payload))
    return PREFIX + _base45.encode(_cose.assemble(protected, payload, signature))


def verify(code: str, *, keys: KeyRing, at: datetime, revocations: Revocations | None = None) -> Verdict:
    """Whether this text is a pass that counts at `at`, and if not, why not. Never raises for a strange text.

    The signature is checked before the claims are read. An issuing clock up to 5 minutes ahead is accepted.
    """
    shown = None
    try:
        shown = _opened(code, keys)
        if at < shown.issued_at - timedelta(seconds=CLOCK_SKEW_SECONDS):
            raise _cose.Refusal("not_yet_valid", f"issued {shown.issued_at.isoformat()}, which is still to come")
        if at >= shown.expires_at:
            raise _cose.Refusal("expired", f"ended {shown.expires_at.isoformat()}")
        state = revocations.state(shown, at=at) if revocations else "unknown"
        if revocations and revocations.revoked(shown):
            raise _cose.Refusal("revoked", "named in a revocation slice")
    except _cose.Refusal as refusal:
        return Verdict(False, refusal.reason, str(refusal), shown, "")
    return Verdict(True, "", "", shown, state)


def _opened(code: str, keys: KeyRing) -> Pass:
    if not code.startswith(PREFIX):
        raise _cose.Refusal("malformed", f"does not begin with {PREFIX}")
    if len(code) > MAX_CHARACTERS:
        raise _cose.Refusal("malformed", "longer than any pass")
    try:
        message = _base45.decode(code[len(PREFIX) :])
    except ValueError as fault:
        raise _cose.Refusal("malformed", str(fault)) from None
    sealed = _cose.take_apart(message)
    key = keys.keys.get(sealed.key_id)
    if key is None:
        raise _cose.Refusal("unknown_key", f"no key {sealed.key_id.hex()} in the list")
    if not key.fits(sealed.signature, sealed.signed):
        raise _cose.Refusal("bad_signature", "the signature does not fit")
    found = _claims.from_claims(_cose.decode_map(sealed.payload, "payload"))
    if found.issuer != key.issuer or not key.covers(found.issued_at):
        raise _cose.Refusal("key_out_of_period", "the key was not this issuer's key at the time of issue")
    return found
