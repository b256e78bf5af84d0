"""The senders that ship with the house: whole in both languages, in our words, and able to read their own list."""

import csv
import io
from datetime import date

import pytest

from bihuan.adapters import spreadsheets
from tests.cast import QIAN, ZHAO

SENDERS = sorted(spreadsheets.mappings())


def test_the_three_senders_are_there() -> None:
    assert SENDERS == ["neighbour-letter", "province-health-commission", "rail-passengers"]


@pytest.mark.parametrize("key", SENDERS)
def test_a_sender_is_told_in_both_languages_with_a_legal_basis(key: str) -> None:
    mapping = spreadsheets.mappings()[key]
    for told in (mapping.label, mapping.source, mapping.purpose, mapping.basis):
        assert told.zh
        assert told.en
    assert set(mapping.columns.values()) <= set(spreadsheets.WORDS)
    assert spreadsheets.SheetMapping.from_dict(mapping.to_dict()) == mapping


@pytest.mark.parametrize("key", SENDERS)
def test_a_sender_s_own_list_is_read_to_the_last_column(key: str) -> None:
    mapping = spreadsheets.mappings()[key]
    header = [label.replace("/", "") for label in mapping.columns]
    people = [
        [{"name": w.name, "id_number": w.id_number, "phone": w.phone, "address": w.address}.get(word, "")
         for word in mapping.columns.values()]
        for w in (ZHAO, QIAN)
    ]  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([header, *people])
    reading = spreadsheets.read_rows(out.getvalue().encode("gbk"), mapping, received_on=date(2022, 7, 2))
    assert [(r.name, r.id_number, r.phone) for r in reading.accepted] == [
        (ZHAO.name, ZHAO.id_number, ZHAO.phone),
        (QIAN.name, QIAN.id_number, QIAN.phone),
    ]
    assert list(reading.mapping.columns.values()) == list(mapping.columns.values())


def test_every_word_has_both_languages() -> None:
    assert all(words.zh and words.en for words in spreadsheets.WORDS.values())
