"""Facts of cases: what was found, whom it concerns, what became of them. Nothing is deleted; what was wrong is voided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.cases.choices import ContactState
from bihuan.ledgers.cases.models import (
    Assistance,
    AssistancePerson,
    Case,
    CaseStep,
    CaseVisit,
    Cluster,
    ClusterMember,
    Contact,
    ExposedPerson,
    Exposure,
    FollowUp,
    PlanStep,
    Reclassing,
    TransmissionLink,
)


def new_case(**fields: Any) -> Case:
    """A case, not yet written."""
    return Case(**fields)


def add_case(**fields: Any) -> Case:
    """Open one case."""
    return Case.objects.create(**fields)


def put_case(case: Case) -> Case:
    """Write a new case."""
    case.save(force_insert=True)
    return case


def add_cases(rows: Iterable[Mapping[str, Any]]) -> list[Case]:
    """Open many cases at once."""
    return Case.objects.bulk_create([Case(**row) for row in rows], batch_size=1000)


def set_case(case: UUID, **fields: Any) -> None:
    """Write what is now known of a case."""
    Case.objects.filter(id=case).update(**fields)


def add_visit(**fields: Any) -> CaseVisit:
    """Record where somebody was."""
    return CaseVisit.objects.create(**fields)


def add_visits(rows: Iterable[Mapping[str, Any]]) -> list[CaseVisit]:
    """Record many stays at once."""
    return CaseVisit.objects.bulk_create([CaseVisit(**row) for row in rows], batch_size=2000)


def set_visit(visit: UUID, **fields: Any) -> None:
    """Write what is now known of a stay."""
    CaseVisit.objects.filter(id=visit).update(**fields)


def add_exposure(people: Sequence[Mapping[str, Any]], **fields: Any) -> Exposure:
    """Record an exposure and who was there."""
    made = Exposure.objects.create(**fields)
    ExposedPerson.objects.bulk_create([ExposedPerson(exposure=made, **row) for row in people], batch_size=1000)
    return made


def add_exposures(rows: Iterable[Mapping[str, Any]]) -> list[Exposure]:
    """Record many exposures at once."""
    return Exposure.objects.bulk_create([Exposure(**row) for row in rows], batch_size=1000)


def set_exposure(exposure: UUID, **fields: Any) -> None:
    """Write what is now known of an exposure."""
    Exposure.objects.filter(id=exposure).update(**fields)


def new_contact(**fields: Any) -> Contact:
    """A contact, not yet written."""
    return Contact(**fields)


def add_contacts(rows: Sequence[Contact]) -> None:
    """Record contacts."""
    Contact.objects.bulk_create(rows, batch_size=1000)


# What a new look at a case may change of a contact already on record.
JUDGED = (
    "level", "via", "class_name", "kind", "relation", "certainty", "basis", "exposure", "first_exposure_at",
    "last_exposure_at", "overlap_s", "encounters", "places", "state", "last_day", "follow_until", "ended_at",
    "end_reason", "protocol",
)  # fmt: skip


def set_judged(rows: Sequence[Contact]) -> None:
    """Write what a new look found about contacts already on record."""
    Contact.objects.bulk_update(rows, list(JUDGED), batch_size=500)


def set_contacts(contacts: Collection[UUID], **fields: Any) -> int:
    """Write one fact on several contacts."""
    return Contact.objects.filter(id__in=list(contacts)).update(**fields)


def set_became_case(person: UUID, case: UUID, at: datetime) -> list[UUID]:
    """A contact fell ill: every open contact row of the person ends as a case, and keeps what it was."""
    found = Contact.objects.filter(person=person, ended_at__isnull=True).select_for_update()
    ids = list(found.values_list("id", flat=True))
    Contact.objects.filter(id__in=ids).update(
        state=ContactState.BECAME_CASE, ended_at=at, became=case, end_reason=f"case:{case}"
    )
    return ids


def add_follow_up(**fields: Any) -> bool:
    """Record one follow-up; False if that slot of the day was written before."""
    made = FollowUp.objects.bulk_create([FollowUp(**fields)], ignore_conflicts=True)
    return FollowUp.objects.filter(id=made[0].id).exists()


def add_follow_ups(rows: Iterable[Mapping[str, Any]]) -> None:
    """Record many follow-ups; a slot written before stays."""
    FollowUp.objects.bulk_create([FollowUp(**row) for row in rows], batch_size=2000, ignore_conflicts=True)


def add_cluster(**fields: Any) -> Cluster:
    """Open a cluster."""
    return Cluster.objects.create(**fields)


def set_cluster(cluster: UUID, **fields: Any) -> None:
    """Write what is now known of a cluster."""
    Cluster.objects.filter(id=cluster).update(**fields)


def add_cluster_members(rows: Iterable[Mapping[str, Any]]) -> int:
    """Count cases in a cluster; one that left before comes back."""
    made = ClusterMember.objects.bulk_create(
        [ClusterMember(**row) for row in rows], update_conflicts=True, unique_fields=["cluster", "case"],
        update_fields=["reason", "joined_at", "left_at"],
    )  # fmt: skip
    return len(made)


def end_cluster_members(case: UUID, at: datetime) -> list[UUID]:
    """A case is no case: it leaves its clusters."""
    ids = list(ClusterMember.objects.filter(case=case, left_at__isnull=True).values_list("id", flat=True))
    ClusterMember.objects.filter(id__in=ids).update(left_at=at)
    return ids


def reopen_cluster_members(members: Collection[str]) -> None:
    """It was one after all."""
    ClusterMember.objects.filter(id__in=list(members)).update(left_at=None)


def add_links(rows: Iterable[Mapping[str, Any]]) -> None:
    """Record who may have infected whom; a pair known before takes the new weight and basis."""
    TransmissionLink.objects.bulk_create(
        [TransmissionLink(**row) for row in rows], batch_size=1000, update_conflicts=True,
        unique_fields=["infector", "infectee"], update_fields=["weight", "basis", "voided_at"],
    )  # fmt: skip


def choose_link(link: UUID, infectee: UUID) -> None:
    """The investigator holds this candidate to be true; the others stay on record."""
    TransmissionLink.objects.filter(infectee=infectee).update(is_chosen=False)
    TransmissionLink.objects.filter(id=link).update(is_chosen=True)


def set_plan(rows: Iterable[Mapping[str, Any]]) -> None:
    """Who does which step of an investigation from now on."""
    PlanStep.objects.bulk_create(
        [PlanStep(**row) for row in rows], update_conflicts=True, unique_fields=["path", "step"],
        update_fields=["member", "deputy", "within_minutes", "named_at"],
    )  # fmt: skip


def add_steps(rows: Iterable[Mapping[str, Any]]) -> None:
    """The steps of one investigation, with the people named for them."""
    CaseStep.objects.bulk_create([CaseStep(**row) for row in rows], ignore_conflicts=True)


def set_step_done(case: UUID, step: str, *, at: datetime, by: UUID) -> bool:
    """A step is done; True for the first who says so."""
    return bool(CaseStep.objects.filter(case=case, step=step, done_at__isnull=True).update(done_at=at, done_by=by))


def set_step_member(case: UUID, step: str, member: UUID) -> bool:
    """Somebody else does the step."""
    return bool(CaseStep.objects.filter(case=case, step=step, done_at__isnull=True).update(member=member))


def add_reclassing(**fields: Any) -> Reclassing:
    """Remember what was before a case's contacts were judged again."""
    return Reclassing.objects.create(**fields)


