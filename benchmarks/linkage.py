"""How quick and how right linkage is: a pushed list against a register, FEBRL 4, and Splink 5 beside it in one run.

Run `python -m benchmarks.linkage [people] [pushed]`; needs the `bench` extra for the peer. Prints one JSON object.
"""

import csv
import json
import logging
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.linkage_people import FIELDS, Columns, damage_people, make_people
from bihuan.engines import linkage

_LEAST = 0.5  # a link is counted from here; the decision "same" (0.99) is counted beside it


def run(people: int = 1_000_000, pushed: int = 5_000, *, seed: int = 1, peer: bool = True) -> dict[str, Any]:
    """Measure and tell: build and link seconds, precision, recall, F1 at 0.5 and at 0.99, peak memory, the peer."""
    register = make_people(people, seed=seed)
    rows, truth = damage_people(register, pushed, seed=seed + 1)
    linkage.link([linkage.Record("赵一鸣")], [linkage.Record("赵一鸣"), linkage.Record("ann lee")])  # compile first
    told: dict[str, Any] = {"people": people, "pushed": pushed, "seed": seed}
    told["bihuan"] = ours(register, rows, truth)
    told["bihuan"]["febrl4"] = _febrl()
    if peer:
        told["splink"] = splink(register, rows, truth)
        told["seconds_to_splink"] = round(told["bihuan"]["link_seconds"] / told["splink"]["link_seconds"], 3)
    return told


def ours(register: Columns, rows: Columns, truth: list[int]) -> dict[str, Any]:
    """This engine on the set."""
    started = time.perf_counter()
    index = linkage.build_index(register)
    built = time.perf_counter()
    links = linkage.link(rows, index)
    linked = time.perf_counter()
    return {
        "build_seconds": round(built - started, 3),
        "link_seconds": round(linked - built, 3),
        "peak_rss_mb": _peak_rss_mb(),
    } | _scores(links.right_row, links.probability, truth)


def _scores(found: Any, probability: Any, truth: list[int]) -> dict[str, float]:
    true = np.array(truth)
    told = {}
    for least, suffix in ((_LEAST, ""), (linkage.SAME_FROM, "_same")):
        linked = probability >= least
        right = int((linked & (found == true)).sum())
        precision, recall = right / max(1, int(linked.sum())), right / max(1, int((true >= 0).sum()))
        told[f"precision{suffix}"] = round(precision, 4)
        told[f"recall{suffix}"] = round(recall, 4)
        told[f"f1{suffix}"] = round(2 * precision * recall / (precision + recall), 4)
    return told


def _febrl() -> dict[str, float] | None:
    folder = next(
        (p for up in Path(__file__).resolve().parents if (p := up / "shared/data/record-linkage-febrl").is_dir()), None
    )
    if folder is None:
        return None

    def people(name: str) -> tuple[list[linkage.Record], list[str]]:
        with (folder / name).open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
        street = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")
        records = [
            linkage.Record(
                name=f"{r['given_name']} {r['surname']}",
                id_number=r["soc_sec_id"],
                birth_on=r["date_of_birth"],
                address=" ".join(r[part] for part in street),
            )
            for r in rows
        ]
        return records, [r["rec_id"].split("-")[1] for r in rows]

    (left, whose), (right, owners) = people("dataset4b.csv"), people("dataset4a.csv")
    place = {owner: row for row, owner in enumerate(owners)}
    started = time.perf_counter()
    links = linkage.link(left, right)
    seconds = round(time.perf_counter() - started, 3)
    return {"seconds": seconds} | _scores(links.right_row, links.probability, [place[w] for w in whose])


