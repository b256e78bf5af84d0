"""Daily follow-ups of contacts on record are taken over from another system."""

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop import linelists
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.linelists import Receipt, ToldFollowUp, noon


@flow(private=("followups", "file_name"))
def import_followups(doing: Doing, *, system: str, followups: tuple[ToldFollowUp, ...], file_name: str = "") -> Outcome:
    """Record follow-ups. A second one of one day takes the next slot of that day."""
    county = linelists.county_of(doing)
    receipt = Receipt()
    told = linelists.told_twice(
        followups, lambda one: one.external_id or (one.contact_id, one.day, one.slot or linelists.mark(one)), receipt
    )
    contacts = linelists.contacts_named(doing.actor.scope, system, [t.contact_id for t in told])
    before = cases_reads.follow_ups_of(doing.actor.scope, [c.id for several in contacts.values() for c in several])
    marks = {f.extra.get("mark") for f in before}
    known = {(f.contact_id, f.external_id): f for f in before if f.external_id}
    taken = {(f.contact_id, f.day, f.slot) for f in before}
    rows = []
    for one in sorted(told, key=lambda t: (t.day, t.slot or 0, t.row)):
        several = contacts.get(one.contact_id)
        if not several:
            receipt.reject(
                one.row, "contact_id", f"没有编号为{one.contact_id}的接触者", f"no contact {one.contact_id} is on record",
                "请先导入接触者", "import the contacts first",
            )  # fmt: skip
            continue
        contact, said = several[0], linelists.mark(one)
        if said in marks:
            receipt.unchanged += 1
            continue
        if (contact.id, one.external_id) in known:
            receipt.reject(
                one.row, "external_id", "此次随访已录入且内容不同", "this follow-up is on record with other content",
                "随访记录不改写；请用新编号", "a follow-up is not rewritten; give it a new id",
            )  # fmt: skip
            continue
        slot = int(one.slot or 1)
        while (contact.id, one.day, slot) in taken:
            slot += 1
        taken.add((contact.id, one.day, slot))
        rows.append(
            {
                "id": doing.derive(f"follow_up:{one.contact_id}:{one.day}:{slot}"), "contact_id": contact.id,
                "path": contact.path, "day": one.day, "slot": slot, "outcome": one.outcome,
                "symptoms": list(one.symptoms), "temperature_c": one.temperature_c, "note": one.note,
                "at": noon(one.day), "recorded_at": doing.recorded_at, "external_id": one.external_id,
                "extra": linelists.extra_of(one),
                "keep_until": contact.keep_until,
            }
        )  # fmt: skip
    cases_writes.add_follow_ups(rows)
    receipt.created = len(rows)
    return Outcome("imported", county.path, "import:followups", receipt.result())
