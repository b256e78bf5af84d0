"""Western names with a generator's errors (FEBRL 4): the same engine, nothing told about the set."""

import csv
from pathlib import Path

import pytest

from bihuan.engines.linkage import Decision, Record, link

FEBRL = next(
    (p for up in Path(__file__).resolve().parents if (p := up / "shared/data/record-linkage-febrl").is_dir()), None
)
_STREET = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")


def people(name):
    with (FEBRL / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    records = [
        Record(
            name=f"{row['given_name']} {row['surname']}",
            id_number=row["soc_sec_id"],
            birth_on=row["date_of_birth"],
            address=" ".join(row[part] for part in _STREET),
        )
        for row in rows
    ]
    return records, [row["rec_id"].split("-")[1] for row in rows]


@pytest.mark.shared
@pytest.mark.skipif(FEBRL is None, reason="the FEBRL sets are not beside the checkout")
def test_febrl_4_is_linked_almost_without_fault():
    (left, left_truth), (right, right_truth) = people("dataset4b.csv"), people("dataset4a.csv")
    links = link(left, right)
    for least in (0.5, 0.99):
        made = [
            left_truth[i] == right_truth[links.right_row[i]] for i in range(len(left)) if links.probability[i] >= least
        ]
        precision, recall = sum(made) / len(made), sum(made) / len(left)
        assert 2 * precision * recall / (precision + recall) >= 0.999, (least, precision, recall)
    assert links.count(Decision.SAME) > 4900
