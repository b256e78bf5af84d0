"""How a day becomes acts: an agenda in order of time, and hands that act in the name of accounts."""

import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers._ground import uuid7
from bihuan.loop import door
from bihuan.loop.act import Answer, Request

Step = Callable[[datetime], Any]
Send = Callable[[str, Sequence[Request], datetime], list[Answer]]


class Agenda:
    """What is to be done when; of two things at one instant the one noted first comes first."""

    def __init__(self) -> None:
        self._steps: list[tuple[datetime, int, Step]] = []
        self._number = itertools.count()

    def __len__(self) -> int:
        return len(self._steps)

    def later(self, at: datetime, step: Step) -> None:
        """Note a step."""
        heapq.heappush(self._steps, (at, next(self._number), step))

    def until(self, at: datetime) -> None:
        """Take every step up to and with `at`, with whatever those steps note for before then."""
        while self._steps and self._steps[0][0] <= at:
            when, _number, step = heapq.heappop(self._steps)
            step(when)


class Hands:
    """Acts by account name. Everything goes through `send`: the door in this process unless another is given.

    new_id: makes the id of an act from the instant it happened; at random unless said.
    """

    def __init__(
        self,
        ids: Mapping[str, UUID],
        device: str,
        *,
        send: Send | None = None,
        new_id: Callable[[datetime], UUID] = lambda _at: uuid7(),
    ) -> None:
        self.ids, self.device, self.new_id = ids, device, new_id
        self.send = send or self._at_the_door

    def _at_the_door(self, who: str, requests: Sequence[Request], recorded_at: datetime) -> list[Answer]:
        return door.perform_many(requests, member=self.ids[who], recorded_at=recorded_at)

    def request(self, verb: str, at: datetime, args: dict[str, Any]) -> Request:
        """An act as a device would keep it in its outbox."""
        return Request(self.new_id(at), verb, at, self.device, args)

    def ask(self, who: str, verb: str, at: datetime, **args: Any) -> Answer:
        """Do one act, learned of at once; a refusal is an answer."""
        return self.send(who, [self.request(verb, at, args)], at)[0]

    def do(self, who: str, verb: str, at: datetime, **args: Any) -> Any:
        """Do one act that must not be refused; answers what came of it."""
        return _must(verb, self.ask(who, verb, at, **args))

    def do_many(self, who: str, requests: Sequence[Request], recorded_at: datetime) -> list[Answer]:
        """Send an outbox in which nothing may be refused."""
        answers = self.send(who, requests, recorded_at)
        return [_must(r.act, a) for r, a in zip(requests, answers, strict=True)]


def _must(verb: str, answer: Answer) -> Answer:
    if answer.status == "refused":
        raise RuntimeError(f"{verb}: {answer.reason}")
    return answer
