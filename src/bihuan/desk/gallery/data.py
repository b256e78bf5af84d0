"""Invented matter for the gallery: the county of Qinghe, whose code and people do not exist."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.desk import lists, parts

AS_OF = datetime(2026, 11, 24, 5, 40, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """The gallery's instant, some minutes away."""
    return AS_OF + timedelta(minutes=minutes)


def menu() -> tuple[parts.MenuItem, ...]:
    """A menu as the desk has one."""
    return (
        parts.MenuItem(_("态势"), "gallery:situation", "radar", key="s"),
        parts.MenuItem(_("任务"), "gallery:list", "checklist", lambda _request: 12, "t"),
        parts.MenuItem(_("核对"), "gallery:pair", "git-compare", lambda _request: 3, "r", _("名单")),
        parts.MenuItem(_("导入"), "gallery:wizard", "upload", None, "u", _("名单")),
        parts.MenuItem(_("人员"), "gallery:detail", "users", None, "p", _("台账")),
        parts.MenuItem(_("空列表"), "gallery:empty", "inbox", None, "", _("台账")),
    )


def frame() -> parts.Frame:
    """The frame as a duty officer sees it."""
    return parts.Frame(
        county=_("青禾县"),
        as_of=AS_OF,
        response=_("Ⅱ级响应 · 疫情处置"),
        response_tone="risk",
        member="郑令",
        post=_("指挥长"),
        unit=_("县指挥部"),
        search_url="/gallery/list",
        logout_url="/gallery/login",
        profile_url="/gallery/detail",
        menu=menu(),
    )


