"""An exercise begins in a drill database. Done by rule, from the command line that plays it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def start_drill(doing: Doing, *, area: str, scenario: str, day: int, seed: int, detail: dict[str, Any]) -> Outcome:
    """Say which day of which scenario is played from this instant on; reports of the drill count from here."""
    place = territory_reads.area(area)
    if not settings.IS_DRILL:
        raise Refused(_("演练只能在演练库中进行"), "live_database")
    if place is None:
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    return Outcome("started", place.path, f"drill:{doing.id}", {"drill": str(doing.id)})
