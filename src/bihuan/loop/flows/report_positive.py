"""A single is positive: the person is told to those who trace, and becomes a case where an outbreak is being answered."""

from uuid import UUID

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY


@flow()
def report_positive(doing: Doing, *, swab: UUID) -> Outcome:
    """Say what a positive single leads to: a case to be opened, one that stands already, or a task for whoever decides."""
    asked = lab_reads.swab(EVERYBODY, swab)
    assert asked is not None  # whoever sets this off has just released its tube
    subject = f"swab:{asked.id}"
    if asked.person_id is None:
        told = {"_path": asked.path, "_subject": f"place:{asked.place_id}", "_place": asked.spot}
        return Outcome("environment", asked.path, subject, told)
    told = {
        "_person": str(asked.person_id), "_sampled_at": asked.at.isoformat(), "_path": asked.path,
        "_subject": f"person:{asked.person_id}", "_tube": asked.tube.code,
        "_origin": subject,
    }  # fmt: skip
    if cases_reads.persons_with_case(EVERYBODY, [asked.person_id]):
        return Outcome("known_case", asked.path, subject, told)
    response = command_reads.response_at(asked.path, doing.at)
    return Outcome("to_case" if response is not None else "to_decide", asked.path, subject, told)
