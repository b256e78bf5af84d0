"""Tags of the desk's templates: `{% load bihuan %}`.

{% show value %}         draws any value of `bihuan.desk.parts`; text, numbers, dates and empty values too
{% icon "clock" %}       one icon of the sprite, `{% icon "clock" label=_("超时") %}` where no words stand by
{% field form.name %}    a form field with label, hint and errors
{% query page=2 %}       this page's address with something changed; `None` takes a word away
{% menu as entries %}    the menu's lines, resolved for this request
{{ number|count }}       1,234        {{ instant|moment }}    11-24 13:40 in the county's time
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bihuan.desk.parts import Chip, MenuItem, Spark
from bihuan.desk.verbs import verb_label

register = template.Library()


@register.simple_tag(takes_context=True)
def show(context: template.Context, value: Any) -> str | SafeString:
    """A component drawn by its own template, or a plain value as the desk writes it."""
    name = getattr(value, "template", None)
    if name:
        around = {key: context.get(key) for key in ("request", "frame", "csrf_token")}
        return SafeString(render_to_string(name, {**around, "it": value}).strip())
    if value is None or value == "":
        return format_html('<span class="bh-none">{}</span>', "–")
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int | float):
        return count(value)
    if isinstance(value, date):
        return moment(value)
    return format_html("{}", value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; hidden from screen readers unless it is labelled."""
    address = f"{static('lib/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="bh-icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="bh-icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.simple_tag
def chip(text: str, tone: str = "plain") -> SafeString:
    """A status chip written in a template."""
    return SafeString(render_to_string(Chip.template, {"it": Chip(text, tone)}).strip())  # type: ignore[arg-type]


@register.simple_tag
def spark(values: Any, label: str = "") -> SafeString:
    """A small line of numbers."""
    return SafeString(render_to_string(Spark.template, {"it": Spark(tuple(values), label)}).strip())


@register.inclusion_tag("desk/_parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, hint and errors, styled by the kind of its widget."""
    widget = bound.field.widget
    style = "form-control"
    if isinstance(widget, CheckboxInput | RadioSelect):
        style = "form-check-input"
    elif isinstance(widget, Select) and not isinstance(widget, RadioSelect):
        style = "form-select"
    attributes: dict[str, str | bool] = {"class": f"{style} is-invalid" if bound.errors else style}
    told = [f"{bound.auto_id}_{part}" for part, there in (("hint", bound.help_text), ("fault", bound.errors)) if there]
    if told:
        attributes["aria-describedby"] = " ".join(told)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": isinstance(widget, RadioSelect),
        "is_file": isinstance(widget, FileInput),
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query with words changed, added, or (None) taken away; another order starts at page 1."""
    request = context.get("request")
    params = request.GET.copy() if request else None
    if params is None:
        from django.http import QueryDict

        params = QueryDict(mutable=True)
    if "page" not in changes:
        params.pop("page", None)
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag(takes_context=True)
def drop(context: template.Context, name: str) -> str:
    """This page's query without one word."""
    return str(query(context, **{name: None}))


@register.simple_tag(takes_context=True)
def hidden(context: template.Context, *left_out: str) -> SafeString:
    """This page's query as hidden inputs of a form, without the words the form asks itself."""
    request = context.get("request")
    pairs = [(k, v) for k, vs in request.GET.lists() for v in vs if k not in {*left_out, "page"}] if request else []
    inputs = [format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in pairs]
    return SafeString("".join(inputs))


@register.simple_tag(takes_context=True)
def menu(context: template.Context) -> list[dict[str, Any]]:
    """The menu's lines with address, badge and whether this page is there, group after group in the order in which
    groups first appear; lines without an address are left out."""
    request = context.get("request")
    kept: list[dict[str, Any]] | None = getattr(request, "desk_menu", None)
    if kept is not None:  # the keys' dialog asks again, and badges cost a query each
        return kept
    items = getattr(context.get("frame"), "menu", None) or ()
    lines = [(item, href) for item in (MenuItem(*item) for item in items) if (href := _address(item.url_name))]
    here = request.path if request else ""
    # The longest address that this page's begins with is where we are: a page below a line lights that line.
    lit = max((h for _i, h in lines if here == h or (h != "/" and here.startswith(h))), key=len, default="")
    groups: dict[str, list[dict[str, Any]]] = {}
    for item, href in lines:
        groups.setdefault(str(item.group), []).append(
            {
                "item": item,
                "href": href,
                "group": item.group,
                "badge": item.badge(request) if item.badge and request else None,
                "is_here": href == lit,
            }
        )
    entries = [entry for several in groups.values() for entry in several]
    for several in groups.values():  # a folded group shows where we are, and how much waits inside
        is_open, waiting = any(e["is_here"] for e in several), sum(e["badge"] or 0 for e in several)
        for entry in several:
            entry |= {"is_open": is_open, "waiting": waiting}
    if request:
        request.desk_menu = entries
    return entries


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.filter
def count(number: Any) -> str:
    """A number with thousands marked: 1,234 or 0.5."""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.4g}" if isinstance(number, float) else str(number)


@register.filter
def moment(instant: Any) -> str:
    """A day and minute in the county's time, with the year only when it is not this one's; a date as a date."""
    if isinstance(instant, datetime):
        local = timezone.localtime(instant) if timezone.is_aware(instant) else instant
        this_year = timezone.localtime().year
        return f"{local:%m-%d %H:%M}" if local.year == this_year else f"{local:%Y-%m-%d %H:%M}"
    return f"{instant:%Y-%m-%d}" if isinstance(instant, date) else ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value under a key that only the template knows."""
    return mapping.get(key) if mapping else None


@register.filter
def remaining(clock: Any) -> str:
    """What is left to a clock's limit, or how far it is past: «剩 12 分», «超 1 时 05 分»."""
    words = gettext("超 {t}") if clock.left_minutes < 0 else gettext("剩 {t}")
    return words.format(t=duration(abs(clock.left_minutes)))


@register.filter
def overrun(clock: Any) -> str:
    """How far past its limit a clock was met."""
    return gettext("超 {t}").format(t=duration(clock.over_minutes))


@register.filter
def duration(minutes: int) -> str:
    """Whole minutes in the largest two units that matter."""
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        return gettext("{d} 天 {h} 时").format(d=hours // 24, h=hours % 24)
    return gettext("{h} 时 {m} 分").format(h=hours, m=f"{rest:02d}") if hours else gettext("{m} 分").format(m=rest)


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage, never rounded up to certainty."""
    return f"{min(share, 0.999) if share < 1 else 1:.1%}"


@register.filter
def signed(weight: float) -> str:
    """A weight with its sign, none for no evidence; a true minus, as wide as the plus."""
    return f"{weight:+.1f}".replace("-", "\u2212") if abs(weight) >= 0.05 else "0"


@register.filter
def act_words(verb: str) -> str:
    """An act in the reader's language."""
    return verb_label(verb)


@register.filter
def at(several: Any, place: int) -> Any:
    """The one at this place, from 0."""
    return several[place]