def splink(register: Columns, rows: Columns, truth: list[int]) -> dict[str, Any]:
    """Splink 5 on DuckDB, on the same prepared values: nine blocking rules, trained on the register and the list."""
    import pyarrow as pa
    import splink as peer
    import splink.comparison_library as cl
    from splink import DuckDBAPI, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    started = time.perf_counter()
    api = DuckDBAPI()
    known, pushed = _arrow(register, "r"), _arrow(rows, "p")
    both = api.register(pa.concat_tables([known, pushed]), dataset_display_name="people_all")  # EM needs true pairs
    index = api.register(known, dataset_display_name="people_known")
    news = api.register(pushed, dataset_display_name="people_pushed")
    settings = SettingsCreator(
        link_type="dedupe_only",  # ids are unique over both; link_only makes the whole cross product (Splink 5.0.0)
        probability_two_random_records_match=1.0 / len(register["name"]),
        comparisons=[
            cl.CustomComparison(
                output_column_name="name",
                comparison_levels=[
                    {
                        "sql_condition": "name_l is null or name_r is null",
                        "label_for_charts": "null",
                        "is_null_level": True,
                    },
                    {"sql_condition": "name_l = name_r", "label_for_charts": "same", "tf_adjustment_column": "name"},
                    {"sql_condition": "sound_l = sound_r", "label_for_charts": "sound"},
                    {"sql_condition": "levenshtein(name_l, name_r) <= 1", "label_for_charts": "near"},
                    {"sql_condition": "else", "label_for_charts": "else"},
                ],
            ),
            cl.DamerauLevenshteinAtThresholds("id_number", [1, 2]),
            cl.LevenshteinAtThresholds("phone", 1),
            cl.ExactMatch("birth_on"),
            cl.ExactMatch("sex"),
            cl.CustomComparison(
                output_column_name="address",
                comparison_levels=[
                    {
                        "sql_condition": "address_l is null or address_r is null",
                        "label_for_charts": "null",
                        "is_null_level": True,
                    },
                    {"sql_condition": "numbers_l = numbers_r", "label_for_charts": "numbers"},
                    {"sql_condition": "else", "label_for_charts": "else"},
                ],
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("id_number"),
            block_on("phone"),
            block_on("sound", "birth_on"),
            block_on("surname", "birth_on"),
            block_on("name", "numbers"),
            block_on("surname", "numbers"),
            block_on("birth_on", "numbers"),
            block_on("name", "town"),
            block_on("id_tail"),
        ],
    )
    linker = peer.Linker(both, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
    for rule in (block_on("id_number"), block_on("phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    linker.table_management.compute_tf_table("name")
    trained = time.perf_counter()
    found = linker.inference.predict_between(news, index, threshold_match_probability=0.01)
    pairs = found.as_record_list()
    linked = time.perf_counter()
    best = np.full(len(truth), -1, np.int64)
    chance = np.zeros(len(truth))
    for pair in pairs:
        ids = {pair["unique_id_l"][0]: pair["unique_id_l"], pair["unique_id_r"][0]: pair["unique_id_r"]}
        row, other = int(ids["p"][1:]), int(ids["r"][1:])
        if pair["match_probability"] > chance[row]:
            best[row], chance[row] = other, pair["match_probability"]
    return {
        "version": peer.__version__,
        "train_seconds": round(trained - started, 3),
        "link_seconds": round(linked - trained, 3),
        "peak_rss_mb": _peak_rss_mb(),
    } | _scores(best, chance, truth)


def _arrow(columns: Columns, prefix: str) -> Any:
    """The set for the peer, with what this engine's preparation would give it: values cleaned, sounds, numbers."""
    import pyarrow as pa

    people = linkage.prepare({name: columns[name] for name in FIELDS})
    at = [people.name_at[:-1].tolist(), people.name_at[1:].tolist()]
    names = ["".join(map(chr, people.name_codes[a:b])) or None for a, b in zip(*at, strict=True)]
    at = [people.id_at[:-1].tolist(), people.id_at[1:].tolist()]
    raw = people.id_codes.tobytes().decode("ascii")
    ids = [raw[a:b] or None for a, b in zip(*at, strict=True)]

    def hashed(values: Any) -> list[str | None]:
        return [f"{v:x}" if v else None for v in values.tolist()]

    return pa.table(
        {
            "unique_id": [f"{prefix}{row}" for row in range(people.rows)],
            "name": pa.array(names, pa.string()),
            "sound": pa.array(hashed(people.sounds), pa.string()),
            "surname": pa.array(hashed(people.surnames), pa.string()),
            "id_number": pa.array(ids, pa.string()),
            "id_tail": pa.array([i[6:] if i and len(i) == 18 else None for i in ids], pa.string()),
            "phone": pa.array([str(p) if p else None for p in people.phones[:, 0].tolist()], pa.string()),
            "birth_on": pa.array([str(b) if b else None for b in people.births.tolist()], pa.string()),
            "sex": pa.array([str(s) if s else None for s in people.sexes.tolist()], pa.string()),
            "address": pa.array([a or None for a in columns["address"]], pa.string()),
            "numbers": pa.array(hashed(people.all_numbers), pa.string()),
            "town": pa.array([a[a.find("县") + 1 :][:2] or None for a in columns["address"]], pa.string()),
        }
    )


def _peak_rss_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    print(json.dumps(run(*(int(argument) for argument in sys.argv[1:])), ensure_ascii=False, indent=1))
