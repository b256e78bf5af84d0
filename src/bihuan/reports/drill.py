"""How an exercise went: every clock as in life, the steps of each case, each inject and its answer, and the gaps."""

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("演练评估")
summary = gettext_lazy("演练库中一次演练：各时限实测、流调步骤、情景注入的应对和差距")

# What is owed to every case of an exercise, by the act that says it was done, and who owes it.
# An exercise is a day; what is still open then has not been met, and does not grow later afterwards.
LASTS = timedelta(days=1)
STEPS = (("open_case", Role.TRACER), ("revise_case", Role.TRACER), ("derive_contacts", Role.TRACER))


@dataclass(frozen=True)
class Gap:
    """One thing an exercise showed to be missing: a key of its own, words, the role that owes it, and how late."""

    key: str
    zh: str
    en: str
    role: str
    late_minutes: int | None

    @property
    def words(self) -> str:
        """In the reader's language."""
        return self.en if _is_english() else self.zh


@dataclass(frozen=True)
class Scores:
    """Everything measured of the latest drill known at an instant. `drill` is None where no drill was played."""

    drill: Any
    clocks: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    injects: Sequence[Mapping[str, Any]]
    gaps: Sequence[Gap]


def scores(scope: Scope, as_of: datetime) -> Scores:
    """Score the latest drill that had begun at `as_of`, with what had happened then."""
    drill = staff_reads.acts(scope).filter(verb="start_drill", at__lte=as_of).order_by("-at").first()
    if drill is None:
        return Scores(None, (), (), (), ())
    as_of = min(as_of, drill.at + LASTS)
    # An exercise runs faster than life: its own clock counts, not the instant the server wrote an act down.
    acts = list(staff_reads.acts(scope).filter(at__gte=drill.at, at__lte=as_of).order_by("at", "id"))
    clocks = _clocks(scope, drill.at, as_of)
    steps = _steps(acts)
    injects = _injects(acts, as_of)
    return Scores(drill, clocks, steps, injects, [*_late(clocks), *_missing(steps), *_unanswered(injects)])


def build(scope: Scope, as_of: datetime) -> Page:
    """Scores of the latest drill as a page."""
    told = scores(scope, as_of)
    if told.drill is None:
        first = Section(paragraphs=(_("此库中没有进行过演练。演练在单独的演练库中进行：bihuan drill play。"),))
        return Page(title=_("演练评估"), as_of=as_of, area_name=area_name(scope), sections=(first,))
    given = told.drill.args
    detail = given["detail"]
    words = _("情景 %(scenario)s 第%(day)s天，种子 %(seed)s：%(people)s 人，当日发现 %(cases)s 例，注入 %(injects)s 项。") % {
        **detail, "scenario": given["scenario"], "day": given["day"], "seed": given["seed"],
    }  # fmt: skip
    late, wrong = sum(c["late"] for c in told.clocks), sum(i["verdict"] != _verdicts()["in_time"] for i in told.injects)
    reached = _("时限超时 %(late)s 次；情景应对未按时 %(wrong)s 项；差距 %(gaps)s 项。") % {
        "late": late, "wrong": wrong, "gaps": len(told.gaps),
    }  # fmt: skip
    return Page(
        title=_("演练评估"),
        as_of=as_of,
        area_name=area_name(scope),
        subtitle=_("演练 Drill"),
        sections=(
            Section(paragraphs=(words, reached)),
            Section(_("时限实测"), table=Table(_clock_columns(), told.clocks)),
            Section(_("流调步骤"), table=Table(_step_columns(), told.steps)),
            Section(_("情景注入"), table=Table(_inject_columns(), told.injects)),
            Section(_("差距"), table=Table(_gap_columns(), [_gap_row(g) for g in told.gaps])),
        ),
        signatures=(_("导调人员"), _("评估人员")),
    )


