"""No sequence of acts, by whomever, in whatever order, binds anybody without ground, issuer, end and served notice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import LIVE_STATES, OrderState
from bihuan.ledgers.orders.models import Appeal, Duty, Extension, Order, Reclass
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop import door
from bihuan.loop.tick import tick
from tests import cast, make
from tests.loop import _orders as given

PICK = st.integers(min_value=0, max_value=1_000_000)
# Mostly those who may; a clerk and a rule try as well.
WHO = st.sampled_from(["hua", "zheng", "hua", "zheng", "wang", "rule"])


def machine(staff: given.Command) -> type[RuleBasedStateMachine]:
    members: dict[str, Member] = {"hua": staff.hua, "zheng": staff.zheng, "zhou": staff.zhou, "wang": staff.county.wang}
    start = [make.DAY]

    class Orders(RuleBasedStateMachine):
        """The county's orders under arbitrary acts; `papers` is the slow reference: which end a served paper names."""

        @initialize()
        def people(self) -> None:
            start[0] += timedelta(days=60)  # nothing of the last run binds any more
            self.now: datetime = start[0]
            self.papers: dict[UUID, datetime] = {}
            self.ever_over: set[UUID] = set()
            self.persons = [
                make.person(who._replace(id_number="", phone="", name=f"{who.name}{uuid4().hex[:4]}"))
                for who in (cast.ZHAO, cast.SUN)
            ]
            for pick in (0, 1):
                self.bind(pick, 5)

        # What is looked at.

        def rows(self) -> list[Order]:
            with scoped(make.EVERYBODY):
                return list(Order.objects.filter(person__in=self.persons).order_by("id"))

        def binding(self) -> set[UUID]:
            with scoped(make.EVERYBODY):
                found = orders_reads.binding_at(make.EVERYBODY, self.persons, self.now)
                return {o.id for several in found.values() for o in several}

        def one(self, pick: int, model: Any, **of: Any) -> Any:
            with scoped(make.EVERYBODY):
                rows = list(model.objects.filter(**of).order_by("id"))
            return rows[pick % len(rows)] if rows else None

        def order(self, pick: int) -> UUID:
            rows = self.rows()
            live = [o for o in rows if o.state in LIVE_STATES] if pick % 4 else []
            chosen = live or rows
            return chosen[pick % len(chosen)].id

        def do(self, who: str, verb: str, *, ago: int = 0, **args: Any) -> Any:
            """An act, by a member or by a rule; only a served notice may bind anybody who was free."""
            before = self.binding()
            at = self.now - timedelta(minutes=ago)
            if who == "rule":
                answer = door.by_rule(verb, args, at=at)
            else:
                answer = door.perform(verb, args, by=members[who].id, at=at, recorded_at=self.now)
            after = self.binding()
            if verb != "serve_notice":
                assert after <= before, (who, verb, args)
            if verb == "appeal_order" or who in ("wang", "rule"):
                assert verb == "serve_notice" or after == before, (who, verb)
            return answer

        # What is done.

        @rule(
            pick=PICK,
            hours=st.integers(0, 200),
            kind=st.sampled_from(["close_contact", "secondary_contact", "case"]),
            who=WHO,
        )
        def propose(self, pick: int, hours: int, kind: str, who: str) -> None:
            self.do(
                who, "propose_order", person=self.persons[pick % 2], class_name=kind, ground=f"contact:{pick % 3}",
                ground_words="同住", anchors={
                    "last_exposure": self.now - timedelta(hours=hours), "identified": self.now,
                    **({"positive_sample": self.now} if kind == "case" else {}),
                },
            )  # fmt: skip

        @rule(pick=PICK, hours=st.integers(0, 100))
        def bind(self, pick: int, hours: int) -> None:
            """The whole way at once, so that the runs reach what comes after it."""
            last = self.now - timedelta(hours=hours)
            given_ = {"last_exposure": last, "identified": self.now}
            made = self.do(
                "zheng", "propose_order", person=self.persons[pick % 2], class_name="close_contact",
                ground=f"contact:{uuid4()}", ground_words="同车", anchors=given_,
            )  # fmt: skip
            if made.status == "done":
                order = UUID(made.result["orders"][0])
                self.do("hua", "sign_order", orders=[order])
                self.do("zhou", "serve_notice", order=order)
                self.papers |= {o.id: o.ends_at for o in self.rows() if o.chain == UUID(made.result["chain"])}

        @rule(pick=PICK, who=WHO, override=st.booleans(), lighter=st.booleans())
        def sign(self, pick: int, who: str, override: bool, lighter: bool) -> None:
            order = self.order(pick)
            self.do(
                who, "sign_order", orders=[order], lighter=[order] if lighter else [],
                override_reason="按诊疗方案收治" if override else "",
            )  # fmt: skip

        @rule(pick=PICK, who=st.sampled_from(["zhou", "hua", "wang"]), ago=st.sampled_from([0, 30, 600]))
        def serve(self, pick: int, who: str, ago: int) -> None:
            before = {o.id: o.state for o in self.rows()}
            self.do(who, "serve_notice", ago=ago, order=self.order(pick))
            for one in self.rows():
                if one.state == OrderState.IN_FORCE and before.get(one.id) == OrderState.SIGNED:
                    self.papers[one.id] = one.ends_at

        @rule(pick=PICK, who=WHO, days=st.integers(0, 12))
        def extend(self, pick: int, who: str, days: int) -> None:
            order = self.order(pick)
            with scoped(make.EVERYBODY):
                row = Order.objects.filter(id=order).first()
            if row is not None:
                until = row.ends_at + timedelta(days=days)
                self.do(who, "extend_order", order=order, until=until, reason="检测结果可疑")

        @rule(pick=PICK, ago=st.sampled_from([0, 600]))
        def serve_longer(self, pick: int, ago: int) -> None:
            longer = self.one(pick, Extension, order__person__in=self.persons)
            if longer is not None:
                answer = self.do("zhou", "serve_notice", ago=ago, extension=longer.id)
                if answer.status == "done" and answer.word == "extended":
                    self.papers[longer.order_id] = max(self.papers[longer.order_id], longer.ends_after)

        @rule(pick=PICK, who=st.sampled_from(["hua", "zheng"]))
        def appeal(self, pick: int, who: str) -> None:
            self.do(who, "appeal_order", order=self.order(pick), words="我不在场")

        @rule(pick=PICK, who=WHO, decision=st.sampled_from(["upheld", "changed", "ended"]), hours=st.integers(-5, 100))
        def decide(self, pick: int, who: str, decision: str, hours: int) -> None:
            open_ = self.one(pick, Appeal, order__person__in=self.persons)
            if open_ is not None:
                ends = self.now + timedelta(hours=hours)
                self.do(who, "decide_appeal", appeal=open_.id, decision=decision, reason="核实", ends_at=ends)

        @rule(pick=PICK, who=WHO, early=st.booleans(), despite=st.sampled_from(["", "更正"]))
        def release(self, pick: int, who: str, early: bool, despite: str) -> None:
            self.do(who, "release_order", order=self.order(pick), early=early, despite=despite)

        @rule(pick=PICK, who=WHO, verb=st.sampled_from(["withdraw_order", "refuse_proposal"]))
        def take_back(self, pick: int, who: str, verb: str) -> None:
            if pick % 3 == 0:  # or nothing would be left to look at
                self.do(who, verb, order=self.order(pick), reason="误判")

        @rule(pick=PICK, result=st.sampled_from(["well", "fever", "negative", "positive"]))
        def record(self, pick: int, result: str) -> None:
            duty = self.one(pick, Duty, order__person__in=self.persons)
            if duty is not None:
                self.do("zhou", "record_duty", duty=duty.id, result=result)

        @rule(
            who=WHO, cause=st.sampled_from(["edition", "anchor", "refuted"]), hours=st.integers(-60, 60), pick=PICK,
            edition=st.sampled_from(["covid-19/2022-11-11", "covid-19/2022-12-07", given.V9]),
        )  # fmt: skip
        def look_again(self, who: str, cause: str, hours: int, pick: int, edition: str) -> None:
            of = {
                "edition": {"protocol": edition},
                "anchor": {
                    "orders": [self.order(pick)],
                    "anchors": {"last_exposure": self.now - timedelta(hours=hours)},
                },
                "refuted": {"orders": [self.order(pick)]},
            }
            proposed = self.do(who, "propose_reclass", cause=cause, reason="更正", **of[cause])
            if proposed.word == "proposed" and pick % 3:
                signed = self.do("hua", "reclass_orders", reclass=UUID(proposed.result["reclass"]))
                if signed.status == "done" and pick % 2:
                    self.do("zheng", "undo_reclass", reclass=UUID(proposed.result["reclass"]), reason="有误")

        @rule(who=WHO, pick=PICK, verb=st.sampled_from(["reclass_orders", "undo_reclass", "drop_reclass"]))
        def decide_reclass(self, who: str, pick: int, verb: str) -> None:
            found = self.one(pick, Reclass)
            if found is not None:
                more: dict[str, str] = {} if verb == "reclass_orders" else {"reason": "有误"}
                self.do(who, verb, reclass=found.id, **more)

        @rule(hours=st.integers(1, 40), is_ticked=st.booleans())
        def time_passes(self, hours: int, is_ticked: bool) -> None:
            self.now += timedelta(hours=hours)
            if is_ticked:
                before = self.binding()
                tick(self.now)
                assert self.binding() == before, "time alone is read from the rows; the tick frees and binds nobody"

        # What always holds.

        @precondition(lambda self: hasattr(self, "persons"))
        @invariant()
        def whoever_is_bound_has_ground_issuer_end_and_notice(self) -> None:
            binding = self.binding()
            for one in self.rows():
                is_bound = one.id in binding
                assert is_bound == one.binds_at(self.now), "the question and the row agree"
                if one.ends_at <= self.now or (one.ended_at is not None and one.ended_at <= self.now):
                    assert not is_bound
                    self.ever_over.add(one.id)
                if not is_bound:
                    continue
                assert one.id not in self.ever_over, "what was over never binds again"
                assert one.ground
                assert one.ground_words
                assert one.issuer_id in (staff.hua.id, staff.zheng.id)
                assert one.issuer_post
                assert one.notice_number
                assert one.signed_at and one.served_at and one.signed_at <= one.served_at <= self.now  # noqa: PT018
                assert one.article or not one.compulsory
                assert one.is_verified or one.override_reason or not one.compulsory
                assert one.ends_at <= self.papers[one.id], "never longer than a served paper says"

    return Orders


@pytest.fixture
def staff(db: None) -> given.Command:
    return given.command()


def test_no_sequence_of_acts_binds_without_ground_issuer_end_and_notice(staff: given.Command) -> None:
    made: Callable[[], RuleBasedStateMachine] = machine(staff)
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=10, stateful_step_count=30, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
