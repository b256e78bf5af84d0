"""What the import contracts cannot see: string foreign keys, file sizes, exports, glossary, guards, keeping times."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

import bihuan
from bihuan.engines import __path__ as engines_path
from bihuan.ledgers.staff.choices import VERBS
from bihuan.loop import door, flows  # noqa: F401 - the door registers every flow
from bihuan.loop.act import FLOWS
from bihuan.loop.follows import FOLLOWS

SOURCE = Path(bihuan.__file__).parent
ROOT = SOURCE.parent.parent
MOST_LINES = 500
FLOORS = {
    "territory": 0, "people": 1, "staff": 1, "command": 2, "intake": 3, "resources": 3, "orders": 4, "lab": 4, "cases": 5,
}  # fmt: skip
ROOMS = tuple(FLOORS)

# Tables without persons: the tree, bodies, chairs and published risk areas are a public directory; digests carry no words.
UNGUARDED = {
    "resources_facility", "resources_facilityseat", "resources_zone", "resources_room", "resources_bed",
    "territory_area", "territory_place", "territory_risklist", "territory_riskarea",
    "staff_unit", "staff_post", "command_response", "command_bulletin",
}  # fmt: skip


def room_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in ROOMS]


def python_files() -> list[Path]:
    return [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


@pytest.mark.parametrize("model", room_models(), ids=lambda m: m.__name__)
def test_a_foreign_key_never_points_up(model: type[models.Model]) -> None:
    here = FLOORS[model._meta.app_label]
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model is not None:
            there = FLOORS.get(field.related_model._meta.app_label)
            assert there is None or there <= here, f"{model.__name__}.{field.name} points up"


def test_no_file_is_longer_than_a_head_can_hold() -> None:
    long = {p.relative_to(SOURCE): n for p in python_files() if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert not long


@pytest.mark.parametrize("engine", [m.name for m in pkgutil.iter_modules(engines_path)])
def test_an_engines_face_is_sorted_and_whole(engine: str) -> None:
    module = importlib.import_module(f"bihuan.engines.{engine}")
    listed = list(module.__all__)
    assert listed == sorted(listed, key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    assert all(hasattr(module, name) for name in listed)


@pytest.mark.parametrize("path", sorted((SOURCE / "loop" / "flows").glob("[a-z]*.py")), ids=lambda p: p.stem)
def test_a_flow_file_holds_one_public_function_of_its_name(path: Path) -> None:
    tree = ast.parse(path.read_text())
    public = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    assert public == [path.stem]


def test_every_right_belongs_to_a_flow_or_a_look() -> None:
    needed = {f.needs for f in FLOWS.values()}
    given = frozenset().union(*VERBS.values())
    looks = {verb for verb in given if verb.startswith("see_")}
    assert not given - needed - looks, "rights without a verb"
    by_rule = {"dispatch_list", "reply_list", "close_list", "raise_clock", "open_follow_up", "remind_site_check"}
    by_rule |= {"ask_newer_risk_list", "note_login", "forget_list", "forget_presences"}
    by_rule |= {"alarm_count", "alarm_departure", "alarm_result", "report_positive", "credit_test"}
    by_rule |= {"dispatch_contacts", "settle_tracing", "finish_follow_up", "dispatch_assistance", "settle_assistance"}
    by_rule |= {"propose_for_contacts", "propose_for_case", "retract_reclass"}
    by_rule |= {"ask_newer_risk_list", "renew_pass_key"}
    by_rule |= {"answer_raiser", "open_next_task"}
    by_rule |= {"expire_order", "ask_release", "miss_duty"}
    by_rule |= {"follow_order", "follow_slots", "finish_rehearsal"}
    by_rule |= {"start_drill", "note_inject", "forget_enquirer", "alarm_silence", "alarm_feed"}
    by_rule |= {"ask_newer_risk_list", "renew_pass_key", "forget_sighting", "look_own"}
    assert not needed - given - by_rule, "verbs nobody may do"


def test_what_follows_exists() -> None:
    assert {verb for verb, _word in FOLLOWS} <= set(FLOWS)


def test_reads_of_guarded_rows_take_the_scope_first() -> None:
    """A read that opens a guarded table starts with the scope; the few that cannot are named here with their reason."""
    without = {
        # the clock looks at everything; an actor is found before there is a scope
        "due_clocks", "late_clocks", "actor", "lists_to_forget", "places_to_forget", "wrong_logins", "acts_done",
        # one's own notices and uploads
        "notices", "upload", "uploads",
        # helpers of the loop that run inside a scope entered before
        "same_list", "to_dispatch", "dispatch_to", "complete_lists", "dispatch_open", "numbers", "total", "next_number",
        "answering", "seat", "team", "open_tasks_about", "person_of_code", "person_of_papers",
        # cases: a number and a signed letter are asked for with the county's eyes; the tick looks at everything
        "next_case_number", "assistance_known", "same_assistance", "follow_up_over",
        # command: the tick looks at every rhythm
        "due_rhythms",
        # orders: for the clock, the rule checks of the loop, and closures the public is told of
        "duties_to_miss", "orders_to_end", "orders_to_decide", "results_of", "public_notices",
    }  # fmt: skip
    guarded = {m.__name__ for m in room_models() if any(f.name == "path" for f in m._meta.fields)}
    guarded -= {m.__name__ for m in room_models() if m._meta.db_table in UNGUARDED}
    for room in (*ROOMS, "orders/stays", "intake/presences", "lab/slots"):
        path = SOURCE / "ledgers" / room / "reads.py"
        source = path.read_text() if path.exists() else ""
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in without:
                body = ast.get_source_segment(source, node) or ""
                if any(f"{model}.objects" in body for model in guarded):
                    first = [a.arg for a in node.args.args[:1]]
                    assert first == ["scope"], f"{room}.reads.{node.name}"


def test_every_table_with_a_place_is_guarded(db: None) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        guarded = {name for (name,) in cursor.fetchall()}
    placed = {m._meta.db_table for m in room_models() if any(f.name == "path" for f in m._meta.fields)}
    assert placed - UNGUARDED == guarded


def test_no_setting_outlives_its_transaction() -> None:
    """`set_config(…, false)` would leak one member's scope to the next through the pool."""
    for path in python_files():
        assert not re.search(r"set_config\([^)]*,\s*false\s*\)", path.read_text(), re.IGNORECASE), path


