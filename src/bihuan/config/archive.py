"""The whole state in one file, and back: a zip of PostgreSQL's own dump, the senders remembered, and a manifest.

The manifest counts every table and digests the journal *in the snapshot that was dumped*, so a restore can prove
itself. Row-level security binds the owner of the tables too: a dump needs a login that passes it by, or rows would be
missing without a word. The key that seals identities is not inside unless asked for: archive and key in one hand open
everything.
"""

import hashlib
import json
import os
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from bihuan.config import database
from bihuan.config.database import Address, NoDatabase

FORMAT = 1
DUMP, MANIFEST, KEY = "database.dump", "manifest.json", "secret.key"
# Folders of $BIHUAN_HOME that are state and stand in no table.
FOLDERS = ("sheets", "rejects")
ASIDE = "public_before_restore"
# Rows that `bihuan migrate` makes by itself: a database that holds only these is empty.
BOOKKEEPING = ("django_migrations", "django_content_type", "auth_permission", "procrastinate_")
_CHUNK_BYTES = 1 << 20
_BACKUP_LOGIN = (
    "make one: CREATE ROLE bihuan_backup LOGIN BYPASSRLS PASSWORD '…'; GRANT pg_read_all_data TO bihuan_backup; "
    "and set BIHUAN_BACKUP_URL=postgresql://bihuan_backup:…@host:5432/name"
)


class BadArchive(Exception):
    """The file cannot be restored; the message says why and how to mend it."""


@dataclass(frozen=True)
class Proof:
    """What the archive says and what is there now."""

    tables: Mapping[str, tuple[int | None, int | None]]
    """rows by table: (in the archive, restored); None where a table is missing on that side"""
    journal: tuple[str, str]
    """SHA-256 of the journal: (in the archive, restored)"""

    @property
    def is_equal(self) -> bool:
        return self.journal[0] == self.journal[1] and all(a == b for a, b in self.tables.values())


def whole_login(name: str) -> Address:
    """The login that row-level security does not bind, to the database `name`.

    BIHUAN_BACKUP_URL where it is set; the embedded server's superuser; the login of DATABASE_URL if it may see all.
    Raises NoDatabase saying how to make one.
    """
    named = os.environ.get("BIHUAN_BACKUP_URL")
    if named:
        found = database._from_url(named)
        what = "BIHUAN_BACKUP_URL"
    elif os.environ.get("DATABASE_URL"):
        found, what = database.address(), "DATABASE_URL"
    else:
        server = database.Embedded(database.home() / "postgres")
        server.ensure()
        found, what = Address(str(server.sockets), server.port, "postgres", "", name), "the embedded server"
    address = Address(found.host, found.port, found.user, found.password, name, found.options)
    with connected(address) as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if not (row and row[0]):
            raise NoDatabase(
                f"the login «{address.user}» of {what} is bound by row-level security, so it cannot see every row; "
                + _BACKUP_LOGIN
            )
    return address