def situation() -> dict[str, object]:
    """The situation page: tiles, clocks, late work, funnel, map."""
    rows = "/gallery/list"
    names = (("城关街道", 24), ("柳泉镇", 41), ("石桥乡", 7), ("南坞镇", 0), ("北埝镇", 12), ("东陈固镇", None))
    shapes = []
    for number, (name, value) in enumerate(names):
        x, y = 20 + 150 * (number % 3), 20 + 120 * (number // 3)
        path = (
            f"M{x} {y + 8}L{x + 60} {y - 6}L{x + 148} {y + 4}L{x + 146} {y + 112}L{x + 70} {y + 122}L{x + 4} {y + 110}Z"
        )
        shapes.append(parts.Shape(f"991027{number:03d}", name, path, value, rows, x + 74, y + 52))
    tile = parts.Tile
    told = _("名单上还没有终态的行；每行只数一次，按目前所在辖区。")
    return {
        "tiles": [
            tile(_("在办行"), 1234, told, AS_OF, rows, note=_("较一小时前 +86"), trend=(3, 5, 9, 8, 12, 18, 22)),
            tile(_("超时"), 3, told, AS_OF, rows, note=_("最久 47 分"), tone="late", trend=(0, 0, 1, 1, 2, 2, 3)),
            tile(_("临近时限"), 11, told, AS_OF, rows, note=_("半数时限已过"), tone="risk"),
            tile(_("待核对"), 18, told, AS_OF, rows, note=_("同一人存疑")),
            tile(_("今日办结"), 2871, told, AS_OF, rows, note=_("占接收 69.9%"), trend=(1, 4, 9, 16, 22, 27, 29)),
            tile(_("值班空缺"), 2, told, AS_OF, rows, unit=_("岗"), note=_("北埝镇、石桥乡")),
        ],
        "late": parts.LateList(
            (
                parts.LateLine(1, _("份名单"), "石桥乡", "孙启", parts.Clock(at(-12), AS_OF), rows, _("副组长")),
                parts.LateLine(3, _("份名单"), "柳泉镇", "王守成", parts.Clock(at(-47), AS_OF), rows, _("乡镇长")),
            )
        ),
        "clocks": [
            ("柳泉镇", 41, 2, 3, parts.Clock(at(-47), AS_OF)),
            ("石桥乡", 7, 1, 1, parts.Clock(at(-12), AS_OF)),
            ("城关街道", 24, 0, 5, parts.Clock(at(6), AS_OF, risk_at=at(-4))),
            ("北埝镇", 12, 0, 2, parts.Clock(at(9), AS_OF, risk_at=at(-1))),
            ("南坞镇", 0, 0, 0, parts.Clock(at(95), AS_OF, risk_at=at(85))),
        ],
        "funnel": parts.Funnel(
            (
                parts.Stage(_("接收"), 4105, rows),
                parts.Stage(_("已核身份"), 4087, rows, _("待核对 18")),
                parts.Stage(_("已派发"), 3960, rows, _("待定属地 127")),
                parts.Stage(_("已上门"), 2990, rows),
                parts.Stage(_("已办结"), 2871, rows, _("69.9%")),
                parts.Stage(_("超时"), 96, rows, _("超 24 时未办"), "late"),
            )
        ),
        "map": parts.AreaMap(_("在办行数"), shapes, "0 0 490 270", told, AS_OF),
        "duty": [(_("指挥长"), "郑令"), (_("带班领导"), "周文博"), (_("数据专班"), "王录"), (_("流调"), None)],
    }


COLUMNS = ("what", "area", "owner", "person", "phone", "clock", "status", "rows")


def task_list(request: HttpRequest, *, is_empty: bool = False) -> lists.ListPage:
    """A page of 1,234 tasks."""
    labels = (_("事项"), _("辖区"), _("责任人"), _("对象"), _("电话"), _("时限"), _("状态"), _("行数"))
    columns = [
        lists.Column(key, label, key in {"area", "clock", "rows"}, key == "rows", key != "owner", key == "what")
        for key, label in zip(COLUMNS, labels, strict=True)
    ]
    states = (("late", _("超时")), ("open", _("在办")), ("done", _("办结")))
    filters = [
        lists.Filter("area", _("辖区"), "select", (("991027001", "柳泉镇"), ("991027002", "石桥乡"))),
        lists.Filter("state", _("状态"), "select", states),
        lists.Filter("since", _("开始日期"), "date"),
        lists.Filter("text", _("关键字"), hint=_("名单、来文单位")),
        lists.Filter("mine", _("只看我的"), "check"),
    ]
    question = lists.ask(request.GET, columns=columns, filters=filters, sort="-clock")
    towns, chips = ("柳泉镇", "石桥乡", "城关街道", "北埝镇"), ("plain", "wait", "info", "good")
    words = (_("在办"), _("待核对"), _("已派发"), _("办结"))
    rows = [
        lists.Row(
            str(n),
            {
                "what": _("组建三人小组"),
                "area": towns[n % 4],
                "owner": "王守成",
                "person": parts.Masked("赵**", "/gallery/reveal", _("姓名")),
                "phone": parts.Masked("199****000" + str(n % 9), "/gallery/reveal", _("电话")),
                "clock": parts.Clock(at(n * 8 - 20), AS_OF, risk_at=at(n * 8 - 30), met_at=at(-40) if n > 9 else None),
                "status": parts.Chip(words[3 if n > 9 else n % 3], chips[3 if n > 9 else n % 3]),  # type: ignore[arg-type]
                "rows": n * 37 % 211,
            },
            "/gallery/detail",
            n < 3,
        )
        for n in range(14)
    ]
    return lists.ListPage(
        question=question,
        rows=[] if is_empty else rows,
        total=0 if is_empty else 1234,
        title=_("任务"),
        empty=_("今天还没有收到名单。收到后从「导入」送进来，系统会回一张收据。"),
        empty_action=parts.Action(_("导入名单"), "/gallery/wizard", "upload", is_main=True),
        definition=_("有时限的事项，一行一件。"),
        bulk=(parts.Action(_("催办"), "/gallery/list", "bell", confirm=_("给选中事项的责任人发催办？")),),
        actions=(parts.Action(_("打印"), "?print=1", "printer"),),
        saved=(lists.SavedView(_("超时未办"), "state=late", is_current=False),),
        save_view_url="/gallery/list",
    )


def detail() -> dict[str, object]:
    """A person with a timeline."""
    return {
        "header": parts.Header(
            title=parts.Masked("赵**", "/gallery/reveal", _("姓名")),
            kind=_("人员"),
            chips=(parts.Chip(_("在管"), "info"), parts.Chip(_("待回访"), "wait")),
            facts=(
                (_("证件"), parts.Masked("991027********001X", "/gallery/reveal", _("证件"))),
                (_("电话"), parts.Masked("199****0001", "/gallery/reveal", _("电话"))),
                (_("住址"), "柳泉镇河湾村"),
                (_("所在小组"), _("柳泉镇第二小组")),
                (_("时限"), parts.Clock(at(6), AS_OF, risk_at=at(-4))),
            ),
            actions=(
                parts.Action(_("登记走访"), "/gallery/wizard", "clipboard-check", is_main=True),
                parts.Action(
                    _("移交"), "/gallery/login", "send", is_post=True, confirm=_("移交给邻县？对方接收前仍由本县负责。")
                ),
            ),
            back=parts.Link(_("人员"), "/gallery/list"),
        ),
        "timeline": parts.Timeline(
            (
                parts.Event(at(-9), _("超过半数时限，已提醒"), _("系统时钟"), icon="clock-exclamation", tone="risk"),
                parts.Event(
                    at(-40), _("上门未遇"), "周巡", _("邻居称下午在家，约 15 时回访。"), "home", recorded_at=at(-12)
                ),
                parts.Event(at(-75), _("派发柳泉镇"), "王录", _("按住址：柳泉镇河湾村"), "send", "info"),
                parts.Event(at(-95), _("与档案匹配"), _("规则"), _("证件号相同，姓名相近"), "git-merge", "good"),
                parts.Event(at(-120), _("进入名单"), "王录", "", "file-import"),
            )
        ),
    }


class MappingForm(forms.Form):
    """A form with every kind of field."""

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["sender"] = forms.CharField(label=_("来文单位"), help_text=_("列的对应关系按单位记住。"))
        self.fields["kind"] = forms.ChoiceField(label=_("名单种类"), choices=[("t", _("旅居")), ("c", _("密接"))])
        self.fields["day"] = forms.DateField(label=_("名单日期"), widget=forms.DateInput({"type": "date"}))
        self.fields["urgent"] = forms.BooleanField(label=_("按急件派发"), required=False)


def wizard() -> dict[str, object]:
    """An upload in its third step, with progress and receipts."""
    step = parts.Step
    return {
        "steps": parts.Steps(
            (
                step(_("选文件"), "done", "#"),
                step(_("对列"), "done", "#"),
                step(_("预览"), "now"),
                step(_("回执"), "next"),
            )
        ),
        "form": MappingForm({"kind": "t", "day": "x", "sender": "省疾控数据组"}),
        "progress": parts.Progress(_("正在核对身份"), 3120, 5000, finishes_at=at(1), text=_("每秒约 1,400 行")),
        "receipt": parts.Receipt(
            _("省疾控 旅居名单 第 7 号"),
            5000,
            4981,
            19,
            (parts.Reason(_("证件号校验位不符"), 11, "#"), parts.Reason(_("没有姓名"), 8, "#")),
            "#",
            "#",
            "#",
            AS_OF,
            "王录",
            (_("有 2 个隐藏工作表，未读取。"),),
        ),
        "off": parts.Receipt(_("账不平的样子"), 100, 90, 9, received_at=AS_OF),
    }


def pair() -> parts.Pair:
    """Two people who may be one."""
    field = parts.PairField
    masked = parts.Masked("赵一*", "/gallery/reveal", _("姓名"))
    return parts.Pair(
        _("名单第 212 行"),
        _("档案"),
        (
            field(_("姓名"), masked, parts.Masked("赵亦*", "/gallery/reveal"), "near", 5.2, _("同音字")),
            field(
                _("证件"),
                None,
                parts.Masked("991027********001X", "/gallery/reveal"),
                "unknown",
                0,
                _("名单没有证件号"),
            ),
            field(_("出生日期"), "1985-03-12", "1985-12-03", "near", 3.1, _("月日颠倒")),
            field(_("电话"), "199****0001", "199****0001", "same", 11.4, _("号码相同，全县仅此一人使用")),
            field(_("住址"), "柳泉镇河湾村", "石桥乡上坡村", "differs", -4.6, _("不同乡镇")),
        ),
        0.9312,
        "/gallery/pair",
        text=_("高于 0.90，低于自动合并线 0.98"),
        next_href="/gallery/pair",
        left_note=_("省疾控 旅居名单 第 7 号"),
        right_note=_("建档 2026-03-02"),
    )
