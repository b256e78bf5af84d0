"""A photo as a camera takes it: made small in the browser before it is sent, upright, and kept as proof."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.people import cipher
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.browser import _chromium
from tests.browser.test_sampling import phone

pytestmark = _chromium.BROWSER


def camera(path: Path, width: int, height: int) -> Path:
    """A noisy picture as PNG: bigger than what is taken in."""
    rows = np.random.default_rng(1).integers(0, 256, (height, width * 3), np.uint8)
    raw = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(raw, 1)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def test_a_cameras_photo_is_made_small_before_it_is_sent(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    county = make.county()
    inspector, pharmacy = make.inspector(), make.place("河湾药店", "pharmacy")
    make.does(
        inspector, "fill_checklist", at=make.DAY, checklist="pharmacy", subject=pharmacy, kind="inspection",
        answers=make.filled("pharmacy"),
    )  # fmt: skip
    with scoped(make.EVERYBODY):
        (filled,) = command_reads.fills(make.EVERYBODY, "pharmacy")
    photo = camera(tmp_path / "IMG_0001.png", 2400, 1800)
    assert photo.stat().st_size > 4 * 2**20  # as it is, the server would not take it
    with phone(county.feng) as (context, address):
        page = context.new_page()
        page.goto(address + reverse("desk:filled", args=[filled.id]))
        page.set_input_files("input[name=photo]", photo)
        expect(page.locator("form:has(input[name=photo]) button")).to_be_enabled()
        page.fill("form:has(input[name=photo]) input[name=words]", "门口码标")
        page.click("form:has(input[name=photo]) button")
        expect(page.get_by_text("门口码标")).to_be_visible()
    with scoped(make.EVERYBODY):
        proof = command_reads.proofs(make.EVERYBODY, [f"visit:{filled.id}"]).defer(None)[0]
    kept = cipher.unseal_bytes(proof.sealed)
    assert proof.media == "image/jpeg"
    assert len(kept) < 2 * 2**20
    assert longest_side(kept) == 1600


def longest_side(jpeg: bytes) -> int:
    """The longer side of a JPEG, from its frame header."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return max(int.from_bytes(jpeg[at + 5 : at + 7]), int.from_bytes(jpeg[at + 7 : at + 9]))
