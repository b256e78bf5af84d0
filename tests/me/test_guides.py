"""Plain words for a group: the same for everybody, in both languages, no longer than three minutes read aloud."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.ledgers.command.public import guides


@pytest.mark.parametrize("name", [g.name for g in guides.guides()])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_guide_is_read_by_anybody(db: None, name: str, language: str) -> None:
    asked = guides.guide(name)
    assert asked is not None
    answer = Client(headers={"Accept-Language": language}).get(f"/me/guides/{name}/")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert all(line.in_language(language)[:20] in body.replace("&#x27;", "'") for line in asked.lines)


def test_the_list_leads_to_each_and_an_unknown_one_is_not_there(db: None) -> None:
    client = Client()
    body = client.get("/me/guides/").content.decode()
    assert all(f"/me/guides/{g.name}/" in body for g in guides.guides())
    assert client.get("/me/guides/nonsense/").status_code == 404


def test_a_file_with_a_fault_says_where(tmp_path: Path) -> None:
    path = tmp_path / "pupils.yaml"
    path.write_text(
        "guide: pupil\ngroup: {zh: 学, en: p}\ntitle: {zh: 学, en: p}\nsource: R216\nreviewed_on: soon\n"
        f"lines:\n  - {{zh: {'长' * 61}, en: long}}\n  - {{zh: 短}}\ncolour: red\n"
    )
    found = guides.faults(path)
    assert any("pupils.yaml:1:" in f and "file's name" in f for f in found)
    assert any("a day" in f for f in found)
    assert any("61" in f or "60 characters" in f for f in found)
    assert any("unknown key «colour»" in f for f in found)
    assert any("zh and en" in f for f in found)
