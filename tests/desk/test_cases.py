"""The pages of cases: what the county sees, what a township sees, what an outsider never does; and saving field by field."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.stories.test_case import Outbreak, at

HIDDEN = ("赵一鸣", "赵**", "钱二妹", "钱**", "李四娘", "李**", cast.ZHAO.phone, cast.ZHAO.id_number)


@pytest.fixture
def outbreak(db: None) -> Outbreak:
    return Outbreak()


@pytest.fixture
def case(outbreak: Outbreak) -> UUID:
    case = outbreak.opens()
    outbreak.was(case, outbreak.market, at(2, 10), at(2, 11))
    outbreak.was(case, outbreak.market, at(2, 10, 30), at(2, 12), who=outbreak.sun)
    outbreak.was(case, outbreak.school, at(3, 15), at(3, 16), who=outbreak.sun)
    outbreak.was(case, outbreak.school, at(3, 15), at(3, 15, 40), who=outbreak.li)
    outbreak.does("derive_contacts", case=case)
    return case


def logged_in(member: Any) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(member)
    return client


def addresses(outbreak: Outbreak, case: UUID) -> list[str]:
    """Every page of the room with its things."""
    with scoped(make.EVERYBODY):
        contacts = list(cases_reads.contacts(make.EVERYBODY).values_list("id", flat=True))
    plain = (
        "cases",
        "contacts",
        "clusters",
        "assistances",
        "tracing_plan",
        "new_case",
        "receive_assistance",
        "new_cluster",
    )
    pages = [reverse(f"desk:{name}") for name in plain]
    pages += [reverse(f"desk:{name}", args=[case]) for name in ("case", "derive", "investigation", "case_report")]
    pages += [reverse("desk:contact", args=[c]) for c in contacts]
    pages += [f"{reverse('desk:new_assistance')}?case={case}", f"{reverse('desk:contacts')}?all=1&export=csv"]
    return [
        *pages,
        f"{reverse('desk:case_report', args=[case])}?export=docx",
        "/reports/tracing_rest/",
        "/reports/case_report/",
    ]


def test_the_county_opens_every_page_and_meets_them_masked(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.tracer)
    met = 0
    for address in addresses(outbreak, case):
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        words = body.decode("utf-8", "replace")
        assert "赵一鸣" not in words, address
        assert cast.ZHAO.phone not in words, address
        met += any(name in words for name in ("赵**", "钱**"))
    assert met >= 5


def test_another_township_sees_its_own_contact_and_nothing_else(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.county.chen)
    allowed = 0
    for address in addresses(outbreak, case):
        answer = client.get(address)
        assert answer.status_code in (200, 403, 404), address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert not [h for h in HIDDEN if h in body.decode("utf-8", "replace")], address
        allowed += answer.status_code == 200
    assert allowed >= 3  # its list, its contact, the reports of its own place
    mine = client.get(reverse("desk:contacts")).content.decode()
    assert "孙**" in mine
    assert "991027-2022-0001" not in mine  # whose contact it is, the township does not learn


def test_each_field_saves_as_an_act_and_the_answer_is_the_panels_anew(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.tracer)
    address = reverse("desk:save_case", args=[case])
    answer = client.post(address, {"onset_at": "2022-07-02T08:00"}, headers={"X-Bihuan": "save"})
    assert answer.status_code == 200
    assert 'id="iv-panels"' in answer.content.decode()
    with scoped(make.EVERYBODY):
        asked = cases_reads.case(make.EVERYBODY, case)
        assert asked is not None
        assert asked.onset_at == at(2, 8)
        assert asked.infectious_from == datetime(2022, 6, 30, tzinfo=at(2).tzinfo)
    fault = client.post(address, {"classification": "excluded"}, headers={"X-Bihuan": "save"})
    assert fault.status_code == 422
    assert "排除" in fault.content.decode()
    plain = client.post(address, {"occupation": "教师"})  # without script: a form, a message, the page again
    assert plain.status_code == 302


def test_a_stay_is_added_in_words_typed_apart_and_moved_on_the_timeline(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.tracer)
    given = {"day": "2022-07-03", "from_time": "930", "until_time": "10：15", "words": "村口小店"}
    assert (
        client.post(reverse("desk:add_case_visit", args=[case]), given, headers={"X-Bihuan": "save"}).status_code == 200
    )
    with scoped(make.EVERYBODY):
        stay = cases_reads.visits(make.EVERYBODY, case).get(words="村口小店")
    assert (stay.from_at, stay.until_at) == (at(3, 9, 30), at(3, 10, 15))
    moved = {"from_at": "2022-07-03T10:00", "until_at": "2022-07-03T10:45"}
    address = reverse("desk:save_case_visit", args=[case, stay.id])
    assert client.post(address, moved, headers={"X-Bihuan": "save"}).status_code == 200
    backwards = {"from_at": "2022-07-03T12:00", "until_at": "2022-07-03T10:45"}
    assert client.post(address, backwards, headers={"X-Bihuan": "save"}).status_code == 422
    with scoped(make.EVERYBODY):
        again = cases_reads.visit(make.EVERYBODY, stay.id)
        assert again is not None
        assert (again.from_at, again.until_at) == (at(3, 10), at(3, 10, 45))


def test_somebody_unticked_in_the_preview_is_no_contact_and_does_not_come_back(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.tracer)
    everybody = [outbreak.qian, outbreak.sun, outbreak.li]
    given = {"shown": everybody, "pick": [outbreak.qian, outbreak.li], "reason": "", "depth": "2"}
    client.post(reverse("desk:derive", args=[case]), given)
    assert outbreak.contacts(case)[outbreak.sun].ended_at is None  # no reason, no act
    client.post(reverse("desk:derive", args=[case]), given | {"reason": "两人隔着玻璃"})
    assert outbreak.contacts(case)[outbreak.sun].state == ContactState.DROPPED
    outbreak.does("derive_contacts", case=case, when=at(5))
    assert outbreak.contacts(case)[outbreak.sun].state == ContactState.DROPPED


def test_lists_ask_no_more_for_many_than_for_few(outbreak: Outbreak, case: UUID) -> None:
    client = logged_in(outbreak.tracer)

    def asked(name: str) -> int:
        client.get(reverse(f"desk:{name}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"desk:{name}")).status_code == 200
        return len(queries)

    names = ("cases", "contacts")
    before = {name: asked(name) for name in names}
    second = outbreak.opens(outbreak.li, when=at(4, 10), onset_at=at(3, 20), sampled_at=at(3, 21))
    outbreak.was(second, outbreak.school, at(3, 15), at(3, 15, 40))
    outbreak.does("derive_contacts", case=second, when=at(4, 11))
    assert {name: asked(name) for name in names} == before
