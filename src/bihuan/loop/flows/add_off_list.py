"""A person on no list is found at a door: added and reported in the same session."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.bridge import Told
from bihuan.ledgers.intake.choices import MatchState, RowState
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("person", "how_found"))
def add_off_list(doing: Doing, *, person: Told, area: str, how_found: str) -> Outcome:
    """Open a row for a person found in the field, on the day's own list of the county, with how they were found."""
    if not person.name.strip() or not how_found.strip():
        raise Refused(_("请填写姓名和发现经过"), "incomplete")
    place = territory_reads.area(area)
    if place is None or not doing.actor.scope.holds(place.path):
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    county = territory_reads.county_of(place.path)
    assert county is not None
    with widened(doing):  # the day's list belongs to the county; whoever is on record may live in another township
        (verdict,) = people_bridge.find([intake_bridge.record(person)])
        pushed = intake_writes.off_list_of_the_day(
            county.path, doing.at, source=str(_("现场排查发现")), received_by=doing.actor.member
        )
        number = intake_reads.rows(doing.actor.scope).filter(pushed_list=pushed).count() + 1
    row = intake_writes.new_row(
        id=doing.derive("row"),
        pushed_list=pushed,
        row_number=number,
        area_id=place.code,
        path=place.path,
        name=person.name,
        address=person.address,
        sealed=cipher.seal_json({**intake_bridge.words(person), "how_found": how_found}),
        state=RowState.UNROUTED,
        opened_at=doing.at,
        assignee_id=doing.actor.member,
        probability=verdict.probability or None,
        reasons=[list(r) for r in verdict.reasons],
    )
    if verdict.decision == "same":
        row.match_state, row.person_id = MatchState.MATCHED, verdict.person
    elif verdict.decision == "review":
        row.match_state, row.state, row.candidate_id = MatchState.TO_REVIEW, RowState.REVIEW, verdict.person
    else:
        row.match_state, row.person_id = MatchState.CREATED, doing.derive("person")
        fresh = intake_bridge.new_person(person, id_=row.person_id, area_code=place.code, path=place.path)
        people_writes.add_persons([fresh], recorded_at=doing.recorded_at, keep_until=pushed.keep_until)
    intake_writes.add_rows([row])
    intake_writes.add_events(intake_writes.opening(row, at=doing.at, recorded_at=doing.recorded_at))
    return Outcome("added", place.path, f"row:{row.id}", {"row": str(row.id), "_list": str(pushed.id)})
