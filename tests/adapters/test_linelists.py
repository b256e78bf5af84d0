"""SORMAS, Go.Data and plain tables as records, and back: what a row says, why it is given back, what returns unchanged."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.adapters import godata, linelists, sormas

TODAY = date(2022, 7, 1)

SORMAS_CASES = f"""{"CaseData," * 3}{"Person," * 7}CaseData,CaseData,Symptoms,Symptoms,CaseData
disease,epidNumber,externalID,person.firstName,person.lastName,person.sex,person.birthdateDD,person.birthdateMM,person.birthdateYYYY,person.mothersName,reportDate,caseClassification,symptoms.fever,symptoms.onsetDate,outcome
##Disease,EPID,External ID,First name,Last name,Sex,Day,Month,Year,Mother,Report date,Classification,Fever,Onset,Outcome
CORONAVIRUS,QH-22-1,E1,一鸣,赵,MALE,12,3,1985,孙某,06/20/2022,CONFIRMED,YES,06/18/2022,NO_OUTCOME
CORONAVIRUS,QH-22-2,E2,Ada,Byron,FEMALE,,,,,6/21/22,Not yet classified,NO,,DECEASED
CORONAVIRUS,QH-22-3,E3,二妹,钱,FEMALE,,,,,06/21/2022,PERHAPS,,,
"""

GODATA = [
    {
        "id": "a1", "visualId": "CASE-1", "firstName": "一鸣", "lastName": "赵",
        "gender": "LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE",
        "classification": "LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_CONFIRMED", "dateOfOnset": "2022-06-18T00:00:00.000Z",
        "dateOfReporting": "2022-06-20T00:00:00.000Z", "age": {"years": 37, "months": 0}, "wasContact": True,
        "addresses": [{"city": "柳泉镇", "geoLocation": {"lat": 38.1, "lng": 114.9}}],
        "outcomeId": "LNG_REFERENCE_DATA_CATEGORY_OUTCOME_DECEASED", "questionnaireAnswers": {"fever": [{"value": "yes"}]},
    },
    {"id": "a2", "visualId": "CASE-2", "classification": "LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_UNHEARD"},
]  # fmt: skip


def put(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def same(left, right):
    return [(dict(a.values), dict(a.kept)) for a in left] == [(dict(a.values), dict(a.kept)) for a in right]


def test_a_sormas_row_in_our_words(tmp_path):
    reading = sormas.read(put(tmp_path / "c.csv", SORMAS_CASES), "linelist", today=TODAY)
    assert sormas.is_ours(tmp_path / "c.csv")
    assert (reading.rows_read, len(reading.records)) == (3, 2)
    first, second = (r.values for r in reading.records)
    assert first["name"] == "赵一鸣"
    assert second["name"] == "Ada Byron"
    assert first["onset_on"] == date(2022, 6, 18), "the file writes the month first: 06/20 cannot be read otherwise"
    assert second["reported_on"] == date(2022, 6, 21)
    assert first["birth_date"] == date(1985, 3, 12)
    assert (first["external_id"], first["alias"]) == ("E1", "QH-22-1")
    assert first["symptoms"] == ["fever"]
    assert (first["disease"], second["classification"], second["outcome"]) == ("covid-19", "suspected", "died")
    assert reading.unused == {"person.mothersName": 1}
    (bad,) = reading.rejected
    assert (bad.number, bad.column) == (6, "caseClassification")
    assert "PERHAPS" in bad.reason.en


def test_what_sormas_gave_goes_back_as_it_came(tmp_path):
    reading = sormas.read(put(tmp_path / "c.csv", SORMAS_CASES), "linelist", today=TODAY)
    data, lost = sormas.write("linelist", [r.values for r in reading.records], [r.kept for r in reading.records])
    assert lost == {}
    again = sormas.read(put(tmp_path / "again.csv", data.decode()), "linelist", today=TODAY)
    assert same(again.records, reading.records)
    head, paths, first, _second = csv.reader(io.StringIO(data.decode()))
    row = dict(zip(paths, first, strict=True))
    assert (row["person.firstName"], row["person.lastName"], row["person.mothersName"]) == ("一鸣", "赵", "孙某")
    assert dict(zip(paths, head, strict=True))["person.sex"] == "Person"
    changed = [{**reading.records[0].values, "outcome": "recovered"}, *(r.values for r in reading.records[1:])]
    data, _ = sormas.write("linelist", changed, [r.kept for r in reading.records])
    assert "RECOVERED" in data.decode()


def test_the_error_file_of_sormas_is_mended_and_sent_again(tmp_path):
    reading = sormas.read(put(tmp_path / "c.csv", SORMAS_CASES), "linelist", today=TODAY)
    errors = sormas.write_rejects(reading, reading.rejected).decode()
    assert "PERHAPS" in errors
    assert "ImportError" in errors
    mended = sormas.read(put(tmp_path / "e.csv", errors.replace("PERHAPS,", "PROBABLE,", 1)), "linelist", today=TODAY)
    assert (mended.rows_read, len(mended.records), mended.unused) == (1, 1, {})
    assert mended.records[0].values["classification"] == "probable"


def test_sormas_samples_repeat_in_one_row(tmp_path):
    text = (
        "CaseData,Sample,Sample,PathogenTest,PathogenTest,Sample,Sample,PathogenTest,PathogenTest\n"
        "uuid,sampleDateTime,labSampleID,testType,testResult,sampleDateTime,labSampleID,testType,testResult\n"
        "U1,2022-06-18,S1,PCR_RT_PCR,POSITIVE,2022-06-19,S2,PCR_RT_PCR,NEGATIVE\n"
        "U2,2022-06-18,S3,,,,,,\n"
    )
    reading = sormas.read(put(tmp_path / "l.csv", text), "labs", today=TODAY)
    assert [(r.values["person_id"], r.values["sample_id"], r.values.get("result")) for r in reading.records] == [
        ("U1", "S1", "positive"), ("U1", "S2", "negative"), ("U2", "S3", None)
    ]  # fmt: skip


def test_a_sormas_file_without_its_first_row_is_given_back_row_by_row(tmp_path):
    text = "\n".join(SORMAS_CASES.splitlines()[1:2] + SORMAS_CASES.splitlines()[3:])
    reading = sormas.read(put(tmp_path / "c.csv", text), "linelist", today=TODAY)
    assert (len(reading.records), len(reading.rejected)) == (0, 3)
    assert "CaseData" in reading.rejected[0].reason.en


def test_days_written_both_ways_are_not_guessed():
    days = linelists.Days.of(["13/01/2022", "01/13/2022", "02/03/2022"])
    assert days.read("13/01/2022") == days.read("01/13/2022") == date(2022, 1, 13)
    with pytest.raises(linelists.Unread):
        days.read("02/03/2022")
    assert linelists.Days.of(["02/03/2022"], "mdy").read("02/03/2022") == date(2022, 2, 3)


@pytest.mark.parametrize("suffix", [".json", ".csv", ".xlsx"])
def test_a_godata_record_in_our_words_and_back(tmp_path, suffix):
    reading = godata.read(put(tmp_path / "c.json", json.dumps(GODATA)), "linelist", today=TODAY)
    (first,) = reading.records
    assert first.values["name"] == "一鸣 赵"
    assert (first.values["sex"], first.values["age"], first.values["outcome"]) == ("male", 37.0, "died")
    assert (first.values["latitude"], first.values["alias"]) == (38.1, "CASE-1")
    (bad,) = reading.rejected
    assert (bad.number, bad.column) == (2, "classification")
    data, lost = godata.write("linelist", [first.values], [first.kept], suffix=suffix)
    assert lost == {}
    file = tmp_path / f"out{suffix}"
    file.write_bytes(data)
    again = godata.read(file, "linelist", today=TODAY)
    assert same(again.records, reading.records)
    if suffix == ".json":
        (record,) = json.loads(data)
        assert record["addresses"][0]["geoLocation"]["lat"] == "38.1"
        assert record["questionnaireAnswers"]["fever"][0]["value"] == "yes"


def test_a_relationship_names_its_source_on_either_side(tmp_path):
    pair = {"persons": [{"id": "K", "target": True}, {"id": "C", "source": True}], "contactDate": "2022-06-18",
            "certaintyLevelId": "LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_1_LOW"}  # fmt: skip
    reading = godata.read(put(tmp_path / "r.json", json.dumps([pair])), "contacts", today=TODAY)
    assert reading.records[0].values == {
        "case_id": "C", "external_id": "K", "last_exposure_on": date(2022, 6, 18), "certainty": "possible"
    }  # fmt: skip


def test_what_the_other_system_has_no_field_for_is_counted():
    records = [{"external_id": "1", "infectors": ["0"], "severity": "severe"}, {"external_id": "2", "severity": "mild"}]
    _data, lost = sormas.write("linelist", records, [{}, {}])
    assert lost == {"infectors": 1, "severity": 2}
    _data, lost = godata.write("linelist", records, [{}, {}], suffix=".csv")
    assert lost == {"severity": 2}
    _data, lost = sormas.write("linelist", records[:1], [{"flat": "12"}], from_sormas=[False])
    assert lost["flat"] == 1


TEXT = (
    st.text(alphabet="赵钱abc ,;\"'=+-@\n0129", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda s: s and not linelists.is_blank(s) and not s.startswith(("'", "##")))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.dates(date(2000, 1, 1), TODAY), TEXT), min_size=1, max_size=6))
def test_any_text_survives_a_plain_table(rows):
    import tempfile
    from pathlib import Path

    records = [
        {"external_id": f"{at}", "hospital": a, "source_words": b, "onset_on": day}
        for at, (a, b, day, _c) in enumerate(rows)
    ]
    kept = [{"own column": c} for *_abc, c in rows]
    header, table = linelists.table_of("linelist", records, kept)
    for data, suffix in (
        (linelists.csv_bytes([header, *table]), ".csv"),
        (linelists.xlsx_bytes([header, *table]), ".xlsx"),
    ):
        file = Path(tempfile.mkdtemp()) / f"t{suffix}"
        file.write_bytes(data)
        reading = linelists.read_plain(file, "linelist", key="", today=TODAY)
        assert not reading.rejected
        assert [dict(r.values) for r in reading.records] == records
        assert [dict(r.kept) for r in reading.records] == kept


def test_a_known_list_names_only_words_we_have():
    known = linelists.sheets()
    assert {"mers-korea-2015", "covid-tianjin-2020", "covid-taiwan-2020", "ebola-sim-2014"} <= set(known)
    for sheet in known.values():
        for table, several in sheet.codes.items():
            assert set(several) <= set(linelists.CODES[table]), (sheet.key, table)


def test_every_coded_word_has_a_table():
    for kind in linelists.KINDS:
        for word in linelists.WORDS[kind]:
            if linelists.type_of(kind, word) == "code":
                assert word in linelists.CODES or (kind, word) == ("followups", "outcome")
