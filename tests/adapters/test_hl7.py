"""What instruments send: HL7 ORU and ASTM, with frames, escapes, preliminary values and old encodings."""

from datetime import UTC, datetime

import pytest

from bihuan.adapters import hl7, result_files
from bihuan.adapters.spreadsheets import SheetFault

ORU = r"""MSH|^~\&|SLAN|LAB|BIHUAN|HQ|20220701120000+0800||ORU^R01|1|P|2.5.1
OBR|1||T-001^LIS|SARS2^SARS-CoV-2^L|||20220701080000
OBX|1|NM|ORF1ab^ORF1ab Ct||36.2||||||F|||20220701113000+0800
OBX|2|NM|N^N Ct||NaN||||||F
OBX|3|CWE|CONC^Conclusion||260415000^Not detected^SCT||||||F
OBR|2|PLACER9|||||20220701080000
SPM|1|T\S\002
OBX|1|ST|CONC||弱阳性||||||F
OBR|3||T-003
OBX|1|ST|CONC||阳性||||||P
OBR|4||T-004
""".replace("\n", "\r")


def test_a_message_tells_each_specimen_once_with_its_thresholds_and_time() -> None:
    first, second, third, fourth = hl7.read(f"\x0b{ORU}\x1c\r".encode())
    assert (first.tube, first.conclusion, first.thresholds, first.fault) == (
        "T-001",
        "Not detected",
        {"ORF1ab Ct": 36.2},
        "",
    )
    assert first.tested_at == datetime(2022, 7, 1, 3, 30, tzinfo=UTC)
    assert (second.tube, second.conclusion) == ("T^002", "弱阳性")  # the specimen goes before the order, escapes undone
    assert (third.tube, third.fault) == ("T-003", "not_final")
    assert (fourth.tube, fourth.fault) == ("T-004", "no_conclusion")


def test_astm_records_are_read_through_their_frames() -> None:
    frames = [
        "1H|\\^&|||Analyser|||||||P|1", "2P|1", "3O|1|T-001||^^^SARS2|R", "4R|1|^^^ORF1ab|31.5|Ct||||F||||20220701113000",
        "5R|2|^^^Result|Positive|||||F", "6O|2|T-002", "7R|1|^^^Result|NEG|||||F", "0L|1|N",
    ]  # fmt: skip
    raw = "".join(f"\x02{frame}\r\x03A7\r\n" for frame in frames).encode()
    first, second = hl7.read(raw)
    assert (first.tube, first.conclusion, first.thresholds) == ("T-001", "Positive", {"ORF1ab": 31.5})
    assert (second.tube, second.conclusion) == ("T-002", "NEG")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("管号,检测结果,ORF1ab Ct\nT-001,阴性,\nT-002,弱阳性,36.5\n,阴性,\nT-004,？,\n".encode("gb18030"), "sheet"),
        (ORU.encode("gb18030"), "hl7"),
    ],
)
def test_every_row_is_read_or_named(raw: bytes, kind: str) -> None:
    reading = result_files.read(raw)
    assert reading.kind == kind
    assert reading.rows_read == 4 == len(reading.rows) + len(reading.unreadable)
    assert [(r.tube, r.value) for r in reading.rows] in (
        [("T-001", "negative"), ("T-002", "weak_positive")],
        [("T-001", "negative"), ("T^002", "weak_positive")],
    )
    assert {why for _row, _tube, why in reading.unreadable} in (
        {"no_tube", "unknown_value"},
        {"not_final", "no_conclusion"},
    )


def test_a_sheet_without_tubes_and_results_is_refused_in_words() -> None:
    with pytest.raises(SheetFault) as fault:
        result_files.read("姓名,电话\n赵,1\n".encode())
    assert "管号" in fault.value.zh
