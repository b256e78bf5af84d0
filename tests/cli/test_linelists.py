"""`bihuan import` and `bihuan export`, as someone at a terminal calls them: receipts balance, nothing is lost."""

import csv
import json
import sys
from pathlib import Path

import pytest

from bihuan import cli
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

HEADER = ["case_id", "name", "sex", "phone", "onset", "report_date", "classification", "outcome", "infector", "flat"]
ROWS = [
    ["Q1", cast.ZHAO.name, "男", cast.ZHAO.phone, "2022-06-20", "2022-06-22", "confirmed", "alive", "", "12"],
    ["Q2", cast.QIAN.name, "女", cast.QIAN.phone, "2022-06-24", "2022-06-25", "确诊", "recovered", "Q1", ""],
    ["Q3", cast.SUN.name, "m", cast.SUN.phone, "2022-06-25", "2022-06-26", "asymptomatic", "", "Q1;Q2", ""],
]


def write(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["bihuan", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out = capsys.readouterr()
        return caught.value.code, json.loads(out.out) if out.out.startswith("{") else out.out, out.err

    return call


@pytest.fixture
def county(db):
    return make.county()


def balanced(told):
    by_fate = sum(told[k] for k in ("duplicate_in_file", "created", "updated", "unchanged", "linked"))
    return told["rows_read"] == told["accepted"] + len(told["rejected"]) and told["accepted"] == by_fate


def bring(run, file, kind, *more):
    code, told, err = run("import", file, "--kind", kind, "--json", *more)
    assert balanced(told), told
    return code, told, err


def test_a_line_list_is_taken_over_once_and_a_change_is_seen(county, tmp_path, run):
    file = write(tmp_path / "cases.csv", ROWS)
    code, told, err = bring(run, file, "linelist", "--disease", "covid-19")
    assert (code, told["created"], told["kept_unused"]) == (0, 3, {"flat": 1})
    assert "kept as written" in err
    code, told, err = bring(run, file, "linelist", "--disease", "covid-19")
    assert (code, told["created"], told["unchanged"], told["already_imported"]) == (1, 0, 3, True)
    assert "imported before" in err
    now = [*ROWS[:2], [*ROWS[2][:7], "recovered", *ROWS[2][8:]]]
    code, told, _ = bring(run, write(tmp_path / "later.csv", now), "linelist", "--disease", "covid-19")
    assert (code, told["updated"], told["unchanged"]) == (0, 1, 2)
    with scoped(make.EVERYBODY):
        cases = {c.external_id: c for c in cases_reads.cases(make.EVERYBODY)}
        assert [cases[k].outcome for k in ("Q1", "Q2", "Q3")] == ["open", "recovered", "recovered"]
        assert cases["Q2"].onset_at.isoformat() == "2022-06-23T16:00:00+00:00", "midnight in China"
        assert not any(c.task_id for c in cases.values()), "an import opens no task"
        links = {(x.infector.external_id, x.infectee.external_id) for x in cases_reads.links(make.EVERYBODY)}
        assert links == {("Q1", "Q2"), ("Q1", "Q3"), ("Q2", "Q3")}
        assert len(people_reads.search(make.EVERYBODY, cast.ZHAO.phone)) == 1


def test_somebody_on_record_is_not_made_twice(county, tmp_path, run):
    known = make.person(cast.ZHAO)
    bring(run, write(tmp_path / "cases.csv", ROWS), "linelist", "--disease", "covid-19")
    with scoped(make.EVERYBODY):
        assert cases_reads.case_of_person(make.EVERYBODY, known).external_id == "Q1"


def test_rejected_rows_come_back_mendable_and_are_taken_the_second_time(county, tmp_path, run):
    bad = [
        ["Q4", "周五", "男", "", "2022-13-41", "", "confirmed", "", "", ""],
        ["Q5", "吴六", "男", "", "2022-06-01", "", "surely", "", "", ""],
        ["", "", "女", "", "2022-06-01", "", "confirmed", "", "", ""],
        ["Q1", "又一人", "女", "", "2022-06-01", "", "confirmed", "", "", ""],
    ]
    code, told, _ = bring(run, write(tmp_path / "cases.csv", [*ROWS, *bad]), "linelist", "--disease", "covid-19")
    assert code == 1
    assert [(r["row"], r["column"]) for r in told["rejected"]] == [
        (5, "onset"), (6, "classification"), (7, "external_id"), (8, "external_id"),
    ]  # fmt: skip
    assert all(r["reason"] and r["mend"] for r in told["rejected"])
    from openpyxl import load_workbook

    book = load_workbook(told["rejects_file"])
    sheet = book.active
    assert [c.value for c in sheet[1]][-4:] == ["行号", "栏目", "原因", "如何修改"]
    sheet.cell(2, HEADER.index("onset") + 1, "2022-06-13")
    sheet.cell(3, HEADER.index("classification") + 1, "probable")
    sheet.cell(4, 1, "Q6")
    sheet.cell(5, 1, "Q7")
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    code, told, _ = bring(run, mended, "linelist", "--disease", "covid-19")
    assert (code, told["rows_read"], told["created"]) == (0, 4, 4)


def test_contacts_followups_results_and_stays_follow_their_case(county, tmp_path, run):
    bring(run, write(tmp_path / "cases.csv", ROWS), "linelist", "--disease", "covid-19")
    contacts = [
        ["K1", "Q1", "李四娘", cast.LI.phone, "household", "2022-06-21", "2022-07-05", "随访中"],
        ["Q3", "Q2", "", "", "colleague", "2022-06-23", "", ""],
        ["K2", "Q9", "王五", "", "", "2022-06-23", "", ""],
        ["Q1", "Q1", "", "", "", "2022-06-23", "", ""],
    ]
    head = ["contact_id", "case_id", "name", "phone", "relation", "last_contact", "last_day", "state"]
    code, told, _ = bring(run, write(tmp_path / "contacts.csv", contacts, head), "contacts")
    assert (code, told["created"], told["linked"]) == (1, 1, 1)
    assert {r["row"]: r["reason"] for r in told["rejected"]} == {
        4: "no case Q9 is on record", 5: "a case cannot infect itself"
    }  # fmt: skip
    days = [
        ["F1", "K1", "2022-06-22", "seen_ok", "36.5"],
        ["F2", "K1", "2022-06-22", "missed", ""],
        ["F3", "Kx", "2022-06-22", "missed", ""],
    ]
    code, told, _ = bring(
        run,
        write(tmp_path / "f.csv", days, ["followup_id", "contact_id", "day", "outcome", "temperature"]),
        "followups",
    )
    assert (code, told["created"], len(told["rejected"])) == (1, 2, 1)
    labs = [["Q3", "S1", "2022-06-25", "positive", "21.5"], ["K1", "S2", "2022-06-22", "阴性", ""]]
    lab_file = write(tmp_path / "l.csv", labs, ["person_id", "sample_id", "sampled_on", "result", "ct"])
    code, told, _ = bring(run, lab_file, "labs")
    assert (code, told["created"]) == (0, 2)
    code, told, _ = bring(run, lab_file, "labs")
    assert (code, told["already_imported"]) == (1, True)
    stays = [
        ["Q1", "文昌超市", "2022-06-21T10:00", "2022-06-21T11:00", "mask"],
        ["Q1", "早市", "2022-06-21T09:00", "2022-06-21T08:00", ""],
    ]
    code, told, _ = bring(
        run, write(tmp_path / "v.csv", stays, ["person_id", "place", "from", "until", "protection"]), "visits"
    )
    assert (code, told["created"], told["rejected"][0]["column"]) == (1, 1, "until")
    with scoped(make.EVERYBODY):
        (contact,) = cases_reads.contacts(make.EVERYBODY)
        assert [(f.slot, f.outcome) for f in cases_reads.follow_ups(make.EVERYBODY, contact.id)] == [
            (1, "seen_ok"),
            (2, "missed"),
        ]
        assert str(contact.last_day) == "2022-07-05"
        assert contact.follow_until.isoformat() == "2022-07-05T16:00:00+00:00", "the last day itself is followed"
        cases = {c.external_id: c for c in cases_reads.cases(make.EVERYBODY)}
        assert cases["Q3"].sampled_at is not None
        assert [v.words for v in cases_reads.visits(make.EVERYBODY, cases["Q1"].id)] == ["文昌超市"]


def test_a_contact_who_falls_ill_is_the_same_person(county, tmp_path, run):
    bring(run, write(tmp_path / "cases.csv", ROWS[:1]), "linelist", "--disease", "covid-19")
    head = ["contact_id", "case_id", "name", "phone"]
    bring(run, write(tmp_path / "c.csv", [["Q2", "Q1", cast.QIAN.name, cast.QIAN.phone]], head), "contacts")
    bring(run, write(tmp_path / "more.csv", ROWS[1:2]), "linelist", "--disease", "covid-19")
    with scoped(make.EVERYBODY):
        (contact,) = cases_reads.contacts(make.EVERYBODY)
        assert contact.state == "became_case"
        assert contact.became.external_id == "Q2"
        assert contact.became.person_id == contact.person_id


def test_no_name_number_or_free_cell_lies_open_in_a_table_or_the_journal(county, tmp_path, run):
    secret = "锦绣路77号后院"
    bring(run, write(tmp_path / "cases.csv", [[*ROWS[0][:9], secret]]), "linelist", "--disease", "covid-19")
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table, column in (("cases_case", "extra"), ("staff_act", "args"), ("staff_act", "result")):
            cursor.execute(f"SELECT {column}::text FROM {table}")
            words = "".join(row[0] or "" for row in cursor.fetchall())
            for private in (secret, cast.ZHAO.phone, cast.ZHAO.name):
                assert private not in words, (table, column)


def test_only_who_may_takes_over_and_takes_out(county, tmp_path, run):
    file = write(tmp_path / "cases.csv", ROWS)
    for call in (
        ("import", file, "--kind", "linelist", "--disease", "covid-19"),
        ("export", tmp_path / "o.csv", "--kind", "linelist", "--purpose", "交换"),
    ):
        code, _out, err = run(*call, "--as", "zhou")
        assert code == 2
        assert err.strip()
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("a,b\n1,2\n", "linelist", "no column is understood"),
        ("case_id,onset\n", "linelist", "no row below the header"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_where_and_how_to_mend(county, tmp_path, run, text, kind, words):
    file = tmp_path / "x.csv"
    file.write_text(text)
    code, _out, err = run("import", file, "--kind", kind)
    assert code == 2
    assert words in err
    assert str(file) in err
    code, _out, err = run("import", file, "--kind", kind, "--sheet", "nobody")
    assert code == 2
    assert "mers-korea-2015" in err


def test_what_goes_out_comes_in_again_the_same(county, tmp_path, run):
    rows = [[*row[:9], row[9]] for row in ROWS]
    bring(run, write(tmp_path / "cases.csv", rows), "linelist", "--disease", "covid-19")
    code, told, _ = run("export", tmp_path / "out.csv", "--kind", "linelist", "--purpose", "月度交换", "--json")
    assert (code, told["records"], told["not_carried"]) == (0, 3, {})
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        out = list(csv.DictReader(file))
    assert [r["external_id"] for r in out] == ["Q1", "Q2", "Q3"]
    assert [r["name"] for r in out] == [r[1] for r in ROWS]
    assert [r["infectors"] for r in out] == ["", "Q1", "Q1;Q2"]
    assert out[0]["flat"] == "12"
    code, told, _ = run(
        "export", tmp_path / "out.xlsx", "--kind", "linelist", "--purpose", "月度交换", "--format", "sormas", "--json"
    )
    assert code == 2
    code, told, err = run(
        "export", tmp_path / "sormas.csv", "--kind", "linelist", "--purpose", "月度交换", "--format", "sormas", "--json"
    )
    assert code == 1
    assert told["not_carried"]["infectors"] == 2
    assert "no field for infectors" in err
    assert Path(told["file"]).stat().st_mode & 0o077 == 0
