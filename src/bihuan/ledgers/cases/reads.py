"""Questions about cases, contacts, clusters and letters of assistance. Every one takes the scope first."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

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
from bihuan.ledgers.territory.scope import Scope


def cases(scope: Scope) -> QuerySet[Case]:
    """Every case inside the scope, refuted ones too, latest first."""
    found = Case.objects.filter(scope.inside()).select_related("person", "area", "investigator", "task__clock")
    return found.order_by("-reported_at", "-id")


def standing_cases(scope: Scope) -> QuerySet[Case]:
    """Cases that count: not refuted."""
    return cases(scope).filter(refuted_at__isnull=True)


def behind(found: QuerySet[Case]) -> QuerySet[Case]:
    """Of these, the ones whose window has moved since their contacts were derived."""
    moved = ~Q(infectious_from=F("derived_from")) | ~Q(infectious_until=F("derived_until"))
    moved |= Q(infectious_until__isnull=True, derived_until__isnull=False)
    moved |= Q(infectious_until__isnull=False, derived_until__isnull=True)
    still = Q(infectious_from=F("derived_from"), infectious_until__isnull=True, derived_until__isnull=True)
    return found.filter(moved, derived_at__isnull=False, refuted_at__isnull=True).exclude(still)


def case(scope: Scope, id_: UUID) -> Case | None:
    """One case."""
    return cases(scope).filter(id=id_).first()


def case_numbers(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of several cases; those outside the scope are left out."""
    return dict(Case.objects.filter(scope.inside(), id__in=list(ids)).values_list("id", "number"))


def case_of_person(scope: Scope, person: UUID) -> Case | None:
    """The standing case of a person that was reported last."""
    return standing_cases(scope).filter(person=person).first()


def cases_of_person(scope: Scope, person: UUID) -> QuerySet[Case]:
    """All cases a person ever was, latest first."""
    return cases(scope).filter(person=person)


def persons_with_case(scope: Scope, people: Collection[UUID]) -> dict[UUID, UUID]:
    """Who of these is a standing case: the case by person."""
    found = Case.objects.filter(scope.inside(), refuted_at__isnull=True, person__in=list(people))
    return dict(found.order_by("reported_at").values_list("person", "id"))


def next_case_number(stem: str) -> str:
    """The next number of a county and year such as 991027-2022-0007. Asked with the county's eyes."""
    return f"{stem}{Case.objects.filter(number__startswith=stem).count() + 1:04d}"


def visits(scope: Scope, case_: UUID) -> QuerySet[CaseVisit]:
    """Where a case was, in order of time."""
    found = CaseVisit.objects.filter(scope.inside(), case=case_, voided_at__isnull=True)
    return found.select_related("place__area", "person").order_by("from_at", "id")


def visits_of_person(scope: Scope, person: UUID) -> QuerySet[CaseVisit]:
    """Where a person was, in order of time, in whichever investigation it was recorded."""
    found = CaseVisit.objects.filter(scope.inside(), person=person, voided_at__isnull=True)
    return found.select_related("place__area").order_by("from_at", "id")


def visits_of_persons(scope: Scope, people: Collection[UUID]) -> QuerySet[CaseVisit]:
    """Where these persons were."""
    found = CaseVisit.objects.filter(scope.inside(), person__in=list(people), voided_at__isnull=True)
    return found.select_related("place__area").order_by("from_at", "id")


def visit(scope: Scope, id_: UUID) -> CaseVisit | None:
    """One stay somewhere."""
    found = CaseVisit.objects.filter(scope.inside(), id=id_, voided_at__isnull=True)
    return found.select_related("place__area", "case").first()


def exposures(scope: Scope, case_: UUID) -> QuerySet[Exposure]:
    """The exposures of a case with who was there."""
    people = Prefetch("people", ExposedPerson.objects.filter(scope.inside()).select_related("person"))
    found = Exposure.objects.filter(scope.inside(), case=case_, voided_at__isnull=True)
    return found.select_related("place").prefetch_related(people).order_by("from_at", "id")


