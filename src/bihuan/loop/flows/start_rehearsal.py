"""Somebody wants to see what a protocol with other numbers would do here, before anybody signs it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.rehearsals import bridge
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_PEOPLE, MOST_DAYS, MOST_RUNS = 2_000_000, 365, 50
# A run a person and day costs; so many of them are a few minutes of one core at worst.
MOST_PERSON_DAYS = 2_000_000_000


@flow()
def start_rehearsal(
    doing: Doing, *, title: str, scenario: str, protocol: str, people: int, days: int, seed: int = 1, runs: int = 1,
    changes: dict[str, Any] = {},  # noqa: B006 - never changed
) -> Outcome:  # fmt: skip
    """Ask for a rehearsal. `changes`: names of numbers as the drill knows them, and what they are set to."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or not title.strip() or len(title) > 60:
        raise Refused(_("请给推演起一个不超过60字的名称"), "no_title")
    if not (1000 <= people <= MOST_PEOPLE and 1 <= days <= MOST_DAYS and 1 <= runs <= MOST_RUNS and 0 <= seed < 10**6):
        raise Refused(_("人口1000至200万，天数1至365，次数1至50，随机种子0至999999"), "out_of_range")
    if people * days * runs > MOST_PERSON_DAYS:
        raise Refused(_("一次最多20亿人日：请减少人口、天数或次数"), "too_much")
    try:
        before = bridge.check(scenario, protocol, people, days, changes)
    except bridge.CannotRehearse as fault:
        raise Refused(_("无法推演：%(what)s") % {"what": fault}, "cannot_rehearse") from None
    changes = {name: value for name, value in changes.items() if value != before[name]}  # set to what it was: no change
    before = {name: before[name] for name in changes}
    made = rehearsal_writes.add_rehearsal(
        id=doing.derive("rehearsal"), area=county, path=county.path, title=title.strip(), scenario=scenario,
        protocol=protocol, people=people, days=days, first_seed=seed, runs=runs, changes=changes, before=before,
        asked_by_id=doing.actor.member, asked_at=doing.at,
    )  # fmt: skip
    return Outcome("queued", county.path, f"rehearsal:{made.id}", {"rehearsal": str(made.id)})
