"""The county takes a new key for its passes; the old one stops signing and goes on verifying."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import writes as pass_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def rotate_pass_key(doing: Doing) -> Outcome:
    """Take a fresh key into use at once."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None:
        raise Refused(_("签发密钥属于县级，请由县指挥部更换"), "no_county")
    key = pass_writes.add_pass_key(doing.derive("key"), **pass_bridge.new_key(county.code, county.path, doing.at))
    return Outcome("rotated", county.path, f"pass_key:{key.key_id}", {"key_id": key.key_id})
