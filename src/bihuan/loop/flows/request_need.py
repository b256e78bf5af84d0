"""Somebody who may not go out needs something: it becomes a task to be delivered in time (R086)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays.choices import Need
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def request_need(doing: Doing, *, stay: UUID, need: str, words: str = "") -> Outcome:
    """Take a request down; what exactly is sealed, for it may say what somebody suffers from."""
    asked = shared.own_stay(doing, stay)
    if need not in Need.values:
        raise Refused(_("“%(need)s”不是可以登记的需求") % {"need": need}, "bad_need")
    told = {
        "_detail": {"need": need, "sealed": shared.seal({"words": words.strip()}).hex()},
        "_subject": f"stay:{asked.id}",
        "_place": shared.place_words(asked),
        "_need": str(Need(need).label),
        "_id": str(doing.id),
    }
    return Outcome("medicine" if need in (Need.MEDICINE, Need.CARE) else "asked", asked.path, f"stay:{asked.id}", told)
