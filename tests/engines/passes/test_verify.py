"""A pass counts or is refused for a named reason; nothing but the one right spelling counts."""

import re
from dataclasses import replace
from datetime import timedelta

import base45
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.engines import passes
from bihuan.engines.passes import _base45, _cose
from tests.engines.passes import made
from tests.engines.passes.made import AT, GREEN, KEY, RING, code, message, signed, text


def reason(of: str, *, hours: float = 1) -> str:
    verdict = passes.verify(of, keys=RING, at=AT + timedelta(hours=hours))
    assert verdict.valid == (not verdict.reason)
    return verdict.reason


def test_a_pass_is_read_back_as_it_was_issued() -> None:
    verdict = passes.verify(code(), keys=RING, at=AT)
    assert verdict == passes.Verdict(True, "", "", GREEN, "unknown")


def test_the_same_claims_always_give_the_same_text() -> None:
    assert code() == code()


def test_a_pass_ends_at_its_end() -> None:
    assert reason(code(), hours=11.999) == ""
    assert reason(code(), hours=12) == "expired"
    assert passes.verify(code(), keys=RING, at=GREEN.expires_at).shown == GREEN


def test_a_pass_from_the_future_is_refused_past_five_minutes_of_clock() -> None:
    assert reason(code(), hours=-4 / 60) == ""
    assert reason(code(), hours=-6 / 60) == "not_yet_valid"


def test_other_keys_and_changed_keys_are_refused() -> None:
    other = passes.new_key(issuer="991027", valid_from=KEY.verifying.valid_from)
    assert reason(passes.issue(GREEN, key=other)) == "unknown_key"
    assert reason(signed(message(code())[20:], protected=_cose.header(b"\0" * 8))) == "unknown_key"
    forged = _cose.header(KEY.verifying.key_id)
    payload = cbor2.dumps(made.claims(), canonical=True)
    stolen = text(_cose.assemble(forged, payload, other.sign(_cose.to_be_signed(forged, payload))))
    assert reason(stolen) == "bad_signature"


def test_a_changed_status_breaks_the_signature() -> None:
    data = message(code(status="red"))
    assert reason(text(data.replace(b"cred", b"cbed"))) == "bad_signature"


def test_the_twin_signature_is_refused() -> None:
    data = message(code())
    s = int.from_bytes(data[-32:], "big")
    assert reason(text(data[:-32] + (_cose.P256_ORDER - s).to_bytes(32, "big"))) == "bad_signature"


@pytest.mark.parametrize("algorithm", [-8, -35, -257, 5, 0, None, "ES256"])
def test_other_algorithms_are_refused(algorithm: object) -> None:
    header = cbor2.dumps({1: algorithm, 4: KEY.verifying.key_id}, canonical=True)
    assert reason(signed(b"\xa0", protected=header)) == "unknown_algorithm"
    assert reason(signed(b"\xa0", protected=cbor2.dumps({4: KEY.verifying.key_id}))) == "unknown_algorithm"


def test_re_encoded_messages_are_refused_though_the_content_is_the_same() -> None:
    data = message(code())
    tag = cbor2.loads(data)
    protected, _, payload, signature = tag.value
    size = len(payload)
    longer = b"\x59" + size.to_bytes(2, "big")
    variants = [
        data.replace(bytes((0x58, size)), longer),
        b"\xd8\x12" + data[1:],
        cbor2.dumps(cbor2.CBORTag(18, [protected, {99: 1}, payload, signature])),
        data[1:],
        data + b"\0",
        data.replace(b"\xa0", b"\xbf\xff", 1),
    ]
    for variant in variants:
        assert variant != data
        assert reason(text(variant)) in {"not_canonical", "malformed"}


def test_payloads_in_another_order_or_width_are_refused_though_signed() -> None:
    claims = made.claims()
    backwards = cbor2.dumps(dict(reversed(list(claims.items()))))
    assert reason(signed(backwards)) == "not_canonical"
    wide = cbor2.dumps(claims, canonical=True).replace(b"\x01\x66", b"\x18\x01\x66", 1)
    assert reason(signed(wide)) in {"not_canonical", "malformed"}


@pytest.mark.parametrize(
    ("claim", "value"),
    [(1, 7), (2, "赵一鸣"), (2, "991027198503120017"), (2, "19900000001"), (4, "soon"), (4, 2**40), (7, b"1"), (-65537, "Green!"),
     (-65538, ""), (5, 1), (6, True), (6, 1.5)],
)  # fmt: skip
def test_claims_that_no_pass_holds_are_refused_though_signed(claim: int, value: object) -> None:
    assert reason(signed(cbor2.dumps(made.claims() | {claim: value}, canonical=True))) == "malformed"


def test_a_lifetime_of_days_is_refused_though_signed() -> None:
    long = made.claims() | {4: int(AT.timestamp()) + 73 * 3600}
    assert reason(signed(cbor2.dumps(long, canonical=True))) == "lifetime_too_long"


def test_no_name_and_no_number_goes_into_a_pass() -> None:
    for subject in ("赵一鸣", "991027198503120017", "19900000001", "ab", "a b c d"):
        with pytest.raises(ValueError, match="subject"):
            code(subject=subject)


def test_keys_rotate_and_old_passes_still_count() -> None:
    start = AT + timedelta(hours=2)
    new = passes.new_key(issuer="991027", valid_from=start)
    ring = passes.KeyRing.read(RING.rotated(new.verifying).write())
    at = AT + timedelta(hours=3)
    assert passes.verify(code(), keys=ring, at=at).valid
    late = passes.issue(
        replace(GREEN, issued_at=start, expires_at=start + timedelta(hours=4)),
        key=KEY,
    )
    assert passes.verify(late, keys=RING, at=at).valid
    assert passes.verify(late, keys=ring, at=at).reason == "key_out_of_period"
    with pytest.raises(ValueError, match="not in use"):
        passes.issue(GREEN, key=new)


def test_key_lists_that_do_not_fit_are_refused() -> None:
    good = RING.write()
    for bad in (
        "",
        "[]",
        '{"keys": [{}]}',
        good.replace("P-256", "P-521"),
        good.replace(KEY.verifying.key_id.hex(), "00" * 8),
    ):
        with pytest.raises(passes.KeyFault):
            passes.KeyRing.read(bad)
    with pytest.raises(passes.KeyFault):
        passes.signing_key(b"no key", issuer="x", valid_from=AT)


def test_five_thousand_forgeries_are_all_refused() -> None:
    for forged in made.spoilt(11, 5000):
        verdict = passes.verify(forged, keys=RING, at=AT)
        assert not verdict.valid, forged
        assert verdict.reason in passes.REASONS


@given(st.text(max_size=300))
def test_any_text_is_refused_without_an_error(words: str) -> None:
    assert not passes.verify(words, keys=RING, at=AT).valid
    assert not passes.verify(passes.PREFIX + words, keys=RING, at=AT).valid


@given(st.binary(max_size=200))
def test_base45_is_the_standard_one(data: bytes) -> None:
    spelt = _base45.encode(data)
    assert spelt == base45.b45encode(data).decode()
    assert _base45.decode(spelt) == data


def test_the_printed_code_is_small_enough_for_a_level_q_qr() -> None:
    assert len(code(ground="close_contact")) < 280
    assert passes.qr_svg(code()).count("<svg") == 1


def test_a_picture_grows_to_the_size_its_page_gives_it() -> None:
    drawn = passes.qr_svg(made.code())
    assert drawn.startswith("<svg ")
    width, height = re.search(r'width="(\d+)" height="(\d+)"', drawn).groups()
    assert f'viewBox="0 0 {width} {height}"' in drawn