def test_the_glossary_pairs_every_model_flow_and_engine() -> None:
    words = (ROOT / "docs" / "glossary.md").read_text()
    named = {m.__name__ for m in room_models()} | set(FLOWS) | {m.name for m in pkgutil.iter_modules(engines_path)}
    assert not [name for name in sorted(named) if f"`{name}`" not in words]


def test_every_record_of_a_person_has_a_keeping_time() -> None:
    for name in ("people.Person", "intake.PushedList"):
        assert apps.get_model(name)._meta.get_field("keep_until")


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Written in pieces, so that this file does not name what it forbids.
    hosts = re.compile(
        "|".join(("py" + "pi.org", "python" + "hosted", "registry" + ".npm", "/wo" + "rk/", "/ro" + "ot/"))
    )
    for path in [
        *python_files(),
        *ROOT.glob("*.toml"),
        *ROOT.glob("*.lock"),
        *ROOT.glob("package*.json"),
        ROOT / "Makefile",
    ]:
        assert not hosts.search(path.read_text()), path


def test_every_long_job_is_known_to_the_worker() -> None:
    """A job whose module the worker does not import waits for ever."""
    with_jobs = {p for p in python_files() if re.search(r"^@app\.task", p.read_text(), re.MULTILINE)}
    named = {".".join(p.relative_to(SOURCE.parent).with_suffix("").parts) for p in with_jobs if SOURCE in p.parents}
    assert named == set(settings.PROCRASTINATE_IMPORT_PATHS)
