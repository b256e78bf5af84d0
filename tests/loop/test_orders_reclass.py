"""When what orders rest on changes they are looked at again: previewed, signed, undone; nobody is bound anew without a notice."""

from datetime import datetime
from uuid import UUID

import pytest

from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import RESTRICTING, OrderState
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.act import Answer
from tests import cast, make
from tests.loop import _orders as given
from tests.loop._orders import DAYS, HOUR, Command

LATER = make.DAY + 6 * HOUR


@pytest.fixture
def staff(db: None) -> Command:
    return given.command()


@pytest.fixture
def central(staff: Command) -> UUID:
    return given.in_force(staff, make.person(cast.ZHAO), ground="contact:a")


def asks(staff: Command, cause: str, **change: object) -> UUID:
    made = make.does(staff.zheng, "propose_reclass", at=LATER, cause=cause, reason="更正", **change)
    assert made.word == "proposed", made
    return UUID(made.result["reclass"])


def signs(staff: Command, reclass: UUID, at: datetime = LATER + HOUR) -> Answer:
    return make.does(staff.hua, "reclass_orders", at=at, reclass=reclass)


def effects(reclass: UUID, at: datetime = LATER) -> list[str]:
    with scoped(make.EVERYBODY):
        one = orders_reads.reclass(make.EVERYBODY, reclass)
        assert one is not None
        return [look.effect for _o, look in orders_bridge.second_look(make.EVERYBODY, one.cause, one.change, at)]


def open_duties(order: UUID) -> int:
    return sum(d.done_at is None and d.void_at is None and d.due_from >= LATER for d in given.duties(order))


def test_a_shorter_edition_shortens_and_a_longer_one_changes_nothing(staff: Command, central: UUID) -> None:
    before, duties = given.order(central).ends_at, open_duties(central)
    twenty = asks(staff, "edition", protocol="covid-19/2022-11-11")
    assert effects(twenty) == ["shorten", "shorten"]
    assert signs(staff, twenty).result["shorten"] == 2
    assert given.order(central).ends_at == before - 2 * DAYS
    assert open_duties(central) < duties
    # back to the older, longer edition: old orders keep their end
    ninth = asks(staff, "edition", protocol=given.V9)
    assert effects(ninth) == ["keep", "keep"]
    assert signs(staff, ninth).result == {"shorten": 0, "move": 0, "extend": 0, "end": 0, "kept": 2}
    assert given.order(central).ends_at == before - 2 * DAYS


def test_an_edition_that_asks_nothing_ends_what_is_in_force(staff: Command) -> None:
    home = given.in_force(staff, make.person(cast.SUN), class_name="secondary_contact")
    reclass = asks(staff, "edition", protocol="covid-19/2022-11-11")
    assert effects(reclass) == ["end"]
    signs(staff, reclass)
    assert (given.order(home).state, given.order(home).end_reason) == ("ended", "ground_gone")


def test_an_earlier_exposure_shortens_at_once_a_later_one_waits_for_its_notice(staff: Command, central: UUID) -> None:
    before = given.order(central).ends_at
    earlier = asks(staff, "anchor", grounds=["contact:a"], anchors={"last_exposure": make.DAY - 3 * DAYS})
    assert signs(staff, earlier).result["shorten"] == 2
    assert given.order(central).ends_at == before - 2 * DAYS
    later = asks(staff, "anchor", grounds=["contact:a"], anchors={"last_exposure": make.DAY})
    assert effects(later) == ["extend", "extend"]
    signs(staff, later)
    assert given.order(central).ends_at == before - 2 * DAYS, "signed, but no paper says so yet"
    with scoped(make.EVERYBODY):
        (longer,) = orders_reads.extensions(make.EVERYBODY, central)
    served = make.does(staff.zhou, "serve_notice", at=LATER + 2 * HOUR, extension=longer.id)
    assert served.word == "extended"
    assert given.order(central).ends_at == before + DAYS


