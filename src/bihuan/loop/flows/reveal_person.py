"""Somebody looks behind the mask: the reason is asked, the look is journalled."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reveal_person(doing: Doing, *, subject: str, reason: str) -> Outcome:
    """Let the caller show one person's name, numbers and phones; the journal keeps who, whom, when and why, not what."""
    if len(reason.strip()) < 2:
        raise Refused(_("查看个人信息必须写明理由"), "no_reason")
    kind, _colon, text = subject.partition(":")
    try:
        id_ = UUID(text)
    except ValueError:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person") from None
    if kind == "person":
        person = people_reads.person(doing.actor.scope, id_)
        path = person.path if person else ""
    elif kind == "list":  # the file of rejected rows shows their senders' cells: one look at all of them
        pushed = intake_reads.pushed_list(doing.actor.scope, id_)
        path = pushed.path if pushed and doing.actor.may("receive_list") else ""
    elif kind == "stay":  # whoever looks after somebody of another township knows them by the stay
        stay = stays_reads.stay(doing.actor.scope, id_)
        path = (stay.path if doing.actor.scope.holds(stay.path) else stay.home_path) if stay else ""
    elif kind == "assistance":  # the persons of a letter of assistance, or its signed file
        letter = cases_reads.assistance(doing.actor.scope, id_)
        path = letter.path if letter and doing.actor.may("see_cases") else ""
    elif kind == "case":  # the report of a case with its names
        case = cases_reads.case(doing.actor.scope, id_)
        path = case.path if case and doing.actor.may("see_cases") else ""
    else:
        row = intake_reads.row(doing.actor.scope, id_)
        path = row.path if row else ""
    if not path:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    return Outcome("revealed", path, subject)
