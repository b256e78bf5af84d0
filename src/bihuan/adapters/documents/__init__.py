"""Papers: one report value as a print, a document, a sheet or data; and official letters.

    >>> from bihuan.adapters import documents
    >>> Path("daily.pdf").write_bytes(documents.render(page, ".pdf", locale="zh"))
"""  # fmt: skip

from bihuan.adapters.documents._card import PassCard
from bihuan.adapters.documents._letter import Letter
from bihuan.adapters.documents._words import DocumentFault
from bihuan.reports._page import Page

__all__ = [
    "CONTENT_TYPES",
    "LETTER_SUFFIXES",
    "REPORT_SUFFIXES",
    "DocumentFault",
    "Letter",
    "PassCard",
    "render",
    "render_card",
    "render_letter",
    "render_picture",
]

CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}
REPORT_SUFFIXES = tuple(CONTENT_TYPES)
LETTER_SUFFIXES = (".docx", ".pdf")


def render(page: Page, suffix: str, *, locale: str = "zh") -> bytes:
    """The bytes of one report as `.xlsx .docx .pdf .csv` or `.json`.

    locale: `zh` or `en` for the fixed words; the page's own words come in its language already.
    Raises DocumentFault for another suffix, or (PDF) on a machine without any Chinese font.
    """
    from bihuan.adapters.documents import _plain

    if suffix == ".pdf":
        from bihuan.adapters.documents._pdf import page_pdf

        return page_pdf(page, locale)
    if suffix == ".docx":
        from bihuan.adapters.documents._docx import page_docx

        return page_docx(page, locale)
    makers = {".xlsx": _plain.page_xlsx, ".csv": _plain.page_csv, ".json": _plain.page_json}
    if suffix not in makers:
        raise _unknown(suffix, REPORT_SUFFIXES)
    return makers[suffix](page, locale)


def render_letter(letter: Letter, suffix: str, *, locale: str = "zh") -> bytes:
    """The bytes of one official letter as `.docx` or `.pdf`. Raises DocumentFault as `render` does."""
    if suffix == ".pdf":
        from bihuan.adapters.documents._pdf import letter_pdf

        return letter_pdf(letter, locale)
    if suffix == ".docx":
        from bihuan.adapters.documents._docx import letter_docx

        return letter_docx(letter, locale)
    raise _unknown(suffix, LETTER_SUFFIXES)


def render_card(card: PassCard, *, locale: str = "zh") -> bytes:
    """The PDF of one pass on paper. Raises DocumentFault on a machine without any Chinese font."""
    from bihuan.adapters.documents._pdf import card_pdf

    return card_pdf(card, locale)


def render_picture(svg: str) -> bytes:
    """A picture drawn as SVG, as PNG. Raises DocumentFault on a machine without any Chinese font, or for no picture."""
    import re

    from bihuan.adapters.documents._pdf import picture_png

    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg[:400])
    if size is None:
        raise DocumentFault("不是带尺寸的SVG图", "not an SVG picture that says its size")
    return picture_png(svg, float(size[1]), float(size[2]))


def _unknown(suffix: str, known: tuple[str, ...]) -> DocumentFault:
    listed = " ".join(known)
    return DocumentFault(f"不会写“{suffix}”，可用{listed}", f"cannot write «{suffix}»; use one of {listed}")
