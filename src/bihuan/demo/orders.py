"""Who is bound in Qinghe on the day: three hundred orders in every state, from twelve days of the same acts as the web."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from bihuan.demo.acting import Hands
from bihuan.demo.founding import Staff
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door
from bihuan.loop.act import Request
from bihuan.loop.tick import tick

ALL = Scope(EVERYWHERE)
NINTH = "covid-19/2022-06-28"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# How many persons of each class were found how many days ago, and how many days after their last exposure.
WAVES: tuple[tuple[int, str, int, int, str], ...] = (
    (12, "close_contact", 30, 1, "与确诊病例同乘长途班车，前后三排"),  # data
    (7, "traveller_medium", 12, 0, "七日内有中风险地区旅居史，核验行程记录"),  # data
    (6, "close_contact", 8, 2, "与确诊病例同桌就餐"),  # data
    (4, "close_contact", 44, 1, "与确诊病例同车间工作，共用更衣室"),  # data
    (3, "secondary_contact", 14, 1, "与密切接触者同住"),  # data
    (2, "traveller_medium", 24, 1, "七日内有中风险地区旅居史，核验行程记录"),  # data
    (1, "general_contact", 26, 1, "与确诊病例同在一家超市，未近距离接触"),  # data
)
# Proposals of the day: (minutes ago, class, how many, days after exposure, ground).
TODAY: tuple[tuple[int, str, int, int, str], ...] = (
    (170, "close_contact", 8, 1, "与无症状感染者同班上课"),  # data
    (95, "close_contact", 17, 0, "与无症状感染者同桌打牌"),  # data
    (40, "traveller_high", 7, 1, "七日内有高风险地区旅居史，核验行程记录"),  # data
)
SIGNED_TODAY, REFUSED_TODAY, WITHDRAWN = 6, 5, 4
MISSED_SHARE, FEVER_SHARE = 0.015, 0.004
BATCH = 400


class Orders:
    """Plays the history of orders up to the day, and what is proposed, signed and refused during it."""

    def __init__(self, staff: Staff, now: datetime, seed: int) -> None:
        self.staff, self.now = staff, now
        self._do = Hands(staff.ids, "demo").do
        self.chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        with scoped(ALL):
            grown = people_reads.persons(ALL).filter(birth_on__lt=(now - 16 * 365 * DAY).date())
            found = list(grown.order_by("id").values_list("id", "path", "birth_on")[:4000])
        self.chance.shuffle(found)
        self.persons = iter(found)

    def history(self) -> None:
        """Everything before the day: waves bound, checked twice a day, tested, released, extended, objected to."""
        steps: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        morning = timezone.localtime(self.now).replace(hour=9, minute=30, second=0, microsecond=0)
        for number, (days, class_name, count, after, words) in enumerate(WAVES):
            at = morning - days * DAY
            steps.append((at, number, partial(self._wave, class_name, count, after, words)))
        half = morning.replace(hour=0, minute=0) - 12 * DAY
        while half < self.now:
            steps += [(half + 10 * HOUR, 50, self._checks), (half + 11 * HOUR, 60, self._releases)]
            half += 12 * HOUR
        steps.append((morning - 2 * DAY + 5 * HOUR, 70, self._objections))
        steps.append((morning - DAY + 5 * HOUR, 71, self._decisions))
        steps.append((morning - DAY + 6 * HOUR, 72, self._withdrawals))
        steps.append((morning - DAY + 7 * HOUR, 73, self._closures))
        before_today = self.now - timedelta(minutes=200)
        for at, _number, step in sorted(steps, key=lambda s: s[:2]):
            if at < before_today:
                step(at)
                tick(at, most=5000)
        self._checks(before_today)
        tick(before_today, most=5000)

    def today(self, later: Callable[[datetime, Callable[[datetime], None]], None]) -> None:
        """What happens during the day itself."""
        for minutes, class_name, count, after, words in TODAY:
            at = self.now - minutes * MINUTE
            later(at, partial(self._propose_today, class_name, count, after, words))
        later(self.now - 60 * MINUTE, self._sign_some)
        later(self.now - 55 * MINUTE, self._refuse_some)

    def _grid(self, path: str) -> str:
        """A grid worker of the township where somebody lives."""
        with scoped(ALL):
            township = territory_reads.above(territory_reads.township_path(path))[-1].code
        return self.staff.townships[township][4]

    def _propose(self, at: datetime, class_name: str, count: int, after: int, words: str) -> list[UUID]:
        made = []
        for _n in range(count):
            person, _path, born = next(self.persons)
            exposed = at - after * DAY - self.chance.randint(0, 300) * MINUTE
            anchor = {"traveller_medium": "left_area", "traveller_high": "left_area"}.get(class_name, "last_exposure")
            kind = "row" if class_name.startswith("traveller") else "contact"
            answer = self._do(
                "cdc", "propose_order", at, person=person, class_name=class_name,
                ground=f"{kind}:{uuid5(NAMESPACE_URL, f'qinghe:{person}:{class_name}')}",
                ground_words=f"{timezone.localtime(exposed):%m月%d日}{words}", protocol=NINTH,
                anchors={anchor: exposed, "identified": at},
                facts={"age_years": (at.date() - born).days // 365} if born else {},
            )  # fmt: skip
            made.append(UUID(answer.result["orders"][0]))
        return made

    def _propose_today(self, class_name: str, count: int, after: int, words: str, at: datetime) -> None:
        self._propose(at, class_name, count, after, words)

    def _wave(self, class_name: str, count: int, after: int, words: str, at: datetime) -> None:
        """Proposed, signed within the hour, served by the grid worker within three."""
        orders = self._propose(at, class_name, count, after, words)
        reason = "一般接触者按方案自我健康监测"  # data
        self._do("health", "sign_order", at + 40 * MINUTE, orders=orders, override_reason=reason)
        for order in orders:
            self._serve(order, at + self.chance.randint(60, 170) * MINUTE)

    def _serve(self, order: UUID, at: datetime, how: str = "handed") -> None:
        with scoped(ALL):
            path = orders_reads.orders(ALL).values_list("path", flat=True).get(id=order)
        self._do(self._grid(path), "serve_notice", at, order=order, how=how)

    def _checks(self, at: datetime) -> None:
        """What fell due since is recorded by the office of the township; a few are forgotten."""
        with scoped(ALL):
            due = [
                d for d in orders_reads.duties_due(ALL, at - 12 * HOUR, at) if d.due_from <= at and d.missed_at is None
            ]
        acts = []
        for duty in due:
            if self.chance.random() < MISSED_SHARE:
                continue
            when = max(duty.due_from + MINUTE, min(at, duty.due_until - 20 * MINUTE))
            result = "negative" if duty.kind == "test" else "well"
            if duty.kind == "check" and self.chance.random() < FEVER_SHARE:
                result = "fever"
            acts.append(Request(uuid7(), "record_duty", when, "demo", {"duty": str(duty.id), "result": result}))
        for start in range(0, len(acts), BATCH):
            door.perform_many(acts[start : start + BATCH], member=self.staff.ids["office"], recorded_at=at)

    def _releases(self, at: datetime) -> None:
        """Who may, decides the releases of the next hours; two in the county are forgotten, and turn red."""
        with scoped(ALL):
            ending = list(
                orders_reads.orders_in_force(ALL, at).filter(ends_at__lte=at + 13 * HOUR, person__isnull=False)
            )
        for order in ending:
            is_recent = order.ends_at > self.now - DAY
            if order.measure == "self_monitoring" or (is_recent and order.id.int % 4 == 0):
                continue
            answer = door.perform(
                "release_order", {"order": str(order.id), "despite": "经研判解除条件具备，准予按期解除"},  # data
                by=self.staff.ids["health"], at=at, recorded_at=at, device="demo",
            )  # fmt: skip
            if answer.code not in ("", "already_released"):
                raise RuntimeError(answer.reason)

    def _some(self, at: datetime, count: int, **of: Any) -> Sequence[Any]:
        with scoped(ALL):
            found = orders_reads.orders_in_force(ALL, at).filter(person__isnull=False, **of)
            return list(found.order_by("id")[:count])

    def _objections(self, at: datetime) -> None:
        for order in self._some(at, 6, measure="central_quarantine"):
            words = "本人当天在外地出差，未乘坐该车，有车票为证"  # data
            self._do("cdc", "appeal_order", at, order=order.id, words=words, channel="phone")

    def _decisions(self, at: datetime) -> None:
        """Four objections are answered, two stay open past their limit; four orders get a longer end."""
        with scoped(ALL):
            open_ = list(orders_reads.appeals(ALL).filter(decided_at__isnull=True).order_by("received_at", "id")[:4])
        answers = (
            ("upheld", "监控显示本人在场"),
            ("upheld", "车票日期不符"),
            ("ended", "核实未乘坐该车"),
            ("ended", "核实未乘坐该车"),
        )  # data
        for appeal, (decision, reason) in zip(open_, answers, strict=False):
            self._do("leader", "decide_appeal", at, appeal=appeal.id, decision=decision, reason=reason)
        for number, order in enumerate(self._some(at, 4, measure="home_quarantine")):
            made = self._do(
                "health2", "extend_order", at, order=order.id, until=order.ends_at + DAY,
                reason="末次核酸结果可疑，复采一次",  # data
            )  # fmt: skip
            if number < 3:
                extension = UUID(made.result["extension"])
                self._do(self._grid(order.path), "serve_notice", at + HOUR, extension=extension)

    def _withdrawals(self, at: datetime) -> None:
        for order in self._some(at, WITHDRAWN, measure="central_quarantine"):
            self._do("health2", "withdraw_order", at, order=order.id, reason="流调更正：并非同一车间")  # data

    def _closures(self, at: datetime) -> None:
        """Five points are closed while the rest of the county stays open; one of them forgot the ambulance."""
        with scoped(ALL):
            places = list(territory_reads.places(ALL, ["venue", "market", "school"])[:5])
        for number, place in enumerate(places):
            whole = {
                "emergency_access": "东侧消防通道常开，救护车可直入",  # data
                "detour": "沿河路绕行",  # data
                "review_at": at + 2 * DAY,
                "contact": "县疫情防控指挥部 0999-8800000",  # data
            }
            made = self._do(
                "office", "propose_closure", at, place=place.id, ground=f"case:{uuid5(NAMESPACE_URL, f'qinghe:{place.id}')}",
                ground_words="确诊病例在此停留两小时以上，环境核酸阳性", starts_at=at + HOUR, protocol=NINTH,  # data
                ends_at=at + (4 + number) * DAY, **({} if number == 2 else whole),
            )  # fmt: skip
            order = UUID(made.result["orders"][0])
            self._do("commander", "sign_order", at + 10 * MINUTE, orders=[order])
            self._serve(order, at + 50 * MINUTE, "posted")

    def _waiting(self) -> list[Any]:
        with scoped(ALL):
            return list(orders_reads.proposals(ALL).filter(is_verified=True, ends_at__gt=self.now))

    def _sign_some(self, at: datetime) -> None:
        first = [o.id for o in self._waiting()[:SIGNED_TODAY]]
        self._do("health", "sign_order", at, orders=first)

    def _refuse_some(self, at: datetime) -> None:
        for order in self._waiting()[-REFUSED_TODAY:]:
            self._do("health", "refuse_proposal", at, order=order.id, reason="核实当时不在现场")  # data
