"""The one machinery through which anything happens: permission, scope, exactly once, one transaction, one journal row.

A flow is a function named like its file. It receives a `Doing` (who, when, from which device) and its own arguments,
asks engines through bridges, records through writes, and answers with an `Outcome`, or raises `Refused`.
"""

import inspect
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.ledgers.staff.reads import Actor
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter

# A phone whose clock runs ahead may not date its acts into the future; a little drift is life.
CLOCK_DRIFT = timedelta(minutes=5)
# How often acts are tried again when others wrote some of their ids meanwhile.
RACES = 2


class Refused(Exception):
    """The act may not or cannot be done. `words` are for the person who asked, in their language."""

    def __init__(self, words: Any, code: str = "refused") -> None:
        super().__init__(str(words))
        self.words = words
        self.code = code


@dataclass(frozen=True)
class Doing:
    """One act being done: who, when it happened, when we learned of it, from where, and because of which other act."""

    id: UUID
    verb: str
    actor: Actor
    at: datetime
    recorded_at: datetime
    device: str = ""
    because: UUID | None = None

    def derive(self, name: str) -> UUID:
        """An id that follows from this act's own: a repeated act makes the same things again, not twice."""
        return uuid5(self.id, name)


@dataclass(frozen=True)
class Outcome:
    """What came of an act: one word that `follows.py` knows, what it was about, where, and what to tell the caller."""

    word: str
    path: str
    subject: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)


class Request(msgspec.Struct, frozen=True):
    """An act somebody asks for, as it comes from a door or a phone's outbox."""

    id: UUID
    act: str
    at: datetime
    device: str = ""
    args: dict[str, Any] = {}


@dataclass(frozen=True)
class Answer:
    """What the caller is told about one act."""

    id: UUID
    status: str  # done, already_done, refused
    reason: str = ""
    result: Mapping[str, Any] | None = None
    code: str = ""
    word: str = ""


@dataclass(frozen=True)
class Flow:
    """A verb as the machinery knows it: its right, its arguments, the function that does one or many."""

    verb: str
    needs: str
    args: type[msgspec.Struct]
    private: frozenset[str]
    one: Callable[..., Outcome] | None
    many: Callable[[Sequence[Doing], Sequence[Any]], Sequence["Outcome | Refused"]] | None
    of_several: bool = False  # acts of several members of one scope may come together


FLOWS: dict[str, Flow] = {}


def flow(*, needs: str = "", private: Sequence[str] = ()) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Make a function the verb of its name. `needs` is the right (its own name unless said); `private` arguments
    (names, numbers, free words about a person) never enter the journal."""

    def register(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        hints = typing.get_type_hints(function)
        fields: list[Any] = []
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            required = parameter.default is inspect.Parameter.empty
            fields.append((name, hints[name]) if required else (name, hints[name], parameter.default))
        verb = function.__name__
        args = msgspec.defstruct(f"{verb}_args", fields, kw_only=True, frozen=True, forbid_unknown_fields=True)
        FLOWS[verb] = Flow(verb, needs or verb, args, frozenset(private), function, None)
        return function

    return register


def flow_of_many(
    args: type[msgspec.Struct], *, needs: str = "", private: Sequence[str] = (), of_several: bool = False
) -> Callable[[Callable[..., Sequence[Outcome | Refused]]], Callable[..., Sequence[Outcome | Refused]]]:
    """Make a function that does many acts of its verb at once: for what arrives by the hundred from phones.

    of_several: its acts may be of several members, all of one scope; it looks at each doing's own actor.
    """

    def register(
        function: Callable[..., Sequence[Outcome | Refused]],
    ) -> Callable[..., Sequence[Outcome | Refused]]:
        verb = function.__name__
        FLOWS[verb] = Flow(verb, needs or verb, args, frozenset(private), None, function, of_several)
        return function

    return register


class Step(typing.Protocol):
    """One line of `follows.py`: what happens next, by rule or by proposal."""

    def __call__(self, doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Mapping[str, Any]]]: ...


Follows = Mapping[tuple[str, str], Sequence[Step]]


def perform(request: Request, actor: Actor, *, recorded_at: datetime, follows: Follows) -> Answer:
    """Do one act, whole or not at all, with everything that follows from it; sent twice, it is done once."""
    return perform_many([request], actor, recorded_at=recorded_at, follows=follows)[0]


def perform_many(requests: Sequence[Request], actor: Actor, *, recorded_at: datetime, follows: Follows) -> list[Answer]:
    """Do acts in the order given, in one transaction that is committed before the answer; one refused act spoils no other."""
    answers: list[Answer] = []
    with transaction.atomic(
        savepoint=False
    ):  # inside the door's transaction nothing is taken back but by savepoints of _run
        start = 0
        while start < len(requests):
            verb = requests[start].act
            stop = start + 1
            known = FLOWS.get(verb)
            if known and known.many:
                while stop < len(requests) and requests[stop].act == verb:
                    stop += 1
            answers += _together([(r, actor) for r in requests[start:stop]], known, recorded_at, follows)
            start = stop
    return answers


def fits_together(requests: Sequence[Request]) -> str:
    """The one verb of these acts when they may be done together with acts of other members of the same scope, else ""."""
    verbs = {r.act for r in requests}
    verb = verbs.pop() if len(verbs) == 1 else ""
    known = FLOWS.get(verb)
    return verb if known and known.of_several else ""


def perform_together(acts: Sequence[tuple[Request, Actor]], *, recorded_at: datetime, follows: Follows) -> list[Answer]:
    """Acts of one verb by several members of one scope, in the caller's transaction: each is answered as if alone."""
    return _together(acts, FLOWS[acts[0][0].act], recorded_at, follows)


