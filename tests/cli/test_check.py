"""`bihuan check`: what is in order is said, and what is not has its own line."""

import json
import sys

import pytest
from django.db import connections

from bihuan import cli
from bihuan.cli import check


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["bihuan", "check", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    out = capsys.readouterr()
    return caught.value.code, out.out


def of(told, name):
    return next(c["faults"] for c in told["checks"] if c["name"] == name)


@pytest.fixture
def whole_languages(monkeypatch):
    """Translations have a test of their own; what they lack today is not what these tests are about."""
    monkeypatch.setattr(check, "translation_faults", lambda: iter(()))


def test_a_sound_installation_has_no_faults(db, whole_languages, monkeypatch, capsys):
    _, out = run(monkeypatch, capsys, "--json")
    told = json.loads(out)
    names = ("settings", "database", "migrations applied", "row-level security", "forms", "sheets")
    assert not [(n, of(told, n)) for n in names if of(told, n)]


def test_a_table_left_open_is_found(db, whole_languages, monkeypatch, capsys):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE staff_shift DISABLE ROW LEVEL SECURITY")
    try:
        code, out = run(monkeypatch, capsys, "--json")
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE people_person FORCE ROW LEVEL SECURITY")
            cursor.execute("ALTER TABLE staff_shift ENABLE ROW LEVEL SECURITY")
    first, second = of(json.loads(out), "row-level security")
    assert code == 1
    assert "people_person has no FORCE" in first
    assert "staff_shift has no row-level" in second


def test_a_migration_that_waits_is_found(db, whole_languages, monkeypatch, capsys):
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake' RETURNING name")
        names = [name for (name,) in cursor.fetchall()]
    try:
        code, out = run(monkeypatch, capsys, "--json")
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) SELECT 'intake', unnest(%s::text[]), now()", [names]
            )
    assert code == 1
    assert "bihuan migrate" in " ".join(of(json.loads(out), "migrations applied"))


def test_the_source_is_checked_without_a_database(whole_languages, monkeypatch, capsys):
    monkeypatch.setattr(connections["owner"], "connect", lambda: pytest.fail("asked for the database"))
    _, out = run(monkeypatch, capsys, "--source", "--json")
    told = json.loads(out)
    assert {c["name"] for c in told["checks"]} == {
        "settings", "models without a migration", "protocols", "forms", "guides", "sheets", "translations",
    }  # fmt: skip
    assert not of(told, "models without a migration")


def test_a_model_without_its_migration_is_found():
    from django.db import models

    from bihuan.ledgers.staff.models import Unit

    field = models.TextField(default="")
    field.contribute_to_class(Unit, "nickname")
    try:
        faults = list(check.unwritten_migrations())
    finally:
        Unit._meta.local_fields.remove(field)
        Unit._meta._expire_cache()
    assert any("nickname" in fault and fault.startswith("staff") for fault in faults)


def test_damaged_files_are_named_with_line_and_mend(tmp_path):
    (tmp_path / "broken.yaml").write_text("key: [a, b\nother: c\n")
    (tmp_path / "words.yaml").write_text("key: words\ncolumns: {姓名: surname_of_the_moon}\n")
    (tmp_path / "twice.yaml").write_text("key: one\nkey: two\n")
    (tmp_path / "gbk.yaml").write_bytes("key: 名单\n".encode("gb18030"))
    (tmp_path / "list.yaml").write_text("- a\n")
    faults = list(check.sheet_faults(tmp_path))
    assert len(faults) == 5
    assert any("broken.yaml:2" in fault for fault in faults)
    assert any("surname_of_the_moon" in fault for fault in faults)
    assert any("twice.yaml:2" in fault and "mend" in fault for fault in faults)
    assert any("gbk.yaml" in fault and "UTF-8" in fault for fault in faults)
    assert all("\n" not in fault for fault in faults)


def test_a_protocol_that_contradicts_itself_is_found(tmp_path):
    (tmp_path / "covid-19").mkdir()
    (tmp_path / "covid-19" / "2022-06-28.yaml").write_text("disease: covid-19\nedition: 2022-06-28\n")
    faults = list(check.protocol_faults(tmp_path))
    assert faults
    assert all("2022-06-28.yaml:" in fault for fault in faults)


def test_a_check_that_breaks_down_does_not_silence_the_others():
    def broken():
        raise OSError("the disk is gone")
        yield

    assert list(check._faults(broken)) == ["could not be examined: OSError: the disk is gone"]
