"""Whether this house holds an exercise: every page of it says so."""

from django.conf import settings
from django.http import HttpRequest


def mark(_request: HttpRequest) -> dict[str, bool]:
    """What every template may ask: `is_drill`."""
    return {"is_drill": settings.IS_DRILL}
