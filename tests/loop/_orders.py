"""What stories of orders begin with: a response in force, a second signer, and a contact who may be bound."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.models import Duty, Order
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.act import Answer
from tests import cast, make

V9 = "covid-19/2022-06-28"
HOUR = timedelta(hours=1)
DAYS = timedelta(days=1)


@dataclass(frozen=True)
class Command:
    """The small county with a response in force and health's own decision maker beside the commander."""

    county: make.County
    hua: Member

    @property
    def zheng(self) -> Member:
        return self.county.zheng

    @property
    def zhou(self) -> Member:
        return self.county.zhou


def command() -> Command:
    made = make.county()
    with scoped(make.EVERYBODY):
        health = make.unit("县卫健局", UnitKind.DEPARTMENT, make.COUNTY)
        hua = make.serves(cast.Staff("华决", "hua", "health"), make.post(health, "隔离决定人", Role.HEALTH))
    words = {"name": "新冠疫情处置", "disease": "covid-19", "protocol": V9, "level": "Ⅱ级响应"}
    assert make.does(made.zheng, "set_response", at=make.DAY - HOUR, **words).status == "done"
    return Command(made, hua)


def proposes(
    who: Member, person: UUID, *, ground: str = "", at: datetime = make.DAY, class_name: str = "close_contact",
    last_exposure: datetime = make.DAY - DAYS, **more: Any,
) -> Answer:  # fmt: skip
    return make.does(
        who, "propose_order", at=at, person=person, class_name=class_name, ground=ground or f"contact:{uuid4()}",
        ground_words="7月31日与确诊病例同桌就餐", anchors={"last_exposure": last_exposure, "identified": at}, **more,
    )  # fmt: skip


def in_force(staff: Command, person: UUID, *, at: datetime = make.DAY, **more: Any) -> UUID:
    """An order proposed, signed and served within three minutes; answers with its first stage."""
    made = proposes(staff.county.zheng, person, at=at, **more)
    assert made.status == "done", made.reason
    (first, *_rest) = [UUID(o) for o in made.result["orders"]]
    minute = timedelta(minutes=1)
    signed = make.does(staff.hua, "sign_order", at=at + minute, orders=[first])
    assert signed.status == "done", signed.reason
    served = make.does(staff.zhou, "serve_notice", at=at + 2 * minute, order=first)
    assert served.status == "done", served.reason
    return first


def order(id_: UUID) -> Order:
    with scoped(make.EVERYBODY):
        found = orders_reads.order(make.EVERYBODY, id_)
    assert found is not None
    return found


def chain(id_: UUID) -> list[Order]:
    with scoped(make.EVERYBODY):
        return orders_reads.chain(make.EVERYBODY, order(id_).chain)


def duties(id_: UUID) -> list[Duty]:
    with scoped(make.EVERYBODY):
        return list(orders_reads.duties(make.EVERYBODY, id_))


def place(name: str = "老街棋牌室", kind: str = "venue") -> UUID:
    area = "991027101001"
    with scoped(make.EVERYBODY):
        return Place.objects.create(name=name, kind=kind, area_id=area, path=make.PATHS[area]).id