def _together(
    acts: Sequence[tuple[Request, Actor]], known: Flow | None, recorded_at: datetime, follows: Follows
) -> list[Answer]:
    """Acts of one verb. Answers come in the order of the requests."""
    requests = [request for request, _actor in acts]
    ready: dict[UUID, tuple[Doing, Any]] = {}
    answers: dict[int, Answer] = {}
    for index, (request, actor) in enumerate(acts):
        try:
            doing = Doing(request.id, request.act, actor, request.at, recorded_at, request.device)
            args = _admit(request, known, doing)
        except Refused as no:
            answers[index] = Answer(request.id, "refused", str(no.words), code=no.code)
            continue
        first = ready.setdefault(request.id, (doing, args))
        if first[0].actor.member != actor.member:  # somebody else's act of this id came in the same moment
            answers[index] = Answer(request.id, "refused", str(_("此操作编号已被使用")), code="id_taken")
    done: dict[UUID, Answer] = {}
    waiting = dict(ready)
    while known and waiting:
        try:
            done |= _run(known, waiting, follows)
            break
        except _Undone as undone:  # the savepoint took everything back: tell those refused, do the others again
            for id_, refusal in undone.refused.items():
                done[id_] = Answer(id_, "refused", str(refusal.words), code=refusal.code)
                del waiting[id_]
    seen: set[UUID] = set()
    for index, request in enumerate(requests):
        if index in answers:
            continue
        answer = done[request.id]
        if request.id in seen and answer.status == "done":
            answer = Answer(answer.id, "already_done", result=answer.result)
        seen.add(request.id)
        answers[index] = answer
    return [answers[i] for i in range(len(requests))]


def _admit(request: Request, known: Flow | None, doing: Doing) -> Any:
    """Check the right, the clock and the shape of the arguments before anything is touched."""
    if known is None:
        raise Refused(_("没有名为“%(act)s”的操作") % {"act": request.act}, "unknown_act")
    if request.id.version != 7:
        raise Refused(_("操作编号必须是客户端生成的 UUIDv7"), "bad_id")
    if not doing.actor.may(known.needs):
        raise Refused(_("您的岗位没有权限进行此操作"), "not_permitted")
    if request.at.tzinfo is None:
        raise Refused(_("时间须带时区，例如 2022-07-01T08:00+08:00"), "naive_time")
    if request.at > doing.recorded_at + CLOCK_DRIFT:
        raise Refused(_("操作时间晚于现在：请校准设备时钟"), "clock_ahead")
    try:
        return msgspec.convert(request.args, known.args, strict=False)
    except msgspec.ValidationError as fault:
        raise Refused(_("参数有误：%(fault)s") % {"fault": fault}, "bad_arguments") from None


class _Undone(Exception):
    """Some acts were refused; carries who and why out of the savepoint."""

    def __init__(self, refused: Mapping[UUID, Refused]) -> None:
        super().__init__()
        self.refused = refused


class _Raced(Exception):
    """Somebody else wrote an act of the same id while this one ran."""


def _run(known: Flow, ready: Mapping[UUID, tuple[Doing, Any]], follows: Follows) -> dict[UUID, Answer]:
    """Do acts, each once. Whoever loses a race to the journal's key is told what the winner's act came to."""
    for _again in range(RACES):
        try:
            return _once(known, ready, follows)
        except (_Undone, _Raced, IntegrityError):
            # Refused, or stopped by a unique key, perhaps only because the same act came through another door meanwhile.
            if not _earlier(ready):
                raise
    return _once(known, ready, follows)


def _once(known: Flow, ready: Mapping[UUID, tuple[Doing, Any]], follows: Follows) -> dict[UUID, Answer]:
    """The flow, what follows from it, then one journal row an act: its unique key decides who did it."""
    answers = _earlier(ready)
    todo = [both for id_, both in ready.items() if id_ not in answers]
    if not todo:
        return answers
    scope = todo[0][0].actor.scope
    with transaction.atomic():  # a savepoint: a refusal or a lost race takes everything back
        told = []
        for (doing, args), outcome in zip(todo, _outcomes(known, todo), strict=True):
            result = dict(outcome.result)
            try:
                for step in follows.get((known.verb, outcome.word), ()):
                    result |= _follow(doing, step(doing, args, outcome), follows)
            except Refused as no:
                raise _Undone({doing.id: no}) from no
            told.append((doing, args, outcome, result))
        if staff_writes.add_acts([_journal(known, *one) for one in told], back=scope) < len(told):
            raise _Raced
    return answers | {d.id: Answer(d.id, "done", result=r, word=o.word) for d, _a, o, r in told}


