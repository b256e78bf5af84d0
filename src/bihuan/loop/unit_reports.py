"""What the flows and the pages of the units' reports share: what the house counts itself, and who may sign."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import EventKind
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Refused

EVERYBODY = Scope(EVERYWHERE)
# No county has more of anything in a day.
MOST = 10_000_000


def counted(scope: Scope, day: date, at: datetime) -> dict[str, int]:
    """What the house knows of a place's day up to `at`, by the names forms prefill from."""
    since = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    standing = Q(refuted_at__isnull=True) | Q(refuted_at__gt=at)
    followed = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    cases = cases_reads.cases(scope).order_by().filter(standing, reported_at__gt=since, reported_at__lte=at)
    contacts = cases_reads.contacts(scope).order_by().filter(followed, identified_at__lte=at)
    bound = orders_reads.orders_in_force(scope, at).order_by().filter(person__isnull=False)
    moved = intake_reads.events(scope, until=at, known_by=at).filter(at__gte=since, kind=EventKind.CLOSED)
    return {
        "cases_new": cases.count(),
        "contacts_open": contacts.values("person").distinct().count(),
        "bound": bound.values("person").distinct().count(),
        "rows_open": intake_reads.open_rows(scope).order_by().count(),
        "rows_closed": moved.count(),
        "sampled": lab_figures.sampled_between(scope, since, at),
        "problems_open": command_reads.figures(scope, at)["problems_open"],
    }


def day_of(task: Any) -> date:
    """The day a report is about: the one its task opened on."""
    return timezone.localtime(task.opened_at).date()


def asked(doing: Doing, task: UUID) -> tuple[Any, unit_forms.UnitForm]:
    """The report's task and its form. Raises Refused unless the one acting is who signs for the unit."""
    found = command_reads.task(doing.actor.scope, task)
    pair = report_reads.of_subject(found.subject) if found and found.kind == TaskKind.UNIT_REPORT else None
    form = unit_forms.unit_form(pair[0]) if pair else None
    if found is None or form is None:
        raise Refused(_("没有这份日报告，或不在您的辖区"), "no_such_report")
    chief = staff_reads.chief(EVERYBODY, found.responsible_unit_id, doing.at)
    if chief is None or chief.member_id != doing.actor.member:
        raise Refused(
            _("日报告须由%(unit)s负责人%(name)s签字后上报")
            % {"unit": found.responsible_unit.name, "name": chief.member.name if chief else ""},
            "not_the_signer",
        )
    return found, form


def whole(form: unit_forms.UnitForm, figures: Mapping[str, int | None]) -> dict[str, int]:
    """The figures if every one was typed. Raises Refused naming those that were not: zero is typed, empty is not zero."""
    missing = [f.words.zh for f in form.figures if figures.get(f.name) is None]
    if missing:
        raise Refused(
            _("还有 %(n)d 项没有填：%(words)s。没有就填 0，空着不算零")
            % {"n": len(missing), "words": "；".join(missing[:5])},
            "not_filled",
        )
    told = {f.name: int(figures[f.name] or 0) for f in form.figures}
    wrong = [f.words.zh for f in form.figures if not 0 <= told[f.name] <= MOST]
    if wrong:
        raise Refused(_("数值有误：%(words)s") % {"words": "；".join(wrong[:5])}, "bad_figure")
    return told
