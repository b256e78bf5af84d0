"""`bihuan backup FILE`: the whole state in one file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bihuan.cli._frame import Unusable, answer, json_option, say


@click.command(epilog="Example: bihuan backup /srv/backups/$(date +%F).bihuan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the key that seals identities into the archive too.")
@json_option
def command(file: Path, with_key: bool, as_json: bool) -> None:
    """Write everything that is kept into FILE: all tables in one snapshot, senders remembered, rejects files.

    The desk may go on working meanwhile. Row-level security binds the owner of the tables too, so with DATABASE_URL
    a login with BYPASSRLS is needed: BIHUAN_BACKUP_URL names it. Without --with-key the archive is worthless without
    the key (BIHUAN_SECRET, or secret.key under $BIHUAN_HOME): keep the key somewhere else, and keep it.

    \b
    JSON: {"file", "bytes", "rows", "tables": {name: rows}, "journal_sha256", "postgresql", "bihuan", "has_key"}
    """
    from importlib.metadata import version

    from bihuan.config import archive, database, settings

    if not file.resolve().parent.is_dir():
        raise Unusable("its folder does not exist", file=file, mend="make the folder first")
    if file.is_dir():
        raise Unusable("is a folder", file=file, mend="name a file in it")
    try:
        database.address()
        manifest = archive.save(
            file.resolve(),
            archive.whole_login(str(settings.DATABASES["default"]["NAME"])),
            version=version("bihuan"),
            made_at=datetime.now(UTC),
            secret=settings.SECRET_KEY,
            home=settings.HOME,
            with_key=with_key,
        )
    except database.NoDatabase as fault:
        raise Unusable(str(fault)) from None
    except OSError as fault:
        raise Unusable(
            f"cannot be written: {fault.strerror or fault}", file=file, mend="choose another place"
        ) from None
    rows = sum(manifest["tables"].values())
    told = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "rows": rows,
        **{k: manifest[k] for k in ("tables", "journal_sha256", "postgresql", "bihuan", "has_key")},
    }
    say(
        "the key is inside: whoever has this file can open everything in it"
        if with_key
        else "the key is NOT inside: without BIHUAN_SECRET (or secret.key) no document number or phone in it can be opened"
    )
    words = f"{file}: {rows} rows in {len(manifest['tables'])} tables, {told['bytes']} bytes"
    answer(told, as_json=as_json, words=f"{words}\njournal {manifest['journal_sha256']}")
