"""What every page of the phone carries: the words of its script, who holds it, where acts are sent."""

from typing import Any

from django.http import HttpRequest

from bihuan.field.words import phone_words


def phone(request: HttpRequest) -> dict[str, Any]:
    """Nothing for pages of other doors."""
    match = request.resolver_match
    if match is None or match.namespace != "field":
        return {}
    member = str(request.user.pk) if request.user.is_authenticated else ""
    return {"phone": {"words": phone_words(), "member": member}}
