"""The whole register is compared with itself: likely doubles are put before a person, none is merged by the machine."""

from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, flow


@flow(needs="merge_persons")
def find_doubles(doing: Doing) -> Outcome:
    """Look for persons recorded twice inside the actor's scope; pairs decided before are not asked again."""
    pairs = people_bridge.find_doubles(doing.actor.scope)
    fresh = people_writes.add_doubles(pairs, doing.at)
    return Outcome("searched", doing.actor.scope.path, "doubles:", {"pairs": len(pairs), "new": fresh})