def exposure(scope: Scope, id_: UUID) -> Exposure | None:
    """One exposure."""
    return Exposure.objects.filter(scope.inside(), id=id_, voided_at__isnull=True).select_related("case").first()


def contacts(scope: Scope) -> QuerySet[Contact]:
    """Contacts inside the scope. Their case may lie outside it: then `case` is None though `case_id` is known."""
    return (
        Contact.objects.filter(scope.inside())
        .select_related("person", "area", "case")
        .order_by("-identified_at", "-id")
    )


def open_contacts(scope: Scope) -> QuerySet[Contact]:
    """Contacts still to be followed."""
    return contacts(scope).filter(ended_at__isnull=True)


def contact(scope: Scope, id_: UUID) -> Contact | None:
    """One contact."""
    return contacts(scope).filter(id=id_).first()


def contacts_of(scope: Scope, case_: UUID) -> QuerySet[Contact]:
    """The contacts of one case, nearest level first."""
    return contacts(scope).filter(case=case_).order_by("level", "-overlap_s", "id")


def contacts_of_person(scope: Scope, person: UUID) -> QuerySet[Contact]:
    """Every time a person was a contact."""
    return contacts(scope).filter(person=person)


def contact_classes(scope: Scope) -> list[str]:
    """The classes contacts of the scope have."""
    found = Contact.objects.filter(scope.inside()).order_by("class_name").values_list("class_name", flat=True)
    return list(found.distinct())