def test_a_refuted_case_frees_by_signature_and_comes_back_by_a_new_notice(staff: Command, central: UUID) -> None:
    reclass = asks(staff, "refuted", grounds=["contact:a"])
    assert effects(reclass) == ["end", "end"]
    assert given.order(central).state == OrderState.IN_FORCE, "asked for is not done"
    assert make.does(staff.county.wang, "reclass_orders", at=LATER, reclass=reclass).code == "not_permitted"
    assert signs(staff, reclass).result["end"] == 2
    assert signs(staff, reclass).code == "no_such_reclass"
    assert given.order(central).state == OrderState.ENDED
    undone = make.does(staff.zheng, "undo_reclass", at=LATER + 2 * HOUR, reclass=reclass, reason="复核标本弄错")
    assert undone.result == {"restored": 0, "to_serve": 2, "left": 0}
    again = [o for o in given.chain(central) if o.state == OrderState.SIGNED]
    assert [o.measure for o in again] == ["central_quarantine", "home_monitoring"]
    assert not any(o.binds_at(LATER + 3 * HOUR) for o in given.chain(central))
    assert given.order(central).state == OrderState.ENDED, "what was over stays over in the ledger"
    make.does(staff.zhou, "serve_notice", at=LATER + 3 * HOUR, order=again[0].id)
    assert given.order(again[0].id).binds_at(LATER + 3 * HOUR)
    assert given.order(again[0].id).ends_at == given.order(central).ends_at


def test_undoing_gives_back_the_end_and_what_is_owed(staff: Command, central: UUID) -> None:
    before, duties = given.order(central).ends_at, open_duties(central)
    reclass = asks(staff, "edition", protocol="covid-19/2022-11-11")
    signs(staff, reclass)
    undone = make.does(staff.zheng, "undo_reclass", at=LATER + 2 * HOUR, reclass=reclass, reason="下发有误")
    assert undone.result["restored"] == 2
    assert (given.order(central).ends_at, given.order(central).protocol) == (before, given.V9)
    assert open_duties(central) >= duties - 1
    assert make.does(staff.zheng, "undo_reclass", at=LATER + 3 * HOUR, reclass=reclass, reason="x").status == "refused"


def test_what_somebody_decided_since_is_left_alone_by_the_undo(staff: Command, central: UUID) -> None:
    reclass = asks(staff, "edition", protocol="covid-19/2022-11-11")
    signs(staff, reclass)
    withdrawn = make.does(staff.zheng, "withdraw_order", at=LATER + 2 * HOUR, order=central, reason="误判")
    assert withdrawn.status == "done"
    undone = make.does(staff.zheng, "undo_reclass", at=LATER + 3 * HOUR, reclass=reclass, reason="下发有误")
    assert undone.result == {"restored": 0, "to_serve": 0, "left": 2}
    assert len(given.chain(central)) == 2


def test_a_dropped_second_look_changes_nothing(staff: Command, central: UUID) -> None:
    reclass = asks(staff, "refuted", grounds=["contact:a"])
    assert make.does(staff.hua, "drop_reclass", at=LATER, reclass=reclass, reason="").status == "refused"
    assert make.does(staff.hua, "drop_reclass", at=LATER, reclass=reclass, reason="首检有效").status == "done"
    assert signs(staff, reclass).code == "no_such_reclass"
    assert given.order(central).state == OrderState.IN_FORCE
    touched = make.does(staff.zheng, "propose_reclass", cause="refuted", reason="x", grounds=["contact:nobody"])
    assert touched.word == "nothing_touched"
    assert (
        make.does(staff.zheng, "propose_reclass", cause="anchor", reason="x", grounds=["contact:a"]).code
        == "incomplete"
    )


def test_the_room_and_the_engine_name_the_same_restricting_measures() -> None:
    from bihuan.engines.protocol._model import MODES
    from bihuan.engines.protocol._model import RESTRICTING as ENGINES
    from bihuan.ledgers.orders.choices import Measure

    assert {str(m) for m in RESTRICTING} == set(ENGINES)
    assert set(Measure.values) == set(MODES)
