"""What a password must be before it is hashed."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 8


def weakness(password: str) -> str:
    """Why a password will not do, in the reader's words, or nothing."""
    try:
        validate_password(password)
    except ValidationError as weak:
        return " ".join(weak.messages)
    return "" if len(password) >= SHORTEST else _("密码至少 8 位")
