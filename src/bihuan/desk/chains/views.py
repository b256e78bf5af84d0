"""传播链: who infected whom, drawn in time; the figures in words; each mark leads to its case."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from bihuan.adapters import documents
from bihuan.desk.inside import Request, as_uuid, page
from bihuan.desk.parts import Tile
from bihuan.reports import _chains, transmission_chains
from bihuan.reports._chains import Chains, Dot, Words

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}
COLOURINGS = ("group", "generation")
VIEWS = ("tree", "graph")
# Rows of the tables beside the picture: the whole tables are the report's.
MOST_ROWS = 12


@page("see_cases")
def chains(request: Request) -> HttpResponse:
    """The chains of one's scope as of the page's hour: a tree on a time axis, or the graph of who met whom."""
    visit = request.visit
    asked = {name: request.GET.get(name, "") for name in ("by", "view", "disease", "head", "export")}
    by = asked["by"] if asked["by"] in COLOURINGS else "group"
    view = asked["view"] if asked["view"] in VIEWS else "tree"
    diseases = _chains.diseases(visit.scope)
    disease = asked["disease"] if asked["disease"] in diseases else (diseases[0] if diseases else "")
    found = _chains.chains_of(visit.scope, visit.at, disease=disease)
    head = asked["head"] if as_uuid(asked["head"]) and found.forest.head.get(asked["head"]) == asked["head"] else ""
    words = _words(found, linked=not asked["export"])
    if view == "graph":
        drawn = _chains.contact_picture(visit.scope, found, words, by=by)
    else:
        drawn = _chains.picture(found, words, by=by, head=head)
    if asked["export"]:
        if asked["export"] not in PICTURES or drawn is None:
            raise Http404
        return _download(drawn.svg, asked["export"], f"{_('传播链')}-{visit.at:%Y%m%d-%H%M}")
    sizes = found.forest.sizes()
    context = {
        "picture": drawn,
        "svg": mark_safe(drawn.svg) if drawn else "",  # noqa: S308 - drawn by the engine, every word in it escaped
        "sentences": transmission_chains.sentences(found),
        "left_out": _left_out(drawn, view) if drawn else [],
        "tiles": _tiles(request, found),
        "generations": found.generations,
        "heads": [(found.ids[h], sizes[h], h, h == head) for h in found.forest.heads[:MOST_ROWS]],
        "spreaders": _spreaders(found),
        "diseases": diseases,
        "disease": disease,
        "by": by,
        "view": view,
        "head": head,
        "formats": PICTURES,
    }
    return render(request, "desk/chains/chains.html", context)


def _case_address(id_: str) -> str:
    return reverse("desk:case", args=[id_])


def _words(found: Chains, *, linked: bool) -> Words:
    """What the picture says: numbers, never names."""
    forest = found.forest

    def over(dot: Dot) -> str:
        if dot.kind == "contact":
            return _("接触者 · %(group)s") % {"group": dot.group or _("未定乡镇")}
        parts = [found.ids[dot.cases[0]] if dot.count == 1 else _("%(n)d 例") % {"n": dot.count}]
        days = sorted(day for id_ in dot.cases if (day := forest.cases[id_].day))
        if days:
            span = f"{days[0]:%m-%d}" if days[0] == days[-1] else f"{days[0]:%m-%d}–{days[-1]:%m-%d}"
            onset = all(forest.cases[id_].onset_on for id_ in dot.cases)
            parts.append((_("发病 %(day)s") if onset else _("采样或报告 %(day)s")) % {"day": span})
        parts.append(dot.group or _("未定乡镇"))
        parts.append(_("第 %(n)d 代") % {"n": dot.generation})
        if dot.count > 1:
            parts.append(", ".join(found.ids[id_] for id_ in dot.cases[:8]) + ("…" if dot.count > 8 else ""))
            return " · ".join(parts)
        infected = len(forest.children.get(dot.cases[0], ()))
        if infected:
            parts.append(_("感染 %(n)d 人") % {"n": infected})
        for candidate in forest.candidates.get(dot.cases[0], ())[:4]:
            told = {"number": found.ids[candidate.source], "share": round(100 * candidate.probability)}
            parts.append(_("可能由 %(number)s 感染（%(share)d%%）") % told)
        return " · ".join(parts)

    return Words(
        title=_("传播链"),
        dot=over,
        href=lambda dot: _case_address(dot.cases[0]) if linked and dot.kind != "contact" else "",
        generation=lambda n: _("第 %(n)d 代") % {"n": n},
        others=_("其他或未定"),
        day=lambda day: f"{day.month}/{day.day}",
        chain=lambda n: _("%(n)d 例") % {"n": n},
    )


def _left_out(drawn: _chains.Picture, view: str) -> list[str]:
    """What the picture does not show, in words: nothing is dropped in silence."""
    told = []
    if drawn.bundled_days:
        told.append(
            _("没有续发的同源、同乡镇、%(days)d 天内的病例合为一点，×后为例数。") % {"days": drawn.bundled_days}
            if drawn.bundled_days < 1000
            else _("没有续发的同源、同乡镇的病例合为一点，×后为例数。")
        )
    if drawn.chains_left_out and view == "tree":
        told.append(
            _("另有 %(chains)d 条较小的链共 %(cases)d 例未画，见报表。")
            % {"chains": drawn.chains_left_out, "cases": drawn.cases_left_out}
        )
    elif drawn.chains_left_out:
        told.append(_("另有 %(cases)d 人与图中的人没有联系，未画。") % {"cases": drawn.cases_left_out})
    if drawn.cases_alone:
        told.append(_("%(n)d 例没有传染源也没有续发，未画。") % {"n": drawn.cases_alone})
    return told


def _tiles(request: Request, found: Chains) -> list[Tile]:
    at = request.visit.at
    forest = found.forest
    address = reverse("desk:report", args=["transmission_chains"])
    spread = found.offspring
    alone = sum(1 for n in forest.sizes().values() if n == 1)
    tiles = [
        Tile(_("病例数"), len(forest.cases), _("已报告、未排除的病例"), at, address, _("例")),
        Tile(_("传播链"), len(forest.heads), _("两例以上相连的传播链"), at, address, _("条"),
             _("最长 %(n)d 代") % {"n": forest.depth}),
        Tile(_("来源不明"), alone, _("没有传染源也没有续发的病例"), at, address, _("例"),
             tone="risk" if alone else "plain"),
    ]  # fmt: skip
    if spread is not None and forest.heads:
        tiles.append(
            Tile(_("每例感染"), f"{spread.r.value:.2f}", _("R：平均每个病例感染的人数"), at, address, _("人"),
                 _chains.told(spread.r, 2), "risk" if spread.r.value >= 1 else "plain")
        )  # fmt: skip
    if found.serial is not None:
        tiles.append(
            Tile(
                _("代间距"), _("%(n)s 天") % {"n": f"{found.serial.mean.value:.1f}"},
                _("传染源发病到被感染者发病的平均天数"), at, address, note=_chains.told(found.serial.mean),
            )
        )  # fmt: skip
    return tiles


def _spreaders(found: Chains) -> list[dict[str, Any]]:
    infected = sorted(found.forest.offspring().items(), key=lambda pair: (-pair[1], found.ids[pair[0]]))
    return [
        {
            "number": found.ids[id_],
            "href": _case_address(id_),
            "area": found.forest.cases[id_].group,
            "generation": found.forest.generation[id_],
            "infected": n,
        }
        for id_, n in infected[:MOST_ROWS]
        if n
    ]


def _download(svg: str, format_: str, name: str) -> HttpResponse:
    body = svg.encode() if format_ == "svg" else documents.render_picture(svg)
    response = HttpResponse(body, content_type=PICTURES[format_])
    shown = content_disposition_header(as_attachment=True, filename=f"{name}.{format_}")
    response.headers["Content-Disposition"] = shown or "attachment"
    return response
