"""Results as instruments send them: HL7 v2 ORU^R01 messages and ASTM E1394 records (LIS02), one file or stream of many.

    >>> from bihuan.adapters import hl7
    >>> [r.tube for r in hl7.read(b"MSH|^~\\\\&|...")]

Small on purpose: the specimen, its final value, cycle thresholds by gene, the time. Everything else is left alone.
"""

from bihuan.adapters.hl7._astm import read_astm
from bihuan.adapters.hl7._oru import read_oru
from bihuan.adapters.hl7._said import Said

__all__ = ["Said", "is_message", "read"]


def is_message(raw: bytes) -> bool:
    """Whether these bytes are of an instrument's interface, by how they begin."""
    start = raw.lstrip(b"\x0b\x02\x05\r\n\xef\xbb\xbf 01234567")[:4]
    return start.startswith(b"MSH") or start[:2] == b"H|"


def read(raw: bytes) -> list[Said]:
    """What the messages say of each specimen, in their order. Raises ValueError when there is no message in them."""
    text = _decoded(raw)
    if "MSH" in text[:200]:
        return read_oru(text)
    if "H|" in text[:200]:
        return read_astm(text)
    raise ValueError("neither HL7 nor ASTM")


def _decoded(raw: bytes) -> str:
    """UTF-8, or GB18030 as older instruments write it."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
