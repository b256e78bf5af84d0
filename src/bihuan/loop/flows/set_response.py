"""An outbreak is being answered: its disease, level and protocol are on every page from now on."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.orders.protocols import bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def set_response(doing: Doing, *, name: str, disease: str, protocol: str, level: str) -> Outcome:
    """Declare the response level and the protocol of the county; the one before ends at the same instant. Where the
    edition changes, what was ordered under the one before is put up for a second look."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or not (name.strip() and disease.strip() and level.strip()):
        raise Refused(_("请写明响应名称、病种和级别"), "incomplete")
    if protocol and bridge.sheet(protocol) is None:
        raise Refused(_("没有编号为“%(id)s”的防控方案") % {"id": protocol}, "no_protocol")
    before = command_reads.response_at(county.path, doing.at)
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
    is_other = before is not None and before.disease == disease.strip() and before.protocol != protocol
    return Outcome(
        "other_edition" if is_other else "declared", county.path, f"response:{response.id}", {"_protocol": protocol}
    )
