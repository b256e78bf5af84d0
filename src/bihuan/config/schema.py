"""Tables and rights: migrate as the owner, then give the application exactly what it needs."""

from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from bihuan.config.database import APP

# The journal is written once: no row of it is ever changed or deleted.
# Nor is a result: only its release may be set, and a correction is another row. Nor is a unit's signed report, nor a bulletin.
RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {APP};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP};
REVOKE UPDATE, DELETE ON staff_act FROM {APP};
REVOKE UPDATE, DELETE ON lab_result FROM {APP};
REVOKE UPDATE, DELETE ON command_unitreport FROM {APP};
REVOKE UPDATE, DELETE ON command_bulletin FROM {APP};
GRANT UPDATE (released_at, released_by_id) ON lab_result TO {APP};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP};
"""  # noqa: S608 - the role is a constant


# Any number: several processes that start at once bring the tables up to date one after the other.
ONE_AT_A_TIME = 991027


def migrate(**options: Any) -> None:
    """Bring the tables up to date and grant the rights; safe to repeat, and safe from several processes at once."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            _migrate(**options)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _migrate(**options: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {APP}")
            cursor.execute(f"GRANT {APP} TO CURRENT_USER")
    call_command("migrate", database="owner", verbosity=0, interactive=False, **options)
    with connections["owner"].cursor() as cursor:
        cursor.execute(RIGHTS)


def is_current() -> bool:
    """Whether every migration has been applied."""
    executor = MigrationExecutor(connections["owner"])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