@contextmanager
def connected(address: Address) -> Iterator[psycopg.Connection[Any]]:
    """A connection in UTC, autocommit. Raises NoDatabase where the server does not answer."""
    try:
        connection = psycopg.connect(**address.for_psycopg(), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as fault:
        raise NoDatabase(f"the database does not answer: {str(fault).strip().splitlines()[-1]}") from None
    with connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def key_mark(secret: str) -> str:
    """Tells one key from another without telling the key: slow on purpose, for keys that people chose."""
    return hashlib.scrypt(secret.encode(), salt=b"bihuan key mark", n=2**14, r=8, p=1, dklen=12).hex()


def counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table, by name."""
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    found = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def journal_digest(connection: psycopg.Connection[Any]) -> str:
    """SHA-256 over every row of the journal in the order of its ids; of nothing where there is no journal yet."""
    digest = hashlib.sha256()
    there = connection.execute("SELECT to_regclass('public.staff_act')").fetchone()
    if there and there[0]:
        with connection.transaction(), connection.cursor(name="journal") as cursor:
            cursor.itersize = 5000
            cursor.execute("SELECT to_jsonb(a)::text FROM public.staff_act a ORDER BY a.id")
            for (row,) in cursor:
                digest.update(row.encode() + b"\n")
    return digest.hexdigest()


def save(
    file: Path, whole: Address, *, version: str, made_at: datetime, secret: str, home: Path, with_key: bool
) -> dict[str, Any]:
    """Write the archive (readable by its owner alone, in place at once when complete) and return its manifest."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    try:
        with connected(whole) as connection, zipfile.ZipFile(draft, "w") as archive:
            connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = connection.execute("SELECT pg_export_snapshot(), version()").fetchone()
            assert snapshot is not None
            with archive.open(DUMP, "w", force_zip64=True) as out:
                sha, size = _dump(whole, snapshot[0], out)
            manifest = {
                "format": FORMAT,
                "bihuan": version,
                "made_at": made_at.isoformat(),
                "postgresql": str(snapshot[1]).split(" on ")[0],
                "dump": {"file": DUMP, "bytes": size, "sha256": sha},
                "tables": counts(connection),
                "journal_sha256": journal_digest(connection),
                "migrations": _migrations(connection),
                "key_mark": key_mark(secret),
                "has_key": with_key,
            }
            for path in _kept_files(home):
                archive.write(path, f"home/{path.relative_to(home).as_posix()}", zipfile.ZIP_DEFLATED)
            if with_key:
                archive.writestr(KEY, secret)
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            connection.execute("ROLLBACK")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _kept_files(home: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (p for p in sorted((home / folder).rglob("*")) if p.is_file())


def _migrations(connection: psycopg.Connection[Any]) -> list[str]:
    there = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    if not (there and there[0]):
        return []
    rows = connection.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def _program(name: str, address: Address, *words: str) -> tuple[list[str], dict[str, str]]:
    """A PostgreSQL client's command line and environment: a password never stands where `ps` shows it."""
    known = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment |= {"PGHOST": address.host, "PGPORT": address.port, "PGUSER": address.user, "PGDATABASE": address.name}
    environment |= {known[k]: v for k, v in address.options if k in known}
    if address.password:
        environment["PGPASSWORD"] = address.password
    return [str(database.programs() / name), *words], environment


def _dump(whole: Address, snapshot: str, out: IO[bytes]) -> tuple[str, int]:
    command, environment = _program("pg_dump", whole, "-Fc", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    digest, size = hashlib.sha256(), 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dump:
        assert dump.stdout is not None
        assert dump.stderr is not None
        while chunk := dump.stdout.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        said = dump.stderr.read().decode(errors="replace").strip()
    if dump.returncode:
        raise NoDatabase(_client_fault("pg_dump", said))
    return digest.hexdigest(), size


def _client_fault(program: str, said: str) -> str:
    mend = (
        "; set BIHUAN_PG_BIN to the folder of the server's own programs" if "version" in said or "SSL" in said else ""
    )
    first = next((line for line in said.splitlines() if "error" in line.lower()), said.splitlines()[0] if said else "?")
    return f"{program} failed: {first}{mend}"


def read_manifest(file: Path) -> dict[str, Any]:
    """What an archive says of itself, after its dump was checked byte by byte. Raises BadArchive."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise BadArchive(
                    "was written in a form this version does not know; restore it with the version it names"
                )
            digest = hashlib.sha256()
            with archive.open(DUMP) as dump:
                while chunk := dump.read(_CHUNK_BYTES):
                    digest.update(chunk)
            if digest.hexdigest() != manifest["dump"]["sha256"]:
                raise BadArchive("is damaged: the dump is not the one that was written; take another copy")
            return manifest
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as fault:
        raise BadArchive(f"is no archive of `bihuan backup`, or it is cut ({fault}); take another copy") from None


def read_key(file: Path) -> str:
    """The key inside an archive that was made with it; an empty text where there is none."""
    with zipfile.ZipFile(file) as archive:
        return archive.read(KEY).decode() if KEY in archive.namelist() else ""


def rows_of_work(address: Address) -> int:
    """How many rows the database holds besides what `bihuan migrate` makes by itself."""
    with connected(address) as connection:
        return sum(n for name, n in counts(connection).items() if not name.startswith(BOOKKEEPING))


def others_connected(whole: Address) -> int:
    """How many other sessions use the database, once those that are just leaving have left."""
    others = 0
    with connected(whole) as connection:
        for _look in range(20):
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'",
                [whole.name],
            ).fetchone()
            others = int(row[0]) if row else 0
            if not others:
                break
            time.sleep(0.1)
    return others


def load(file: Path, manifest: Mapping[str, Any], *, owner: Address, whole: Address, home: Path) -> Proof:
    """Put the archive into the database in one transaction and compare it with its manifest.

    What was there is set aside first: it comes back if anything fails or the comparison fails, and is dropped only
    after the proof. Raises NoDatabase when the load fails.
    """
    with connected(owner) as connection:
        was_there = _set_aside(connection)
        try:
            _pour(file, owner)
            with connected(whole) as eye:
                proof = _compare(manifest, eye)
        except BaseException:
            _bring_back(connection)
            raise
        if not proof.is_equal and was_there:
            _bring_back(connection)
            return proof
        connection.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    if proof.is_equal:
        _unpack(file, home)
    return proof


def _set_aside(connection: psycopg.Connection[Any]) -> bool:
    """Move what is there out of the way; whether it held any rows of work."""
    held = connection.execute("SELECT to_regnamespace(%s)", [ASIDE]).fetchone()
    if held and held[0]:
        raise NoDatabase(f"an earlier restore was cut off: look at schema {ASIDE}, then rename or drop it")
    is_worked = any(n for t, n in _estimate(connection).items() if not t.startswith(BOOKKEEPING))
    with connection.transaction():
        connection.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    return is_worked


def _estimate(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """1 for each table with a byte in it: what row-level security hides is there too."""
    rows = connection.execute(
        "SELECT tablename, (pg_relation_size(format('public.%I', tablename)::regclass) > 0)::int"
        " FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    return dict(rows)


def _bring_back(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _pour(file: Path, owner: Address) -> None:
    """pg_restore writes SQL, psql does it in one transaction: a newer client's settings must not stop an older server."""
    with connected(owner) as connection:
        is_old = connection.info.server_version < 170000
    command, environment = _program("pg_restore", owner, "--no-owner", "--no-privileges", "-f", "-")
    psql, _same = _program("psql", owner, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", "-")
    with (
        zipfile.ZipFile(file) as archive,
        archive.open(DUMP) as dump,
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader,
        subprocess.Popen(psql, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as doer,
    ):
        feeding = threading.Thread(target=_feed, args=(dump, reader.stdin), daemon=True)
        feeding.start()
        complaints: list[bytes] = []
        assert doer.stderr is not None
        listening = threading.Thread(target=lambda: complaints.append(doer.stderr.read()), daemon=True)  # type: ignore[union-attr]
        listening.start()
        assert reader.stdout is not None
        assert doer.stdin is not None
        try:
            for number, line in enumerate(reader.stdout):
                if not (is_old and number < 60 and line.startswith(b"SET transaction_timeout")):
                    doer.stdin.write(line)
            doer.stdin.close()
        except BrokenPipeError:
            reader.stdout.close()
        feeding.join()
        doer.wait()
        listening.join()
    said = b"".join(complaints).decode(errors="replace")
    if doer.returncode or reader.returncode:
        raise NoDatabase(_client_fault("the restore", said) + "; nothing was changed")


def _feed(dump: IO[bytes], into: IO[bytes] | None) -> None:
    assert into is not None
    try:
        while chunk := dump.read(_CHUNK_BYTES):
            into.write(chunk)
        into.close()
    except BrokenPipeError:
        return


def _compare(manifest: Mapping[str, Any], connection: psycopg.Connection[Any]) -> Proof:
    said, found = manifest["tables"], counts(connection)
    tables = {name: (said.get(name), found.get(name)) for name in sorted({*said, *found})}
    return Proof(tables=tables, journal=(manifest["journal_sha256"], journal_digest(connection)))


def _unpack(file: Path, home: Path) -> None:
    """The files beside the database; a name that leads out of the folder is not followed."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            folder, _, rest = name.removeprefix("home/").partition("/")
            if name.startswith("home/") and folder in FOLDERS and rest and ".." not in Path(rest).parts:
                path = home / folder / rest
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.touch(mode=0o600)
                path.write_bytes(archive.read(name))
