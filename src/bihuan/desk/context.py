"""What every page of the desk shows around its own matter."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Who is asking and from where; filled by the desk's views."""
    return {}
