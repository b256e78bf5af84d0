"""One PostgreSQL for the whole run, one fresh database with every migration, emptied after each test that wrote."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

_HOME = Path(tempfile.mkdtemp(prefix="bihuan-test-"))
os.environ["BIHUAN_HOME"] = str(_HOME)
os.environ["BIHUAN_PG_FAST"] = "1"
os.environ["BIHUAN_SECRET"] = "a key that only tests use and everybody may know"
os.environ["BIHUAN_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.config.settings"
os.environ.pop("BIHUAN_POOL", None)
django.setup()  # reads settings only; the database is started by the first test that asks for it

SHARED = Path(os.environ.get("BIHUAN_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not SHARED.is_dir():
        skip = pytest.mark.skip(reason="the open data sets are not beside this checkout: set BIHUAN_SHARED_DATA")
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of open data sets."""
    return SHARED


@pytest.fixture(scope="session")
def django_ready() -> Iterator[None]:
    """The server runs, the tables are there, Django is set up."""
    from bihuan.config import database

    server = None if os.environ.get("DATABASE_URL") else database.Embedded(_HOME / "postgres")
    if server:
        server.ensure()
    from bihuan.config import schema

    schema.migrate()
    yield
    from django.db import connections

    connections.close_all()
    if server:
        server.stop()


@pytest.fixture
def db(django_ready: None) -> Iterator[None]:
    """A database with every table empty; whatever a test commits is gone after it."""
    yield
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename <> 'django_migrations' AND tablename NOT LIKE 'procrastinate_%' "
            "AND tablename NOT IN ('django_content_type', 'auth_permission')"
        )
        (tables,) = cursor.fetchone()
        cursor.execute(f"TRUNCATE {tables} CASCADE")
