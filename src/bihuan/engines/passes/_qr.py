"""A pass as a picture: QR code, error level Q, as SVG for screen and paper."""

import re

_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def qr_svg(code: str) -> str:
    """The SVG text of this code's QR (EU guideline: level Q, 35–60 mm on paper)."""
    import zxingcpp

    barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    drawn = str(zxingcpp.write_barcode_to_svg(barcode))
    drawn = drawn[drawn.index("<svg") :]  # it stands inside a page
    # Without a view box a page cannot make the picture larger; its own size is in modules.
    return _SIZE.sub(r'\g<0> viewBox="0 0 \1 \2"', drawn, count=1) if "viewBox" not in drawn else drawn
