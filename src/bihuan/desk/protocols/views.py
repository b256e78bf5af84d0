"""防控方案: what the plan says, what would change, and the signature that makes an edition count."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link
from bihuan.desk.protocols import words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.choices import remedy_words
from bihuan.ledgers.orders.protocols import bridge


@page("see_protocols")
def protocols(request: Request) -> HttpResponse:
    """The shelf: every edition of every disease, and which one counts here."""
    visit = request.visit
    response = command_reads.response_at(visit.scope.path, visit.at)
    columns = (
        Column("title", _("方案"), is_fixed=True),
        Column("disease", _("病种")),
        Column("layer", _("层级")),
        Column("from", _("起")),
        Column("until", _("止")),
        Column("state", _("状态")),
        Column("classes", _("人群分类"), is_number=True),
        Column("numbers", _("数字"), is_number=True),
        Column("unverified", _("待核原文"), is_number=True),
    )
    every = bridge.shelf()
    diseases = sorted({(e.id.partition("/")[0], e.disease) for e in every})
    question = ask(request.GET, columns=columns, filters=(Filter("disease", _("病种"), "select", diseases),))
    shown = [e for e in every if question.values.get("disease", "") in ("", e.id.partition("/")[0])]

    def line(one: bridge.Shelved) -> Row:
        return Row(
            id=one.id,
            href=_address(one.id),
            cells={
                "title": one.title,
                "disease": one.disease,
                "layer": str(words.LAYERS.get(one.layer, one.layer)),
                "from": one.valid_from,
                "until": one.valid_until or "",
                "state": _state(one, response, visit.at),
                "classes": one.classes,
                "numbers": one.numbers,
                "unverified": one.unverified,
            },
        )

    return listing.answer(
        request,
        question,
        shown,
        name="protocols",
        title=_("防控方案"),
        line=line,
        orders={},
        definition=_("每版方案是一份有日期、有出处的数据；数字不改，只出新版。待核原文的数字未经签字不能约束任何人"),
        empty=_("没有这一病种的方案"),
        actions=(Action(_("两版比较"), reverse("desk:protocol_compare"), "git-compare"),),
    )


@page("see_protocols")
def protocol(request: Request, disease: str, edition: str) -> HttpResponse:
    """One edition: classes with their stages, clocks, areas, and every number with its source."""
    visit = request.visit
    sheet = found(bridge.sheet(f"{disease}/{edition}"))
    one = sheet.shelved
    response = command_reads.response_at(visit.scope.path, visit.at)
    articles = "、".join(str(n) for n in sheet.articles)  # data
    context = {
        "header": Header(
            one.title,
            kind=one.disease,
            chips=[_state(one, response, visit.at)],
            facts=[
                (_("编号"), one.id),
                (_("层级"), str(words.LAYERS.get(one.layer, one.layer))),
                (_("施行"), f"{one.valid_from} – {one.valid_until or ''}"),
                (_("法律依据"), _("%(law)s第 %(articles)s 条") % {"law": sheet.law, "articles": articles}
                 if articles else _("无强制依据")),
                (_("个人最长"), _("%(n)d 天") % {"n": sheet.max_days} if sheet.max_days else ""),
                (_("救济"), "、".join(map(remedy_words, sheet.appeal_to))),  # data
                (_("依附"), Link(one.extends, _address(one.extends)) if one.extends else ""),
            ],
            back=Link(_("防控方案"), reverse("desk:protocols")),
        ),
        "classes": [
            {
                "rule": rule,
                "stages": [
                    {
                        "stage": stage,
                        "words": words.stage_line(stage),
                        "tests": [words.test_line(t) for t in stage.tests],
                        "confidence": words.confidence_chip(stage.confidence, binds=stage.binds),
                    }
                    for stage in rule.stages
                ],
                "release": words.release_words(rule),
                "no": str(words.NO.get(rule.no, rule.no)),
            }
            for rule in sheet.classes
        ],
        "sheet": sheet,
        "numbers": [
            (".".join(n.path), n.value, n.unit, n.basis, words.confidence_chip(n.basis.confidence, binds=n.basis.binds))
            for n in sheet.numbers
        ],
        "others": [e for e in bridge.shelf() if e.id.startswith(f"{disease}/") and e.id != one.id],
        "may_adopt": visit.actor.may("set_response") and (response is None or response.protocol != one.id),
        "adopt_url": reverse("desk:protocol_adopt", args=[disease, edition]),
    }  # fmt: skip
    return render(request, "desk/protocols/protocol.html", context)


@page("see_protocols")
def compare(request: Request) -> HttpResponse:
    """Two editions side by side: what becomes stricter, what lighter, for whom, in days of restriction."""
    every = bridge.shelf()
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    told = bridge.compare(before, after) if before and after else None
    return render(
        request,
        "desk/protocols/compare.html",
        {"editions": every, "before": before, "after": after, "told": told, "lines": _lines(told) if told else ()},
    )


@page("set_response", methods="GET HEAD POST")
def adopt(request: Request, disease: str, edition: str) -> HttpResponse:
    """Put an edition in force here by signature; orders made under the one before are put up for a second look."""
    visit = request.visit
    sheet = found(bridge.sheet(f"{disease}/{edition}"))
    response = command_reads.response_at(visit.scope.path, visit.at)
    now = response.protocol if response and response.disease == disease else bridge.in_force(disease, visit.at)
    if request.method == "POST":
        given = request.POST
        answer = act(
            request, "set_response", form_id(request), name=given.get("name", ""), disease=disease,
            protocol=sheet.shelved.id, level=given.get("level", ""),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已签批施行；按旧版作出的措施已提请重新研判"))
            return redirect("desk:protocols")
    told = bridge.compare(now, sheet.shelved.id) if now and now != sheet.shelved.id else None
    return render(
        request,
        "desk/protocols/adopt.html",
        {
            "sheet": sheet,
            "response": response,
            "told": told,
            "lines": _lines(told) if told else (),
            "act_id": uuid7(),
            "back": _address(sheet.shelved.id),
        },
    )


def _lines(told: bridge.Comparison) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "direction": Chip(str(words.DIRECTIONS[one.direction][0]), words.DIRECTIONS[one.direction][1]),  # type: ignore[arg-type]
            "before": words.class_words(one.before),
            "after": words.class_words(one.after),
            "days": one.days,
            "released_by": words.release_words(one.after) if one.after else "",
        }
        for one in told.classes
    ]


def _address(id_: str) -> str:
    disease, _slash, edition = id_.partition("/")
    return reverse("desk:protocol", args=[disease, edition])


def _state(one: bridge.Shelved, response: Any, at: Any) -> Chip:
    if response is not None and response.protocol == one.id:
        return Chip(_("本县施行"), "good")
    return Chip(_("有效期内"), "info") if one.is_valid(at.date()) else Chip(_("不在有效期"), "plain")
