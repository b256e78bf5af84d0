"""A photo as proof: JPEG or PNG, of a bounded size, without what the camera told of place, time and owner."""

MOST_BYTES = 4 * 2**20
# JPEG: colour depends on APP0 (JFIF) and APP14 (Adobe); every other application segment and every comment goes.
_KEPT_APP = {0xE0, 0xEE}
# PNG: what is needed to draw it; text, time and EXIF chunks go.
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
_PNG = b"\x89PNG\r\n\x1a\n"


class PhotoFault(ValueError):
    """The bytes are no photo that can be kept; `code` says why: too_big, not_a_photo, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(raw: bytes) -> tuple[bytes, str]:
    """The picture alone and its media type; whatever follows its end (a film, a second picture) is left out too."""
    if len(raw) > MOST_BYTES:
        raise PhotoFault("too_big")
    try:
        if raw.startswith(b"\xff\xd8"):
            return _jpeg(raw), "image/jpeg"
        if raw.startswith(_PNG):
            return _png(raw), "image/png"
    except IndexError:
        raise PhotoFault("broken") from None
    raise PhotoFault("not_a_photo")


def _jpeg(raw: bytes) -> bytes:
    kept, at = [raw[:2]], 2
    while raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])
        length = int.from_bytes(raw[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(raw):
            raise PhotoFault("broken")
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT_APP:
            kept.append(raw[at:end])
        if marker == 0xDA:  # a scan: its data run to the next marker that is neither a stuffed byte nor a restart
            scan = end
            while not (raw[scan] == 0xFF and raw[scan + 1] != 0 and not 0xD0 <= raw[scan + 1] <= 0xD7):
                scan += 1
            kept.append(raw[end:scan])
            end = scan
        at = end
    raise PhotoFault("broken")


def _png(raw: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while True:
        length, name = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(raw) or len(name) < 4:
            raise PhotoFault("broken")
        if name in _KEPT_CHUNKS:
            kept.append(raw[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
