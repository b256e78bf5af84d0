"""The benchmark of orders measures true orders: what it copies is what the acts made, and the tables take it."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from benchmarks import orders
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop import _orders as given


def test_the_county_is_filled_with_orders_in_every_state(db: None) -> None:
    staff = given.command()
    someone = [make.person(cast.ZHAO._replace(name=f"赵{n}", id_number="", phone="")) for n in range(12)]

    @contextmanager
    def superuser() -> Any:
        yield SimpleNamespace(execute=lambda _statement: None)  # the statistics are the server's business

    county: Any = SimpleNamespace(
        person_ids=someone, villages=[("991027101001", make.PATHS["991027101001"])], village_of=[0] * 12,
        members={"office": staff.zheng.id, "health": staff.hua.id}, superuser=superuser,
    )  # fmt: skip
    order = orders._fill(county, 12)
    with scoped(make.EVERYBODY):
        states = orders_reads.counts_by_state(make.EVERYBODY)
        found = orders_reads.order(make.EVERYBODY, order)
    assert states == {"proposed": 8, "in_force": 3, "ended": 2}  # the first by acts has two stages
    assert found is not None
    assert found.state == "in_force"
