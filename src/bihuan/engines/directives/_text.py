"""From a page to paragraphs, sentences and clauses, with every offset kept."""

import re
from dataclasses import dataclass, field

_SAME_LENGTH = str.maketrans(
    "，：；！？（）　\u00a0\u200b\ufeff０１２３４５６７８９％．", ",:;!?()    0123456789%.", ""
)
_NOISE = re.compile(
    r"[\s\-—–_·.]*(?:第?\s*\d{1,4}\s*页?(?:\s*[,/]?\s*(?:共|of|/)?\s*\d{1,4}\s*页?)?|Page\s*\d+(?:\s*of\s*\d+)?)[\s\-—–_·.]*$"
    r"|\s*(?:https?://|www\.)\S+\s*$|[\s\-—–_=*·.]+$",
    re.IGNORECASE,
)
_NUMERAL = "一二三四五六七八九十"
_SECTION = re.compile(rf"[{_NUMERAL}]{{1,3}}、")
_SUBSECTION = re.compile(rf"\((?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})\)")
_ITEM = re.compile(
    rf"(?:[{_NUMERAL}]{{1,3}}(?:是(?!否)|(?=要))|\d{{1,2}}[.、)](?!\d)|第[{_NUMERAL}]{{1,2}}(?:,|、|是)|[①-⑳]|[●■◆•▪]"
    rf"|(?:首先|其次|再次|最后),)"
)
_FINAL = "。!?;"
_CLOSING = {"“": "”", "《": "》", "(": ")", "‘": "’", "【": "】", "[": "]"}
_PROTECTED_CHARS = 40
_LABEL = re.compile(r"[^,。:]{1,12}:")
_WRAPPED_SHARE = 0.4
_WRAP_FILL = 0.75


@dataclass(frozen=True)
class Piece:
    """A stretch of the page: `text` without blanks, and for each of its characters the offset on the page."""

    text: str
    offsets: tuple[int, ...]

    @property
    def start(self) -> int:
        """Offset of the first character on the page."""
        return self.offsets[0]

    @property
    def end(self) -> int:
        """Offset after the last character on the page."""
        return self.offsets[-1] + 1

    def part(self, start: int, end: int | None = None) -> "Piece":
        """The characters from `start` to `end` (offsets in `text`)."""
        return Piece(self.text[start:end], self.offsets[start:end])


@dataclass(frozen=True)
class Sentence:
    """One sentence without its mark: what it stands under, and its clauses."""

    clauses: tuple[Piece, ...]
    paragraph: int
    marker: str
    """`section`, `subsection`, `item` or nothing: the kind of number before the sentence."""
    final: str
    """The mark that ends it; nothing at the end of an unfinished line."""
    text: str = field(default="")


def normalised(text: str) -> str:
    """Full-width marks as half-width ones; the length stays, so offsets stay true."""
    return text.translate(_SAME_LENGTH)


def _piece(flat: str, start: int, end: int) -> Piece:
    kept: list[int] = []
    for at in range(start, end):
        if not flat[at].isspace() or (
            kept
            and flat[kept[-1]].isascii()
            and flat[kept[-1]].isalpha()
            and at + 1 < end
            and flat[at + 1].isascii()
            and flat[at + 1].isalpha()
        ):
            kept.append(at)
    return Piece("".join(flat[at] for at in kept), tuple(kept))


def is_marked(line: str) -> bool:
    """Does the line begin with a number of a section or an item?"""
    line = line.lstrip()
    return bool(_SECTION.match(line) or _SUBSECTION.match(line) or _ITEM.match(line))


def paragraphs(text: str) -> list[Piece]:
    """Paragraphs of a page: wrapped lines joined again, page numbers and addresses passed over."""
    flat = normalised(text)
    lines = [match.span() for match in re.finditer(r"[^\r\n\f\v\u2028\u2029]+", flat)]
    solid = [(a, b) for a, b in lines if flat[a:b].strip() and not _NOISE.match(flat[a:b])]
    if not solid:
        return []
    lengths = sorted(len(flat[a:b].rstrip()) for a, b in solid)
    width = lengths[int(len(lengths) * 0.9)] if len(lengths) > 1 else lengths[0]
    open_ended = [1 for a, b in solid if flat[a:b].rstrip()[-1] not in _FINAL + ":" and b - a >= _WRAP_FILL * width]
    wrapped = len(solid) > 3 and len(open_ended) >= _WRAPPED_SHARE * len(solid)
    groups: list[list[tuple[int, int]]] = []
    for start, end in solid:
        if groups:
            before_start, before_end = groups[-1][-1]
            before, line = flat[before_start:before_end].rstrip(), flat[start:end]
            between = flat[before_end:start]
            noisy = bool(between.strip())
            blank = between.count("\n") > 1 and not noisy
            indented = len(line) - len(line.lstrip()) >= 2
            heading = is_marked(before) and len(before) < _WRAP_FILL * width
            unfinished = before[-1] not in _FINAL + ":”)" and not blank and not heading
            full = wrapped and len(before) >= _WRAP_FILL * width and not indented
            if unfinished and not is_marked(line) and (before[-1] in ",、" or full or (noisy and len(before) > 20)):
                groups[-1].append((start, end))
                continue
        groups.append([(start, end)])
    found = []
    for group in groups:
        pieces = [_piece(flat, a, b) for a, b in group]
        found.append(Piece("".join(p.text for p in pieces), tuple(o for p in pieces for o in p.offsets)))
    return [p for p in found if p.text]


def _cuts(text: str) -> list[tuple[int, str]]:
    """Where clauses end: offset of the mark and the mark; marks inside short quotes and brackets do not count."""
    found: list[tuple[int, str]] = []
    guard, open_brackets = -1, 0
    for at, sign in enumerate(text):
        if sign in _CLOSING and at > guard:
            close = text.find(_CLOSING[sign], at + 1, at + _PROTECTED_CHARS)
            if close > 0 and not re.search(r"[。;!?]", text[at:close]):
                guard = close
            elif sign == "(":
                open_brackets += 1
                found.append((at, ","))
        if at <= guard:
            continue
        between_digits = 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
        if sign in ",:" and between_digits:
            continue
        if sign == ")" and not _SUBSECTION.match(text[max(0, at - 3) : at + 1]) and open_brackets:
            open_brackets -= 1
            found.append((at, ","))
        elif sign in "。!?;,:":
            found.append((at, sign))
    return found


def sentences(paragraph: Piece, number: int) -> list[Sentence]:
    """The sentences of a paragraph; an item number in the middle begins a new one."""
    text = paragraph.text
    found: list[Sentence] = []
    clauses: list[Piece] = []
    marker, begin, opened = "", 0, 0

    def close(final: str, at: int) -> None:
        nonlocal clauses, marker, opened
        if clauses or marker:
            found.append(Sentence(tuple(clauses), number, marker, final, text[opened:at]))
        clauses, marker, opened = [], "", at + 1

    for at, sign in [*_cuts(text), (len(text), "")]:
        clause_start = begin
        for kind, pattern in (("section", _SECTION), ("subsection", _SUBSECTION), ("item", _ITEM)):
            match = pattern.match(text, clause_start)
            if match and (kind != "section" or not clauses) and match.end() <= at:
                if clauses:
                    close(",", clause_start - 1)
                marker, clause_start = marker or kind, match.end()
        if clause_start < at:
            clauses.append(paragraph.part(clause_start, at))
        begin = at + 1
        if sign in "。!?;" or sign == "":
            close(sign, at)
        elif sign == ":" and clauses and clause_start == opened and _LABEL.fullmatch(text[clause_start : at + 1]):
            close(":", at)
    return found
