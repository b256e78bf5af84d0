"""The phone's verifier and ours give the same answer to the same text."""

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import cbor2

from bihuan.config import frontend
from bihuan.engines import passes
from bihuan.engines.passes import _cose
from tests.engines.passes import made
from tests.engines.passes.made import AT, GREEN, KEY, RING, code, signed

SCRIPT = Path(passes.__file__).parents[2] / "field" / "static" / "field" / "passes.js"
RUNNER = Path(__file__).with_name("passes.test.mjs")


def cases() -> list[dict[str, object]]:
    """Texts with the time at which they are shown."""
    claims = made.claims()
    texts = [
        (code(), 1.0), (code(), 12.0), (code(), -1.0), (code(code_id=b"revoked!"), 1.0), (code(subject="gone"), 1.0),
        (code(status="red", ground="close_contact"), 30.0),
        (signed(cbor2.dumps(dict(reversed(list(claims.items()))))), 1.0),
        (signed(cbor2.dumps(claims | {4: int(AT.timestamp()) + 73 * 3600}, canonical=True)), 1.0),
        (signed(cbor2.dumps(claims | {2: "19900000001"}, canonical=True)), 1.0),
        (signed(b"\xa0", protected=cbor2.dumps({1: -8, 4: KEY.verifying.key_id})), 1.0),
        (passes.issue(GREEN, key=passes.new_key(issuer="991027", valid_from=AT)), 1.0),
    ]  # fmt: skip
    data = made.message(code())
    twin = _cose.P256_ORDER - int.from_bytes(data[-32:], "big")
    texts.append((made.text(data[:-32] + twin.to_bytes(32, "big")), 1.0))
    texts += [(words, 1.0) for words in made.spoilt(23, 400)]
    exact = len(texts) - 400
    return [
        {"code": words, "at": (AT + timedelta(hours=hours)).isoformat(), "exact": number < exact}
        for number, (words, hours) in enumerate(texts)
    ]


def test_phone_and_engine_agree(tmp_path: Path) -> None:
    node = frontend.node()
    messages = passes.make_slices(
        [b"revoked!"], subjects=[passes.RevokedSubject("gone", AT + timedelta(hours=1))], key=KEY, sequence=2,
        issued_at=AT, cuts=2,
    )  # fmt: skip
    known = passes.Revocations([passes.read_slice(m, keys=RING) for m in messages])
    shown = cases()
    for case in shown:
        at = datetime.fromisoformat(str(case["at"]))
        verdict = passes.verify(str(case["code"]), keys=RING, at=at, revocations=known)
        case |= {"valid": verdict.valid, "reason": verdict.reason, "revocation": verdict.revocation}
    assert {c["reason"] for c in shown[:12]} >= {
        "",
        "expired",
        "revoked",
        "not_yet_valid",
        "unknown_key",
        "unknown_algorithm",
    }
    given = tmp_path / "given.json"
    given.write_text(
        json.dumps({"keys": json.loads(RING.write()), "slices": [m.hex() for m in messages], "cases": shown})
    )
    done = subprocess.run(
        [node, "--test", str(RUNNER)], capture_output=True, text=True, check=False, timeout=120,
        env={"PASSES_JS": SCRIPT.as_uri(), "GIVEN": str(given), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