def set_reclassing_undone(reclassing: UUID, at: datetime) -> bool:
    """It was taken back; True for the first who does."""
    return bool(Reclassing.objects.filter(id=reclassing, undone_at__isnull=True).update(undone_at=at))


def add_assistance(people: Sequence[AssistancePerson], **fields: Any) -> Assistance:
    """Enter a letter of assistance with its persons."""
    made = Assistance.objects.create(**fields)
    for row in people:
        row.assistance = made
    AssistancePerson.objects.bulk_create(people, batch_size=1000)
    return made


def new_assistance_person(**fields: Any) -> AssistancePerson:
    """One person of a letter, not yet written."""
    return AssistancePerson(**fields)


def set_assistance(assistance: UUID, **fields: Any) -> None:
    """Write what is now known of a letter."""
    Assistance.objects.filter(id=assistance).update(**fields)


def set_assistance_person(person: UUID, **fields: Any) -> None:
    """Write what is now known of a person in a letter."""
    AssistancePerson.objects.filter(id=person).update(**fields)


def set_assistance_replied(assistance: UUID, *, reply: UUID, at: datetime) -> bool:
    """The letter was answered; True for the first who does."""
    return bool(Assistance.objects.filter(id=assistance, replied_at__isnull=True).update(replied_at=at, reply_id=reply))


def snapshot(row: Contact) -> dict[str, Any]:
    """What a second look may change of a contact, as it stands: what an undo puts back."""
    found: dict[str, Any] = {}
    for name in JUDGED:
        value = getattr(row, _column(name))
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()  # one instant, one spelling
        elif isinstance(value, date):
            value = value.isoformat()
        found[name] = str(value) if isinstance(value, UUID) else value
    return found


def put_back(row: Contact, before: dict[str, Any]) -> None:
    """A contact as it stood before a second look."""
    for name, value in before.items():
        setattr(row, _column(name), Contact._meta.get_field(name).to_python(value))  # type: ignore[union-attr]


def _column(name: str) -> str:
    return f"{name}_id" if name in ("via", "exposure") else name
