"""The second channel: printed lists, entered later, each person once whatever the phones have sent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.adapters import sampling_sheets
from bihuan.adapters.spreadsheets import SheetFault
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests import make_lab as lab


def sends(chain: lab.Chain, text: str) -> str:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(chain.cai)
    sheet = SimpleUploadedFile("paper.csv", text.encode())
    answer = client.post(reverse("desk:session_paper", args=[chain.session]), {"file": sheet})
    assert answer.status_code == 200
    return answer.content.decode()


def paper(*people: tuple[str, cast.Resident]) -> str:
    lines = [f"{tube},{who.name},{who.id_number},{who.phone},16:30" for tube, who in people]
    return "管号,姓名,证件号,电话,采样时间\n" + "\n".join(lines) + "\n"


def test_a_paper_list_is_entered_once_and_agrees_with_what_phones_sent(db: None) -> None:
    chain = lab.chain()
    qian = make.person(cast.QIAN)
    assert lab.send(chain.cai, lab.swab(chain.session, "A001", qian))[0].status == "done"
    text = paper(("A001", cast.QIAN), ("A001", cast.SUN), ("A001", cast.LI)) + ",无管,,,\n"
    first = sends(chain, text)
    assert "1 of them were on record before" in first
    assert "No tube" in first
    assert lab.live_swabs("A001") == 3 == lab.tube("A001").swabs
    again = sends(chain, text)
    assert "3 of them were on record before" in again
    assert lab.live_swabs("A001") == 3
    clash = sends(chain, paper(("A002", cast.QIAN)))
    assert "1 of them clash with what is on record" in clash
    with scoped(make.EVERYBODY):
        (doubt,) = lab_reads.doubts(make.EVERYBODY)
        taken = list(lab_reads.members(make.EVERYBODY, lab.tube("A001").id))
    assert (doubt.person_id, doubt.tube_code) == (qian, "A002")
    assert {s.at for s in taken if s.person_id != qian} == {datetime(2022, 7, 1, 8, 30, tzinfo=UTC)}


def test_blank_lists_are_printed(db: None) -> None:
    chain = lab.chain()
    client = Client()
    client.force_login(chain.cai)
    answer = client.get(reverse("desk:session_paper", args=[chain.session]), {"export": "docx"})
    assert answer.content[:2] == b"PK"
    assert client.get(reverse("desk:session_paper", args=[chain.other])).status_code == 404


def test_a_sheet_without_the_headings_is_refused_and_hours_belong_to_the_day() -> None:
    day = datetime(2022, 7, 1, 0, 0, tzinfo=UTC)
    with pytest.raises(SheetFault):
        sampling_sheets.read("姓名,电话\n赵,1\n".encode(), day=day)
    late = datetime(2022, 6, 30, 23, 0, tzinfo=UTC)  # seven in the morning of 1 July in China
    lines = sampling_sheets.read("管号,姓名,证件号,时间\nT1,甲,1,23:50\nT1,乙,,2022-07-01 09:00\n".encode(), day=late)
    assert lines[0].at == day + timedelta(hours=15, minutes=50)
    assert (lines[1].at, lines[1].fault) == (datetime(2022, 7, 1, 1, 0, tzinfo=UTC), "no_person")
