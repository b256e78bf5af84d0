"""One reader for each kind of paper; the text comes out as it stands on the page, page numbers and all."""

import codecs
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PAPER_BYTES = 100 * 2**20
_UNPACKED_BYTES = 500 * 2**20
_META_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption footer form h1 h2 h3 h4 h5 h6 header hr li "  # noqa: SIM905
    "main nav ol p pre section table td th tr ul".split()
)
_UNREAD = frozenset(["script", "style", "noscript", "template", "head", "svg", "iframe", "select", "button"])


class PaperFault(ValueError):
    """The paper cannot be read: `what` is wrong, and how to `mend` it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what = what
        self.mend = mend


def decode(raw: bytes) -> str:
    """The text of a file of unknown encoding: its mark (BOM) first, then UTF-8, UTF-16 by its zero bytes, GB18030.

    Nothing but the mark is left out; line ends stay as they are. Raises PaperFault where none of them fits.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], encoding)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text:
            return text
    ends = raw[: 2**16]
    even, odd = ends[0::2].count(0), ends[1::2].count(0)
    if max(even, odd) * 20 > len(ends):
        return _strict(raw, "utf-16-be" if even > odd else "utf-16-le")
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise PaperFault("the encoding is neither UTF-8, UTF-16 nor GBK", "save it as UTF-8")


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as fault:
        raise PaperFault(f"byte {fault.start} is no {encoding}", "save it as UTF-8") from None


def _txt(path: Path) -> str:
    return decode(path.read_bytes())


def _docx(path: Path) -> str:
    import docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_BYTES:
                raise PaperFault("the document unpacks to more than 500 MB", "split it")
        document = docx.Document(str(path))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        if isinstance(fault, PaperFault):
            raise
        raise PaperFault(
            "this is not a Word document (.docx)", "open it in a word processor and save it again"
        ) from None

    def lines(parts: Iterator[Any]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, Table):
                for row in part.rows:
                    seen: list[Any] = []
                    for cell in row.cells:  # a merged cell is handed out once for every column it spans
                        if cell._tc not in seen:
                            seen.append(cell._tc)
                            yield from lines(cell.iter_inner_content())
            else:
                yield part.text

    return "\n".join(lines(document.iter_inner_content()))


def _pdf(path: Path) -> str:
    import logging

    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PaperFault("the PDF is locked by a password", "save it without password")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as fault:
        if isinstance(fault, PaperFault):
            raise
        raise PaperFault("this PDF cannot be read", "print it to PDF again") from None
    if not text.strip():
        raise PaperFault("the PDF holds pictures of pages, no text", "run text recognition over it first")
    return text


def _html(path: Path) -> str:
    import lxml.html

    raw = path.read_bytes()
    declared = _META_CHARSET.search(raw[:4096])
    try:
        text = raw.decode(_wider(declared[1].decode("ascii")) if declared else "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = decode(raw)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    if not text.strip():
        return ""
    try:
        tree = lxml.html.document_fromstring(text)
    except (lxml.etree.LxmlError, ValueError):
        raise PaperFault("this page cannot be read", "save its text as .txt") from None
    pieces: list[str] = []

    def walk(element: Any) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _BLOCKS
        if tag and tag not in _UNREAD:
            if block:
                pieces.append("\n")
            if element.text:
                pieces.append(re.sub(r"\s+", " ", element.text))
            for child in element:
                walk(child)
            if block:
                pieces.append("\n")
        if element.tail:
            pieces.append(re.sub(r"\s+", " ", element.tail))

    try:
        walk(tree)
    except RecursionError:
        raise PaperFault("the page nests too deep", "save its text as .txt") from None
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _wider(charset: str) -> str:
    """GB18030 for everything that pages call gb2312 or gbk, since many use more signs than they declare."""
    return "gb18030" if charset.lower() in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else charset


_READERS: dict[str, Callable[[Path], str]] = {".txt": _txt, ".docx": _docx, ".pdf": _pdf, ".html": _html, ".htm": _html}
SUFFIXES = tuple(_READERS)


def read_paper(path: Path) -> str:
    """The text of a paper: `.txt` exactly as decoded (BOM left out), the others as lines in reading order.

    Raises PaperFault for another suffix, a missing file, an encoding nobody knows, a broken or locked document, a PDF
    without text.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        mend = "save it as .docx" if path.suffix.lower() in (".doc", ".wps") else f"use one of {' '.join(SUFFIXES)}"
        raise PaperFault(f"«{path.suffix}» is not a kind of paper that can be read", mend)
    if not path.is_file():
        raise PaperFault("there is no such file", "check the path")
    try:
        if path.stat().st_size > _PAPER_BYTES:
            raise PaperFault("the file is larger than 100 MB", "split it")
        return reader(path)
    except OSError as fault:
        raise PaperFault(f"the file cannot be read ({fault.strerror or fault})", "check its rights") from None
