"""Fever, cough or weakness of somebody bound: reported at once, and a closed journey to the designated hospital begins (R084)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import TransferKind
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityKind
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def report_symptoms(doing: Doing, *, order: UUID) -> Outcome:
    """Say that somebody needs to be seen; the journey follows once, however often it is told."""
    with shared.county_eyes(doing):
        bound = orders_reads.order(shared.ALL, order)
        stay = stays_reads.stay_of_order(shared.ALL, order, doing.at)
    where = stay.path if stay is not None else bound.path if bound is not None else ""
    if bound is None or bound.person_id is None or not doing.actor.scope.holds(where):
        raise Refused(_("没有这份措施，或不在您的辖区"), "no_such_order")
    if stay is not None and stay.kind == "hospital":
        return Outcome("in_hospital", where, f"order:{order}")
    with shared.county_eyes(doing):
        under_way = stays_reads.open_transfer_of(shared.ALL, bound.person_id, [TransferKind.TO_HOSPITAL])
        hospital = resources_reads.nearest_open(where, FacilityKind.DESIGNATED_HOSPITAL)
    if under_way is not None:
        return Outcome("known", where, f"order:{order}", {"transfer": str(under_way.id)})
    told = {
        "_order": str(order),
        "_to": str(hospital.id) if hospital else None,
        "_path": where,
        "_from": str(stay.facility_id) if stay is not None and stay.facility_id else None,
        "_subject": f"order:{order}",
        "_place": shared.place_words(stay) if stay is not None and stay.facility_id else bound.area.name,
    }
    return Outcome("reported" if hospital else "no_hospital", where, f"order:{order}", told)
