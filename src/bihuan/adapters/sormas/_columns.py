"""SORMAS's fields and ours: paths, codes, and the columns that several of its cells make one of ours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bihuan.adapters.linelists._mapped import Codes

ENTITIES = frozenset(
    {
        "CaseData", "Contact", "Person", "Location", "Symptoms", "EpiData", "Hospitalization", "Sample", "PathogenTest",
        "Visit", "HealthConditions", "MaternalHistory", "PortHealthInfo", "SormasToSormasOriginInfo", "TherapyData",
        "ClinicalCourse", "Vaccination", "Immunization", "Exposure", "Task", "TravelEntry", "EventParticipant", "Event",
    }
)  # fmt: skip
MAIN = {"linelist": "CaseData", "contacts": "Contact", "followups": "Visit", "labs": "Sample"}
# The fields that may name a record, the surest first.
IDS = {"linelist": ("uuid", "externalID", "epidNumber"), "contacts": ("uuid", "externalID")}

_PERSON = {
    "sex": "person.sex", "age": "person.approximateAge", "phone": "person.phone",
    "id_number": "person.nationalHealthId", "occupation": "person.occupationType",
}  # fmt: skip
PATHS: Mapping[str, Mapping[str, str]] = {
    "linelist": {
        **_PERSON, "disease": "disease", "classification": "caseClassification", "onset_on": "symptoms.onsetDate",
        "reported_on": "reportDate", "confirmed_on": "classificationDate", "isolated_on": "quarantineFrom",
        "admitted_on": "hospitalization.admissionDate", "hospital": "healthFacility", "outcome": "outcome",
        "outcome_on": "outcomeDate", "died_on": "person.deathDate", "latitude": "reportLat", "longitude": "reportLon",
        "summary": "additionalDetails",
    },
    "contacts": {
        **_PERSON, "case_id": "sourceCaseUuid", "reported_on": "reportDateTime", "first_exposure_on": "firstContactDate",
        "last_exposure_on": "lastContactDate", "kind": "contactProximity", "class_name": "contactCategory",
        "certainty": "contactClassification", "relation": "relationToCase", "state": "followUpStatus",
        "last_day": "followUpUntil", "note": "description",
    },
    "followups": {
        "external_id": "visit.uuid", "contact_id": "contact.uuid", "day": "visitDateTime", "outcome": "visitStatus",
        "temperature_c": "symptoms.temperature", "note": "visitRemarks",
    },
    "labs": {
        "person_id": "uuid", "external_id": "sample.uuid", "sample_id": "labSampleID", "sampled_on": "sampleDateTime",
        "received_on": "receivedDate", "sample_type": "sampleMaterial", "laboratory": "lab", "tested_on": "testDateTime",
        "result_on": "reportDate", "test_type": "testType", "result": "testResult", "ct_value": "cqValue",
    },
}  # fmt: skip
# Other paths that say the same when read.
ALSO: Mapping[str, Mapping[str, str]] = {
    "linelist": {"person.causeOfDeathDate": "died_on", "person.approximateage": "age"},
    "contacts": {"caseIdExternalSystem": "case_id", "caseUuid": "case_id", "caze": "case_id", "contact.caze": "case_id"},
    "followups": {"uuid": "contact_id", "externalID": "contact_id", "contactUuid": "contact_id"},
    "labs": {"epidNumber": "person_id", "externalID": "person_id", "fieldSampleID": "sample_id"},
}  # fmt: skip
# Which entity a lab's or a visit's path belongs to.
ENTITY_OF = {
    "labs": {
        **dict.fromkeys(("uuid", "epidNumber", "externalID"), "CaseData"),
        **dict.fromkeys(("testDateTime", "reportDate", "testType", "testResult", "cqValue"), "PathogenTest"),
    },
    "followups": dict.fromkeys(("contact.uuid",), "Contact"),
}  # fmt: skip

CODES: Mapping[str, Mapping[str, Codes]] = {
    "linelist": {
        "sex": Codes({"male": "MALE", "female": "FEMALE", "unknown": "UNKNOWN"}, {"OTHER": "unknown"}),
        "classification": Codes(
            {
                "suspected": "SUSPECT", "probable": "PROBABLE", "confirmed": "CONFIRMED",
                "asymptomatic": "CONFIRMED_NO_SYMPTOMS", "excluded": "NO_CASE",
            },
            {
                "NOT_CLASSIFIED": "suspected", "Not yet classified": "suspected", "Suspect case": "suspected",
                "Probable case": "probable", "Confirmed case": "confirmed", "Not a case": "excluded",
                "CONFIRMED_UNKNOWN_SYMPTOMS": "confirmed", "Confirmed case with no symptoms": "asymptomatic",
                "Confirmed case with unknown symptoms": "confirmed",
            },
        ),
        "outcome": Codes(
            {"open": "NO_OUTCOME", "died": "DECEASED", "recovered": "RECOVERED", "unknown": "UNKNOWN"},
            {"No Outcome Yet": "open", "Deceased": "died"},
        ),
    },
    "contacts": {
        "sex": Codes({"male": "MALE", "female": "FEMALE", "unknown": "UNKNOWN"}, {"OTHER": "unknown"}),
        "certainty": Codes(
            {"certain": "CONFIRMED", "probable": "UNCONFIRMED", "possible": "NO_CONTACT"},
            {"Confirmed contact": "certain", "Unconfirmed contact": "probable", "Not a contact": "possible"},
        ),
        "relation": Codes(
            {
                "household": "SAME_HOUSEHOLD", "family": "FAMILY_MEMBER_OR_FRIEND", "same_place": "SAME_ENVIRONMENT",
                "carer": "MEDICAL_CARE", "other": "OTHER",
            },
            {
                "Live in the same household": "household", "Other family member or friend": "family",
                "Work in the same environment": "same_place", "Provided medical care for the case": "carer",
            },
        ),
        "state": Codes(
            {
                "followed": "FOLLOW_UP", "completed": "COMPLETED", "dropped": "CANCELED", "lost": "LOST",
                "identified": "NO_FOLLOW_UP",
            },
            {
                "Under follow-up": "followed", "Completed follow-up": "completed", "Canceled follow-up": "dropped",
                "Lost to follow-up": "lost", "No follow-up": "identified",
            },
        ),
    },
    "followups": {
        "outcome": Codes(
            {"seen_ok": "COOPERATIVE", "missed": "UNAVAILABLE"}, {"UNCOOPERATIVE": "missed", "Cooperative": "seen_ok"}
        )
    },
    "labs": {
        "result": Codes(
            {
                "positive": "POSITIVE", "negative": "NEGATIVE", "indeterminate": "INDETERMINATE", "pending": "PENDING",
                "not_done": "NOT_DONE",
            },
            {"NOT_APPLICABLE": "not_done"},
        )
    },
}  # fmt: skip

DISEASES = {
    "covid-19": "CORONAVIRUS", "ebola": "EVD", "measles": "MEASLES", "plague": "PLAGUE", "cholera": "CHOLERA",
    "influenza-h5n1": "NEW_INFLUENZA", "mpox": "MONKEYPOX", "lassa": "LASSA", "dengue": "DENGUE", "polio": "POLIO",
    "pertussis": "PERTUSSIS", "diphtheria": "DIPHTERIA", "rabies": "RABIES", "anthrax": "ANTHRAX",
}  # fmt: skip


def disease_of(text: str) -> str:
    """Our name of a disease SORMAS names; one we have no name for keeps its own."""
    also = {"covid-19": "covid-19", "ebola": "ebola", "evd": "ebola"}
    by_code = {code: name for name, code in DISEASES.items()}
    return by_code.get(text.upper(), also.get(text.lower(), text))


def name_of(first: str, last: str) -> str:
    """One name of two: Chinese names stand together, family name first."""
    if first and last and all("\u4e00" <= c <= "\u9fff" for c in first + last):
        return last + first
    return " ".join(part for part in (first, last) if part)


def name_parts(name: Any) -> dict[str, str]:
    """Two names of one: a Chinese name parts after its first sign, any other before its last word."""
    text = str(name)
    if text and all("\u4e00" <= c <= "\u9fff" for c in text):
        return {"person.firstName": text[1:], "person.lastName": text[:1]}
    first, _blank, last = text.rpartition(" ")
    return {"person.firstName": first or last, "person.lastName": last if first else "-"}


def birth_parts(day: Any) -> dict[str, str]:
    """A birth date as SORMAS's three columns."""
    assert isinstance(day, date)
    return {
        "person.birthdateDD": str(day.day), "person.birthdateMM": str(day.month), "person.birthdateYYYY": str(day.year)
    }  # fmt: skip


def symptom_parts(symptoms: Any) -> dict[str, str]:
    """Symptoms as one YES column each. A symptom in another language keeps its own words as the column's name."""
    return {f"symptoms.{name}": "YES" for name in symptoms}
