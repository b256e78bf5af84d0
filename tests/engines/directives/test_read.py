"""One small invented text for each rule of the grammar."""

from datetime import date

import pytest

from bihuan.engines import directives


def one(text: str) -> directives.Directive:
    found = directives.read(text)
    assert len(found) == 1, [d.quote for d in found]
    return found[0]


def quotes(text: str) -> list[str]:
    return [d.quote for d in directives.read(text)]


def test_the_quote_is_the_text_between_its_offsets() -> None:
    text = "　　各村委会要每天上报返乡人员名单，\n养老院要严格执行探视预约制度。"
    found = directives.read(text)
    assert found
    assert all(d.quote == text[d.start : d.end] for d in found)


def test_an_order_with_a_modal_is_read_and_a_report_is_not() -> None:
    text = "今年以来,全县累计报告病例12例,防控形势严峻复杂。各卫生院要设置发热诊室。"
    assert quotes(text) == ["各卫生院要设置发热诊室"]


def test_slogans_and_attitude_are_no_orders() -> None:
    assert quotes("我们要提高政治站位,克服麻痹思想和侥幸心理,坚决打赢疫情防控阻击战。") == []


def test_reports_of_faults_are_no_orders() -> None:
    assert quotes("有的单位测温记录不完整,有的药店未落实实名登记,流于形式。") == []


@pytest.mark.parametrize("word", ["严禁", "不得", "不准", "禁止"])
def test_a_ban_is_an_order(word: str) -> None:
    assert one(f"各诊所{word}接诊发热患者。").responsible == ("各诊所",)


def test_a_bare_verb_under_an_item_number_is_an_order_and_the_heading_is_not() -> None:
    text = "一是备足物资。提前采购防护服和检测试剂。二是加强演练。每月组织一次应急演练。"
    found = directives.read(text)
    assert [d.quote for d in found] == ["提前采购防护服和检测试剂", "每月组织一次应急演练"]
    assert [d.type for d in found] == ["supplies", "command"]


def test_a_new_modal_begins_a_new_order() -> None:
    assert quotes("各学校要每天开展晨午检,要及时上报缺课学生名单。") == [
        "各学校要每天开展晨午检",
        "要及时上报缺课学生名单",
    ]


def test_a_condition_belongs_to_the_order_after_it() -> None:
    assert quotes("发现健康码异常人员的,要第一时间报告社区。") == ["发现健康码异常人员的,要第一时间报告社区"]
    assert quotes("对从外省返乡的人员,要逐一登记并开展核酸检测。")[0].startswith("对从外省返乡的人员,")


def test_the_actor_carries_over_to_the_following_sentences_and_ends_with_the_paragraph() -> None:
    text = "交通运输局要在高速出口设置检查站。要对入境车辆逐一登记。\n要做好医用物资储备。"
    found = directives.read(text)
    assert [d.responsible for d in found] == [("交通运输局",), ("交通运输局",), ()]


def test_a_new_item_forgets_the_actor_unless_the_paragraph_opened_with_it() -> None:
    forgets = directives.read("一是加强排查。各社区要摸清返乡人员底数。二是备足物资。提前储备医用口罩和防护服。")
    assert [d.responsible for d in forgets] == [("各社区",), ()]
    keeps = directives.read("各乡镇要做好以下工作:一是排查返乡人员并登记造册;二是设置隔离点并配备医务人员。")
    assert {d.responsible for d in keeps} == {("各乡镇",)}


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("卫健、公安、教育等部门", ("卫健", "公安", "教育")),
        ("市场监管局和各街道", ("市场监管局", "各街道")),
        ("指挥部及各工作组、各乡镇", ("指挥部", "各工作组", "各乡镇")),
        ("所有药店、诊所", ("药店", "诊所")),
        ("各级各部门", ("各级各部门",)),
        ("商务、交通等部门及乡镇(街道)", ("商务", "交通", "乡镇(街道)")),
    ],
)
def test_lists_of_actors_are_split(subject: str, names: tuple[str, ...]) -> None:
    assert one(f"{subject}要每天开展巡查并上报情况。").responsible == names


def test_an_actor_may_stand_in_its_own_clause_or_behind_you() -> None:
    assert one("住建、城管等部门,要加强对工地的监督检查。").responsible == ("住建", "城管")
    assert one("由县疾控中心牵头开展流调溯源工作。").responsible == ("县疾控中心",)


