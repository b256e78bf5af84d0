"""Several processes that start at once bring an empty database up to date without stepping on each other."""

import os
import subprocess
import sys

import psycopg
import pytest

from bihuan.config import database

STARTER = (
    "import django; django.setup(); from bihuan.config import schema; schema.migrate(); print(schema.is_current())"
)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="makes a database of its own on the embedded server")
def test_three_processes_migrate_an_empty_database_at_once(django_ready: None) -> None:
    name = "three_at_once"
    owner = database.address()
    with psycopg.connect(**owner.for_psycopg("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    environment = os.environ | {"BIHUAN_DATABASE_NAME": name}
    starters = [
        subprocess.Popen([sys.executable, "-c", STARTER], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [s.communicate()[0].strip() for s in starters]
    with psycopg.connect(**owner.for_psycopg("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
    assert told == ["True", "True", "True"]
