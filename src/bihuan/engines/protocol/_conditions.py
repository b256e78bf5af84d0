"""Named conditions over known facts: a name that is not here makes a file refused."""

from collections.abc import Mapping
from typing import Any

from bihuan.engines.protocol._model import Condition

GROUPS = ("all_of", "any_of", "none_of")

# Plain facts: true only when the caller knows them to be true.
PLAIN = (
    "any",
    "routinely_tested",
    "symptomatic",
    "asymptomatic",
    "immune",
    "not_immune",
    "pregnant",
    "dialysis",
    "serious_illness",
    "needs_care",
    "carer",
    "immunocompromised",
    "home_unfit",
    "high_risk",
    "vaccinated_in_time",
    "immunoglobulin_given",
    "prophylaxis_contraindicated",
    "animal_exposure",
    "treated",
    "recovered",
    "fever",
    "food_handler",
    "unvaccinated",
    "travels_between_provinces",
)
# Anchors that are also facts: known to have happened when they are dated.
HAPPENED = ("treated", "recovered")
# What release waits for, as a caller reports it.
RELEASE = (
    "stages_done",
    "tests_done",
    "tests_negative",
    "no_symptoms",
    "no_fever",
    "skin_healed",
    "drugs_stopped",
    "treatment_done",
    "by_decision",
)
# Conditions with numbers: name -> the keys it takes.
WITH_NUMBERS: dict[str, tuple[str, ...]] = {
    "age_below_years": ("age_below_years",),
    "age_from_years": ("age_from_years",),
    "age_below_months": ("age_below_months",),
    "age_from_months": ("age_from_months",),
    "linked": ("linked", "tests", "result"),
    "negatives_in_a_row": ("negatives_in_a_row", "gap"),
    "ct_at_least": ("ct_at_least", "times", "gap", "days"),
    "no_new_case": ("no_new_case",),
    "all_tested": ("all_tested", "on_day", "within"),
    "index_below": ("index_below", "index"),
    "class": ("class",),
    "area": ("area",),
    "stayed_in": ("stayed_in", "within"),
    "no_fever_for": ("no_fever_for",),
}


def met(condition: Condition | None, facts: Mapping[str, Any]) -> bool:
    """Whether a condition is known to hold. What is not known does not hold."""
    if condition is None:
        return True
    name = condition.name
    if name in GROUPS:
        held = [met(part, facts) for part in condition.parts]
        return {"all_of": all(held), "any_of": any(held), "none_of": not any(held)}[name]
    if name == "any":
        return True
    if name == "not_immune":
        return not facts.get("immune")  # unknown immunity is treated as susceptible
    if name == "asymptomatic":
        return bool(facts.get("asymptomatic", "onset" not in facts))
    if name == "symptomatic":
        return bool(facts.get("symptomatic", "onset" in facts))
    if name in ("class", "area"):
        wanted = condition.arg(name)
        return facts.get(name) in (wanted if isinstance(wanted, tuple) else (wanted,))
    if name.startswith("age_"):
        unit = name.rsplit("_", 1)[1]
        age = facts.get(f"age_{unit}")
        if age is None:
            other = facts.get("age_years" if unit == "months" else "age_months")
            age = None if other is None else (other * 12 if unit == "months" else other / 12)
        if age is None:
            return False
        limit = condition.arg(name)
        return bool(age < limit if "below" in name else age >= limit)
    if name == "linked":
        results = facts.get("linked_tests") or ()
        wanted = condition.arg("tests") or ()
        given = [results[i - 1] if 1 <= i <= len(results) else None for i in wanted]
        if condition.arg("result") == "negative":
            return bool(given) and all(result == "negative" for result in given)
        return any(result == "positive" for result in given)
    if name == "negatives_in_a_row":
        return bool(facts.get("negatives_in_a_row", 0) >= condition.arg("negatives_in_a_row"))
    if name == "ct_at_least":
        values = facts.get("ct_values") or ()
        times = condition.arg("times") or len(condition.arg("days") or ()) or 1
        return len(values) >= times and all(v >= condition.arg("ct_at_least") for v in values[-times:])
    return bool(facts.get(name))


def names_in(condition: Condition | None) -> set[str]:
    """Every plain name a condition asks for."""
    if condition is None:
        return set()
    if condition.parts:
        return set().union(*(names_in(part) for part in condition.parts))
    return {condition.name}
