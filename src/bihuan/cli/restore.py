"""`bihuan restore FILE`: the whole state back, with the proof that it is the same."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._frame import Unusable, answer, json_option, say

if TYPE_CHECKING:
    from bihuan.config.archive import Proof


@click.command(epilog="Example: bihuan restore /srv/backups/2026-07-01.bihuan --replace")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Take the place of what the database holds now.")
@json_option
def command(file: Path, replace: bool, as_json: bool) -> int:
    """Put an archive of `bihuan backup` into an empty database, then compare every table and the journal with it.

    What the database held before is set aside and comes back if the load or the comparison fails. Stop `bihuan serve`
    first. The key the archive was sealed with must be in place (BIHUAN_SECRET, or secret.key under $BIHUAN_HOME)
    unless the archive carries it. Afterwards the tables are brought to this version.

    \b
    JSON: {"file", "equal", "tables": {name: [archived, restored]}, "journal_sha256": [archived, restored]}

    Exit 0: equal. 1: restored, but not equal to what the archive says. 2: nothing was changed.
    """
    from bihuan.config import archive, database, settings

    if not file.is_file():
        raise Unusable("no such file", file=file, mend="check the path")
    try:
        manifest = archive.read_manifest(file)
        _refuse_newer(file, manifest)
        fresh_key = _key_to_keep(file, manifest)
        reached = database.address()
        name = str(settings.DATABASES["default"]["NAME"])
        owner = database.Address(reached.host, reached.port, reached.user, reached.password, name, reached.options)
        whole = archive.whole_login(name)
        _refuse_full(file, whole, replace=replace)
        proof = archive.load(file, manifest, owner=owner, whole=whole, home=settings.HOME)
        if proof.is_equal:
            _finish(fresh_key)
    except archive.BadArchive as fault:
        raise Unusable(str(fault), file=file) from None
    except database.NoDatabase as fault:
        raise Unusable(str(fault)) from None
    told = {
        "file": str(file),
        "equal": proof.is_equal,
        "tables": {name: list(pair) for name, pair in proof.tables.items()},
        "journal_sha256": list(proof.journal),
    }
    answer(told, as_json=as_json, words=_table(proof))
    return 0 if proof.is_equal else 1


def _refuse_newer(file: Path, manifest: dict[str, Any]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations}
    replaced = {f"{a}.{n}" for m in loader.disk_migrations.values() for a, n in m.replaces}
    unknown = [one for one in manifest["migrations"] if one not in ours | replaced]
    if unknown:
        raise Unusable(
            f"was made by bihuan {manifest['bihuan']}, which is newer: this version does not know {unknown[0]}",
            file=file,
            mend="restore it with that version or a later one",
        )


def _key_to_keep(file: Path, manifest: dict[str, Any]) -> str:
    """The archive's key where it must take the place of ours; empty where ours is the same."""
    from bihuan.config import archive, settings

    if archive.key_mark(settings.SECRET_KEY) == manifest["key_mark"]:
        return ""
    inside = archive.read_key(file)
    if inside and archive.key_mark(inside) == manifest["key_mark"] and not os.environ.get("BIHUAN_SECRET"):
        return inside
    raise Unusable(
        "was sealed with another key than the one here, so no document number or phone in it could be opened",
        file=file,
        mend="set BIHUAN_SECRET to the key of that time, or put it into secret.key under $BIHUAN_HOME",
    )


def _refuse_full(file: Path, whole: Any, *, replace: bool) -> None:
    from bihuan.config import archive

    rows = archive.rows_of_work(whole)
    if rows and not replace:
        raise Unusable(
            f"the database «{whole.name}» holds {rows} rows already", file=file, mend="say --replace to lose them"
        )
    others = archive.others_connected(whole)
    if others:
        raise Unusable(f"{others} other sessions use the database", file=file, mend="stop `bihuan serve` and try again")


def _finish(fresh_key: str) -> None:
    """Rights for the application, tables of this version, and the key the rows were sealed with."""
    from bihuan.config import schema, settings

    if fresh_key:
        kept = settings.HOME / "secret.key"
        if kept.exists():
            kept.rename(_free(settings.HOME / "secret.key.before-restore"))
        draft = settings.HOME / f"secret.{os.getpid()}.new"
        draft.touch(mode=0o600)
        draft.write_text(fresh_key)
        draft.replace(kept)
        say(f"the archive's key is now {kept}")
    schema.migrate()
    from django.db import connections

    connections.close_all()


def _free(path: Path) -> Path:
    """This name, or the first numbered one that is not taken: an old key is never overwritten."""
    names = (path, *(path.with_name(f"{path.name}-{n}") for n in range(2, 1000)))
    return next(name for name in names if not name.exists())


def _table(proof: "Proof") -> str:
    width = max(len(name) for name in (*proof.tables, "table"))
    lines = [f"{'table':{width}} {'archive':>12} {'restored':>12}"]
    for name, (said, found) in proof.tables.items():
        mark = "" if said == found else "  ← differs"
        lines.append(f"{name:{width}} {_number(said):>12} {_number(found):>12}{mark}")
    said_digest, found_digest = proof.journal
    lines.append(f"journal {said_digest}" + ("" if said_digest == found_digest else f"  ← differs: {found_digest}"))
    lines.append("equal: everything is as it was" if proof.is_equal else "NOT equal: do not rely on this database")
    return "\n".join(lines)


def _number(rows: int | None) -> str:
    return "missing" if rows is None else str(rows)
