"""Offline codes: a signed statement of hours that a post verifies without a network, and signed lists of what is revoked.

CBOR Web Token claims (RFC 8392) in COSE_Sign1 (RFC 9052, ES256), Base45 (RFC 9285), prefix `BH1:`. One spelling only.
"""

from bihuan.engines.passes._claims import CODE_ID_BYTES, MAX_VALID_HOURS, Pass
from bihuan.engines.passes._cose import Refusal
from bihuan.engines.passes._keys import (
    KeyFault,
    KeyRing,
    SigningKey,
    VerifyingKey,
    new_key,
    signing_key,
    verifying_key,
)
from bihuan.engines.passes._qr import qr_svg
from bihuan.engines.passes._slices import (
    Revocations,
    RevocationSlice,
    RevokedSubject,
    make_slices,
    read_slice,
)
from bihuan.engines.passes._verify import PREFIX, REASONS, Verdict, issue, verify

__all__ = [
    "CODE_ID_BYTES",
    "MAX_VALID_HOURS",
    "PREFIX",
    "REASONS",
    "KeyFault",
    "KeyRing",
    "Pass",
    "Refusal",
    "RevocationSlice",
    "Revocations",
    "RevokedSubject",
    "SigningKey",
    "Verdict",
    "VerifyingKey",
    "issue",
    "make_slices",
    "new_key",
    "qr_svg",
    "read_slice",
    "signing_key",
    "verify",
    "verifying_key",
]
