"""Infection passed on inside a site is an incident, like one in a hospital: reported at once, reviewed, mended (R077)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import ProblemSource
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def open_incident(doing: Doing, *, facility: UUID, words: str, stay: UUID | None = None) -> Outcome:
    """Open the file of a cross infection; the report, the check of the site and its mending follow with their clocks."""
    asked = resources_reads.facility(doing.actor.scope, facility)
    if asked is None:
        raise Refused(_("没有这个设施，或不在您的辖区"), "no_such_facility")
    if len(words.strip()) < 4:
        raise Refused(_("请写明发生了什么"), "no_words")
    first = stays_reads.stay(doing.actor.scope, stay) if stay else None
    if stay is not None and (first is None or first.facility_id != asked.id):
        raise Refused(_("没有这条入住记录，或不在您的辖区"), "no_such_stay")
    near = [str(s.id) for s in stays_reads.neighbours(doing.actor.scope, first)] if first is not None else []
    told = {
        "_at": f"place:{asked.place_id}", "_item": "isolation_site/cross_infection", "_source": ProblemSource.OTHER,
        "_found_in": f"incident:{doing.id}", "_path": asked.path, "_place": asked.place.name,
        "_subject": f"facility:{asked.id}", "neighbours": near,
        "_detail": {"sealed": shared.seal({"words": words.strip()}).hex(), "stay": str(stay or ""), "neighbours": near},
    }  # fmt: skip
    return Outcome("opened", asked.path, f"facility:{asked.id}", told)
