"""What one order says: action, scope, quantity."""

import re

from ._actors import is_person
from ._clause import Clause
from ._lexicon import lexicon

_ANY = lexicon().any_of
_ABOUT = re.compile(rf"(?:^|[,要])(?:对|对于|针对)(?:于)?([^,]{{2,60}}?)(?=$|,|{_ANY('scope_ends')})")
_MANAGED = re.compile(
    rf"(?:{_ANY('managing_verbs')})(?:对)?([^,]{{2,40}}?)的?(?:[^,、的]{{0,4}})(?:{_ANY('managing_nouns')})(?:$|,|力度)"
)
_QUANTITY = re.compile(
    r"(?:不超过|不少于|不低于|不得超过|至少|最多|超过|达到|只(?=\d))?"
    rf"(?:\d+(?:\.\d+)?(?:-\d+)?|[一二两三四五六七八九十百]+)(?:{_ANY('measures')})[一-龥]{{0,5}}"
)
_FIXED_QUANTITY = re.compile(_ANY("fixed_quantities"))
_NOT_QUANTITY = re.compile(r"^(?:一(?:级|次性|项项|个|条|件|种|类|批|家|套)|第|每)")
_ACTION_CHARS = 40


def _trimmed(clause: Clause) -> str:
    """The clause from its order on: subject, modal (unless a ban) and adverbs left off."""
    known = lexicon()
    text = clause.text
    begin = 0
    for index, token in enumerate(clause.words):
        if clause.modal == "forbid" and token.at >= clause.modal_at >= 0:
            begin = clause.modal_at
            break
        subject_end = text.find(clause.subject) + len(clause.subject) if clause.subject else 0
        if token.at < max(subject_end, clause.modal_at + 1 if clause.modal in ("oblige",) else 0):
            continue
        skip = token.word in known.adverbs or token.word in known.openers or token.word in known.oblige
        follows = clause.words[index + 1].word if index + 1 < len(clause.words) else ""
        if skip and follows and not (token.word in known.manage and follows not in known.concrete | known.manage):
            continue
        begin = token.at
        break
    return text[begin:]


def action(clauses: list[Clause]) -> str:
    """The order as verb and object: conditions, subjects, modals and adverbs left off, at most about 40 characters."""
    cores = [c for c in clauses if not c.opens_only] or clauses
    parts: list[str] = []
    for clause in cores:
        if parts and (clause.lead_kind == "aim" or len(",".join(parts)) + len(clause.text) > _ACTION_CHARS):
            continue
        part = _trimmed(clause)
        if part:
            parts.append(part)
    return ",".join(parts)


def scope(clauses: list[Clause]) -> str | None:
    """Whom or what place the order is about, as written."""
    text = ",".join(c.text for c in clauses)
    about = _ABOUT.search(text)
    if about:
        return about[1].removesuffix("的") if not is_person(about[1]) else about[1]
    for clause in clauses:
        if clause.subject and not clause.subject_is_body:
            return clause.subject
    found = re.match(r"(?:一旦)?(?:发现|出现|遇有)([^,]{2,24}?)(?=要|及时|立即|第一时间|,|$)", text)
    if found:
        return found[1]
    managed = _MANAGED.search(text)
    return managed[1] if managed else None


def quantity(text: str, timed: str | None) -> str | None:
    """The first number with its measure that is not a time."""
    fixed = _FIXED_QUANTITY.search(text)
    if fixed:
        return fixed[0]
    for match in _QUANTITY.finditer(text):
        if _NOT_QUANTITY.match(match[0]) or (timed and match[0] in timed):
            continue
        if match.start() and text[match.start() - 1] in "第每“统唯同专":
            continue
        return match[0]
    return None
