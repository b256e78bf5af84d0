"""Papers of every kind and encoding come out as the text that stands in them."""

from pathlib import Path

import docx
import pytest

from bihuan.adapters.papers import PaperFault, read_paper

WORDS = "各乡镇要每天上报返乡人员名单。\r\n严禁瞒报。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_a_text_file_is_read_exactly_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WORDS.encode(encoding))
    assert read_paper(path) == WORDS


def test_a_word_document_gives_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("第一段。")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "卫健局", "设置发热诊室"
    document.add_paragraph("第二段。")
    document.save(str(tmp_path / "a.docx"))
    assert read_paper(tmp_path / "a.docx").split() == ["第一段。", "卫健局", "设置发热诊室", "第二段。"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_a_web_page_gives_its_blocks_as_lines_and_no_scripts(tmp_path: Path, encoding: str) -> None:
    page = (
        f"<html><head><meta charset='{encoding}'><title>题</title><script>var a='不是文字';</script></head>"
        "<body><h1>通知</h1><p>各村要<b>每天</b>上报。</p><ul><li>一是排查</li></ul>尾</body></html>"
    )
    (tmp_path / "a.html").write_bytes(page.encode(encoding))
    assert read_paper(tmp_path / "a.html") == "通知\n各村要每天上报。\n一是排查\n尾"


def _pdf(words: str) -> bytes:
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)


def test_a_pdf_gives_its_text_and_one_without_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(_pdf("All clinics must report daily."))
    assert read_paper(tmp_path / "a.pdf").strip() == "All clinics must report daily."
    (tmp_path / "b.pdf").write_bytes(_pdf(""))
    with pytest.raises(PaperFault, match="text recognition"):
        read_paper(tmp_path / "b.pdf")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.doc", b"x", r"save it as \.docx"),
        ("a.docx", b"no archive", "not a Word document"),
        ("a.pdf", b"no pdf", "cannot be read"),
        ("a.txt", b"\xff\xff\x01\x02\x03", "encoding"),
    ],
)
def test_what_cannot_be_read_says_what_and_how_to_mend(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PaperFault, match=fault):
        read_paper(tmp_path / name)


def test_a_missing_paper_is_named_as_missing(tmp_path: Path) -> None:
    with pytest.raises(PaperFault, match="no such file"):
        read_paper(tmp_path / "a.txt")
