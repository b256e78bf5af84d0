"""Who is told to act: the noun phrase before the verb, split into names."""

import re
from collections.abc import Sequence
from functools import cache

from ._lexicon import Token, lexicon

_PLACEHOLDER = re.compile(r"[X×xY*某]{1,4}")
_NAME_CHARS = 34
_DURING = re.compile(r"^[^、]{0,8}(?:期间|以来|之前|之后|以后|阶段),?(?=.)")


def _bare(phrase: str) -> str:
    """The phrase without opening words (同时, 请 …) and without what trails the names (都, 切实 …)."""
    words = lexicon()
    phrase = _DURING.sub("", phrase)
    changed = True
    while changed and phrase:
        changed = False
        for opener in words.openers:
            if phrase.startswith(opener) and len(phrase) > len(opener):
                phrase, changed = phrase[len(opener) :].lstrip(",:"), True
        for adverb in words.adverbs:
            if phrase.endswith(adverb) and len(phrase) > len(adverb):
                phrase, changed = phrase[: -len(adverb)], True
        for trailing in ("原则", "原则上", "自身", "自己", "也", "都", "均", "全部", "全体", "同志"):
            if phrase.endswith(trailing) and len(phrase) > len(trailing) + 1:
                phrase, changed = phrase[: -len(trailing)], True
    return phrase.strip(",:、 ")


def _without_closer(phrase: str) -> str:
    for closer in lexicon().closers:
        if phrase.endswith(closer) and len(phrase) > len(closer) and closer.startswith("等"):
            return phrase[: -len(closer)]
    return phrase


def is_body(phrase: str) -> bool:
    """Does the phrase name a body, a post or a group of staff?"""
    words = lexicon()
    plain = re.sub(r"\([^()]*\)$", "", phrase)
    if phrase in words.whole or plain in words.whole or any(phrase.endswith(c) for c in words.closers if "部门" in c):
        return True
    if not plain or plain.endswith(words.never):
        return False
    if any(plain.endswith(closer) and len(plain) > len(closer) + 1 for closer in words.closers if closer != "部门"):
        return True
    return phrase.endswith(words.heads) or plain.endswith(words.heads)


def is_person(phrase: str) -> bool:
    """Does the phrase name people who are looked after or bound by a rule, rather than a body?"""
    return phrase.endswith(lexicon().persons)


def names(phrase: str) -> tuple[str, ...]:
    """A list of bodies as single names: split at 、 and at 和, 及, 与 between bodies; 等部门 and the like left off."""
    words = lexicon()
    phrase = _without_closer(_bare(phrase))
    if phrase in words.whole:
        return (phrase,)
    listed = "、" in phrase or "," in phrase
    found: list[str] = []
    for part in re.split(r"[、,]", phrase):
        rest, cut = part, True
        while cut:
            cut = False
            for joint in ("以及", "及", "和", "与", "并"):
                head, sign, tail = rest.partition(joint)
                plain = head
                for closer in words.closers:
                    if closer.startswith("等") and head.endswith(closer):
                        plain = head[: -len(closer)]
                        break
                if sign and head and tail and (is_body(head) or (listed and plain != head)) and is_body(tail):
                    found.append(plain if listed else head)
                    rest, cut = tail, True
                    break
        found.append(rest)
    if len(found) > 1:
        found[-1] = _without_closer(found[-1])
    clean = []
    for name in found:
        after_relative = name.rpartition("的")[2] if "的" in name and not name.endswith("的") else name
        single = _bare(_without_closer(after_relative))
        if single and single not in clean:
            clean.append(single)
    return tuple(clean)


def subject_phrase(text: str, words_before: Sequence[Token]) -> str:
    """The bare phrase that stands before the modal or the leading verb; empty when it is no noun phrase."""
    phrase = _bare(text[: words_before[-1].end]) if words_before else ""
    if not phrase or (len(phrase) > _NAME_CHARS and "、" not in phrase) or len(phrase) > 3 * _NAME_CHARS:
        return ""
    return phrase


@cache
def _no_actor() -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon().any_of('no_actor_first')})")


def looks_like_body(phrase: str) -> bool:
    """A body by its ending, or a placeholder such as XX镇 by its shape; verbs inside rule it out."""
    words = lexicon()
    if not phrase or not is_body(phrase):
        return False
    if _no_actor().match(phrase):
        return False
    return bool(_PLACEHOLDER.match(phrase)) or phrase in words.whole or len(phrase) > 1
