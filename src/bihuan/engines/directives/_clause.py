"""One clause under the glass: its modal, its subject, its leading verb, and what speaks for or against an order."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ._actors import is_person, looks_like_body, subject_phrase
from ._lexicon import Token, lexicon, tokens
from ._text import Piece

_QUOTED = re.compile(r"[“《‘(][^”》’)]*[”》’)]")
_NAME_CHARS = 14
_LISTED = re.compile(r"等[一-龥]{0,4}(?:部门|单位|机构|企业|场所)(?:[及和][^,]{2,10})?$")
_SPAN = re.compile(r"\d+(?:\.\d+)?(?:分钟|小时|天|日|周|个月)|[每一两三]+[天日周月](?:一|\d|两)")
_ANY = lexicon().any_of
_PREPOSITIONS = frozenset(lexicon().grammar["prepositions"])
_OPENING = re.compile(rf"(?:{_ANY('opening')})")
_OPENING_ENDS = re.compile(rf"(?:{_ANY('opening_ends')})$")
_CONDITION = re.compile(r"^(?:一旦)?(?:发现|出现|发生|遇有|遇到)")
_SHORT_TOPIC = re.compile(r"^(?:对|对于|针对|凡)")
_TOPIC_ALONE = re.compile(
    r"^(?:同时|特别是?|尤其是?|要|还要|也要)*(?P<who>[^,对]{0,12}?)(?:对于?|针对)(?P<whom>[^,]{2,60})$"
)
_TOPIC_ENDS = lexicon().grammar["topic_ends"]
_ACTING = re.compile(_ANY("acting"))
_AT_ONCE = re.compile(_ANY("at_once"))
_COMPLAINT = re.compile(rf"^(?:但|但是|还)?(?:{_ANY('complaint')})")
_TELLING = re.compile(_ANY("telling"))


@dataclass(frozen=True)
class Clause:
    """What the rules know of one clause."""

    piece: Piece
    words: tuple[Token, ...]
    modal: str
    """`oblige`, `forbid`, `urge`, `charge`, or nothing for a bare or narrative clause."""
    modal_at: int
    subject: str
    """The phrase before the verb; a body, people, or nothing."""
    subject_is_body: bool
    lead: str
    """The leading verb; nothing when the clause has none."""
    lead_at: int
    lead_kind: str
    """`concrete`, `manage`, `aim`, `verb`, or nothing."""
    opens_only: bool
    """The clause only opens the next one: condition, ground, or whom it is about."""
    complains: bool
    """The clause reports a fault, and what follows it in the sentence does too."""
    slogans: int
    narratives: int

    @property
    def text(self) -> str:
        """The words of the clause."""
        return self.piece.text


def _outside_quotes(text: str) -> list[bool]:
    mask = [True] * len(text)
    for match in _QUOTED.finditer(text):
        for at in range(*match.span()):
            mask[at] = False
    return mask


def _modal(words: tuple[Token, ...], mask: list[bool]) -> tuple[str, int]:
    known = lexicon()
    for index, token in enumerate(words):
        if not mask[token.at]:
            continue
        word = token.word
        if word in known.forbid:
            return "forbid", index
        if word in known.oblige:
            follows = words[index + 1].word if index + 1 < len(words) else ""
            if follows in known.forbid:
                return "forbid", index
            if word in ("原则", "可", "应", "需", "须", "请") and not follows:
                continue
            if word in ("可以", "可") and index == 0:
                continue
            return "oblige", index
        if word in known.urge and index <= 1:
            return "urge", index
        if word in known.charge and index >= 1:
            return "charge", index
    return "", -1


def _lead(words: tuple[Token, ...], begin: int) -> tuple[str, int, str]:
    """The first verb that leads: adverbs are passed over, a preposition sends us on to the verb after its object."""
    known = lexicon()
    skipping = False
    for index in range(begin, len(words)):
        token = words[index]
        word = token.word
        following = words[index + 1].word if index + 1 < len(words) else ""
        if word in _PREPOSITIONS:
            skipping = True
            continue
        if word in known.adverbs and word not in ("严格", "规范", "坚持", "集中", "统筹", "重点", "日常"):
            continue
        if word in ("严格", "规范", "统筹", "集中", "坚持") and following in known.concrete | known.manage:
            continue
        if skipping and following == "的":
            continue
        if word in known.aim and word not in known.concrete and not (word in known.manage and word != "确保"):
            return word, index, "aim"
        if word in known.concrete:
            return word, index, "concrete"
        if word in known.manage:
            return word, index, "manage"
        if token.tag.startswith("v") and not skipping and len(word) > 1:
            return word, index, "verb"
    return "", -1, ""


@lru_cache(maxsize=4096)
def _count(text: str, group: str) -> int:
    words = lexicon().slogan if group == "slogan" else ()
    return sum(1 for word in words if word in text)


def analyse(piece: Piece) -> Clause:
    """Look at one clause by itself."""
    known = lexicon()
    text = piece.text
    words = tokens(text)
    mask = _outside_quotes(text)
    modal, modal_index = _modal(words, mask)
    subject, body = "", False
    if modal_index > 0:
        subject = subject_phrase(text, words[:modal_index])
        body = looks_like_body(subject)
        if not body and not is_person(subject):
            subject = ""
    lead, lead_index, kind = _lead(words, modal_index if modal == "charge" else modal_index + 1)
    moving = known.adverbs | known.concrete | known.manage
    if modal_index < 0 and lead_index > 0 and not subject and words[0].word not in moving - set(known.heads):
        for index in range(lead_index, len(words)):
            if words[index].word in known.concrete | known.manage or index == lead_index:
                phrase = subject_phrase(text, words[:index])
                if looks_like_body(phrase):
                    subject, body = phrase, True
                    lead, lead_index, kind = _lead(words, index)
                    break
    if not subject and text.startswith("由") and lead_index > 0:
        phrase = subject_phrase(text, words[:lead_index])
        body = looks_like_body(phrase)
        subject = phrase if body else ""
    topic = _TOPIC_ALONE.match(text)
    topic_alone = bool(
        topic
        and topic["whom"].endswith(_TOPIC_ENDS)
        and (not topic["who"] or looks_like_body(topic["who"]))
        and not _ACTING.search(re.sub(r".*的", "", topic["whom"]) if topic["whom"][-1] != "的" else "")
    )
    if topic_alone and topic and topic["who"] and not subject:
        subject, body = topic["who"], True
    verbless = not lead and modal != "forbid"
    only_topic = bool(_SHORT_TOPIC.match(re.sub(r"^(?:同时|特别是?|要)+", "", text))) and (
        verbless or text.endswith("的")
    )
    rest = text
    if subject and body:
        rest = rest[rest.find(subject) + len(subject) :]
    rest = re.sub(r"^(?:同时|特别|尤其|还|也|都|均)*(?:要|应当?|必须|须)?(?:继续|严格|切实)?", "", rest)
    opens = bool(
        only_topic
        or topic_alone
        or (_OPENING.match(rest) and (not lead or _OPENING_ENDS.search(rest)) and modal != "forbid")
        or (
            _CONDITION.match(text)
            and modal in ("", "oblige")
            and modal_index < 0
            and (text.endswith(("的", "后", "时")) or len(text) <= 16)
            and not _AT_ONCE.search(text)
        )
        or (
            text.endswith(("的", "时", "后", "者"))
            and len(text) <= 30
            and modal != "forbid"
            and not text.endswith("目的")
        )
        or (not lead and looks_like_body(text) and modal_index < 0)
    )
    complains = bool(_COMPLAINT.match(text) or (_TELLING.search(text) and not _OPENING.match(text)))
    early_ban = modal == "forbid" and modal_index <= 2
    narratives = 0 if early_ban else sum(1 for token in words if token.word in known.narrative and mask[token.at])
    return Clause(
        piece, words, modal, words[modal_index].at if modal_index >= 0 else -1, subject, body, lead,
        words[lead_index].at if lead_index >= 0 else -1, kind, opens, complains, _count(text, "slogan"), narratives,
    )  # fmt: skip


def is_body_alone(clause: Clause) -> bool:
    """The clause is nothing but the names of bodies: the subject of the clause after it."""
    if clause.modal or clause.subject or not looks_like_body(clause.text):
        return False
    known, first = lexicon(), clause.words[0].word
    if first in known.adverbs or (first in known.concrete | known.manage and first not in known.heads):
        return False
    return not clause.lead or len(clause.text) <= _NAME_CHARS or bool(_LISTED.search(clause.text))


def has_span(text: str) -> bool:
    """Does the clause name a span of time or a rhythm?"""
    return bool(_SPAN.search(text))
