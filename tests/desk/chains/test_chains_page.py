"""The chains page: figures, picture and links for whoever may see cases, inside their scope; and its exports."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import etree

from bihuan import reports
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

DAY = make.DAY - timedelta(days=20)


def day(number):
    return (DAY + timedelta(days=number)).date().isoformat()


def case(number, onset, infectors=(), address="柳泉镇河湾村", **more):
    return {"row": number, "external_id": f"C{number}", "onset_on": day(onset), "reported_on": day(onset + 1),
            "infectors": list(infectors), "address": address, **more}  # fmt: skip


CASES = [
    case(1, 0), case(2, 4, ["C1"]), case(3, 5, ["C1"], "石桥乡上坡村"), case(4, 9, ["C2", "C3"]), case(5, 10, ["C2"]),
    case(6, 2, exposed_from=day(-4), exposed_until=day(0)),
]  # fmt: skip


@pytest.fixture
def county(db):
    made = make.county()
    with scoped(make.EVERYBODY):
        post = make.post(make.unit("流调专班", UnitKind.TASK_FORCE, make.COUNTY), "流调员", Role.TRACER)
        tracer = make.serves(cast.Staff("何流", "he", "tracer"), post)
    answer = make.does(tracer, "import_linelist", system="csv", cases=CASES, disease="covid-19")
    assert answer.status == "done", answer
    contacts = [{"row": 1, "external_id": "K1", "case_id": "C1", "name": "李四娘", "address": "柳泉镇河湾村"}]
    assert make.does(tracer, "import_contacts", system="csv", contacts=contacts).status == "done"
    return made


def looks(member, address="/chains/", **asked):
    client = Client()
    client.force_login(member)
    return client.get(address, asked)


def drawn(page):
    html = etree.HTML(page.content.decode())
    (svg,) = html.xpath("//svg[contains(@class, 'chains')]")
    return svg


def test_a_commander_reads_the_chains_in_words_and_in_the_picture(county):
    with translation.override("zh-hans"):
        page = looks(county.zheng)
    text = page.content.decode()
    assert "6 例中 5 例连成 1 条传播链，最长 2 代，最大一条 5 例。" in text
    assert "1 例有不止一个可能的传染源" in text
    svg = drawn(page)
    dots = svg.xpath(".//circle")
    assert len(dots) == 5
    over = [d.xpath("string(title)") for d in dots]
    assert any("石桥乡" in words for words in over)
    assert sum("感染 2 人" in words for words in over) == 2
    assert not any(c["name"] in text for c in CASES if c.get("name"))
    assert "李四娘" not in text, "a picture shows numbers, never names"
    assert {"柳泉镇", "石桥乡"} <= {
        li.xpath("string()").split()[0] for li in etree.HTML(text).xpath("//ul[@class='bh-legend']/li")
    }


def test_colours_and_the_graph_with_contacts(county):
    by_generation = {c.get("fill") for c in drawn(looks(county.zheng, by="generation")).xpath(".//circle")}
    assert len(by_generation) == 3
    graph = drawn(looks(county.zheng, view="graph"))
    assert len(graph.xpath(".//circle")) == 6, "five linked cases and one contact; the sixth case met nobody"


def test_one_chain_alone(county):
    with scoped(make.EVERYBODY):
        head = cases_reads.cases(make.EVERYBODY).get(external_id="C1").id
        other = cases_reads.cases(make.EVERYBODY).get(external_id="C2").id
    assert len(drawn(looks(county.zheng, head=str(head))).xpath(".//circle")) == 5
    # an address that names no head shows all
    assert len(drawn(looks(county.zheng, head=str(other))).xpath(".//circle")) == 5


def test_the_picture_leaves_as_svg_and_png(county):
    svg = looks(county.zheng, export="svg")
    assert svg["Content-Type"] == "image/svg+xml"
    assert etree.fromstring(svg.content).get("viewBox")
    assert b"href" not in svg.content, "a file that leaves the house leads nowhere inside it"
    png = looks(county.zheng, export="png")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert looks(county.zheng, export="gif").status_code == 404


def test_refuted_cases_leave_the_picture(county):
    with scoped(make.EVERYBODY):
        gone = cases_reads.cases(make.EVERYBODY).get(external_id="C3").id
    answer = make.does(county.zheng, "refute_case", at=datetime.now(UTC), case=gone, reason="复核阴性")
    assert answer.status == "done", answer
    assert len(drawn(looks(county.zheng)).xpath(".//circle")) == 4


def test_who_may_not_see_cases_sees_no_chains(county):
    assert looks(county.zhou).status_code == 403
    assert Client().get("/chains/").status_code == 302


def test_the_page_asks_as_often_however_many_cases(county):
    client = Client()
    client.force_login(county.zheng)
    client.get("/chains/")

    def asked():
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/chains/").status_code == 200
        return len(counted)

    before = asked()
    more = [case(n, n % 30, ["C1"]) for n in range(10, 60)]
    assert make.does(county.zheng, "import_linelist", system="csv", cases=more, disease="covid-19").status == "done"
    assert asked() == before


def test_the_report_tells_the_same(county):
    with scoped(make.EVERYBODY), translation.override("zh-hans"):
        page = reports.report("transmission_chains")(make.EVERYBODY, datetime.now(UTC))
    figures = {row["name"]: row["value"] for row in page.sections[1].table.rows}
    assert figures["R"].startswith("0.67")
    generations = [(r["number"], r["cases"], r["infected"]) for r in page.sections[2].table.rows]
    assert generations == [(0, 2, 2), (1, 2, 2), (2, 2, 0)]
    assert page.sections[2].table.total == {"cases": 6, "infected": 4}
