"""Calls of several phones committed together: each is answered as if it had come alone."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from bihuan.api import callers
from bihuan.api.acts import Call, acts_of_devices
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.models import Swab
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Act, Member
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests import make_lab as lab


@pytest.fixture
def chain(db: None) -> lab.Chain:
    callers._known.clear()
    return lab.chain()


def second(chain: lab.Chain) -> Member:
    """Another sampler of the same township."""
    with scoped(make.EVERYBODY):
        unit = make.unit("柳泉采样二队", UnitKind.TASK_FORCE, "991027101")
        return make.serves(cast.Staff("管采", "guan", "sampler"), make.post(unit, "采样员", Role.SAMPLER))


def key_of(member: Member) -> str:
    key = f"key of {member.username}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    make.does(member, "issue_token", at=datetime.now(UTC), member=member.id, device="phone", digest=digest)
    return key


def call(key: str, *acts: dict[str, Any], language: str = "zh-CN") -> Call:
    return Call(key, json.dumps({"acts": list(acts)}, default=str).encode(), language)


def swab(chain: lab.Chain, tube: str, person: Any, session: Any = None) -> dict[str, Any]:
    args = {"session": session or chain.session, "tube": tube, "person": person}
    return {"id": uuid7(), "act": "draw_swab", "at": datetime.now(UTC).isoformat(), "args": args}


def told(calls: Sequence[Call]) -> list[list[dict[str, Any]]]:
    return [read(answer)["acts"] for answer in acts_of_devices(calls)]


def read(answer: bytes | HttpResponse) -> dict[str, Any]:
    return json.loads(answer if isinstance(answer, bytes) else answer.content)  # type: ignore[no-any-return]


def test_samplers_of_one_township_are_bound_by_one_question_each_in_their_own_name(chain: lab.Chain) -> None:
    guan = second(chain)
    keys = [key_of(chain.cai), key_of(guan)]
    people = lab.people(12)
    acts_of_devices([call(keys[0]), call(keys[1])])  # what is kept between calls is there
    calls = [call(keys[n % 2], swab(chain, f"T{n % 2}", who)) for n, who in enumerate(people)]
    with CaptureQueriesContext(connection) as asked:
        answers = told(calls)
    assert [a["status"] for (a,) in answers] == ["done"] * 12
    assert sum("INSERT INTO lab_tube" in q["sql"] for q in asked.captured_queries) == 1
    assert sum(q["sql"] == "COMMIT" for q in asked.captured_queries) <= 1
    with scoped(make.EVERYBODY):
        for n, (answer,) in enumerate(answers):
            act = Act.objects.get(id=answer["id"])
            assert act.actor_id == (chain.cai, guan)[n % 2].id
            assert Swab.objects.get(id=answer["id"]).member_id == act.actor_id


def test_what_is_refused_one_phone_spoils_nothing_of_another(chain: lab.Chain) -> None:
    keys = [key_of(chain.cai), key_of(second(chain)), key_of(chain.shi)]
    people = lab.people(4)
    stranger = call("nobody's key", swab(chain, "T0", people[0]))
    twice = swab(chain, "T0", people[0])
    answers = acts_of_devices([
        call(keys[0], twice),
        call(keys[1], swab(chain, "T1", people[0])),  # the same person at another table of the township
        call(keys[2], swab(chain, "T2", people[1])),  # not a table of hers
        call(keys[1], twice),  # another member's act
        stranger,
        call(keys[0], swab(chain, "T0", people[2]), {"id": uuid7(), "act": "nonsense", "at": "2022-07-01T08:00:00+08:00"}),
        call(keys[1], swab(chain, "T1", people[3]), language="en"),
        Call(keys[0], b"{", "en"),
    ])  # fmt: skip
    lines = [[(a["status"], a["code"]) for a in read(x).get("acts", ())] for x in answers]
    assert lines[0] == [("done", None)]
    assert lines[1] == [("refused", "twice_in_round")]
    assert lines[2] == [("refused", "wrong_station")]
    assert lines[3] == [("refused", "id_taken")]
    assert getattr(answers[4], "status_code", 200) == 401
    assert lines[5] == [("done", None), ("refused", "unknown_act")]
    assert lines[6] == [("done", None)]
    assert getattr(answers[7], "status_code", 200) == 400
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 3


def test_a_fault_among_them_leaves_the_others_their_own_answer(
    chain: lab.Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [key_of(chain.cai), key_of(second(chain))]
    people = lab.people(2)
    bind, seen = lab_writes.add_swabs, []

    def once_broken(tubes: Any, swabs: Any, **more: Any) -> Any:
        seen.append(len(swabs))
        if len(swabs) > 1:
            raise RuntimeError("together it goes wrong")
        return bind(tubes, swabs, **more)

    monkeypatch.setattr(lab_writes, "add_swabs", once_broken)
    answers = told([call(keys[0], swab(chain, "T0", people[0])), call(keys[1], swab(chain, "T1", people[1]))])
    assert [a["status"] for (a,) in answers] == ["done", "done"]
    assert seen == [2, 1, 1]
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 2