def _outcomes(known: Flow, todo: Sequence[tuple[Doing, Any]]) -> list[Outcome]:
    """Run the flow. Raises _Undone naming every act it refused."""
    found: Sequence[Outcome | Refused]
    if known.many:
        found = known.many([d for d, _a in todo], [a for _d, a in todo])
    else:
        assert known.one is not None
        ((doing, args),) = todo
        try:
            found = [known.one(doing, **{n: getattr(args, n) for n in known.args.__struct_fields__})]
        except Refused as no:
            found = [no]
    refused = {d.id: o for (d, _a), o in zip(todo, found, strict=True) if isinstance(o, Refused)}
    if refused:
        raise _Undone(refused)
    return [o for o in found if isinstance(o, Outcome)]


def _earlier(ready: Mapping[UUID, tuple[Doing, Any]]) -> dict[UUID, Answer]:
    """What to say of acts whose id is already in the journal."""
    scope = next(iter(ready.values()))[0].actor.scope
    known = staff_reads.acts_done(list(ready), back=scope)
    answers = {}
    for id_, act in known.items():
        doing = ready[id_][0]
        if act.actor != doing.actor.member or act.verb != doing.verb:
            # The row exists but is not ours: saying «done» would be a lie.
            answers[id_] = Answer(id_, "refused", str(_("此操作编号已被使用")), code="id_taken")
        else:
            answers[id_] = Answer(id_, "already_done", result=act.result)
    return answers


def _follow(parent: Doing, steps: Sequence[tuple[str, Mapping[str, Any]]], follows: Follows) -> dict[str, Any]:
    """Do what follows by rule, with the county's eyes and no right of the person who set it off."""
    results: dict[str, Any] = {}
    for verb, given in steps:
        known = FLOWS[verb]
        rule = Actor(parent.actor.member, parent.actor.name, Scope(EVERYWHERE), frozenset(), frozenset())
        doing = Doing(
            parent.derive(f"{verb}:{len(results)}:{sorted(map(str, given.items()))}"),
            verb, rule, parent.at, parent.recorded_at, parent.device, parent.id,
        )  # fmt: skip
        args = msgspec.convert(dict(given), known.args, strict=False)
        try:
            answer = _run(known, {doing.id: (doing, args)}, follows)[doing.id]
        except _Undone as undone:
            raise undone.refused[doing.id] from None
        results |= {k: v for k, v in (answer.result or {}).items() if not k.startswith("_")}
    return results


def by_rule(verb: str, given: Mapping[str, Any], id_: UUID, actor: Actor, *, at: datetime, follows: Follows) -> Answer:
    """Do an act that time or a rule calls for; nobody's right is asked. For the tick."""
    known = FLOWS[verb]
    doing = Doing(id_, verb, actor, at, at)
    try:
        return _run(known, {id_: (doing, msgspec.convert(dict(given), known.args, strict=False))}, follows)[id_]
    except _Undone as undone:
        no = undone.refused[id_]
        return Answer(id_, "refused", str(no.words), code=no.code)


def _journal(known: Flow, doing: Doing, args: Any, outcome: Outcome, result: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        name: value
        for name in known.args.__struct_fields__
        if name not in known.private and (value := getattr(args, name)) is not None
    }
    return {
        "id": doing.id,
        "verb": doing.verb,
        "actor": doing.actor.member,
        "device": doing.device,
        "at": doing.at,
        "recorded_at": doing.recorded_at,
        "path": outcome.path,
        "subject": outcome.subject,
        "args": plain,
        "word": outcome.word,
        "result": result,
        "because": doing.because,
    }


@contextmanager
def widened(doing: Doing) -> Iterator[None]:
    """See the whole county for one question that is about the whole county, then be back in one's own scope."""
    enter(Scope(EVERYWHERE))
    yield
    enter(doing.actor.scope)


def actor_of(member: UUID, at: datetime) -> Actor:
    """Who acts, with the scope entered. Raises Refused when the account holds no post."""
    who = actors_of({member}, at)[member]
    if isinstance(who, Refused):
        raise who
    enter(who.scope)
    return who


def actors_of(members: Collection[UUID], at: datetime) -> dict[UUID, Actor | Refused]:
    """Who acts, or why they may not, asked for all at once; no scope is entered."""
    found = staff_reads.actors(members, at)
    return {member: found.get(member) or Refused(_("账号已停用或未任岗"), "no_post") for member in members}
