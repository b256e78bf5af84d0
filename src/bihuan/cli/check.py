"""`bihuan check`: is everything in order, here and now?"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from bihuan.cli._frame import answer, json_option

# Tables with a place but without persons: the tree, bodies, chairs, facilities with their beds, and published risk areas
# are a public directory.
PUBLIC = frozenset(
    {"territory_area", "territory_place", "staff_unit", "staff_post", "command_response", "command_bulletin"}
)
PUBLIC |= {"territory_risklist", "territory_riskarea"}
PUBLIC |= {f"resources_{table}" for table in ("facility", "facilityseat", "zone", "room", "bed")}
FLOOR_VERSION = 150000
SHORTEST_SECRET = 32

Check = Callable[[], Iterator[str]]


@click.command(epilog="Example: bihuan check --source")
@click.option("--source", is_flag=True, help="Only what needs no database: for a clean clone.")
@json_option
def command(source: bool, as_json: bool) -> int:
    """Examine settings, database, migrations, row-level security, protocols, forms, sheets and translations.

    With --source only what stands in the checkout: are the tables' migrations written, are both languages whole, can
    every protocol, form and sheet be used. Every fault is one line: where, what, how to mend.

    \b
    JSON: {"ok", "checks": [{"name", "faults": [...]}]}

    Exit 0: no faults. 1: faults were found. 2: the call cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    here = Path(__file__).resolve().parent.parent
    results = [{"name": name, "faults": list(_faults(check))} for name, check in _checks(source=source, package=here)]
    is_ok = not any(result["faults"] for result in results)
    lines = []
    for result in results:
        lines.append(f"{'ok ' if not result['faults'] else 'BAD'} {result['name']}")
        lines += [f"    {fault}" for fault in result["faults"]]
    answer({"ok": is_ok, "checks": results}, as_json=as_json, words="\n".join(lines))
    return 0 if is_ok else 1


def _checks(*, source: bool, package: Path) -> Iterator[tuple[str, Check]]:
    yield "settings", settings_faults
    if source:
        yield "models without a migration", unwritten_migrations
    else:
        yield "database", database_faults
        yield "migrations applied", unapplied_migrations
        yield "row-level security", guard_faults
    yield "protocols", lambda: protocol_faults(package / "protocols")
    yield "forms", lambda: form_faults(package / "forms")
    yield "guides", lambda: guide_faults(package / "guides")
    yield "sheets", lambda: sheet_faults(package / "sheets")
    if not source:
        yield "sheets remembered", remembered_sheet_faults
    yield "translations", translation_faults


def _faults(check: Check) -> Iterator[str]:
    """A check's faults, each on one line; a check that breaks down is a fault itself."""
    try:
        for fault in check():
            yield " ".join(fault.split())
    except Exception as broken:  # noqa: BLE001 - the other checks must still be told
        yield f"could not be examined: {type(broken).__name__}: {' '.join(str(broken).split())}"


def settings_faults() -> Iterator[str]:
    """What the environment says that cannot work."""
    import django

    django.setup()
    from django.conf import settings
    from django.core import checks

    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield f"BIHUAN_SECRET has {len(settings.SECRET_KEY)} characters; use {SHORTEST_SECRET} or more, made by a machine"
    if settings.SESSION_COOKIE_SECURE and not set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}:
        yield "BIHUAN_HTTPS=1, but BIHUAN_HOSTS names no host; set it to the name the desk answers to"
    for message in checks.run_checks():
        if message.level >= checks.ERROR:
            yield f"{message.obj or 'settings'}: {message.msg} ({message.id}); {message.hint or 'see the named check'}"


def database_faults() -> Iterator[str]:
    """Can the database be reached, is it new enough, is the application's login bound by row-level security?"""
    from django.db import Error, connections

    from bihuan.config import database

    try:
        database.address()
        with connections["default"].cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            (version,) = cursor.fetchone()
            if int(version) < FLOOR_VERSION:
                yield f"PostgreSQL {version} is too old; 15 is the oldest that will do"
            cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            name, is_unbound = cursor.fetchone()
            if is_unbound:
                yield f"the application's login «{name}» passes row-level security by; take SUPERUSER and BYPASSRLS from it"
    except database.NoDatabase as fault:
        yield str(fault)
    except Error as fault:
        yield f"the database does not answer: {fault}; check DATABASE_URL"