def test_people_who_are_looked_after_are_scope_and_no_actor() -> None:
    order = directives.read("各医院要实行封闭管理。所有住院患者一律开展核酸检测。")[1]
    assert order.responsible == ("各医院",)
    assert order.scope is not None
    assert "住院患者" in order.scope


@pytest.mark.parametrize(
    ("words", "deadline", "minutes"),
    [
        ("要在30分钟之内完成转运", "30分钟之内", 30),
        ("要在4-6小时内反馈检测结果", "4-6小时内", 360),
        ("要在两小时内上报", "两小时内", 120),
        ("24小时之内要完成流调", "24小时之内", 1440),
        ("要在3天内完成整改", "3天内", 4320),
        ("要在一周内完成排查", "一周内", 10080),
        ("要在一个半小时内送检样本", "一个半小时内", 90),
        ("要在半小时内报告", "半小时内", 30),
        ("要第一时间报告", "第一时间", None),
        ("要立即停业整改", "立即", None),
        ("要在周五前上报台账", "周五前", None),
        ("要于3月5日12时前上报台账", "3月5日12时前", None),
        ("要当天上报台账", "当天", None),
        ("要查验48小时核酸阴性证明", None, None),
        ("要排查近14天内来返人员", None, None),
    ],
)
def test_time_words_become_minutes_only_where_they_are_spans(
    words: str, deadline: str | None, minutes: int | None
) -> None:
    order = one(f"各卫生院{words}。")
    assert (order.deadline, order.deadline_minutes) == (deadline, minutes)


@pytest.mark.parametrize(
    ("words", "rhythm", "minutes"),
    [
        ("要每周一次开展核酸检测", "每周一次", None),
        ("要严格执行24小时值班值守", "24小时", None),
        ("要对冷库定期消毒", "定期", None),
        ("要实行一天一汇总、一天一报告", "一天一汇总、一天一报告", None),
        ("要执行3小时送一次样本的要求", "3小时送一次", 180),
        ("要开展两天一检", "两天一检", None),
    ],
)
def test_rhythm_is_recurrence(words: str, rhythm: str, minutes: int | None) -> None:
    order = one(f"各采样点{words}。")
    assert (order.recurrence, order.deadline_minutes) == (rhythm, minutes)


def test_round_the_clock_is_no_deadline() -> None:
    assert one("各卡口要实行24小时专人值守。").deadline is None


@pytest.mark.parametrize(
    ("words", "today", "day"),
    [
        ("周五前", date(2022, 3, 2), date(2022, 3, 4)),
        ("3月5日前", date(2022, 3, 2), date(2022, 3, 5)),
        ("1月5日前", date(2021, 12, 30), date(2022, 1, 5)),
        ("月底前", date(2024, 2, 10), date(2024, 2, 29)),
        ("今天", date(2022, 3, 2), date(2022, 3, 2)),
    ],
)
def test_a_named_day_is_known_when_today_is_known(words: str, today: date, day: date) -> None:
    text = f"各学校要在{words}上报学生名单。"
    assert [d.due_on for d in directives.read(text, today=today)] == [day]
    assert [d.due_on for d in directives.read(text)] == [None]


def test_a_day_that_the_calendar_does_not_have_is_no_day() -> None:
    assert directives.read("各学校要在2月30日前上报学生名单。", today=date(2022, 2, 1))[0].due_on is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("各社区要逐户摸排返乡人员并登记造册。", "screening"),
        ("各采样点要做好核酸采样和送检。", "testing"),
        ("各乡镇要设置集中隔离点,做好隔离人员管理。", "isolation"),
        ("交警大队要在高速出口设置检查站,对车辆逐一查验。", "checkpoint"),
        ("县疾控中心要完成密接人员的流调溯源。", "tracing"),
        ("各宾馆、饭店要做好场所消毒,暂停宴会等聚集性活动。", "venue"),
        ("市场监管局要对冷库和进口冷链食品开展抽检。", "cold_chain"),
        ("各医疗机构要严格预检分诊,规范设置发热门诊。", "hospital"),
        ("工信局要储备医用口罩、防护服等应急物资。", "supplies"),
        ("各接种点要完成老年人疫苗接种。", "vaccination"),
        ("各单位要严格执行零报告制度,及时上报信息。", "reporting"),
        ("督查组要开展随机暗访,对问题单位限期整改。", "supervision"),
        ("宣传部要及时发布权威信息,做好舆论引导。", "publicity"),
        ("各乡镇要完善应急预案,开展应急演练。", "command"),
        ("各学校要落实学生晨午检制度。", "institution"),
        ("发改局要对重点项目开工情况进行调度。", "project"),
    ],
)
def test_every_type_has_its_words(text: str, kind: str) -> None:
    assert directives.read(text)[0].type == kind
    assert kind in directives.TYPES


