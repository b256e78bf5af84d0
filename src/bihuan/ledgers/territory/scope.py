"""What one may see: a path of the tree, told to PostgreSQL at the start of a transaction and gone at its end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, models, transaction

EVERYWHERE = "/"


@dataclass(frozen=True)
class Scope:
    """The part of the tree somebody acts in. Row-level security enforces it; queries say it again to use the index."""

    path: str

    def holds(self, path: str) -> bool:
        """Whether a row at `path` lies inside."""
        return path.startswith(self.path)

    def inside(self, field: str = "path") -> models.Q:
        """The condition «inside this scope» as a range of the path."""
        if self.path == EVERYWHERE:
            return models.Q()
        return models.Q(**{f"{field}__gte": self.path, f"{field}__lt": self.path + "~"})


def enter(scope: Scope, using: str = "default") -> None:
    """Tell the database the scope of the running transaction. Outside a transaction it has no effect, so it fails closed."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('bihuan.scope', %s, true)", [scope.path])


@contextmanager
def scoped(scope: Scope, using: str = "default") -> Iterator[None]:
    """A transaction that sees `scope` and nothing else."""
    with transaction.atomic(using=using):
        enter(scope, using)
        yield


def enter_oneself(person: UUID, using: str = "default") -> None:
    """Tell the database that the running transaction belongs to a resident: no scope, only the rows about this person."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bihuan.scope', '', true), set_config('bihuan.person', %s, true)", [str(person)]
        )


@contextmanager
def as_oneself(person: UUID, using: str = "default") -> Iterator[None]:
    """A transaction that sees what is held about one person and may change nothing."""
    with transaction.atomic(using=using):
        enter_oneself(person, using)
        yield


def ask(scope: Scope, statement: str, values: Sequence[Any], *, back: Scope) -> tuple[list[Any], int]:
    """One statement with the eyes of `scope`, then `back` in one's own, in one round trip: (its rows, how many it touched).

    For what every call of every phone asks: entering, asking and coming back apart would be three.
    """
    enter_ = "SELECT set_config('bihuan.scope', %s, true)"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"{enter_}; {statement}; {enter_}", [scope.path, *values, back.path])
        cursor.nextset()
        return (cursor.fetchall() if cursor.description else []), cursor.rowcount
