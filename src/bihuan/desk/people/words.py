"""A person as a page may show one: masked."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.parts import Masked
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.choices import IdentityKind, Sex


def reveal_url(person: Any, field: str) -> str:
    """Where a field of a person is revealed."""
    return reverse("desk:person_reveal", args=[person.id, field])


def masked_person(person: Any) -> Masked:
    """The name behind its mask."""
    return Masked(people_reads.masked_name(person.name), reveal_url(person, "name"), _("姓名"))


def person_fields(person: Any, numbers: people_reads.Numbers) -> list[tuple[str, Any]]:
    """Name, documents, phones, birth date, sex and address of a person, masked, each with its label."""
    shown = people_reads.masked(numbers)
    kinds = dict(IdentityKind.choices)
    documents = "、".join(  # data
        number if kind == IdentityKind.RESIDENT_CARD else f"{kinds.get(kind, kind)} {number}"
        for kind, number in shown.documents
    )
    birth = f"{person.birth_on.year}-**-**" if person.birth_on else ""

    def masked(field: str, text: str, what: str) -> Any:
        return Masked(text, reveal_url(person, field), what) if text else None

    return [
        (_("姓名"), masked_person(person)),
        (_("证件号码"), masked("documents", documents, _("证件号码"))),
        (_("电话"), masked("phones", "、".join(shown.phones), _("电话"))),  # data
        (_("出生日期"), masked("birth_on", birth, _("出生日期"))),
        (_("性别"), str(Sex(person.sex).label)),
        (_("住址"), person.address),
    ]
