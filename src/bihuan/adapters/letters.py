"""Our letters of assistance on their way out: from the rows of the register to a signed file or a paper."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.adapters import assistance, documents
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import AssistanceOutcome, Direction
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


def signed_file(scope: Scope, number: str) -> bytes | None:
    """The letter of this number as a signed file: our request, or our reply to theirs."""
    asked = cases_reads.assistances(scope).filter(letter__number=number).first()
    asked = asked or cases_reads.assistances(scope).filter(reply__number=number).first()
    if asked is None:
        return None
    return signed(scope, asked)


def signed(scope: Scope, asked: Any) -> bytes:
    """One letter of assistance as a signed file."""
    county = territory_reads.county_of(asked.path)
    name, code = (county.name, county.code) if county else ("", "")
    rows = list(cases_reads.assistance_people(scope, asked.id))
    if asked.direction == Direction.OUT:
        return assistance.write_request(
            secret=settings.SECRET_KEY, county_name=name, county_code=code, number=asked.letter.number,
            to_name=asked.counterpart, to_code=asked.counterpart_code, disease=asked.disease, protocol=asked.protocol,
            case_words=_case_words(asked), written_at=asked.received_at, due_at=asked.due_at,
            people=[_person(row) for row in rows],
        )  # fmt: skip
    return assistance.write_reply(
        secret=settings.SECRET_KEY, county_name=name, county_code=code,
        number=asked.reply.number if asked.reply else "", in_reply_to=asked.their_number,
        written_at=asked.replied_at or asked.received_at,
        answers=[_answer(row, rows) for row in rows],
    )  # fmt: skip


def paper(scope: Scope, asked: Any, suffix: str, *, with_names: bool) -> bytes:
    """The letter as a paper to sign, with its persons in a list; names masked where they are not meant to leave."""
    county = territory_reads.county_of(asked.path)
    head = _("%(county)s疫情防控指挥部") % {"county": county.name if county else ""}
    rows = list(cases_reads.assistance_people(scope, asked.id))
    lines = []
    for row in rows:
        told = cipher.unseal_json(row.sealed)
        shown = row.name if with_names else people_reads.masked_name(row.name)
        phones = "、".join(told.get("phones", ())) if with_names else ""  # data
        last = f"{timezone.localtime(row.last_exposure_at):%Y-%m-%d %H:%M}" if row.last_exposure_at else ""
        end = row.outcome_words if asked.replied_at or asked.direction == Direction.IN else ""
        lines.append("　".join(p for p in (f"{row.row_number}. {shown}", phones, last, row.place_words, end) if p))
    if asked.direction == Direction.OUT:
        title = _("协查函")
        body = [
            _("我县病例 %(case)s（%(disease)s）的下列 %(n)d 名接触者现在贵县（市、区），请协助查找并依法落实管控：")
            % {"case": asked.case.number if asked.case else "", "disease": asked.disease, "n": len(rows)},
            *lines,
            _("请于 %(due)s 前函复核查结果。") % {"due": f"{timezone.localtime(asked.due_at):%Y-%m-%d %H:%M}"},
        ]
        number, signed_on = asked.letter.number, asked.received_at
    else:
        title = _("关于协查的复函")
        body = [
            _("贵县（市、区）%(number)s 收悉。函中 %(n)d 人已全部核查，结果如下：")
            % {"number": asked.their_number, "n": len(rows)},
            *lines,
            _("特此函复。"),
        ]
        number, signed_on = asked.reply.number if asked.reply else "", asked.replied_at or asked.received_at
    return documents.render_letter(
        documents.Letter(
            title=title, addressee=asked.counterpart, body=tuple(body), issuer=head, head=head, number=number,
            signed_on=timezone.localdate(signed_on),
        ),
        suffix,
    )  # fmt: skip


def _case_words(asked: Any) -> str:
    """What they learn of our case: its number and course, no name."""
    case = asked.case
    if case is None:
        return ""
    onset = f"{timezone.localtime(case.onset_at):%Y-%m-%d}" if case.onset_at else ""
    return f"{case.number} {case.classification_words} {onset}".strip()


def _person(row: Any) -> dict[str, Any]:
    told = cipher.unseal_json(row.sealed)
    return {
        "row_number": row.row_number, "name": row.name, "documents": told.get("documents", []),
        "phones": told.get("phones", []), "sex": told.get("sex", ""), "birth_on": told.get("birth_on"),
        "address": told.get("address", ""), "class_name": row.class_name, "place_words": row.place_words,
        "first_exposure_at": row.first_exposure_at and row.first_exposure_at.isoformat(),
        "last_exposure_at": row.last_exposure_at and row.last_exposure_at.isoformat(),
    }  # fmt: skip


def _answer(row: Any, rows: list[Any]) -> dict[str, Any]:
    """A person of two letters is answered for in both with what the first one says."""
    said = row
    if row.outcome == AssistanceOutcome.DUPLICATE and row.duplicate_of is not None:
        said = row.duplicate_of
    outcome = said.outcome if said.outcome != AssistanceOutcome.OPEN else row.outcome
    return {"row_number": row.row_number, "outcome": outcome, "answer": said.answer or row.answer}
