"""What every room stands on: sortable ids, the scope path, and the row-level security that guards it."""

import os
import time
import uuid

from django.db import migrations, models


def uuid7() -> uuid.UUID:
    """A new id that sorts by the millisecond it was made in (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64 | 2 << 62 | random & (2**62 - 1)
    return uuid.UUID(int=value)


class PathField(models.TextField):
    """The place a row belongs to, as a scope path like `/99/9910/991027/991027101/`.

    Compared byte by byte (collation C), so that «inside an area» is a range of a plain btree that
    row-level security may use; a pattern match would not be leak-proof.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Row(models.Model):
    """A row with a sortable id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


_SCOPE = "(SELECT nullif(current_setting('bihuan.scope', true), ''))"
_INSIDE = f"path >= {_SCOPE} AND path < {_SCOPE} || '~'"


def guard(*tables: str) -> migrations.RunSQL:
    """Let each of these tables be seen and changed only inside the scope of the transaction, even by its owner.

    No scope set means no row: after a transaction PostgreSQL leaves an empty string behind, hence the nullif.
    """
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY inside_scope ON {table} USING ({_INSIDE}) WITH CHECK ({_INSIDE});"
        for table in tables
    ]
    back = [f"DROP POLICY inside_scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in tables]
    return migrations.RunSQL(sql="\n".join(forward), reverse_sql="\n".join(back))


def guard_downward(*tables: str) -> migrations.RunSQL:
    """For rows without persons that a wider place keeps for those below it: also read from inside, never changed there."""
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY inside_scope ON {table} USING ({_INSIDE}) WITH CHECK ({_INSIDE});"
        f"CREATE POLICY from_below ON {table} FOR SELECT"
        f" USING (starts_with({_SCOPE}, path));"
        for table in tables
    ]
    back = [
        f"DROP POLICY inside_scope ON {table}; DROP POLICY from_below ON {table};"
        f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        for table in tables
    ]
    return migrations.RunSQL(sql="\n".join(forward), reverse_sql="\n".join(back))


def guard_ends(*tables: str, other: str) -> migrations.RunSQL:
    """For rows that lie in two places: seen and changed from inside `path`, and from inside the column `other`."""
    there = f"{other} >= {_SCOPE} AND {other} < {_SCOPE} || '~'"
    either = f"({_INSIDE}) OR ({there})"
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY inside_scope ON {table} USING ({either}) WITH CHECK ({either});"
        for table in tables
    ]
    back = [f"DROP POLICY inside_scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in tables]
    return migrations.RunSQL(sql="\n".join(forward), reverse_sql="\n".join(back))


# The one person whose own rows may be read where there is no scope: a resident looking at what is held about them.
_OWN = "(SELECT nullif(current_setting('bihuan.person', true), '')::uuid)"


def own_rows(**conditions: str) -> migrations.RunSQL:
    """Let a resident read the rows about themselves: by table, the condition that a row is theirs, with {me} for their id.

    Where nobody is named, as for every member of the staff, the condition is never true and opens nothing.
    """
    forward = [
        f"CREATE POLICY own_rows ON {table} FOR SELECT USING ({told.format(me=_OWN)});"
        for table, told in conditions.items()
    ]
    back = [f"DROP POLICY own_rows ON {table};" for table in conditions]
    return migrations.RunSQL(sql="\n".join(forward), reverse_sql="\n".join(back))
