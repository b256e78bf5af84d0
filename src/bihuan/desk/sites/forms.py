"""A form of `bihuan/forms` as the pages of sites draw it, and what somebody wrote into it."""

from typing import Any

from django.utils.translation import get_language

from bihuan.desk.inside import Request
from bihuan.ledgers.command import forms


def items(form: forms.Form, outcome: str, given: dict[str, str]) -> list[dict[str, Any]]:
    """The questions of an outcome in the page's language, with what stands in them already."""
    language = get_language() or ""
    return [
        {
            "name": f.name,
            "label": f.label.in_language(language),
            "kind": f.kind,
            "is_must": f.is_must,
            "is_required": outcome in f.required_for,
            "value": given.get(f.name, ""),
        }
        for f in form.fields_of(outcome)
    ]


def written(form: forms.Form, request: Request) -> dict[str, str]:
    """What was written into the form's fields; empty ones are left out."""
    told = {name: request.POST.get(name, "").strip() for name in form.fields}
    return {name: words for name, words in told.items() if words}
