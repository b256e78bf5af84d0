"""`bihuan pass`: make keys, issue, verify and revoke offline codes, on files alone."""

import json
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._frame import Unusable, answer, instant, json_option

if TYPE_CHECKING:
    from bihuan.engines.passes import KeyRing, Pass, Revocations, SigningKey

EXAMPLE = """
\b
Example:
  bihuan pass keygen --out keys --issuer 991027
  bihuan pass issue --key keys --subject q7.f3k2 --status green --valid-hours 12 --qr code.svg
  bihuan pass verify 'BH1:…' --keys keys/keys.json --slices slices
  bihuan pass revoke subject:q7.f3k2 --key keys --out slices
"""
_LEDGER = "revoked.json"
_zone = click.option("--tz", default="Asia/Shanghai", show_default=True, help="Zone of times without offset.")
_at = click.option("--at", "at_text", help="The time of the act; now when left out.")


@click.group(epilog=EXAMPLE)
def command() -> None:
    """Offline codes: a signed status of hours that a post verifies without a network."""


@command.command(epilog="Example: bihuan pass keygen --out keys --issuer 991027")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the keys; keys.json is public.")
@click.option("--issuer", default="bihuan", show_default=True, help="Who issues, for example a division code.")
@click.option("--valid-days", type=float, help="How long the key signs; without end when left out.")
@_at
@_zone
@json_option
def keygen(out: Path, issuer: str, valid_days: float | None, at_text: str | None, tz: str, as_json: bool) -> None:
    """Make a signing key. In a folder that has keys, the new one takes over and the older go on verifying."""
    from bihuan.engines import passes

    at = _time(at_text, tz)
    if valid_days is not None and valid_days <= 0:
        raise Unusable(f"--valid-days {valid_days} is no time", mend="give more than 0")
    until = at + timedelta(days=valid_days) if valid_days else None
    key = passes.new_key(issuer=issuer, valid_from=at, valid_until=until)
    public = out / "keys.json"
    ring = _ring(public) if public.exists() else passes.KeyRing([])
    private = out / f"{key.verifying.key_id.hex()}.pem"
    try:
        out.mkdir(parents=True, exist_ok=True)
        # The file is never readable by others, not even for a moment.
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(key.pem())
        public.write_text(ring.rotated(key.verifying).write(), encoding="utf-8")
    except OSError as fault:
        raise Unusable(f"cannot be written ({fault.strerror})", file=out, mend="check folder and rights") from None
    report = {"key_id": key.verifying.key_id.hex(), "private": str(private), "keys": str(public)}
    answer(report, as_json=as_json)


@command.command(epilog="Example: bihuan pass issue --key keys --subject q7.f3k2 --status green --valid-hours 12")
@click.option("--key", "key_path", required=True, type=click.Path(path_type=Path), help="Key folder, or its .pem.")
@click.option("--status", required=True, help="Status at this moment: green, yellow, red or a protocol's word.")
@click.option("--valid-hours", type=float, default=12, show_default=True, help="Lifetime; at most 72 hours.")
@click.option("--subject", required=True, help="Pseudonym: no name, no identity or phone number.")
@click.option("--ground", default="", help="Code word of the reason, for example close_contact.")
@click.option("--qr", "picture", type=click.Path(path_type=Path), help="Also write the QR code as .svg.")
@_at
@_zone
@json_option
def issue(
    key_path: Path, status: str, valid_hours: float, subject: str, ground: str, picture: Path | None,
    at_text: str | None, tz: str, as_json: bool,
) -> None:  # fmt: skip
    """Issue one pass: prints its text, ready for a QR code."""
    from bihuan.engines import passes

    at = _time(at_text, tz)
    key = _signing_key(key_path, at)
    try:
        one = passes.Pass(
            issuer=key.verifying.issuer, subject=subject, status=status, ground=ground, issued_at=at,
            expires_at=at + timedelta(seconds=round(valid_hours * 3600)),
            code_id=secrets.token_bytes(passes.CODE_ID_BYTES),
        )  # fmt: skip
        code = passes.issue(one, key=key)
    except (ValueError, OverflowError) as fault:
        raise Unusable(str(fault)) from None
    if picture:
        try:
            picture.write_text(passes.qr_svg(code), encoding="utf-8")
        except OSError as fault:
            raise Unusable(f"cannot be written ({fault.strerror})", file=picture, mend="check the folder") from None
    answer({"code": code} | _shown(one), as_json=as_json, words=code)


