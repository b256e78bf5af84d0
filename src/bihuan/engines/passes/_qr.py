"""A pass as a picture: QR code, error level Q, as SVG for screen and paper."""


def qr_svg(code: str) -> str:
    """The SVG text of this code's QR (EU guideline: level Q, 35–60 mm on paper)."""
    import zxingcpp

    barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    return str(zxingcpp.write_barcode_to_svg(barcode))
