"""Go.Data's fields and ours, in both of its spellings, with its coded values."""

from collections.abc import Mapping

from bihuan.adapters.linelists._mapped import Codes

PREFIX = "LNG_REFERENCE_DATA_CATEGORY_"
# Our word → (the API's label, the R report's label).
_PERSON = {
    "sex": ("gender", "gender"), "age": ("age.years", "age"), "birth_date": ("dob", "dob"),
    "occupation": ("occupation", "occupation"), "phone": ("addresses[0].phoneNumber", "phone"),
    "id_number": ("documents[0].number", "document_number"), "address": ("addresses[0].city", "city"),
    "reported_on": ("dateOfReporting", "date_of_reporting"),
}  # fmt: skip
PATHS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "linelist": {
        **_PERSON, "external_id": ("id", "uuid"), "classification": ("classification", "classification"),
        "onset_on": ("dateOfOnset", "date_of_onset"), "infected_on": ("dateOfInfection", "date_of_infection"),
        "outcome": ("outcomeId", "outcome_id"), "outcome_on": ("dateOfOutcome", "date_of_outcome"),
        "admitted_on": ("dateRanges[0].startDate", "hospitalization_startdate"),
        "hospital": ("dateRanges[0].centerName", "hospitalization_centername"),
        "infectors": ("sourceVisualId", "source_visualid"), "latitude": ("addresses[0].geoLocation.lat", "lat"),
        "longitude": ("addresses[0].geoLocation.lng", "long"),
    },
    "contacts": {
        **_PERSON, "external_id": ("id", "uuid"), "last_exposure_on": ("dateOfLastContact", "date_of_last_contact"),
        "follow_from": ("followUp.startDate", "date_of_followup_start"),
        "last_day": ("followUp.endDate", "date_of_followup_end"), "state": ("followUp.status", "contact_status"),
    },
    "followups": {
        "external_id": ("id", "uuid"), "contact_id": ("personId", "contact_uuid"), "day": ("date", "date_of_followup"),
        "outcome": ("statusId", "followup_status"), "note": ("comment", "comment"),
        "temperature_c": ("temperature", "temperature"),
    },
    "labs": {
        "external_id": ("id", "id"), "person_id": ("personId", "personId"),
        "sample_id": ("sampleIdentifier", "sampleIdentifier"), "sampled_on": ("dateSampleTaken", "dateSampleTaken"),
        "received_on": ("dateSampleDelivered", "dateSampleDelivered"), "tested_on": ("dateTesting", "dateTesting"),
        "result_on": ("dateOfResult", "dateOfResult"), "sample_type": ("sampleType", "sampleType"),
        "test_type": ("testType", "testType"), "result": ("result", "result"), "laboratory": ("labName", "labName"),
        "ct_value": ("quantitativeResult", "quantitativeResult"),
    },
}  # fmt: skip
# A relationship is a contact told as a pair.
PAIRS: Mapping[str, tuple[str, str]] = {
    "case_id": ("persons[0].id", "source_uuid"), "external_id": ("persons[1].id", "target_uuid"),
    "last_exposure_on": ("contactDate", "date_of_last_contact"),
    "certainty": ("certaintyLevelId", "certainty_level"), "kind": ("exposureTypeId", "exposure_type"),
    "relation": ("socialRelationshipTypeId", "social_relationship"), "note": ("comment", "relation_detail"),
}  # fmt: skip
# The second name a record goes by, for people to read.
SECOND = {"linelist": ("visualId", "case_id"), "contacts": ("visualId", "contact_id")}
# A name is made of these.
NAMES = (("firstName", "first_name"), ("middleName", "middle_name"), ("lastName", "last_name"))

CATEGORY = {
    "sex": "GENDER", "classification": "CASE_CLASSIFICATION", "outcome": "OUTCOME", "occupation": "OCCUPATION",
    "state": "CONTACT_FINAL_FOLLOW_UP_STATUS", "certainty": "CERTAINTY_LEVEL", "result": "LAB_TEST_RESULT",
    "relation": "CONTEXT_OF_TRANSMISSION",
}  # fmt: skip
FOLLOW_UP_CATEGORY = "CONTACT_DAILY_FOLLOW_UP_STATUS_TYPE"

CODES: Mapping[str, Codes] = {
    "sex": Codes({"male": "MALE", "female": "FEMALE", "unknown": "UNKNOWN"}, {"NOT_SPECIFIED": "unknown"}),
    "classification": Codes(
        {
            "confirmed": "CONFIRMED", "probable": "PROBABLE", "suspected": "SUSPECT", "excluded": "NOT_A_CASE_DISCARDED"
        }
    ),
    "outcome": Codes({"open": "ALIVE", "recovered": "RECOVERED", "died": "DECEASED"}, {"UNKNOWN": "unknown"}),
    "state": Codes(
        {
            "followed": "UNDER_FOLLOW_UP", "completed": "FOLLOW_UP_COMPLETED", "lost": "LOST_TO_FOLLOW_UP", "died": "DIED",
            "became_case": "BECAME_CASE", "dropped": "NEVER_ILL_NOT_A_CASE",
        }
    ),
    "certainty": Codes(
        {"certain": "3_HIGH", "probable": "2_MEDIUM", "possible": "1_LOW"},
        {"3 - High": "certain", "2 - Medium": "probable", "1 - Low": "possible", "HIGH": "certain", "MEDIUM": "probable"},
    ),
    "result": Codes(
        {
            "positive": "POSITIVE", "negative": "NEGATIVE", "indeterminate": "INCONCLUSIVE", "pending": "IN_PROGRESS",
            "not_done": "NOT_DONE",
        }
    ),
    "relation": Codes(
        {"household": "HOME_HOUSEHOLD", "colleague": "WORKPLACE", "carer": "HOSPITAL_HEALTHCARE", "classmate": "SCHOOL"},
        {"Home/household": "household", "Hospital/healthcare": "carer", "FAMILY": "family", "OTHER": "other"},
    ),
}  # fmt: skip
DAILY = Codes(
    {"seen_ok": "SEEN_OK", "seen_not_ok": "SEEN_NOT_OK", "missed": "MISSED", "not_attempted": "NOT_ATTEMPTED"},
    {"NOT_PERFORMED": "not_attempted"},
)


def codes_of(kind: str) -> Mapping[str, Codes]:
    """The coded words of a kind of file."""
    return {"outcome": DAILY} if kind == "followups" else CODES


def bare(text: str) -> str:
    """A coded value without its long prefix: LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE → MALE."""
    if not text.startswith(PREFIX):
        return text
    rest = text.removeprefix(PREFIX)
    for category in sorted({*CATEGORY.values(), FOLLOW_UP_CATEGORY}, key=len, reverse=True):
        if rest.startswith(f"{category}_"):
            return rest.removeprefix(f"{category}_")
    return rest
