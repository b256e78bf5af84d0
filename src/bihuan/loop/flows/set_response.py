"""An outbreak is being answered: its disease, level and protocol are on every page from now on."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def set_response(doing: Doing, *, name: str, disease: str, protocol: str, level: str) -> Outcome:
    """Declare the response level of the county; the one before ends at the same instant."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or not (name.strip() and disease.strip() and level.strip()):
        raise Refused(_("请写明响应名称、病种和级别"), "incomplete")
    command_writes.end_responses(county.path, doing.at)
    response = command_writes.add_response(
        id=doing.derive("response"),
        area=county,
        path=county.path,
        name=name.strip(),
        disease=disease.strip(),
        protocol=protocol,
        level=level.strip(),
        response_from=doing.at,
    )
    return Outcome("declared", county.path, f"response:{response.id}")
