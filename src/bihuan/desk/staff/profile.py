"""我的账户: one's posts, one's devices, one's language; and the views one keeps."""

import hashlib
import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, back_to, done, form_id, page
from bihuan.desk.parts import Chip
from bihuan.desk.staff.passwords import weakness
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.staff import reads as staff_reads


@page(methods="GET HEAD POST")
def profile(request: Request) -> HttpResponse:
    """What the house knows of oneself, and the keys of one's devices. A new key is shown on this answer only."""
    visit = request.visit
    secret = ""
    if request.method == "POST":
        what = request.POST.get("what", "")
        if what == "issue":
            secret = secrets.token_urlsafe(32)
            answer = act(
                request,
                "issue_token",
                form_id(request),
                member=visit.actor.member,
                device=request.POST.get("device", ""),
                digest=hashlib.sha256(secret.encode()).hexdigest(),
            )
            if answer.status != "done":  # sent twice: the first key was shown, this one opens nothing
                return redirect("desk:profile")
        elif what == "password":
            _change_password(request)
            return redirect("desk:profile")
        else:
            if what == "revoke":
                answer = act(request, "revoke_token", form_id(request), token=as_uuid(request.POST.get("token", "")))
                words = _("令牌已吊销")
            else:
                posting = as_uuid(request.POST.get("posting", ""))
                answer = act(request, "confirm_posting", form_id(request), posting=posting)
                words = _("已确认在岗")
            if answer.status != "refused":
                done(request, words)
            return redirect("desk:profile")
    mine = staff_reads.postings(visit.scope, visit.at).filter(member=visit.actor.member)
    context = {
        "me": visit.actor,
        "postings": [
            (p, Chip(_("超期未确认"), "risk") if staff_reads.is_stale(p, visit.at) else Chip(_("已确认"), "good"))
            for p in mine
        ],
        "tokens": [(t, _token_chip(t, visit.at)) for t in staff_reads.tokens(visit.actor.member)],
        "secret": secret,
        "act_id": uuid7(),
        "may_issue": visit.actor.may("issue_token"),
        "may_confirm": visit.actor.may("confirm_posting"),
    }
    return render(request, "desk/staff/profile.html", context)


def _change_password(request: Request) -> None:
    """Set one's own password; the old one is asked, so that an open screen is not enough."""
    given = request.POST
    fresh = given.get("new", "")
    if not request.user.check_password(given.get("old", "")):
        messages.error(request, _("现在的密码不对"))
    elif fault := weakness(fresh):
        messages.error(request, fault)
    elif fresh != given.get("again", ""):
        messages.error(request, _("两次输入的新密码不一样"))
    else:
        hashed = make_password(fresh)
        member = request.visit.actor.member
        if act(request, "change_password", form_id(request), member=member, password_hash=hashed).status != "refused":
            me = staff_reads.member(member)
            update_session_auth_hash(request, me)  # type: ignore[arg-type] # this session stays, others end
            done(request, _("密码已修改；其他设备上的登录已失效"))


def _token_chip(token: Any, at: Any) -> Chip:
    if token.revoked_at:
        return Chip(_("已吊销"))
    return Chip(_("已到期")) if token.expires_at <= at else Chip(_("有效"), "good")


@page("save_view", methods="POST")
def save_view(request: Request, page: str) -> HttpResponse:
    """Keep a list's filter under a name, and go back to it."""
    query = request.POST.get("query", "")[:2000]
    answer = act(request, "save_view", form_id(request), page=page, name=request.POST.get("name", ""), query=query)
    if answer.status != "refused":
        done(request, _("视图已保存"))
    try:
        there = reverse(f"desk:{page}")
    except NoReverseMatch:
        there = reverse("desk:situation")
    return back_to(request, f"{there}?{query}" if query else there)