@command.command(epilog="Example: bihuan pass verify 'BH1:…' --keys keys/keys.json --slices slices")
@click.argument("code")
@click.option("--keys", "keys_path", required=True, type=click.Path(path_type=Path), help="keys.json or its folder.")
@click.option("--slices", type=click.Path(path_type=Path), help="Revocation slice, or a folder of them.")
@_at
@_zone
@json_option
def verify(code: str, keys_path: Path, slices: Path | None, at_text: str | None, tz: str, as_json: bool) -> int | None:
    """Verify one pass offline: exit 0 it counts, 1 refused with the reason. CODE `-` reads it from standard input."""
    from bihuan.engines import passes

    at = _time(at_text, tz)
    ring = _ring(keys_path / "keys.json" if keys_path.is_dir() else keys_path)
    held = _revocations(slices, ring) if slices else None
    text = sys.stdin.read() if code == "-" else code
    verdict = passes.verify(text.strip("\r\n"), keys=ring, at=at, revocations=held)
    report: dict[str, Any] = {"valid": verdict.valid, "reason": verdict.reason, "detail": verdict.detail}
    report["revocation"] = verdict.revocation
    words = f"REFUSED {verdict.reason}: {verdict.detail}"
    if verdict.shown:
        report |= _shown(verdict.shown)
        report["age_minutes"] = round((at - verdict.shown.issued_at).total_seconds() / 60, 1)
        if verdict.valid:
            words = (
                f"VALID {verdict.shown.status}, issued {report['issued_at']} ({report['age_minutes']:.0f} min ago), "
                f"until {report['expires_at']}, revocation {verdict.revocation}"
            )
    answer(report, as_json=as_json, words=words)
    return None if verdict.valid else 1


@command.command(epilog="Example: bihuan pass revoke subject:q7.f3k2 'BH1:…' --key keys --out slices")
@click.argument("items", nargs=-1)
@click.option("--key", "key_path", required=True, type=click.Path(path_type=Path), help="Key folder, or its .pem.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the slices.")
@click.option("--valid-hours", type=float, default=24, show_default=True, help="How long the slices are fresh.")
@click.option("--cuts", type=int, default=1, show_default=True, help="In how many slices: a power of two up to 256.")
@_at
@_zone
@json_option
def revoke(
    items: tuple[str, ...], key_path: Path, out: Path, valid_hours: float, cuts: int, at_text: str | None,
    tz: str, as_json: bool,
) -> None:  # fmt: skip
    """Revoke passes and sign the slices anew. ITEMS: pass texts, code ids (16 hex digits), or subject:PSEUDONYM.

    A subject's passes issued before now no longer count; a pass issued later does. Without ITEMS the slices are only
    renewed. Entries whose passes have ended by themselves leave the list.
    """
    from bihuan.engines import passes

    at = _time(at_text, tz)
    key = _signing_key(key_path, at)
    ledger = _ledger(out / _LEDGER)
    added = [_revoked_item(item, key_path, at) for item in items]
    entries = {(e["kind"], e["value"]): e for e in [*ledger["revoked"], *added]}
    live = [e for e in entries.values() if datetime.fromisoformat(e["until"]) > at]
    sequence = ledger["sequence"] + 1
    subjects = [
        passes.RevokedSubject(e["value"], datetime.fromisoformat(e["before"])) for e in live if e["kind"] == "subject"
    ]
    try:
        messages = passes.make_slices(
            [bytes.fromhex(e["value"]) for e in live if e["kind"] == "code"], subjects=subjects, key=key,
            sequence=sequence, issued_at=at, valid_hours=valid_hours, cuts=cuts,
        )  # fmt: skip
    except ValueError as fault:
        raise Unusable(str(fault)) from None
    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("slice-*.cose"):
            old.unlink()
        for index, message in enumerate(messages):
            (out / f"slice-{index:03}-of-{cuts:03}.cose").write_bytes(message)
        (out / _LEDGER).write_text(json.dumps({"sequence": sequence, "revoked": live}, indent=1), encoding="utf-8")
    except OSError as fault:
        raise Unusable(f"cannot be written ({fault.strerror})", file=out, mend="check folder and rights") from None
    report = {"sequence": sequence, "revoked": len(live), "added": len(added), "slices": len(messages)}
    answer(report | {"bytes": sum(map(len, messages)), "out": str(out)}, as_json=as_json)


