"""Somebody tried to log in: the journal knows it, right or wrong, so that guessing is seen and stopped."""

from django.utils.translation import gettext_lazy as _

from bihuan.loop.act import Doing, Outcome, Refused, flow

DIGEST_LETTERS = 16


@flow(private=("is_right",))
def note_login(doing: Doing, *, account: str, is_right: bool) -> Outcome:
    """Record a log-in. `account` is a keyed digest of what was typed: a password typed into the wrong field stays out."""
    if len(account) != DIGEST_LETTERS:
        raise Refused(_("登录记录有误"), "bad_digest")
    return Outcome("logged_in" if is_right else "wrong", doing.actor.scope.path, f"login:{account}")
