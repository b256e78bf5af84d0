"""The public reading: text in, directives out."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from ._actors import is_body, looks_like_body, names
from ._acts import Act, candidates, chosen, from_spans, grouped
from ._clause import Clause
from ._english import EnglishOrder, is_english, orders
from ._fields import action, quantity, scope
from ._lexicon import lexicon
from ._time import due_on, timing
from ._types import type_of

TYPES = (
    "screening", "testing", "isolation", "checkpoint", "tracing", "venue", "cold_chain", "hospital", "supplies",
    "vaccination", "reporting", "supervision", "publicity", "command", "institution", "project", "other",
)  # fmt: skip
COLUMNS = (
    "file", "start", "end", "quote", "action", "responsible", "deadline", "deadline_minutes", "recurrence",
    "quantity", "scope", "type",
)  # fmt: skip


@dataclass(frozen=True)
class Directive:
    """One thing that somebody was told to do or not to do, with its place in the text."""

    file: str
    start: int
    end: int
    quote: str
    action: str
    responsible: tuple[str, ...]
    deadline: str | None
    deadline_minutes: int | None
    recurrence: str | None
    quantity: str | None
    scope: str | None
    type: str
    due_on: date | None = None


class SpanModel(Protocol):
    """What a local language model must offer to take the place of the span rules; the fields stay with the rules."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Start and end of every directive, as offsets into `text`."""
        ...


def _responsible(group: Sequence[Act]) -> tuple[str, ...]:
    first = group[0]
    text = first.text
    for clause in first.clauses:
        told = re.match(r"(?:严禁|禁止)(.+)", clause.text)
        if told and clause.modal == "forbid":
            found = re.match(r"(.*(?:医疗机构|卫生院|服务中心|诊所|企业|单位|学校|药店|商户))(?=[^的、和])", told[1])
            if found and not re.search(r"进入|参加|前往|到", found[1]):
                return names(found[1]) if "、" in found[1] and "的" not in found[1] else (found[1],)
        about = re.match(r"对(.+)", clause.text)
        if about and first.core.modal == "forbid" and looks_like_body(about[1]) and len(first.clauses) == 2:
            return names(about[1])
    if first.core.modal == "forbid" and text.startswith("对"):
        whole = ",".join(c.text for c in first.clauses[:-1]).removeprefix("对")
        if whole and is_body(whole):
            return names(whole)
    if re.match(r"(?:一旦)?(?:出现|发生)问题", text) and "责" in text:
        return ()
    if first.core.modal == "urge" and not first.core.subject_is_body:
        return ()
    own = [c.subject for c in first.clauses if c.subject_is_body and c.subject]
    phrase = own[-1] if own else first.carried
    if own and own[-1] in lexicon().grammar["roles"] and first.carried not in ("", own[-1]):
        return (*names(first.carried), own[-1])
    if own and first.carried.endswith(own[-1]):
        phrase = first.carried
    return names(phrase) if phrase else ()


def _without_subject(clause: Clause) -> str:
    return clause.text.replace(clause.subject, "", 1) if clause.subject_is_body else clause.text


def _directive(text: str, file: str, group: Sequence[Act], today: date | None) -> Directive:
    start, end = group[0].start, max(a.end for a in group)
    clauses = [c for act in group for c in act.clauses]
    words = ",".join(act.text for act in group)
    when = timing(words)
    responsible = _responsible(group)
    return Directive(
        file=file,
        start=start,
        end=end,
        quote=text[start:end],
        action=action(clauses),
        responsible=responsible,
        deadline=when.deadline,
        deadline_minutes=when.deadline_minutes,
        recurrence=when.recurrence,
        quantity=quantity(words, when.recurrence),
        scope=scope(clauses),
        type=type_of(
            core=",".join(_without_subject(act.core) for act in group),
            around=",".join(c.text for act in group for c in act.clauses[:-1]),
            responsible="、".join(responsible),
            sentence=group[0].sentence_text,
            item_heading=group[0].item_heading,
            section_heading=group[0].section_heading,
        ),
        due_on=due_on(when.deadline, today),
    )


def _from_english(text: str, file: str, order: EnglishOrder) -> Directive:
    return Directive(
        file=file,
        start=order.start,
        end=order.end,
        quote=text[order.start : order.end],
        action=order.action,
        responsible=order.responsible,
        deadline=order.deadline,
        deadline_minutes=order.deadline_minutes,
        recurrence=order.recurrence,
        quantity=order.quantity,
        scope=None,
        type=order.type,
    )


def read(
    text: str, *, file: str = "", today: date | None = None, model: SpanModel | None = None
) -> tuple[Directive, ...]:
    """What a speech, a minute or a notice orders: who, what, by when, how often, for whom.

    `text` is the page as decoded; `quote` is exactly `text[start:end]`. `today` is the day on which the text is read;
    with it `due_on` carries the day that words like 明天 or 周五前 mean. `model` may propose the spans instead of the
    rules. Order is that of the text. English texts are read by a smaller grammar: one order a sentence, no scope.
    """
    if model is None and is_english(text):
        return tuple(_from_english(text, file, order) for order in orders(text))
    groups = from_spans(text, model.spans(text)) if model else grouped(chosen(candidates(text)))
    return tuple(_directive(text, file, group, today) for group in groups)


def as_row(item: Directive) -> dict[str, Any]:
    """One directive as a row of the public table, its columns in order."""
    row = asdict(item)
    row["responsible"] = list(item.responsible)
    return {column: row[column] for column in COLUMNS}
