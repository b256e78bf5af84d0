"""From clauses to acts: which clauses order something, and which of them belong to one order."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ._actors import names
from ._clause import Clause, analyse, has_span, is_body_alone
from ._lexicon import lexicon
from ._text import Piece, Sentence, paragraphs, sentences
from ._types import topic_points

_HEADING_CHARS = 24
_TITLE_CHARS = 45
_GAP = 4
_CLAUSE_CHARS = 400  # longer ones are tables or noise
_ROW = 100  # acts judged together; no sentence of a speech has so many
_GENERIC = re.compile(r"(?:管理|管控|工作|建设|防控|监管|能力|机制|体系|措施|责任|力度)$")
_JOINS = re.compile(r"^(?:并(?!发)|且|确保|及时|做到|形成|严防|防止|避免|坚决|切实做到|直至|不漏|不得|严防|明确)")
_TOPIC_FIRST = re.compile(
    r"^(?:同时|特别是?|尤其是?|也?要)*(?:对|对于|针对|发现|一旦|凡|确需|在.{2,20}(?:之前|前|后|期间))"
)
_FOUR = re.compile(r"[一-龥]{4}(?:[、,][一-龥]{4})*$")
_PAST = re.compile(r"(?:了(?!解)|过(?!程|年|渡|境|滤|关))")
_NOBODY = re.compile(r"^(?:大家|我们|一些|全社会|全民|人人|广大)")
_MODAL_FIRST = re.compile(r"^(?:同时|特别|还|也)?(?:要(?!求)|必须|须|应当|务必|倡导|提倡|鼓励)")
_RESPONSE = re.compile(r"(?:发现|出现|遇有|遇到|发生)[^,]{2,20},?[^,]{0,6}?(?:及时|立即|第一时间|迅速|马上|立刻|随时)")
_VAGUE = re.compile(r"(?:防控|应对|各项|方面的?|相关|有关|本职|日常|应对)(?:工作|措施|准备|要求)$")
_CONNECTIVE = re.compile(
    r"(?:会议(?:要求|决定|强调|明确|指出)|同时|此外|另外|特别是|尤其是|因此|总之|其次|最后|再次|所以"
    r"|请(?=各|全|有|相))+"
)
_AUDIENCE = re.compile(r"^(?:同志们|各位|谢谢|下面|刚才|今天(?!开始)|总之|大家)")


@dataclass(frozen=True)
class Act:
    """One or more clauses that may carry an order, with what they stand under."""

    clauses: tuple[Clause, ...]
    core: Clause
    sentence: int
    paragraph: int
    item: int
    item_heading: str
    section_heading: str
    carried: str
    """The phrase of the actor in force, when the act names none itself."""
    situation: bool
    final: str
    oblige_in_sentence: bool
    first_in_sentence: bool
    after_complaint: bool
    sentence_text: str

    @property
    def start(self) -> int:
        """Offset on the page of the first character."""
        return self.clauses[0].piece.start

    @property
    def end(self) -> int:
        """Offset on the page after the last character."""
        return self.clauses[-1].piece.end

    @property
    def text(self) -> str:
        """The clauses without blanks, with commas between."""
        return ",".join(c.text for c in self.clauses)


def signs(act: Act, before: bool) -> dict[str, float]:
    """What speaks for or against an order in this act; the names are those of `points.yaml`."""
    core, text = act.core, act.text
    known = lexicon()
    concrete = [t for t in core.words if t.word in known.concrete]
    domain = topic_points(text)
    best = max(domain.values(), default=0.0)
    plural_openings = len(act.clauses) > 1
    return {
        "oblige": float(core.modal == "oblige"),
        "forbid": float(core.modal == "forbid"),
        "urge": float(core.modal == "urge"),
        "charge": float(core.modal == "charge"),
        "body": float(any(c.subject_is_body for c in act.clauses)),
        "body_and_modal": float(core.subject_is_body and core.modal != ""),
        "lead_concrete": float(core.lead_kind == "concrete"),
        "lead_manage": float(core.lead_kind == "manage"),
        "lead_aim": float(core.lead_kind == "aim"),
        "lead_verb": float(core.lead_kind == "verb"),
        "no_lead": float(core.lead_kind == ""),
        "oblige_concrete": float(core.modal == "oblige" and core.lead_kind == "concrete"),
        "oblige_slogan": float(core.modal == "oblige" and core.slogans > 0),
        "object": float(any(thing in core.text for thing in known.objects)),
        "response": float(bool(_RESPONSE.search(text))),
        "lead_first": float(0 <= core.lead_at <= 4),
        "concrete_inside": float(min(len(concrete), 2)),
        "topic": min(best, 6.0) / 2,
        "no_topic": float(best < 2),
        "slogan": float(min(sum(c.slogans for c in act.clauses), 2)),
        "narrative": float(min(sum(c.narratives for c in act.clauses), 3)),
        "past": float(bool(_PAST.search(core.text))),
        "span": float(has_span(text)),
        "opened": float(plural_openings),
        "under_item": float(bool(act.item_heading) or act.item > 0),
        "situation": float(act.situation),
        "situation_forbid": float(act.situation and core.modal == "forbid"),
        "sentence_obliges": float(act.oblige_in_sentence),
        "first": float(act.first_in_sentence),
        "after_order": float(before),
        "aim_after_order": float(before and core.lead_kind == "aim"),
        "complaint": float(act.after_complaint),
        "vague": float(bool(_VAGUE.search(core.text))),
        "short": float(len(core.text) <= 7),
        "four": float(bool(_FOUR.fullmatch(core.text)) and core.modal == ""),
        "audience": float(bool(_AUDIENCE.match(text))),
        "unfinished": float(act.final in ("", ":") and core.modal == ""),
    }


def _nouns(clause: Clause) -> set[str]:
    return {t.word for t in clause.words if t.tag.startswith("n") and len(t.word) > 1}


def joints(group: Sequence[Act], following: Act) -> dict[str, float]:
    """What speaks for or against one order going on in the next act."""
    last, core = group[-1], following.core
    first_topic, second_topic = topic_points(",".join(a.text for a in group)), topic_points(following.text)
    top = max(first_topic, key=lambda k: first_topic[k]) if first_topic else ""
    second = max(second_topic, key=lambda k: second_topic[k]) if second_topic else ""
    length = sum(len(a.text) for a in group)
    known_charge = lexicon().charge
    return {
        "second_modal": float(core.modal in ("oblige", "urge")),
        "second_begins_modal": float(bool(_MODAL_FIRST.match(following.text))),
        "second_forbid": float(core.modal == "forbid"),
        "both_forbid": float(core.modal == "forbid" and last.core.modal == "forbid"),
        "second_body": float(core.subject_is_body),
        "second_subject": float(bool(core.subject) and not core.subject_is_body),
        "second_topic_first": float(bool(_TOPIC_FIRST.match(following.text))),
        "second_joins": float(bool(_JOINS.match(following.text))),
        "second_aim": float(core.lead_kind == "aim"),
        "second_short": float(len(following.text) <= 9),
        "second_long": float(len(following.text) >= 24),
        "first_short": float(length <= 9),
        "first_long": float(length >= 26),
        "together_long": float(length + len(following.text) >= 45),
        "members": float(min(len(group) - 1, 2)),
        "first_generic": float(bool(_GENERIC.search(last.core.text))),
        "both_manage": float(last.core.lead_kind == "manage" and core.lead_kind == "manage"),
        "same_lead": float(bool(core.lead) and core.lead == last.core.lead),
        "same_topic": float(bool(top) and top == second),
        "other_topic": float(
            bool(second) and bool(top) and first_topic.get(second, 0.0) < 1.0 and second_topic[second] >= 3
        ),
        "no_second_topic": float(not second),
        "second_opened": float(len(following.clauses) > 1),
        "second_span": float(has_span(following.text)),
        "first_modal": float(bool(group[0].core.modal) and not core.modal),
        "shared_noun": float(bool(_nouns(last.core) & _nouns(core))),
        "very_long": float(length + len(following.text) >= 60),
        "both_charge": float(last.core.lead in known_charge and core.lead in known_charge),
        "gap": float(following.start - last.end > 1),
    }


def total(values: Mapping[str, float], table: str) -> float:
    """The points of all signs that are there, by the table in `points.yaml`."""
    points = lexicon().points[table]
    return points["start"] + sum(points.get(name, 0.0) * value for name, value in values.items())


def _is_title(paragraph: list[Sentence], whole: Piece) -> bool:
    return (
        len(paragraph) == 1 and not paragraph[0].final and not paragraph[0].marker and len(whole.text) <= _TITLE_CHARS
    )


def _begun(piece: Piece) -> Piece:
    """The clause from its first word that says something: 同时, 特别是 and the like passed over."""
    match = _CONNECTIVE.match(piece.text)
    return piece.part(match.end()) if match and len(piece.text) - match.end() >= 4 else piece


def candidates(text: str) -> list[Act]:
    """Every clause group of the page that could be an order, with its context, in reading order."""
    known = lexicon()
    pages = paragraphs(text)
    read = [sentences(p, n) for n, p in enumerate(pages)]
    acts: list[Act] = []
    section = subsection = item_heading = carried = base = ""
    item = sentence_number = 0
    section_situation = item_situation = False
    for number, paragraph in enumerate(read):
        if not paragraph:
            continue
        following = next((p[0].marker for p in read[number + 1 :] if p), "")
        for index, sentence in enumerate(paragraph):
            sentence_number += 1
            words = ",".join(c.text for c in sentence.clauses)
            clauses = [analyse(_begun(piece)) for piece in sentence.clauses if len(piece.text) <= _CLAUSE_CHARS]
            if not clauses and sentence.clauses:
                continue
            orders = any(c.subject_is_body and c.modal for c in clauses) or any(has_span(c.text) for c in clauses)
            alone = len(paragraph) == 1
            last = index == len(paragraph) - 1
            if sentence.marker in ("section", "subsection"):
                carried, base, item_heading, item_situation = "", "", "", False
                heading = (alone and len(words) <= _TITLE_CHARS and not orders and following != sentence.marker) or (
                    not last and len(words) <= _TITLE_CHARS and not orders
                )
                if sentence.marker == "section":
                    section, subsection = (words if heading else ""), ""
                    section_situation = any(w in section for w in known.situation)
                else:
                    subsection = words if heading else ""
                    section_situation = section_situation or any(w in subsection for w in known.situation)
                item = 0
                if heading:
                    continue
            elif sentence.marker == "item":
                item += 1
                carried = base
                one = len(sentence.clauses) == 1 and len(words) <= _HEADING_CHARS and not orders
                body_follows = (not last and paragraph[index + 1].marker == "" and sentence.final != ";") or (
                    alone and following == ""
                )
                item_heading = words if one and body_follows else ""
                situation_words = any(w in words for w in known.situation)
                item_situation = bool(item_heading) and situation_words
                if item_heading:
                    continue
            elif index == 0:
                carried = base = ""
                item, item_heading, item_situation = 0, "", False
                if _is_title(paragraph, pages[number]):
                    continue
            if sentence.final == ":" and len(clauses) == 1:
                if is_body_alone(clauses[0]):
                    carried = base = clauses[0].text
                    continue
                if len(words) <= 6 and not clauses[0].modal:
                    continue
            if len(words) <= 5 and len(clauses) == 1 and not last and clauses[0].modal == "":
                item_heading = item_heading or words
                continue
            oblige = any(c.modal in ("oblige", "forbid") for c in clauses)
            opening: list[Clause] = []
            first, complaint = True, False
            for position, clause in enumerate(clauses):
                final = position == len(clauses) - 1
                follows = clauses[position + 1] if not final else None
                named = is_body_alone(clause) and follows is not None and not follows.subject_is_body
                if named and opening and opening[-1].opens_only and opening[-1].text.startswith("对"):
                    carried = f"{names(opening[-1].text[1:])[-1]}、{clause.text}"
                elif clause.subject_is_body and clause.subject in known.grammar["roles"] and carried:
                    pass
                elif (clause.subject_is_body and (clause.modal or not clause.complains)) or named:
                    carried = clause.subject or clause.text
                elif _NOBODY.match(clause.text):
                    carried = ""
                complaint = (complaint or clause.complains) and not clause.modal
                if (clause.opens_only or named) and not final and len(opening) < 4:
                    opening.append(clause)
                    continue
                acts.append(
                    Act(
                        (*opening, clause), clause, sentence_number, number, item, item_heading, subsection or section,
                        carried, section_situation or item_situation, sentence.final, oblige, first, complaint, sentence.text,
                    )
                )  # fmt: skip
                opening, first = [], False
            if sentence.final == ":" and carried:
                base = carried
    return acts


def _log_odds(points: float) -> tuple[float, float]:
    """The logarithms of the chances of no and yes."""
    return -math.log1p(math.exp(min(points, 50.0))), -math.log1p(math.exp(min(-points, 50.0)))


def chosen(acts: Sequence[Act]) -> list[Act]:
    """The acts that order something: the likeliest row of yes and no over the acts of each sentence.

    Whether the act before is an order counts for the act after it, so the row is chosen as a whole.
    """
    order = lexicon().points["order"]
    kept: list[Act] = []
    best: list[tuple[float, tuple[bool, ...]]] = [(0.0, ()), (-math.inf, ())]
    row: list[Act] = []

    def close() -> None:
        nonlocal best, row
        answers = max(best, key=lambda b: b[0])[1]
        kept.extend(act for act, yes in zip(row, answers, strict=True) if yes)
        best, row = [(0.0, ()), (-math.inf, ())], []

    for act in acts:
        if row and (len(row) >= _ROW or not _adjacent(row[-1], act)):
            close()
        points = total(signs(act, False), "order")
        follows = order["after_order"] + (order["aim_after_order"] if act.core.lead_kind == "aim" else 0.0)
        alone, after = _log_odds(points), _log_odds(points + follows)
        best = [
            max(
                ((best[0][0] + alone[y], (*best[0][1], bool(y))), (best[1][0] + after[y], (*best[1][1], bool(y)))),
                key=lambda b: b[0],
            )
            for y in (0, 1)
        ]
        row.append(act)
    if row:
        close()
    return kept


def _adjacent(first: Act, second: Act) -> bool:
    return first.sentence == second.sentence and second.start - first.end <= _GAP


def grouped(acts: Sequence[Act]) -> list[list[Act]]:
    """The chosen acts, put together where one order runs over several clauses."""
    groups: list[list[Act]] = []
    for act in acts:
        if groups:
            last = groups[-1][-1]
            if _adjacent(last, act) and total(joints(groups[-1], act), "join") > 0:
                groups[-1].append(act)
                continue
        groups.append([act])
    return groups


def from_spans(text: str, spans: Sequence[tuple[int, int]]) -> list[list[Act]]:
    """Acts for spans that a model proposed, so that the same rules fill in the fields."""
    acts = candidates(text)
    groups: list[list[Act]] = []
    for start, end in sorted(set(spans)):
        inside = [a for a in acts if min(a.end, end) - max(a.start, start) > 0.5 * (a.end - a.start)]
        if not inside:
            near = [a for a in acts if a.start < end and start < a.end]
            inside = near[:1]
        if not inside:
            continue
        kept = [c for a in inside for c in a.clauses]
        groups.append([replace(inside[0], clauses=tuple(kept)), *inside[1:]] if len(inside) == 1 else inside)
    return groups