def unapplied_migrations() -> Iterator[str]:
    """Migrations this program has and the database has not."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{migration.app_label}.{migration.name} is not applied; run: bihuan migrate"


def guard_faults() -> Iterator[str]:
    """Tables with a place whose rows a stranger, or the owner, could see."""
    from django.apps import apps
    from django.db import connections

    placed = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("bihuan.") and any(field.name == "path" for field in model._meta.fields)
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive)"
            " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        there = {name: (is_on, is_forced, has_policy) for name, is_on, is_forced, has_policy in cursor.fetchall()}
    for table in sorted(placed - PUBLIC):
        is_on, is_forced, has_policy = there.get(table, (False, False, False))
        if not (is_on and is_forced and has_policy):
            missing = (
                "a policy" if is_on and is_forced else "FORCE ROW LEVEL SECURITY" if is_on else "row-level security"
            )
            yield f"table {table} has no {missing}; run: bihuan migrate, and add a guard() migration if that does not help"


def unwritten_migrations() -> Iterator[str]:
    """Models that changed after their last migration: what `makemigrations --check` asks, without a database."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    loader = MigrationLoader(None)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("bihuan.")}
    for label, names in loader.detect_conflicts().items():
        yield f"{label}: two last migrations, {' and '.join(sorted(names))}; make one depend on the other"
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps=ours, dry_run=True),
    )
    with translation.override(None):  # migrations are written without a language, so they are compared without one
        changes = detector.changes(graph=loader.graph)
    for label, migrations in changes.items():
        for operation in (o for migration in migrations for o in migration.operations if label in ours):
            yield f"{label}: no migration for «{operation.describe()}»; run: django-admin makemigrations {label}"


def protocol_faults(folder: Path) -> Iterator[str]:
    """Faults of every edition on the shelf, and every worked situation that comes out otherwise."""
    from bihuan.engines import protocol

    editions, found = {}, []
    for ident in protocol.edition_ids(folder):
        try:
            edition, faults, _tree = protocol.read_path(folder / f"{ident}.yaml", folder)
        except protocol.ProtocolFault as fault:
            edition, faults = None, list(fault.faults)
        found += faults
        if edition is not None:
            editions[ident] = edition
    for ident, edition in editions.items():
        others = [o for i, o in editions.items() if i != ident and i.split("/")[0] == ident.split("/")[0]]
        found += protocol.check_edition(edition, others)
    yield from map(str, sorted(set(found)))
    if not found:
        for path in sorted(folder.glob("*/situations.yaml")):
            for situation in protocol.read_situations(path):
                said = protocol.run_situation(situation, lambda ident: protocol.edition(ident, folder=folder))
                yield from (f"{path}:{situation.line}: {line}" for line in said)


def form_faults(folder: Path) -> Iterator[str]:
    """Files of `forms/` that ask nothing, or ask what no place, outcome or owner knows."""
    from bihuan.ledgers.command import checklists

    for path in sorted(folder.glob("**/*.yaml")):
        yield from checklists.faults(path)


def guide_faults(folder: Path) -> Iterator[str]:
    """What is wrong with the plain words for groups of people."""
    import django

    django.setup()
    from bihuan.ledgers.command.public import guides

    for path in sorted(folder.glob("*.yaml")):
        yield from guides.faults(path)


def sheet_faults(folder: Path) -> Iterator[str]:
    """Files of `sheets/` that no list could be read by."""
    from bihuan.adapters import spreadsheets

    seen: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml")):
        told, fault = _yaml(path)
        if fault:
            yield fault
        if fault or path.name.startswith("_"):
            continue
        try:
            mapping = spreadsheets.SheetMapping.from_dict(told)
        except Exception as wrong:  # noqa: BLE001 - whatever is wrong in the file is the file's fault
            yield f"{path}: {type(wrong).__name__}: {wrong}; compare it with a sheet that works"
            continue
        if mapping.key in seen:
            yield f"{path}: its key «{mapping.key}» is taken by {seen[mapping.key].name}; choose another"
        seen[mapping.key] = path


def remembered_sheet_faults() -> Iterator[str]:
    """The same for the senders this place has remembered."""
    from bihuan.config import database

    yield from sheet_faults(database.home() / "sheets")


def translation_faults() -> Iterator[str]:
    """Strings that only one language has."""
    from bihuan.config import languages

    yield from languages.missing()


def _yaml(path: Path) -> tuple[Any, str]:
    """What a file says, or its fault with line and column."""
    from ruamel.yaml import YAML, YAMLError

    try:
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return None, f"{path}: is not UTF-8 text; save it as UTF-8"
    except YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        return None, f"{where}: {getattr(fault, 'problem', None) or fault}; mend the YAML there"
    return (told, "") if isinstance(told, dict) else (None, f"{path}:1:1: holds no mapping; write `key: value` lines")
