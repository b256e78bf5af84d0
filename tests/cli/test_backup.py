"""`bihuan backup` and `bihuan restore`: the whole state leaves one database and arrives in another, and says so."""

import json
import os
import subprocess
import sys
import zipfile

import psycopg
import pytest
from django.conf import settings

from bihuan import cli
from bihuan.config import archive, database
from tests import cast, make

FRESH = "fresh_county"


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["bihuan", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    out = capsys.readouterr()
    return caught.value.code, out.out, out.err


def restores(file, *more, **env):
    """The command in a process of its own, against the second database."""
    done = subprocess.run(
        [sys.executable, "-m", "bihuan.cli", "restore", str(file), *more],
        env=os.environ | {"BIHUAN_DATABASE_NAME": FRESH} | env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def superuser(name):
    if os.environ.get("DATABASE_URL"):
        pytest.skip("databases are made and dropped on the embedded server only")
    server = database.Embedded(settings.HOME / "postgres")
    return database.Address(str(server.sockets), server.port, "postgres", "", name)


def sees_all(name, query):
    with archive.connected(superuser(name)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def fresh(django_ready):
    """A second, empty database on the same server."""
    with archive.connected(superuser("postgres")) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {FRESH} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {FRESH} OWNER {database.OWNER}")
    yield FRESH
    with archive.connected(superuser("postgres")) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {FRESH} WITH (FORCE)")


@pytest.fixture
def county(db):
    county = make.county()
    make.person(cast.ZHAO)
    make.receives(county.wang, make.told(cast.ZHAO, 2), make.told(cast.SUN, 3))
    return county


@pytest.fixture
def file(county, tmp_path, monkeypatch, capsys):
    code, _, said = run(monkeypatch, capsys, "backup", tmp_path / "county.bihuan", "--json")
    assert code == 0, said
    return tmp_path / "county.bihuan"


def tampered(file, **changes):
    """The archive with another manifest."""
    other = file.with_name("tampered.bihuan")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == archive.MANIFEST:
                body = json.dumps(json.loads(body) | changes).encode()
            new.writestr(name, body)
    return other


def test_a_backup_counts_what_row_level_security_hides_from_the_owner(county, tmp_path, monkeypatch, capsys):
    code, out, said = run(monkeypatch, capsys, "backup", tmp_path / "county.bihuan", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["tables"]["people_person"] == 2
    assert told["tables"]["intake_listrow"] == 2
    assert told["tables"]["staff_act"] >= 1
    assert not told["has_key"]
    assert "NOT inside" in said
    assert (tmp_path / "county.bihuan").stat().st_mode & 0o077 == 0
    assert settings.SECRET_KEY.encode() not in (tmp_path / "county.bihuan").read_bytes()


def test_a_restore_proves_itself_and_the_county_goes_on(file, fresh):
    code, out, said = restores(file, "--json")
    assert code == 0, said
    told = json.loads(out)
    assert told["equal"]
    assert told["tables"]["people_person"] == [2, 2]
    assert told["journal_sha256"][0] == told["journal_sha256"][1]
    old, new = (
        sees_all(name, "SELECT to_jsonb(p)::text FROM people_person p ORDER BY id")
        for name in (settings.DATABASES["default"]["NAME"], fresh)
    )
    assert old == new
    guarded = sees_all(fresh, "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert guarded == sees_all(
        settings.DATABASES["default"]["NAME"],
        "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity",
    )
    assert sees_all(fresh, f"SELECT has_table_privilege('{database.APP}', 'people_person', 'SELECT')") == [(True,)]
    assert sees_all(fresh, f"SELECT has_table_privilege('{database.APP}', 'staff_act', 'DELETE')") == [(False,)]
    assert sees_all(fresh, "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'") == [
        (database.OWNER,)
    ]


def test_a_full_database_is_refused_and_replaced_only_when_told(file, fresh):
    assert restores(file)[0] == 0
    code, _, said = restores(file)
    assert (code, "--replace" in said, len(said.splitlines())) == (2, True, 1)
    code, out, _ = restores(file, "--replace")
    assert code == 0
    assert "equal" in out.splitlines()[-1]
    assert sees_all(fresh, f"SELECT to_regnamespace('{archive.ASIDE}')") == [(None,)]


def test_what_differs_is_named_and_what_was_there_comes_back(file, fresh):
    assert restores(file)[0] == 0
    manifest = archive.read_manifest(file)
    wrong = tampered(file, tables=manifest["tables"] | {"people_person": 3})
    with psycopg.connect(**superuser(fresh).for_psycopg(), autocommit=True) as connection:
        connection.execute("UPDATE people_person SET keep_until = '2030-01-01'")
    code, out, _ = restores(wrong, "--replace")
    assert code == 1
    assert "people_person" in next(line for line in out.splitlines() if "differs" in line)
    assert sees_all(fresh, "SELECT count(*) FROM people_person WHERE keep_until IS NOT NULL") == [(2,)]


def test_a_changed_journal_is_noticed(file, fresh):
    code, out, _ = restores(tampered(file, journal_sha256="0" * 64), "--json")
    assert code == 1
    assert not json.loads(out)["equal"]


def test_a_damaged_archive_changes_nothing(file, fresh, tmp_path):
    whole = file.read_bytes()
    for name, body in {"cut": whole[: len(whole) // 2], "words": b"these are words", "none": b""}.items():
        (tmp_path / name).write_bytes(body)
        code, _, said = restores(tmp_path / name)
        assert (code, len(said.splitlines())) == (2, 1), said
    bent = bytearray(whole)
    bent[len(whole) // 2] ^= 0xFF
    (tmp_path / "bent").write_bytes(bent)
    code, _, said = restores(tmp_path / "bent")
    assert (code, len(said.splitlines())) == (2, 1), said
    assert sees_all(fresh, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_another_key_is_refused_before_anything_is_changed(file, fresh):
    code, _, said = restores(file, BIHUAN_SECRET="another key that is also long enough to be one")
    assert code == 2
    assert "BIHUAN_SECRET" in said
    assert sees_all(fresh, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_an_archive_of_a_newer_version_is_refused(file, fresh):
    manifest = archive.read_manifest(file)
    newer = tampered(file, migrations=[*manifest["migrations"], "people.9999_later"])
    code, _, said = restores(newer)
    assert (code, "people.9999_later" in said) == (2, True)


def test_a_login_that_is_bound_by_row_level_security_is_refused(county, tmp_path, monkeypatch, capsys):
    login = superuser("postgres")
    monkeypatch.setenv(
        "BIHUAN_BACKUP_URL", f"postgresql://{database.OWNER}@localhost:{login.port}/bihuan?host={login.host}"
    )
    code, _, said = run(monkeypatch, capsys, "backup", tmp_path / "county.bihuan")
    assert code == 2
    assert "BYPASSRLS" in said
    assert not list(tmp_path.iterdir())


def test_an_archive_with_its_key_brings_it_along(county, fresh, tmp_path, monkeypatch, capsys):
    file = tmp_path / "county.bihuan"
    assert run(monkeypatch, capsys, "backup", file, "--with-key")[0] == 0
    assert archive.read_key(file) == settings.SECRET_KEY
    kept = settings.HOME / "secret.key"
    kept.write_text("the key that a fresh machine made by itself, long enough")
    try:
        code, _, said = restores(file, BIHUAN_SECRET="")
        assert code == 0, said
        assert kept.read_text() == settings.SECRET_KEY
        assert (settings.HOME / "secret.key.before-restore").exists()
    finally:
        for path in settings.HOME.glob("secret.key*"):
            path.unlink()


def test_the_journals_digest_tells_one_act_more_and_one_word_less(county):
    address = superuser(settings.DATABASES["default"]["NAME"])
    with archive.connected(address) as connection:
        before = archive.journal_digest(connection)
        assert archive.journal_digest(connection) == before
        make.receives(county.wang, make.told(cast.LI, 2), content_hash="list-2")
        after = archive.journal_digest(connection)
        connection.execute("UPDATE staff_act SET device = 'another' WHERE verb = 'receive_list'")
        assert len({before, after, archive.journal_digest(connection)}) == 3
