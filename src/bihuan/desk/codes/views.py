"""码: what colour orders give a person and why, passes on paper, keys, what is revoked, who disputes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.adapters import documents
from bihuan.desk.codes.words import card, colour_chip, is_english
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.parts import Action, Header, Link, Tile
from bihuan.desk.people.reveal import reveal
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import reads as pass_reads
from bihuan.ledgers.people import access, cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads


@page("see_codes", methods="GET HEAD POST")
def codes(request: Request) -> HttpResponse:
    """How many bear which colour now, who disputes theirs, which keys sign, what is revoked."""
    visit = request.visit
    if request.method == "POST":
        if "rotate" in request.POST:
            if act(request, "rotate_pass_key", form_id(request)).status != "refused":
                done(request, _("新密钥已启用，旧密钥只用于核验"))
        elif act(request, "revoke_pass", form_id(request), code=request.POST.get("code", "")).status != "refused":
            done(request, _("该凭证已吊销，卡口下次更新时生效"))
        return redirect("desk:codes")
    counts = pass_reads.coloured(visit.scope, visit.at)
    tasks = command_reads.open_tasks(visit.scope).filter(kind=TaskKind.CORRECT_CODE)
    county = territory_reads.county_of(visit.scope.path)
    keys = pass_reads.pass_keys(county.path) if county else []
    life = timedelta(minutes=command_bridge.limit("pass_key_life", visit.at).minutes)
    context = {
        "tiles": [
            Tile(_("红码"), counts["red"], _("现行管控决定给出红码的人数；同时有黄码的只计红码"), visit.at, tone="late"),
            Tile(_("黄码"), counts["yellow"], _("现行管控决定给出黄码的人数"), visit.at, tone="risk"),
            Tile(_("待核实异议"), tasks.count(), _("对码色提出异议、尚未答复的件数"), visit.at,
                 href=f"{reverse('desk:tasks')}?kind={TaskKind.CORRECT_CODE}"),
            Tile(_("72小时内作废"), len(pass_reads.passes_made_wrong(visit.scope, visit.at - pass_bridge.LONGEST, visit.at)),
                 _("因管控变化或本人声明，此前签发的凭证不再有效的人数"), visit.at),
        ],
        "tasks": [(t, clock_part(t.clock, visit.at)) for t in tasks[:30]],
        "keys": [(k, k.valid_from + life) for k in reversed(keys)],
        "may_rotate": visit.actor.may("rotate_pass_key"),
        "may_revoke": visit.actor.may("revoke_pass"),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/codes/codes.html", context)


@page("see_codes", methods="GET HEAD POST")
def person_code(request: Request, id_: UUID) -> HttpResponse:
    """One person's colour with every order it rests on; a pass to print, a correction to ask for."""
    visit = request.visit
    who = found(people_reads.person(visit.scope, id_))
    if request.method == "POST":
        if "words" in request.POST:
            words = request.POST["words"]
            if act(request, "dispute_code", form_id(request), person=who.id, words=words).status != "refused":
                done(request, _("已转卫健部门限时核实"))
        elif "slip" in request.POST:
            return _slip(request, who) or redirect("desk:person_code", who.id)
        elif "revoke" in request.POST:
            if act(request, "revoke_pass", form_id(request), person=who.id).status != "refused":
                done(request, _("此人此前的凭证已全部作废"))
        else:
            printed = _printed(request, who)
            if printed:
                return printed
        return redirect("desk:person_code", who.id)
    read = pass_bridge.colour(visit.scope, who.id, visit.at)
    context = {
        "header": Header(
            people_reads.masked_name(who.name),
            kind=_("码色"),
            chips=[colour_chip(read.code)],
            facts=[(_("属地"), who.area.name), (_("自动变化时间"), read.until or _("没有到期的管控"))],
            actions=[Action(_("人员档案"), reverse("desk:person", args=[who.id]), "user")]
            if visit.actor.may("see_people") else [],
            back=Link(_("码"), reverse("desk:codes"), "chevron-left"),
        ),
        "orders": [(o, colour_chip(o.code)) for o in read.orders],
        "green": read.code == pass_bridge.GREEN,
        "may_issue": visit.actor.may("issue_pass"),
        "may_dispute": visit.actor.may("dispute_code"),
        "may_slip": visit.actor.may("make_access_code"),
        "may_revoke": visit.actor.may("revoke_pass"),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/codes/person.html", context)


def _printed(request: Request, who: Any) -> HttpResponse | None:
    """A fresh pass as a paper, or nothing when it was refused."""
    answer = act(request, "issue_pass", form_id(request), person=who.id, on_paper=True)
    county = territory_reads.county_of(who.path)
    if answer.status == "refused" or not answer.result or county is None:
        return None
    text = pass_bridge.pass_text(county.path, who.id, answer.result)
    read = pass_bridge.colour(request.visit.scope, who.id, request.visit.at)
    paper = card(county.name, who.name, dict(answer.result), read, pass_bridge.qr_svg(text))
    body = documents.render_card(paper, locale="en" if is_english() else "zh")
    response = HttpResponse(body, content_type=documents.CONTENT_TYPES[".pdf"])
    response.headers["Content-Disposition"] = f'attachment; filename="pass-{answer.result["code_id"]}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _slip(request: Request, who: Any) -> HttpResponse | None:
    """A slip with the code of a person's own page, or nothing when it was refused."""
    answer = act(request, "make_access_code", form_id(request), person=who.id)
    county = territory_reads.county_of(who.path)
    if not answer.result or county is None:
        return None
    ends = timezone.localtime(datetime.fromisoformat(answer.result["ends_at"]))
    words = {"code": access.code_of(UUID(answer.result["access_code"])), "page": request.build_absolute_uri("/me/")}
    paper = documents.Letter(
        title=_("个人查询码"),
        addressee=people_reads.masked_name(who.name),
        body=(
            _("您的查询码是 %(code)s。") % words,
            _("在 %(page)s 输入，可以查看哪些决定约束您、为什么、到何时为止，查看检测结果，出示凭证，提出异议，求助。")
            % words,
            _("请妥善保管，不要给别人看。有效至 %(day)s。") % {"day": f"{ends:%Y-%m-%d}"},
        ),
        issuer=_("%(county)s疫情防控指挥部") % {"county": county.name},
        signed_on=timezone.localdate(request.visit.at),
    )
    body = documents.render_letter(paper, ".pdf", locale="en" if is_english() else "zh")
    response = HttpResponse(body, content_type=documents.CONTENT_TYPES[".pdf"])
    response.headers["Content-Disposition"] = 'attachment; filename="access-code.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page("close_task", methods="GET HEAD POST")
def task_words(request: Request, id_: UUID) -> HttpResponse:
    """What a resident wrote: opened by a reason, the look journalled."""
    task = found(command_reads.task(request.visit.scope, id_))
    sealed = found(task.detail.get("sealed"))
    there = reverse("desk:task", args=[task.id])
    return reveal(request, task.subject, lambda: cipher.unseal(bytes.fromhex(sealed)), back=there)
