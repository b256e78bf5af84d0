"""An event at which somebody may have been infected: a ride with its seats, a meal, a ward."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ExposureRole, Relation
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.investigations import Named


class Present(Named, frozen=True, kw_only=True):
    """Somebody who was there, with their seat."""

    seat: dict[str, str] = {}
    relation: Relation = Relation.OTHER
    from_at: datetime | None = None
    until_at: datetime | None = None


@flow(private=("words", "people", "seat"))
def add_exposure(
    doing: Doing,
    *,
    case: UUID,
    kind: str,
    role: ExposureRole = ExposureRole.INFECTING,
    place: UUID | None = None,
    words: str = "",
    run: str = "",
    seat: dict[str, str] = {},  # noqa: B006 - a default of a verb is read, never changed
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    people: tuple[Present, ...] = (),
) -> Outcome:
    """Record an exposure of a case and who was there; the protocol's rule of seats is applied when contacts are derived."""
    asked = investigations.asked_case(doing, case)
    named = cases_bridge.exposure_kinds(asked.protocol)
    if kind not in {k for kinds in named.values() for k in kinds}:
        raise Refused(_("本方案没有“%(kind)s”这一暴露方式") % {"kind": kind}, "no_such_kind")
    if from_at and until_at and until_at <= from_at:
        raise Refused(_("结束时间须晚于开始时间"), "ends_before_it_begins")
    for who in ({"seat": seat}, *({"seat": p.seat} for p in people)):
        for name in ("row", "bay"):
            if who["seat"].get(name) and not str(who["seat"][name]).isdigit():
                raise Refused(_("排号和铺位号须为数字"), "seat_is_no_number")
    rows: list[dict[str, Any]] = []
    with widened(doing):
        county = territory_reads.county_of(asked.path)
        assert county is not None
        for number, one in enumerate(people):
            person, _area, path = investigations.person_of(doing, one, county, part=f"person:{number}")
            if person == asked.person_id or any(r["person_id"] == person for r in rows):
                continue
            rows.append(
                {"id": doing.derive(f"exposed:{number}"), "person_id": person, "path": path, "relation": one.relation,
                 "seat": one.seat, "from_at": one.from_at, "until_at": one.until_at}
            )  # fmt: skip
        made = cases_writes.add_exposure(
            rows, id=doing.derive("exposure"), case=asked, path=asked.path, role=role, kind=kind, place_id=place,
            words=words.strip(), run=run.strip(), seat=seat, from_at=from_at, until_at=until_at,
            recorded_at=doing.recorded_at, keep_until=asked.keep_until,
        )  # fmt: skip
    return Outcome("added", asked.path, f"case:{asked.id}", {"exposure": str(made.id), "people": len(rows)})