def _clocks(scope: Scope, since: datetime, as_of: datetime) -> list[dict[str, Any]]:
    """Every clock started in the drill, by the kind of its task and limit: measured as life measures it."""
    kinds: dict[tuple[str, str], list[Any]] = {}
    for clock in command_reads.clocks(scope, as_of).filter(started_at__gte=since):
        kinds.setdefault((clock.kind, clock.task.kind), []).append(clock)
    posts = {p.member_id: p.post.role for p in staff_reads.postings(scope, as_of).order_by("-post__rank", "id")}
    found = []
    for (kind, _task), clocks in sorted(kinds.items()):
        took = [_minutes(c.started_at, c.stopped_at) for c in clocks if c.stopped_at and c.stopped_at <= as_of]
        late = [c for c in clocks if min(c.stopped_at or as_of, as_of) > c.due_at]
        roles = Counter(posts.get(c.task.responsible_id, Role.OFFICE) for c in late)
        found.append(
            {
                **_both(partial(_kind_words, clocks[0].task)),
                "kind": kind, "words": clocks[0].task.kind_words, "started": len(clocks), "measured": len(took),
                "median": statistics.median(took) if took else None, "p95": _p95(took),
                "limit": statistics.median(_minutes(c.started_at, c.due_at) for c in clocks), "late": len(late),
                "worst": max((_minutes(c.due_at, min(c.stopped_at or as_of, as_of)) for c in late), default=None),
                "role": roles.most_common(1)[0][0] if roles else "",
            }
        )  # fmt: skip
    return found


def _steps(acts: Sequence[Any]) -> list[dict[str, Any]]:
    """For every case that stands since the drill began: which steps the journal shows, and after how long."""
    opened = {a.subject: a.at for a in acts if a.verb == "open_case" and a.word == "opened"}
    found = []
    for verb, role in STEPS[1:]:
        done: dict[str, datetime] = {}
        for act in acts:
            subject = f"case:{act.args['case']}" if "case" in act.args else act.subject
            if act.verb == verb and subject in opened:
                done.setdefault(subject, act.at)
        took = [_minutes(opened[s], at) for s, at in done.items()]
        found.append(
            {
                **_both(partial(_step_word, verb)),
                "verb": verb, "step": _step_words()[verb], "cases": len(opened), "done": len(done),
                "missing": len(opened) - len(done), "median": statistics.median(took) if took else None, "role": role,
            }
        )  # fmt: skip
    return found


def _injects(acts: Sequence[Any], as_of: datetime) -> list[dict[str, Any]]:
    """Each expectation of each inject with the first act that answers it, or the last of several that all must come."""
    found = []
    for act in (a for a in acts if a.verb == "note_inject"):
        for number, one in enumerate(act.args["expects"]):
            due = datetime.fromisoformat(act.result["due"][str(number)])
            at = _answered(acts, one, act.at)
            verdict = "in_time" if at and at <= due else "late" if at else "none" if as_of >= due else "running"
            found.append(
                {
                    "at": act.at, "key": act.args["key"], "verb": one["verb"], "role": one["role"], "due": due,
                    "words": act.args["en"] if _is_english() else act.args["zh"], "zh": act.args["zh"],
                    "en": act.args["en"], "expected": _role(one["role"]), "answered": at,
                    "minutes": _minutes(act.at, at) if at else None, "limit": _minutes(act.at, due), "state": verdict,
                    "verdict": _verdicts()[verdict], "late": _minutes(due, at or as_of) if verdict in ("late", "none") else None,
                }
            )  # fmt: skip
    return found


def _answered(acts: Sequence[Any], one: Mapping[str, Any], since: datetime) -> datetime | None:
    after = [a for a in acts if a.verb == one["verb"] and a.at >= since and a.because_id is None]
    if not one["argument"]:
        return after[0].at if after else None
    first: dict[str, datetime] = {}
    for act in after:
        first.setdefault(str(act.args.get(one["argument"])), act.at)
    times = [first.get(v) for v in one["values"]]
    return max((t for t in times if t), default=None) if times and all(times) else None