def contact_counts(scope: Scope, cases_: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many contacts each case has, all and still open."""
    found = (
        Contact.objects.filter(scope.inside(), case__in=list(cases_))
        .exclude(state=ContactState.DROPPED)
        .values("case")
        .annotate(n=Count("id"), n_open=Count("id", filter=Q(ended_at__isnull=True)))
        .order_by()
    )
    return {row["case"]: {"all": row["n"], "open": row["n_open"]} for row in found}


def contacts_by_place(scope: Scope) -> list[tuple[str, str, int]]:
    """How many contacts of each state lie under each township: (township path, state, contacts)."""
    found = Contact.objects.filter(scope.inside()).extra(select={"township": "left(cases_contact.path, 26)"})
    rows = found.values_list("township", "state").annotate(n=Count("id")).order_by("township", "state")
    return [(township, state, n) for township, state, n in rows]


def follow_ups(scope: Scope, contact_: UUID) -> QuerySet[FollowUp]:
    """How a contact was followed, by day."""
    found = FollowUp.objects.filter(scope.inside(), contact=contact_)
    return found.select_related("member").order_by("day", "slot")


def follow_ups_of(scope: Scope, contacts_: Collection[UUID]) -> QuerySet[FollowUp]:
    """How several contacts were followed."""
    return FollowUp.objects.filter(scope.inside(), contact__in=list(contacts_)).order_by("contact", "day", "slot")


def found_instants(scope: Scope, cases_: Collection[UUID]) -> list[tuple[UUID, datetime, datetime | None, str]]:
    """For every contact of these cases: (case, identified at, found at or None, path). Found is the first follow-up that
    reached them, or the end of their watch; one whose judgement was taken back counts until then."""
    reached = FollowUp.objects.filter(contact=OuterRef("pk"), outcome__in=["seen_ok", "seen_not_ok"]).order_by("at")
    found = Contact.objects.filter(scope.inside(), case__in=list(cases_))
    found = found.annotate(reached_at=Subquery(reached.values("at")[:1]))
    rows = found.values_list("case", "identified_at", "reached_at", "ended_at", "path")
    return [
        (case_, identified, min((t for t in (first, ended) if t), default=None), path)
        for case_, identified, first, ended, path in rows
    ]


def follow_up_due(scope: Scope, day: date) -> QuerySet[Contact]:
    """Whom to follow up on a day: everybody open whose last day has not passed, the last day itself included."""
    today = FollowUp.objects.filter(contact=OuterRef("pk"), day=day)
    found = open_contacts(scope).filter(Q(last_day__gte=day) | Q(last_day__isnull=True))
    return found.annotate(is_followed_today=Exists(today)).order_by("is_followed_today", "path", "id")


def not_followed_on(scope: Scope, day: date) -> QuerySet[Contact]:
    """Whom nobody has asked yet on a day on which they must be."""
    today = FollowUp.objects.filter(contact=OuterRef("pk"), day=day)
    due = open_contacts(scope).filter(Q(last_day__gte=day) | Q(last_day__isnull=True))
    return due.filter(~Exists(today))


def follow_up_over(at: datetime) -> QuerySet[Contact]:
    """Open contacts whose follow-up has run out: the tick asks."""
    over = Contact.objects.filter(ended_at__isnull=True, follow_until__lte=at)
    return over.exclude(end_reason="last_day_missing").order_by("follow_until")  # who was asked for is not asked again


def clusters(scope: Scope) -> QuerySet[Cluster]:
    """Clusters, latest first."""
    return Cluster.objects.filter(scope.inside()).select_related("place").order_by("-opened_at", "-id")


def cluster_sizes(scope: Scope, clusters_: Collection[UUID]) -> dict[UUID, int]:
    """How many cases each of these clusters has."""
    found = ClusterMember.objects.filter(scope.inside(), cluster__in=list(clusters_), left_at__isnull=True)
    return dict(found.values_list("cluster").annotate(n=Count("id")).order_by())


def cluster(scope: Scope, id_: UUID) -> Cluster | None:
    """One cluster."""
    return clusters(scope).filter(id=id_).first()


def cluster_members(scope: Scope, cluster_: UUID) -> QuerySet[ClusterMember]:
    """The cases of a cluster."""
    found = ClusterMember.objects.filter(scope.inside(), cluster=cluster_, left_at__isnull=True)
    return found.select_related("case__person", "case__area").order_by("case__reported_at")


def clusters_of(scope: Scope, case_: UUID) -> QuerySet[ClusterMember]:
    """The clusters a case is counted in."""
    found = ClusterMember.objects.filter(scope.inside(), case=case_, left_at__isnull=True)
    return found.select_related("cluster").order_by("joined_at")


def links(scope: Scope) -> QuerySet[TransmissionLink]:
    """Who may have infected whom, between standing cases."""
    standing = {"infector__refuted_at__isnull": True, "infectee__refuted_at__isnull": True, "voided_at__isnull": True}
    found = TransmissionLink.objects.filter(scope.inside(), **standing)
    return found.select_related("infector__person", "infectee__person").order_by("infectee", "-weight")


def infectors_of(scope: Scope, case_: UUID) -> QuerySet[TransmissionLink]:
    """The candidates for who infected a case, the likeliest first."""
    return links(scope).filter(infectee=case_)


def infected_by(scope: Scope, case_: UUID) -> QuerySet[TransmissionLink]:
    """Whom a case may have infected."""
    return links(scope).filter(infector=case_)


def plan_steps(scope: Scope) -> QuerySet[PlanStep]:
    """The tracing plan: who by name does which step."""
    return PlanStep.objects.filter(scope.inside()).select_related("member", "deputy").order_by("within_minutes", "step")


def steps(scope: Scope, case_: UUID) -> QuerySet[CaseStep]:
    """The steps of one investigation, soonest due first."""
    found = CaseStep.objects.filter(scope.inside(), case=case_)
    return found.select_related("member", "done_by").order_by("due_at", "id")


def open_steps(scope: Scope) -> QuerySet[CaseStep]:
    """Steps nobody has done yet, the most pressing first."""
    found = CaseStep.objects.filter(scope.inside(), done_at__isnull=True, case__refuted_at__isnull=True)
    return found.select_related("case__person", "member").order_by("due_at", "id")


def reclassings(scope: Scope, case_: UUID) -> QuerySet[Reclassing]:
    """When a case's contacts were judged again, latest first."""
    return Reclassing.objects.filter(scope.inside(), case=case_).order_by("-at", "-id")


def reclassing(scope: Scope, id_: UUID) -> Reclassing | None:
    """One of them."""
    return Reclassing.objects.filter(scope.inside(), id=id_).select_related("case").first()


def assistances(scope: Scope) -> QuerySet[Assistance]:
    """Letters of assistance in and out, latest first."""
    found = Assistance.objects.filter(scope.inside()).select_related("letter", "reply", "case", "task__clock")
    return found.order_by("-received_at", "-id")


def assistance(scope: Scope, id_: UUID) -> Assistance | None:
    """One letter of assistance."""
    return assistances(scope).filter(id=id_).first()


def assistance_by_letter(scope: Scope, letter: UUID) -> Assistance | None:
    """The assistance a register letter belongs to."""
    return Assistance.objects.filter(scope.inside(), letter=letter).first()


def assistance_known(path: str, content_hash: str) -> Assistance | None:
    """A structured letter of the same content that came in before."""
    return Assistance.objects.filter(path=path, content_hash=content_hash).select_related("letter").first()


def assistance_counts(scope: Scope, letters: Collection[UUID]) -> list[tuple[UUID, int, int]]:
    """How many persons each of these letters names, and how many are answered."""
    found = AssistancePerson.objects.filter(scope.inside(), assistance__in=list(letters)).values("assistance")
    counted = found.annotate(n=Count("id"), answered=Count("answered_at")).order_by()
    return [(row["assistance"], row["n"], row["answered"]) for row in counted]


def same_assistance(path: str, counterpart: str, their_number: str) -> Assistance | None:
    """A letter of this number from this county that was registered before."""
    found = Assistance.objects.filter(path=path, counterpart=counterpart, their_number=their_number, direction="in")
    return found.select_related("letter").first()


def assistance_out(scope: Scope, number: str) -> Assistance | None:
    """Our own letter of this number."""
    found = Assistance.objects.filter(scope.inside(), direction="out", letter__number=number)
    return found.select_related("letter").first()


def asked_for(scope: Scope, contacts_: Collection[UUID]) -> QuerySet[AssistancePerson]:
    """Rows of letters that ask for these contacts."""
    found = AssistancePerson.objects.filter(scope.inside(), contact__in=list(contacts_), duplicate_of__isnull=True)
    return found.select_related("assistance__letter").order_by("id")


def assistance_people(scope: Scope, assistance_: UUID) -> QuerySet[AssistancePerson]:
    """The persons of a letter in its order."""
    found = AssistancePerson.objects.filter(scope.inside(), assistance=assistance_)
    return found.select_related("person", "area", "duplicate_of__assistance__letter").order_by("row_number")


def assistance_person(scope: Scope, id_: UUID) -> AssistancePerson | None:
    """One person of a letter."""
    return (
        AssistancePerson.objects.filter(scope.inside(), id=id_).select_related("assistance__letter", "person").first()
    )


def assistance_open(scope: Scope) -> QuerySet[AssistancePerson]:
    """Persons of letters nobody has answered for yet."""
    found = AssistancePerson.objects.filter(scope.inside(), answered_at__isnull=True, duplicate_of__isnull=True)
    return found.select_related("assistance__letter", "person", "area").order_by("assistance__due_at", "row_number")


def answered_before(scope: Scope, people: Collection[UUID], except_: UUID) -> Mapping[UUID, AssistancePerson]:
    """Who of these was named by an earlier letter: the first such row by person."""
    found = AssistancePerson.objects.filter(scope.inside(), person__in=list(people), duplicate_of__isnull=True)
    answer: dict[UUID, AssistancePerson] = {}
    for row in found.exclude(assistance=except_).select_related("assistance__letter").order_by("-id"):
        answer[row.person_id] = row  # type: ignore[index]
    return answer


def line_list(scope: Scope) -> list[dict[str, Any]]:
    """Standing cases as chains need them: id, number, person, onset, sample, report, classification, path."""
    found = Case.objects.filter(scope.inside(), refuted_at__isnull=True).order_by("reported_at", "id")
    names = ("id", "number", "person_id", "onset_at", "sampled_at", "reported_at", "classification", "path")
    return [dict(row) for row in found.values(*names)]
