"""A big county for measuring: Qinghe founded by the house's acts, its people and lists brought in by COPY.

Building one takes minutes, so it is kept under var/bench and every run measures on a fresh copy of it. COPY runs as the
superuser of the embedded server, whom row-level security lets by; whatever is measured runs as the application.
"""

import io
import json
import os
import pickle
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from benchmarks.linkage_people import Columns, make_people

_CHUNK_PEOPLE = 100_000
_ROWS_A_LIST = 2_500
_TEMPLATE, _COPY = "bihuan", "bench_run"


@dataclass
class County:
    """A county ready to be measured: who serves, who lives there, and how to reach it."""

    home: Path
    members: dict[str, UUID] = field(default_factory=dict)
    townships: dict[str, list[str]] = field(default_factory=dict)  # township code: its accounts, the head first
    villages: list[tuple[str, str]] = field(default_factory=list)  # (code, path)
    people: Columns = field(default_factory=dict)
    person_ids: list[UUID] = field(default_factory=list)
    village_of: list[int] = field(default_factory=list)  # index into villages, by person
    rows: dict[str, list[UUID]] = field(default_factory=dict)  # open rows by township code
    load_seconds: float = 0.0

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this county must find in its environment."""
        return {"BIHUAN_HOME": str(self.home), "BIHUAN_DATABASE_NAME": _COPY, "DJANGO_SETTINGS_MODULE": _SETTINGS}

    def superuser(self, name: str = _COPY) -> psycopg.Connection[Any]:
        """A connection that row-level security does not bind: for COPY and for reading truth."""
        from bihuan.config import database

        owner = database.Embedded(self.home / "postgres").owner()
        return psycopg.connect(host=owner.host, port=owner.port, user="postgres", dbname=name, autocommit=True)


_SETTINGS = "bihuan.config.settings"


@contextmanager
def county(*, people: int, open_rows: int = 0, folder: Path = Path("var/bench")) -> Iterator[County]:
    """A fresh copy of a county of this size; built first where none is kept. One a process: Django is set up once."""
    home = (folder / f"county-{people}-{open_rows}").resolve()
    os.environ |= County(home).environment
    os.environ.pop("DATABASE_URL", None)
    from bihuan.config import database

    server = database.Embedded(home / "postgres")
    ready = home / "ready.pickle"
    if not ready.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    server.ensure()
    try:
        if not ready.exists():
            built = _build(home, people, open_rows)
            ready.write_bytes(pickle.dumps(built))
        found: County = pickle.loads(ready.read_bytes())
        found.home = home
        with found.superuser("postgres") as root:
            root.execute(f"DROP DATABASE IF EXISTS {_COPY} WITH (FORCE)")
            root.execute(
                f"CREATE DATABASE {_COPY} TEMPLATE {_TEMPLATE} OWNER {database.OWNER} STRATEGY file_copy".encode()
            )
        speak_to(_COPY)
        yield found
    finally:
        hang_up()
        server.stop()


def speak_to(name: str) -> None:
    """Django speaks to the database of this name from now on, with every migration applied."""
    import django

    django.setup()
    from django.db import connections

    from bihuan.config import schema

    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
    if not schema.is_current():
        schema.migrate()


def _build(home: Path, people: int, open_rows: int) -> County:
    """Found the county by acts, then bring in its people, and lists with as many open rows."""
    speak_to(_TEMPLATE)
    from bihuan.demo import founding

    at = datetime.now(UTC) - timedelta(days=2)
    _tree, staff = founding.found(200, at, say=lambda _words: None, tick=lambda _n: None)
    made = County(home, dict(staff.ids), {k: list(v) for k, v in staff.townships.items()})
    started = time.perf_counter()
    with made.superuser(_TEMPLATE) as root:
        made.villages = root.execute(
            "SELECT code, path FROM territory_area WHERE level = 'village' AND code LIKE '991027%' ORDER BY code"
        ).fetchall()
        root.execute("SET session_replication_role = replica")  # the rows are whole: no key needs checking one by one
        indexes = root.execute(
            "SELECT format('DROP INDEX %%I', i.indexname), i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
            [["people_linkkey", "people_identity", "people_person", "intake_listrow", "intake_rowevent"]],
        ).fetchall()
        for drop, _create in indexes:
            root.execute(drop)
        _people(root, made, people, at)
        if open_rows:
            _lists(root, made, open_rows, at)
        for _drop, create in indexes:
            root.execute(create)
        root.execute("VACUUM (ANALYZE)")
        root.execute("CHECKPOINT")
    made.load_seconds = time.perf_counter() - started
    hang_up()  # a database somebody speaks to cannot be copied
    return made


def hang_up() -> None:
    from django.db import connections

    connections.close_all()


def _people(root: psycopg.Connection[Any], made: County, people: int, at: datetime) -> None:
    """Persons with sealed documents and phones, the digests they are found by, and how common each name sounds."""
    from bihuan.engines import linkage
    from bihuan.ledgers.people import cipher

    rng = np.random.default_rng(5)
    made.people = make_people(people, seed=1)
    made.person_ids = ids(rng, people, at)
    made.village_of = rng.integers(0, len(made.villages), people).tolist()
    sounds: dict[int, int] = {}
    keep = str((at + timedelta(days=365)).date())
    for start in range(0, people, _CHUNK_PEOPLE):
        part = range(start, min(start + _CHUNK_PEOPLE, people))
        who = [made.person_ids[i].hex for i in part]
        told = {name: made.people[name][start : part.stop] for name in made.people}
        paths = [made.villages[made.village_of[i]] for i in part]
        n = len(who)
        copy(
            root, "people_person",
            {
                "id": who, "name": told["name"], "sex": ["male" if s == "男" else "female" for s in told["sex"]],
                "birth_on": told["birth_on"], "area_id": [c for c, _p in paths], "path": [p for _c, p in paths],
                "address": told["address"], "recorded_at": [at.isoformat()] * n, "keep_until": [keep] * n,
            },
        )  # fmt: skip
        for kind, name in (("resident_identity_card", "id_number"), ("phone", "phone")):
            copy(
                root, "people_identity",
                {
                    "id": [i.hex for i in ids(rng, n, at)], "person_id": who, "path": [p for _c, p in paths],
                    "kind": [kind] * n, "sealed": ["\\x" + cipher.seal(t).hex() for t in told[name]],
                    "blind": [str(cipher.blind(t)) for t in told[name]],
                },
            )  # fmt: skip
        records = [linkage.Record(*row) for row in zip(*(told[f] for f in _RECORD), strict=True)]
        digests, owners = [], []
        for person, words in zip(who, linkage.block_keys_of(records), strict=True):
            for word in words:
                digest = cipher.blind(word)
                digests.append(str(digest))
                owners.append(person)
                if word.startswith("n:"):
                    sounds[digest] = sounds.get(digest, 0) + 1
        copy(root, "people_linkkey", {"digest": digests, "person_id": owners})
    known = [row[0] for row in root.execute("SELECT digest FROM people_namecount").fetchall()]
    fresh = {d: n for d, n in sounds.items() if d not in set(known)}
    copy(root, "people_namecount", {"digest": map(str, fresh), "count": map(str, fresh.values())})


_RECORD = ("name", "id_number", "phone", "birth_on", "sex", "address")


def _lists(root: psycopg.Connection[Any], made: County, open_rows: int, at: datetime) -> None:
    """Lists of the last two days: for every open row one that ended, tasks with their clocks, a journal, notices, letters."""
    from bihuan.ledgers.people import cipher

    rng = np.random.default_rng(6)
    rows = open_rows * 2
    lists = max(1, rows // _ROWS_A_LIST)
    clerk = made.members["clerk"].hex
    county_path = "/".join(made.villages[0][1].split("/")[:4]) + "/"
    list_ids = ids(rng, lists, at)
    came = [at + timedelta(minutes=2880 * k / lists) for k in range(lists)]
    copy(
        root, "intake_pushedlist",
        {
            "id": [i.hex for i in list_ids], "number": [f"bench-{k:04}" for k in range(lists)],
            "path": [county_path] * lists, "source": [f"来源{k % 40}" for k in range(lists)],
            "purpose": ["排查"] * lists, "basis": ["传染病防治法第三十九条"] * lists, "sheet": [""] * lists,
            "file_name": ["名单.xlsx"] * lists, "content_hash": [f"bench-{k}" for k in range(lists)],
            "received_at": [t.isoformat() for t in came], "received_by_id": [clerk] * lists,
            "rows_read": [str(_ROWS_A_LIST)] * lists, "rows_accepted": [str(_ROWS_A_LIST)] * lists,
            "rows_rejected": ["0"] * lists, "receipt": ["{}"] * lists, "keep_until": ["2099-01-01"] * lists,
        },
    )  # fmt: skip
    codes = sorted(made.townships)
    units = dict(root.execute("SELECT area_id, id FROM staff_unit WHERE kind = 'township'").fetchall())
    (office,) = root.execute("SELECT id FROM staff_unit WHERE kind = 'working_group' LIMIT 1").fetchone() or (None,)
    shares = [(k, code) for k in range(lists) for code in codes]
    task_ids, dispatch_ids = ids(rng, len(shares), at), ids(rng, len(shares), at)
    path_of = {p.split("/")[4]: "/".join(p.split("/")[:5]) + "/" for _c, p in made.villages}
    is_named = (rng.random(len(shares)) < 0.9).tolist()
    sent = [came[k].isoformat() for k, _c in shares]
    named = [
        (came[k] + timedelta(minutes=12)).isoformat() if done else None
        for (k, _c), done in zip(shares, is_named, strict=True)
    ]
    heads = [made.members[made.townships[c][0]].hex for _k, c in shares]
    paths = [path_of[c] for _k, c in shares]
    n = len(shares)
    copy(
        root, "command_task",
        {
            "id": [i.hex for i in task_ids], "kind": ["name_team"] * n, "title": [f"来源{k} bench-{k:04}" for k, _c in shares],
            "area_id": [c for _k, c in shares], "path": paths, "subject": [f"list:{list_ids[k]}" for k, _c in shares],
            "territory_owner_id": [units[c].hex for _k, c in shares], "sector_supervisor_id": [office.hex] * n,
            "responsible_unit_id": [units[c].hex for _k, c in shares], "responsible_id": heads, "opened_at": sent,
            "closed_at": named, "closed_by_id": [h if d else None for h, d in zip(heads, is_named, strict=True)],
            "outcome": ["named" if d else "" for d in is_named], "detail": ["{}"] * n,
        },
    )  # fmt: skip
    copy(
        root, "command_clock",
        {
            "id": [i.hex for i in ids(rng, n, at)], "task_id": [i.hex for i in task_ids], "path": paths,
            "kind": ["name_team"] * n, "started_at": sent, "raised": ["0"] * n, "stopped_at": named,
            "warn_at": [(came[k] + timedelta(minutes=10)).isoformat() for k, _c in shares],
            "due_at": [(came[k] + timedelta(minutes=20)).isoformat() for k, _c in shares],
        },
    )  # fmt: skip
    copy(
        root, "intake_dispatch",
        {
            "id": [i.hex for i in dispatch_ids], "pushed_list_id": [list_ids[k].hex for k, _c in shares],
            "area_id": [c for _k, c in shares], "path": paths, "task_id": [i.hex for i in task_ids], "sent_at": sent,
        },
    )  # fmt: skip
    sealed = ["\\x" + cipher.seal_json({"cells": {"姓名": "某"}, "id_kind": "", "id_number": str(k), "phones": [],
              "birth_on": "", "sex": "", "note": ""}).hex() for k in range(1000)]  # fmt: skip
    place = {share: i for i, share in enumerate(shares)}
    made.rows = {code: [] for code in codes}
    for start in range(0, rows, _CHUNK_PEOPLE):
        stop = min(start + _CHUNK_PEOPLE, rows)
        row_ids = ids(rng, stop - start, at)
        who = rng.integers(0, len(made.person_ids), stop - start).tolist()
        chance = rng.random(stop - start).tolist()
        shuffled = rng.random(stop - start) < 0.5
        given: dict[str, list[Any]] = {name: [] for name in _ROW}
        for at_, (row, person, x, is_open) in enumerate(zip(row_ids, who, chance, shuffled.tolist(), strict=True)):
            k = (start + at_) * lists // rows
            code, path = made.villages[made.village_of[person]]
            share = place.get((k, code[:9]))
            state, match = "dispatched", "matched"
            if not is_open:
                state = "found_managed" if x < 0.6 else "no_measure" if x < 0.8 else "not_found"
            elif x < 0.03:
                state, match = "review", "to_review"
            elif x < 0.05:
                state = "unrouted"
            elif x < 0.12:
                state = "revisit"
            if state in ("dispatched", "revisit") and share is not None:
                made.rows[code[:9]].append(row)
            own, doubt = made.person_ids[person].hex, match == "to_review"
            came_at = came[k].isoformat()
            for name, value in zip(
                _ROW,
                (
                    row.hex, list_ids[k].hex, str(start + at_), code, path, made.people["name"][person],
                    made.people["address"][person], sealed[at_ % 1000], "[]", None if doubt else own, match,
                    own if doubt else None, "0.9", "[]", "{}",
                    dispatch_ids[share].hex if share is not None and state not in ("review", "unrouted") else None,
                    state, came_at, None if is_open else (came[k] + timedelta(minutes=90)).isoformat(),
                    "" if is_open else f"visit:{row}", "",
                ), strict=True,
            ):  # fmt: skip
                given[name].append(value)
        copy(root, "intake_listrow", given)
        for kind, delta in (("opened", "1"), ("closed", "-1")):
            chosen = [i for i in range(stop - start) if kind == "opened" or given["closed_at"][i]]
            moved = [given["opened_at" if kind == "opened" else "closed_at"][i] for i in chosen]
            copy(
                root, "intake_rowevent",
                {
                    "row_id": [given["id"][i] for i in chosen], "area_id": [given["area_id"][i] for i in chosen],
                    "path": [given["path"][i] for i in chosen], "kind": [kind] * len(chosen),
                    "delta": [delta] * len(chosen), "state": [given["state"][i] for i in chosen],
                    "at": moved, "recorded_at": moved,
                },
            )  # fmt: skip
    _papers(root, made, open_rows, at, county_path, path_of)


_ROW = (
    "id", "pushed_list_id", "row_number", "area_id", "path", "name", "address", "sealed", "faults", "person_id",
    "match_state", "candidate_id", "probability", "reasons", "routing", "dispatch_id", "state", "opened_at",
    "closed_at", "evidence", "return_reason",
)  # fmt: skip


def _papers(
    root: psycopg.Connection[Any], made: County, open_rows: int, at: datetime, county_path: str, path_of: dict[str, str]
) -> None:
    """A journal, notices for everybody, letters, and a rota for the round-the-clock posts."""
    rng = np.random.default_rng(7)
    codes, members = sorted(made.townships), list(made.members.values())
    n = open_rows * 2
    when = [(at + timedelta(seconds=172_800 * k / n)).isoformat() for k in range(n)]
    copy(
        root, "staff_act",
        {
            "id": [i.hex for i in ids(rng, n, at)], "verb": ["report_visit"] * n,
            "actor_id": [members[k % len(members)].hex for k in range(n)], "device": ["phone"] * n, "at": when,
            "recorded_at": when, "path": [path_of[codes[k % len(codes)]] for k in range(n)], "subject": [""] * n,
            "args": ["{}"] * n, "word": ["ended"] * n, "result": ["{}"] * n,
        },
    )  # fmt: skip
    told = [member for member in members for _n in range(200)]
    copy(
        root, "command_notice",
        {
            "id": [i.hex for i in ids(rng, len(told), at)], "member_id": [m.hex for m in told],
            "path": [county_path] * len(told), "kind": ["list_arrived"] * len(told),
            "words": [json.dumps({"list": "bench-0001"})] * len(told), "created_at": [when[k % n] for k in range(len(told))],
        },
    )  # fmt: skip
    letters = max(10, open_rows // 50)
    copy(
        root, "command_letter",
        {
            "id": [i.hex for i in ids(rng, letters, at)], "kind": ["hand_over"] * letters,
            "number": [f"青移函〔2022〕{k}号" for k in range(letters)], "path": [county_path] * letters,
            "addressee": ["邻水县指挥部"] * letters, "addressee_code": ["991028"] * letters,
            "subject": ["移交协查人员"] * letters, "body": ["{}"] * letters,
            "written_at": [when[k * n // letters] for k in range(letters)],
        },
    )  # fmt: skip
    posts = root.execute("SELECT p.id, p.path, g.member_id FROM staff_post p JOIN staff_posting g ON g.post_id = p.id"
                         " AND NOT g.is_deputy WHERE p.round_the_clock").fetchall()  # fmt: skip
    slots = [(post, half) for post in posts for half in range(-8, 60)]
    noon = at.replace(minute=0, second=0, microsecond=0)
    copy(
        root, "staff_shift",
        {
            "id": [i.hex for i in ids(rng, len(slots), at)], "post_id": [p[0].hex for p, _h in slots],
            "path": [p[1] for p, _h in slots], "member_id": [p[2].hex for p, _h in slots],
            "shift_from": [(noon + timedelta(hours=12 * h)).isoformat() for _p, h in slots],
            "shift_until": [(noon + timedelta(hours=12 * h + 12)).isoformat() for _p, h in slots],
        },
    )  # fmt: skip


def ids(rng: np.random.Generator, n: int, at: datetime) -> list[UUID]:
    """So many version 7 ids that sort by their place in the list."""
    high = (int(at.timestamp() * 1000) + np.arange(n, dtype=np.uint64) // 100).astype(np.uint64) << np.uint64(16)
    high |= np.uint64(0x7000) | np.uint64(1) * (np.arange(n, dtype=np.uint64) % 100 * 40)
    low = rng.integers(0, 2**62, n, dtype=np.uint64) | np.uint64(1 << 63)
    return [UUID(int=(h << 64) | w) for h, w in zip(high.tolist(), low.tolist(), strict=True)]


def new_id() -> UUID:
    """One version 7 id, as a phone would make it."""
    value = time.time_ns() // 1_000_000 << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)


def copy(root: psycopg.Connection[Any], table: str, columns: Mapping[str, Any]) -> None:
    """COPY columns of words into a table; None is NULL."""
    send(root, table, list(columns), encoded(columns))


def encoded(columns: Mapping[str, Any]) -> memoryview:
    """Columns of words as COPY reads them."""
    import pyarrow as pa
    from pyarrow import csv

    data = pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})
    out = io.BytesIO()
    csv.write_csv(data, out, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return out.getbuffer()


def send(root: psycopg.Connection[Any], table: str, columns: Sequence[str], data: memoryview) -> None:
    """COPY what is encoded already."""
    names = ", ".join(f'"{name}"' for name in columns)
    with root.cursor().copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)".encode()) as sink:
        sink.write(data)


def quantile_ms(seconds: Sequence[float], share: float) -> float:
    """A quantile of times in milliseconds: the smallest value that `share` of them do not exceed."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(np.ceil(share * len(ordered))) - 1)], 1)
