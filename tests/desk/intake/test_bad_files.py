"""What is no list is told on the desk in the reader's language, wherever the wizard finds out; nothing of it is kept."""

import html
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.adapters.spreadsheets import SheetFault
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.adapters.test_spreadsheets import GOOD, NO_LISTS, read

PAPERS = {"source": "省卫健委", "purpose": "协查", "basis": "传染病防治法第五十八条"}


@pytest.fixture
def county(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> make.County:
    monkeypatch.setattr("bihuan.desk.intake.receiving.sheets_folder", lambda: tmp_path)
    return make.county()


def told(member: Any, file: bytes, language: str) -> str:
    """All that the wizard says on the way from the file to the receipt."""
    clerk = Client(headers={"Accept-Language": language})
    clerk.force_login(member)
    sent = {**PAPERS, "file": SimpleUploadedFile("名单.xlsx", file)}
    step = clerk.post(reverse("desk:upload"), sent)
    said = step.content.decode()
    if step.status_code == 302:
        for address in (step.url, step.url.replace("columns", "preview")):
            page = clerk.get(address, follow=True)
            assert page.status_code in (200, 409, 422), (address, page.status_code)
            said += page.content.decode()
        done = clerk.post(step.url.replace("columns", "preview"), follow=True)
        assert done.status_code in (200, 409, 422), done.status_code
        said += done.content.decode()
    return html.unescape(said)


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "zh"), ("en", "en")])
@pytest.mark.parametrize(("file", "code"), NO_LISTS)
def test_the_desk_says_why_a_file_is_no_list(
    county: make.County, file: bytes, code: str, language: str, word: str
) -> None:
    said = told(county.wang, file, language)
    if file:  # an empty file is refused by the form itself
        with pytest.raises(SheetFault) as fault:
            read(file)
        assert getattr(fault.value.mend, word) in said, code
    with scoped(make.EVERYBODY):
        assert not intake_reads.lists(make.EVERYBODY).exists()


def test_too_large_is_said_before_it_is_opened(county: make.County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", len(GOOD) - 1)
    assert "上限 100 MB" in told(county.wang, GOOD, "zh-hans")
