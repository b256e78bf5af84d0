"""The rule sheet for stay, disinfection and waste is in their hands, and somebody signed for it (R087)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import ReceiptHow
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def confirm_rules(doing: Doing, *, stay: UUID, how: str) -> Outcome:
    """Record the receipt."""
    asked = shared.own_stay(doing, stay)
    if how not in ReceiptHow.values:
        raise Refused(_("请选择签收方式"), "bad_how")
    if asked.rules_at is not None:
        return Outcome("known", asked.path, f"stay:{asked.id}")
    stays_writes.set_rules_receipt(asked.id, at=doing.at, how=how)
    return Outcome("received", asked.path, f"stay:{asked.id}")
