"""One more thing is known of a case, field by field as it is told; where that moves the window, everything after it waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Classification, Severity, SourceKind
from bihuan.ledgers.cases.choices import Outcome as CaseOutcome
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow

Maybe = datetime | None | UnsetType


class CaseChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times and codes of a case; what is left out stays as it is."""

    classification: Classification | UnsetType = UNSET
    onset_at: Maybe = UNSET
    sampled_at: Maybe = UNSET
    last_negative_at: Maybe = UNSET
    isolated_at: Maybe = UNSET
    confirmed_at: Maybe = UNSET
    admitted_at: Maybe = UNSET
    outcome_at: Maybe = UNSET
    routinely_tested: bool | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    outcome: CaseOutcome | UnsetType = UNSET
    source_kind: SourceKind | UnsetType = UNSET
    symptoms: tuple[str, ...] | UnsetType = UNSET
    investigator: UUID | UnsetType | None = UNSET


class CaseWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free words about a case: kept with it, never in the journal."""

    hospital: str | UnsetType = UNSET
    occupation: str | UnsetType = UNSET
    workplace: str | UnsetType = UNSET
    source_words: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET


@flow(private=("words",))
def revise_case(
    doing: Doing, *, case: UUID, changes: CaseChanges = CaseChanges(), words: CaseWords = CaseWords()
) -> Outcome:
    """Write what is now known. A moved window is said so; its contacts are derived again by a person who saw the preview."""
    asked = investigations.asked_case(doing, case)
    new = _given(changes) | _given(words)
    if not new:
        raise Refused(_("没有要修改的内容"), "nothing_changed")
    if new.get("classification") == Classification.EXCLUDED:
        raise Refused(_("排除病例请用“排除”，接触者会随之重新判定"), "use_refute")
    for name, value in new.items():
        if isinstance(value, datetime) and value > doing.recorded_at:
            raise Refused(_("时间不能晚于现在"), "in_the_future")
        setattr(asked, "investigator_id" if name == "investigator" else name, value)
    if asked.outcome_at and asked.onset_at and asked.outcome_at < asked.onset_at:
        raise Refused(_("转归时间早于发病时间"), "outcome_before_onset")
    before = (asked.infectious_from, asked.infectious_until)
    window = investigations.windowed(asked)
    stored = {
        ("investigator_id" if n == "investigator" else n): list(v) if isinstance(v, tuple) else v
        for n, v in new.items()
    }
    cases_writes.set_case(asked.id, **stored, **window)
    moved = before != (window["infectious_from"], window["infectious_until"])
    told = {
        "case": str(asked.id), "fields": sorted(new),
        "infectious_from": window["infectious_from"] and window["infectious_from"].isoformat(),
        "infectious_until": window["infectious_until"] and window["infectious_until"].isoformat(),
        "is_moved": moved,
    }  # fmt: skip
    return Outcome("window_moved" if moved else "revised", asked.path, f"case:{asked.id}", told)


def _given(changes: msgspec.Struct) -> dict[str, Any]:
    return {n: v for n in changes.__struct_fields__ if (v := getattr(changes, n)) is not UNSET}