def _time(text: str | None, zone: str) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    return instant(text, zone).replace(microsecond=0)


def _shown(one: "Pass") -> dict[str, Any]:
    return {
        "issuer": one.issuer, "subject": one.subject, "status": one.status, "ground": one.ground,
        "issued_at": one.issued_at.isoformat(), "expires_at": one.expires_at.isoformat(), "code_id": one.code_id.hex(),
    }  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Unusable(f"cannot be read ({fault.strerror})", file=path, mend="check the path") from None


def _ring(path: Path) -> "KeyRing":
    from bihuan.engines import passes

    try:
        return passes.KeyRing.read(_read(path).decode())
    except (passes.KeyFault, UnicodeDecodeError) as fault:
        raise Unusable(str(fault), file=path, mend="use the keys.json that keygen wrote") from None


def _signing_key(path: Path, at: datetime) -> "SigningKey":
    """The key in a .pem file, or of a folder the one in use at that time; keys.json beside it says whose it is."""
    from bihuan.engines import passes

    folder = path if path.is_dir() else path.parent
    ring = _ring(folder / "keys.json")
    candidates = [k for k in ring.keys.values() if (folder / f"{k.key_id.hex()}.pem").exists() and k.covers(at)]
    if not path.is_dir():
        candidates = [k for k in ring.keys.values() if k.key_id.hex() == path.stem]
    if not candidates:
        raise Unusable(f"no signing key in use at {at.isoformat()}", file=path, mend="make one with pass keygen")
    known = max(candidates, key=lambda k: k.valid_from)
    pem = folder / f"{known.key_id.hex()}.pem"
    try:
        key = passes.signing_key(
            _read(pem), issuer=known.issuer, valid_from=known.valid_from, valid_until=known.valid_until
        )
    except passes.KeyFault as fault:
        raise Unusable(str(fault), file=pem, mend="use the .pem that keygen wrote") from None
    if key.verifying.key_id != known.key_id:
        raise Unusable("the key does not belong to its name", file=pem, mend="use the .pem that keygen wrote")
    return key


def _revocations(path: Path, ring: "KeyRing") -> "Revocations":
    from bihuan.engines import passes

    files = sorted(path.glob("*.cose")) if path.is_dir() else [path]
    if not files:
        raise Unusable("no slice (*.cose) in this folder", file=path, mend="make them with pass revoke")
    held = passes.Revocations()
    for file in files:
        try:
            held.add(passes.read_slice(_read(file), keys=ring))
        except passes.Refusal as refusal:
            raise Unusable(
                f"not a usable slice ({refusal.reason}: {refusal})", file=file, mend="fetch it again"
            ) from None
    return held


def _ledger(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"sequence": 0, "revoked": []}
    try:
        found = json.loads(_read(path))
        return {"sequence": int(found["sequence"]), "revoked": list(found["revoked"])}
    except (ValueError, KeyError, TypeError):
        raise Unusable("not the list of what is revoked", file=path, mend="restore it, or use another folder") from None


def _revoked_item(item: str, key_path: Path, at: datetime) -> dict[str, str]:
    from bihuan.engines import passes

    latest = (at + timedelta(hours=passes.MAX_VALID_HOURS)).isoformat()
    if item.startswith("subject:") and len(item) > len("subject:"):
        return {"kind": "subject", "value": item.removeprefix("subject:"), "before": at.isoformat(), "until": latest}
    if item.startswith(passes.PREFIX):
        ring = _ring((key_path if key_path.is_dir() else key_path.parent) / "keys.json")
        verdict = passes.verify(item, keys=ring, at=at)
        if not verdict.shown:
            raise Unusable(f"not a pass of these keys ({verdict.reason})", mend="check the text")
        one = verdict.shown
        return {"kind": "code", "value": one.code_id.hex(), "until": one.expires_at.isoformat()}
    if len(item) == 2 * passes.CODE_ID_BYTES and set(item.lower()) <= set("0123456789abcdef"):
        return {"kind": "code", "value": item.lower(), "until": latest}
    raise Unusable(f"«{item}» is no pass, code id or subject:…", mend="give BH1:…, 16 hex digits, or subject:PSEUDONYM")
