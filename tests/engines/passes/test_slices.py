"""Revocation: what is named no longer counts, what is issued later does, and nobody turns the list back."""

from datetime import datetime, timedelta

import cbor2
import pytest

from bihuan.engines import passes
from bihuan.engines.passes import _cose
from tests.engines.passes import made
from tests.engines.passes.made import AT, GREEN, KEY, RING, code

HOUR = timedelta(hours=1)


def held(
    *codes: bytes, subjects: tuple[passes.RevokedSubject, ...] = (), cuts: int = 1, sequence: int = 1
) -> passes.Revocations:
    messages = passes.make_slices(codes, subjects=subjects, key=KEY, sequence=sequence, issued_at=AT, cuts=cuts)
    return passes.Revocations([passes.read_slice(m, keys=RING) for m in messages])


def verdict(of: str, revocations: passes.Revocations, *, at: datetime = AT + HOUR) -> tuple[str, str]:
    found = passes.verify(of, keys=RING, at=at, revocations=revocations)
    return found.reason, found.revocation


@pytest.mark.parametrize("cuts", [1, 4, 256])
def test_a_revoked_code_is_refused_and_others_are_not(cuts: int) -> None:
    others = [i.to_bytes(8, "big") for i in range(500)]
    known = held(GREEN.code_id, *others, cuts=cuts)
    assert verdict(code(), known) == ("revoked", "")
    assert verdict(code(code_id=b"A" * 8), known) == ("", "checked")


def test_a_revoked_subject_loses_earlier_passes_and_keeps_later_ones() -> None:
    known = held(subjects=(passes.RevokedSubject(GREEN.subject, AT + HOUR),))
    later = code(issued_at=AT + HOUR, expires_at=AT + 2 * HOUR, status="red")
    assert verdict(code(), known) == ("revoked", "")
    assert verdict(later, known) == ("", "checked")
    assert verdict(code(subject="other"), known) == ("", "checked")


def test_a_stale_list_says_so_and_still_refuses_what_it_names() -> None:
    messages = passes.make_slices([GREEN.code_id], key=KEY, sequence=1, issued_at=AT, valid_hours=1)
    known = passes.Revocations([passes.read_slice(m, keys=RING) for m in messages])
    assert verdict(code(), known, at=AT + 2 * HOUR) == ("revoked", "")
    assert verdict(code(code_id=b"A" * 8), known, at=AT + 2 * HOUR) == ("", "stale")


def test_a_missing_slice_is_unknown_not_checked() -> None:
    messages = passes.make_slices([], key=KEY, sequence=1, issued_at=AT, cuts=256)
    known = passes.Revocations([passes.read_slice(messages[0], keys=RING)])
    assert verdict(code(), known) == ("", "unknown")


def test_an_older_list_does_not_undo_a_newer_one() -> None:
    known = held(GREEN.code_id, sequence=5)
    (older,) = passes.make_slices([], key=KEY, sequence=4, issued_at=AT)
    assert not known.add(passes.read_slice(older, keys=RING))
    assert verdict(code(), known) == ("revoked", "")
    finer = passes.make_slices([], key=KEY, sequence=6, issued_at=AT, cuts=2)
    assert known.add(passes.read_slice(finer[0], keys=RING))


def test_a_list_is_eight_bytes_an_entry() -> None:
    (message,) = passes.make_slices([i.to_bytes(8, "big") for i in range(1000)], key=KEY, sequence=1, issued_at=AT)
    assert len(message) < 8 * 1000 + 200


def test_forged_lists_are_refused() -> None:
    (message,) = passes.make_slices([GREEN.code_id], key=KEY, sequence=1, issued_at=AT)
    for at in range(len(message)):
        with pytest.raises(passes.Refusal):
            passes.read_slice(message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :], keys=RING)
        with pytest.raises(passes.Refusal):
            passes.read_slice(message[:at], keys=RING)


def test_a_pass_is_no_list_and_a_list_is_no_pass() -> None:
    (message,) = passes.make_slices([], key=KEY, sequence=1, issued_at=AT)
    assert passes.verify(made.text(message), keys=RING, at=AT).reason == "malformed"
    with pytest.raises(passes.Refusal):
        passes.read_slice(made.message(code()), keys=RING)


def test_signed_lists_with_wrong_claims_are_refused() -> None:
    (message,) = passes.make_slices([], key=KEY, sequence=1, issued_at=AT)
    claims = cbor2.loads(cbor2.loads(message).value[2])
    for name, value in ((-65541, 3), (-65543, b"123"), (-65540, "one"), (1, "elsewhere")):
        payload = cbor2.dumps(claims | {name: value}, canonical=True)
        header = _cose.header(KEY.verifying.key_id)
        bad = _cose.assemble(header, payload, KEY.sign(_cose.to_be_signed(header, payload)))
        with pytest.raises(passes.Refusal):
            passes.read_slice(bad, keys=RING)


def test_unusable_settings_are_refused() -> None:
    for bad in ({"cuts": 3}, {"sequence": 0}, {"valid_hours": 0}):
        with pytest.raises(ValueError, match=r"cuts|sequence|hours"):
            passes.make_slices([], **({"key": KEY, "sequence": 1, "issued_at": AT} | bad))  # type: ignore[arg-type]
