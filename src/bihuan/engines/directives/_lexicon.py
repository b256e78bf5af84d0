"""The lexicons (YAML beside this file) and the tokenizer that knows their words."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jieba
from ruamel.yaml import YAML

# jieba's dictionary gives no tag to a word added without one; "x" is its own sign for "unknown".
UNKNOWN_TAG = "x"


def load(name: str) -> dict[str, Any]:
    """One file of the lexicon."""
    source = (files(__package__) / "lexicon" / f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = YAML(typ="safe").load(source)
    return content


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda w: (-len(w), w)))


@dataclass(frozen=True)
class Lexicon:
    """All word lists, in the form in which the rules ask for them."""

    heads: tuple[str, ...]
    whole: frozenset[str]
    persons: tuple[str, ...]
    openers: tuple[str, ...]
    closers: tuple[str, ...]
    never: tuple[str, ...]
    deadline_words: tuple[str, ...]
    weak_deadline_words: frozenset[str]
    units_minutes: Mapping[str, int]
    round_the_clock: tuple[str, ...]
    recurrence_words: tuple[str, ...]
    oblige: frozenset[str]
    forbid: frozenset[str]
    urge: frozenset[str]
    charge: frozenset[str]
    adverbs: frozenset[str]
    aim: frozenset[str]
    slogan: tuple[str, ...]
    narrative: frozenset[str]
    opening: frozenset[str]
    situation: tuple[str, ...]
    concrete: frozenset[str]
    manage: frozenset[str]
    objects: tuple[str, ...]
    types: Mapping[str, Mapping[str, float]]
    type_weights: Mapping[str, float]
    default_type: str
    points: Mapping[str, Mapping[str, float]]
    grammar: Mapping[str, tuple[str, ...]]

    def any_of(self, name: str) -> str:
        """A closed class of `grammar.yaml` as alternatives of a pattern, longest first."""
        return "|".join(self.grammar[name])


@cache
def lexicon() -> Lexicon:
    """Read the word lists once."""
    units, time, mood = load("units"), load("time"), load("mood")
    verbs, types, points = load("verbs"), load("types"), load("points")
    return Lexicon(
        heads=_longest_first(units["heads"]),
        whole=frozenset(units["whole"]),
        persons=_longest_first(units["persons"]),
        openers=_longest_first(units["openers"]),
        closers=_longest_first(units["closers"]),
        never=tuple(units["never"]),
        deadline_words=_longest_first(time["deadline_words"]),
        weak_deadline_words=frozenset(time["weak_deadline_words"]),
        units_minutes=time["units_minutes"],
        round_the_clock=_longest_first(time["round_the_clock"]),
        recurrence_words=_longest_first(time["recurrence_words"]),
        oblige=frozenset(mood["oblige"]),
        forbid=frozenset(mood["forbid"]),
        urge=frozenset(mood["urge"]),
        charge=frozenset(mood["charge"]),
        adverbs=frozenset(mood["adverbs"]),
        aim=frozenset(mood["aim"]),
        slogan=tuple(mood["slogan"]),
        narrative=frozenset(mood["narrative"]),
        opening=frozenset(mood["opening"]),
        situation=tuple(mood["situation"]),
        concrete=frozenset(verbs["concrete"]),
        manage=frozenset(verbs["manage"]),
        objects=tuple(verbs["objects"]),
        types=types["types"],
        type_weights=types["weights"],
        default_type=types["default"],
        points=points,
        grammar={name: _longest_first(words) for name, words in load("grammar").items()},
    )


@cache
def _tokenizer() -> tuple[jieba.Tokenizer, dict[str, str]]:
    """A tokenizer of our own (jieba's shared one stays as it is) and the dictionary's word → tag table."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    tags: dict[str, str] = {}
    with tokenizer.get_dict_file() as lines:
        for raw in lines:
            word, _, tag = raw.decode("utf-8").strip().split(" ")
            tags[word] = tag
    words, mood = lexicon(), load("mood")
    groups: list[Any] = [words.heads, words.whole, words.oblige, words.forbid, words.urge, words.adverbs, words.slogan]
    groups += [words.concrete, words.manage, words.aim, words.narrative, mood["not_oblige"], words.recurrence_words]
    for group in groups:
        for word in group:
            if len(word) > 1:
                tokenizer.add_word(word)
    # The dictionary knows 深入开展 and 进一步提高 as one word; the rules ask for adverb and verb apart.
    for adverb in words.adverbs:
        for verb in words.concrete | words.manage | words.aim:
            if tokenizer.FREQ.get(adverb + verb) and adverb + verb not in words.concrete | words.manage | words.aim:
                tokenizer.del_word(adverb + verb)
    return tokenizer, tags


@dataclass(frozen=True)
class Token:
    """One word, where it starts in the clause, and its dictionary tag."""

    word: str
    at: int
    tag: str

    @property
    def end(self) -> int:
        """Where the word ends in the clause."""
        return self.at + len(self.word)


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a clause into words; no model guesses new words, so the same text always gives the same words."""
    tokenizer, tags = _tokenizer()
    found, at = [], 0
    for word in tokenizer.cut(text, HMM=False):
        found.append(Token(word, at, tags.get(word, UNKNOWN_TAG)))
        at += len(word)
    return tuple(found)