def test_a_section_heading_tells_the_type_where_the_order_does_not() -> None:
    body = "要逐一审核人员资质,建立工作台账。"
    assert directives.read(f"(一)做好疫苗接种工作。\n{body}\n(二)其他。")[0].type == "vaccination"


def test_quantity_is_the_number_with_its_measure() -> None:
    assert one("各病区要严格陪护管理,每名患者陪护不超过1人。").quantity == "不超过1人"
    assert one("县医院要对急诊患者实行单人单间安置。").quantity == "单人单间"


def test_the_action_is_verb_and_object() -> None:
    assert one("各乡镇要切实加强值班值守。").action == "加强值班值守"
    assert one("各诊所一律不得接诊发热患者。").action.endswith("不得接诊发热患者")


def test_lines_that_a_page_wrapped_are_joined_and_page_marks_passed_over() -> None:
    lines = [
        "各乡镇要组织村组干部逐户摸排外出务工返乡人员,全部登记",
        "- 2 -",
        "造册并建立台账,每天下午五点以前报县指挥部办公室备案。各",
        "卫生院要安排专人对居家隔离人员每天开展两次上门测温工作,",
        "做好记录。",
    ]
    text = "\r\n".join(lines)
    found = directives.read(text)
    assert found[0].quote.startswith("各乡镇要组织")
    assert any("- 2 -" in d.quote and d.quote == text[d.start : d.end] for d in found)
    assert ("各卫生院",) in {d.responsible for d in found}


def test_full_width_and_half_width_marks_read_the_same() -> None:
    half = "各村要设置卡点,对外来车辆逐一登记;各学校要开展晨午检。"
    full = half.replace(",", "，").replace(";", "；")
    fields = [(d.start, d.end, d.type, d.responsible) for d in directives.read(half)]
    assert fields == [(d.start, d.end, d.type, d.responsible) for d in directives.read(full)]


@pytest.mark.parametrize("text", ["", "\n\n", "。。,,;;", "一、", "(一)", "关于召开会议的通知"])
def test_texts_without_orders_give_none(text: str) -> None:
    assert directives.read(text) == ()


def test_a_model_may_propose_the_spans_and_the_rules_fill_in_the_fields() -> None:
    text = "大家辛苦了。县医院要在2小时内上报床位数。"

    class Finder:
        def spans(self, text: str) -> list[tuple[int, int]]:
            start = text.index("县医院")
            return [(start, len(text) - 1)]

    (order,) = directives.read(text, model=Finder())
    assert order.quote == "县医院要在2小时内上报床位数"
    assert (order.responsible, order.deadline_minutes, order.type) == (("县医院",), 120, "reporting")


def test_the_row_has_the_public_columns_in_order() -> None:
    row = directives.as_row(directives.read("各村要每天上报名单。", file="a.txt")[0])
    assert tuple(row) == directives.COLUMNS
    assert row["file"] == "a.txt"
    assert row["responsible"] == ["各村"]


def test_english_orders_are_found_by_modal_or_leading_verb() -> None:
    text = (
        "Cases rose last week. All hospitals must report every suspected case within 2 hours.\n"
        "- Test all arrivals twice a week.\nTownship offices and village committees shall set up checkpoints by Friday."
    )
    found = directives.read(text)
    assert [d.type for d in found] == ["reporting", "screening", "checkpoint"]
    assert [d.deadline_minutes for d in found] == [120, None, None]
    assert found[1].recurrence == "twice a week"
    assert found[2].responsible == ("Township offices", "village committees")
    assert found[2].deadline == "by Friday"
    assert all(d.quote == text[d.start : d.end] for d in found)


def test_what_a_meeting_required_is_read_without_its_opening_words() -> None:
    order = one("会议要求各街道要在2小时内上报排查数据。")
    assert order.quote.startswith("各街道要")
    assert order.responsible == ("各街道",)


def test_a_text_without_marks_and_one_of_brackets_only_end_quickly_with_nothing() -> None:
    assert directives.read("存在" * 50_000) == ()
    assert directives.read(")" * 50_000) == ()
