"""Logging in: every try is journalled, and after too many wrong ones the account rests for a while."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door

MOST_WRONG = 5
REST = timedelta(minutes=15)


class _Form(AuthenticationForm):
    """User name and password, asked of an account that does not rest."""

    def clean(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        account = _digest(self.cleaned_data.get("username", ""))
        with scoped(Scope(EVERYWHERE)):
            wrong = staff_reads.wrong_logins(account, now - REST)
        if wrong >= MOST_WRONG:
            words = _("连续输错 %(n)d 次，此账号暂停登录 %(minutes)d 分钟；忘记密码请找县指挥部办公室重置")
            raise ValidationError(
                words % {"n": MOST_WRONG, "minutes": REST.total_seconds() // 60}, code="too_many_wrong"
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            door.by_rule("note_login", {"account": account, "is_right": False}, at=now)
            raise
        door.by_rule("note_login", {"account": account, "is_right": True}, at=now)
        return cleaned


def _digest(username: str) -> str:
    """What the journal calls the account that was typed: somebody's password in the wrong field must not stand there."""
    return f"{cipher.blind('login:' + username.strip().lower()) % 2**64:016x}"


class Login(LoginView):
    """The page everybody meets first."""

    template_name = "desk/login.html"
    authentication_form = _Form

    def get_default_redirect_url(self) -> str:
        """The desk; the phone's page for whoever has no desk."""
        member = self.request.user.pk
        assert member is not None  # asked once somebody is logged in
        with scoped(Scope(EVERYWHERE)):
            actor = staff_reads.actor(member, datetime.now(UTC))
        return reverse("field:home") if actor and not actor.may("see_desk") else super().get_default_redirect_url()
