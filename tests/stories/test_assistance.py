"""A letter of assistance leaves one county as a signed file and comes in at another; the answer goes the same way back."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from bihuan.adapters import assistance, letters
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import AssistanceOutcome, ContactState
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.stories.test_case import Outbreak, at

ALL = make.EVERYBODY


@pytest.fixture
def outbreak(db: None) -> Outbreak:
    return Outbreak()


def asked_for(who: cast.Resident, number: int = 1, **more: Any) -> dict[str, Any]:
    """One person of a letter, as their county tells them."""
    told = {
        "row_number": number, "name": who.name, "id_number": who.id_number, "id_kind": "resident_identity_card",
        "phones": [who.phone], "address": who.address, "sex": who.sex, "birth_on": who.birth_on,
    }  # fmt: skip
    return {"told": told, "last_exposure_at": at(2, 12).isoformat(), "place_words": "邻水县客运站", **more}


def receives(
    outbreak: Outbreak, *people: dict[str, Any], number: str = "邻协函〔2022〕7号", when: Any = None
) -> dict[str, Any]:
    return outbreak.does(
        "receive_assistance", when=when or at(3, 9), counterpart="邻水县", their_number=number, people=people,
        disease="covid-19", protocol="covid-19/2022-06-28", case_words="邻水县病例 3",
    )  # fmt: skip


def people_of(letter: str) -> list[Any]:
    with scoped(ALL):
        return list(cases_reads.assistance_people(ALL, UUID(letter)))


def test_a_letter_is_registered_found_followed_answered_and_replied_within_its_clock(outbreak: Outbreak) -> None:
    told = receives(outbreak, asked_for(cast.QIAN), asked_for(cast.SUN, 2))
    assert (told["matched"], told["created"], told["townships"], told["proposed"]) == (2, 0, 2, 2)
    rows = people_of(told["assistance"])
    with scoped(ALL):
        letter = cases_reads.assistance(ALL, UUID(told["assistance"]))
        assert letter is not None
        assert letter.task is not None
        assert letter.task.clock.due_at == at(4, 9)
    early = make.does(outbreak.tracer, "reply_assistance", at=at(3, 12), assistance=letter.id)
    assert early.code == "not_all_answered"
    # Found at the door by the township: the row of the letter is answered by that alone.
    outbreak.does(
        "record_follow_up", who=outbreak.county.zhou, when=at(3, 13), contact=rows[0].contact_id, outcome="seen_ok"
    )
    assert people_of(told["assistance"])[0].outcome == AssistanceOutcome.MANAGED
    no_words = make.does(outbreak.tracer, "answer_assistance", at=at(3, 14), row=rows[1].id, outcome="not_found")
    assert no_words.code == "no_reason"
    outbreak.does(
        "answer_assistance", when=at(3, 14), row=rows[1].id, outcome="not_found", answer="地址不存在，电话停机"
    )
    reply = outbreak.does("reply_assistance", when=at(3, 15), assistance=letter.id)
    assert reply["letter"].startswith("青协复〔2022〕")
    with scoped(ALL):
        kinds = [t.kind for t in command_reads.open_tasks(ALL)]
        assert "assistance" not in kinds
        lost = cases_reads.contact(ALL, rows[1].contact_id)
        assert lost is not None
        assert lost.state == ContactState.LOST
        assert letters.paper(ALL, cases_reads.assistance(ALL, letter.id), ".docx", with_names=False).startswith(b"PK")


def test_somebody_in_two_letters_is_looked_for_once_and_answered_for_in_both(outbreak: Outbreak) -> None:
    first = receives(outbreak, asked_for(cast.QIAN))
    later = asked_for(cast.QIAN, last_exposure_at=at(2, 20).isoformat())
    second = receives(outbreak, later, asked_for(cast.QIAN, 2), number="邻协函〔2022〕9号", when=at(3, 10))
    assert second["duplicates"] == 2
    with scoped(ALL):
        (contact,) = cases_reads.contacts_of_person(ALL, outbreak.qian)
    assert contact.last_exposure_at == at(2, 20)  # the later of the two letters
    row = people_of(first["assistance"])[0]
    assert {r.duplicate_of_id for r in people_of(second["assistance"])} == {row.id}
    assert make.does(outbreak.tracer, "receive_assistance", at=at(3, 11), counterpart="邻水县", disease="covid-19",
                     their_number="邻协函〔2022〕7号", people=[asked_for(cast.QIAN)]).code == "same_letter"  # fmt: skip


def test_our_letter_hands_contacts_over_and_their_answer_closes_it(outbreak: Outbreak, tmp_path: Path) -> None:
    case = outbreak.opens()
    outbreak.does("derive_contacts", case=case)
    row = outbreak.contacts(case)[outbreak.qian]
    told = outbreak.does(
        "write_assistance", when=at(4, 10), case=case, county_name="邻水县", county_code="991028", contacts=[row.id]
    )
    assert outbreak.contacts(case)[outbreak.qian].state == ContactState.HANDED_OVER
    twice = make.does(
        outbreak.tracer, "write_assistance", at=at(4, 11), case=case, county_name="邻水县", contacts=[row.id]
    )
    assert twice.code == "asked_before"
    with scoped(ALL):
        content = letters.signed_file(ALL, told["letter"])
    assert content is not None
    letter = assistance.read(content, home=tmp_path)
    assert not letter.is_trusted
    given = assistance.request_arguments(letter)
    assert given["people"][0]["told"]["id_number"] == cast.QIAN.id_number
    assert "赵" not in json.dumps(given, ensure_ascii=False)  # the case itself stays a number
    # Their Bihuan answers with a file of its own.
    reply = assistance.write_reply(
        secret="their secret", county_name="邻水县", county_code="991028", number="邻协复〔2022〕1号",
        in_reply_to=told["letter"], written_at=at(4, 18),
        answers=[{"row_number": 1, "outcome": "managed", "answer": "已集中隔离"}],
    )  # fmt: skip
    theirs = assistance.read(reply, home=tmp_path)
    assistance.trust(theirs, home=tmp_path)
    assert assistance.read(reply, home=tmp_path).is_trusted
    outbreak.does(
        "record_reply", when=at(4, 19), assistance=UUID(told["assistance"]), answers=theirs.body["answers"],
        their_number=theirs.body["number"],
    )  # fmt: skip
    assert people_of(told["assistance"])[0].outcome == AssistanceOutcome.MANAGED
    with scoped(ALL):
        assert "assistance" not in [t.kind for t in command_reads.open_tasks(ALL)]


@pytest.mark.parametrize("where", ["payload", "signature", "county", "key", "format"])
def test_a_file_changed_on_its_way_is_refused(where: str, tmp_path: Path) -> None:
    content = assistance.write_reply(
        secret=settings.SECRET_KEY, county_name="邻水县", county_code="991028", number="1", in_reply_to="2",
        written_at=at(1), answers=[],
    )  # fmt: skip
    outer = json.loads(content)
    if where == "county":
        outer["county"]["code"] = "991029"
    elif where == "key":
        outer["key"] = assistance.own_key("another secret")
    elif where == "format":
        outer["format"] = "bihuan-letter/2"
    else:
        outer[where] = ("A" if outer[where][0] != "A" else "B") + outer[where][1:]
    with pytest.raises(assistance.LetterFault):
        assistance.read(json.dumps(outer).encode(), home=tmp_path)
    assert assistance.read(content, home=tmp_path).county_code == "991028"