def _late(clocks: Sequence[Mapping[str, Any]]) -> list[Gap]:
    return [
        Gap(
            f"clock:{c['kind']}",
            f"演练差距：“{c['zh']}”{c['started']}次中{c['late']}次超时，最长超时{round(c['worst'])}分钟（时限{round(c['limit'])}分钟）",
            f"Drill gap: «{c['en']}» late {c['late']} of {c['started']} times, by {round(c['worst'])} min at most "
            f"(limit {round(c['limit'])} min)",
            c["role"], round(c["worst"]),
        )
        for c in clocks
        if c["late"]
    ]  # fmt: skip


def _missing(steps: Sequence[Mapping[str, Any]]) -> list[Gap]:
    return [
        Gap(
            f"step:{s['verb']}", f"演练差距：{s['missing']}个病例没有“{s['zh']}”",
            f"Drill gap: {s['missing']} cases without «{s['en']}»", s["role"], None,
        )
        for s in steps
        if s["missing"]
    ]  # fmt: skip


def _unanswered(injects: Sequence[Mapping[str, Any]]) -> list[Gap]:
    found = []
    for i in injects:
        if i["state"] in ("late", "none"):
            zh = "未应对" if i["state"] == "none" else f"超时{round(i['late'])}分钟"
            en = "not answered" if i["state"] == "none" else f"answered {round(i['late'])} min late"
            found.append(
                Gap(f"inject:{i['key']}:{i['verb']}", f"演练差距：{i['zh']}，{zh}", f"Drill gap: {i['en']}: {en}",
                    i["role"], round(i["late"]))
            )  # fmt: skip
    return found


def _kind_words(task: Any) -> str:
    return str(task.kind_words)


def _step_word(verb: str) -> str:
    return _step_words()[verb]


def _both(words: Callable[[], str]) -> dict[str, str]:
    """Words in both languages: a gap is told to whoever reads it."""
    told = {}
    for language, key in (("zh-hans", "zh"), ("en", "en")):
        with override(language):
            told[key] = str(words())
    return told


def _minutes(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 60, 1)


def _p95(values: Sequence[float]) -> float | None:
    """The smallest value that nineteen in twenty do not exceed."""
    return sorted(values)[-(-len(values) * 19 // 20) - 1] if values else None


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def _verdicts() -> dict[str, str]:
    return {"in_time": _("按时"), "late": _("超时"), "none": _("未应对"), "running": _("计时中")}


def _step_words() -> dict[str, str]:
    return {"revise_case": _("核实病例信息"), "derive_contacts": _("判定接触者")}


def _gap_row(gap: Gap) -> dict[str, Any]:
    return {"words": gap.words, "role": _role(gap.role), "late": gap.late_minutes}


def _clock_columns() -> tuple[Column, ...]:
    return (
        Column("words", _("事项"), width_mm=40),
        Column("started", _("起算"), "number", 18, _("演练中开始计时的次数")),
        Column("measured", _("实测"), "number", 18, _("已停表、可以量出用时的次数")),
        Column("median", _("中位数"), "minutes", 22),
        Column("p95", _("95分位"), "minutes", 22, _("二十次中十九次不超过的用时")),
        Column("limit", _("时限"), "minutes", 22),
        Column("late", _("超时"), "number", 18, _("停表晚于时限，或统计时刻仍未停表且已过时限")),
    )


def _step_columns() -> tuple[Column, ...]:
    return (
        Column("step", _("步骤"), width_mm=50),
        Column("cases", _("病例"), "number", 20),
        Column("done", _("已做"), "number", 20),
        Column("missing", _("缺"), "number", 20),
        Column("median", _("中位数"), "minutes", 24, _("从立为病例起算")),
    )


def _inject_columns() -> tuple[Column, ...]:
    return (
        Column("at", _("时间"), "instant", 32),
        Column("words", _("情景"), width_mm=56),
        Column("expected", _("应由"), width_mm=26),
        Column("limit", _("时限"), "minutes", 20),
        Column("minutes", _("用时"), "minutes", 20),
        Column("verdict", _("结果"), width_mm=18),
    )


def _gap_columns() -> tuple[Column, ...]:
    return (
        Column("words", _("差距"), width_mm=110),
        Column("role", _("责任角色"), width_mm=30),
        Column("late", _("超时（分钟）"), "minutes", 24),
    )
