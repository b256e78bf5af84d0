"""What the day leaves on the pages of supervision: a notice dispatched, rounds walked, a problem that came back, projects."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.demo import county as invented
from bihuan.demo.founding import Staff
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

ALL = Scope(EVERYWHERE)
DAY = timedelta(days=1)
Do = Callable[..., Any]

NOTICE = (  # data
    "一、抓实人员排查。各乡镇要在24小时内完成返乡人员摸排，做到不漏一户、不漏一人。对摸排出的人员要及时登记上报。"
    "二、守好重点卡口。县交通运输局要每天检查一次高速卡口值守情况，发现空岗立即整改。"
    "三、抓好医疗机构管控。县卫生健康局要在3天内对全县诊所开展一次检查，严禁诊所留诊发热患者。"
    "四、做好物资储备。指挥部办公室要按照满足30天满负荷运转需要储备防护物资。"
    "希望同志们提高认识，把各项要求落到实处。"
)
NEW_NOTICE = NOTICE.replace("24小时内", "12小时内") + "五、严格信息报送。各乡镇要每天下午5时前报送排查日报。"  # data
STANDARD = {
    "摸排": "不漏一户、不漏一人",  # data
    "卡口": "每个班次有人、有记录",  # data
    "诊所": "应查尽查，留有检查表",  # data
    "物资": "满足30天满负荷运转",  # data
}
OWNERS = {"摸排": "", "卡口": "县交通运输局", "诊所": "县卫生健康局", "物资": "指挥部办公室"}  # data
PROJECTS = (
    "城西引水工程",
    "县医院发热门诊改造",
    "冷链物流园",
    "光伏产业基地",
    "柳泉农产品市场",
    "县城污水厂扩建",
)  # data


def play(do: Do, staff: Staff, now: datetime, tell: Callable[[datetime, str], None]) -> None:
    """Play the last week of supervision, each act at its own instant."""
    _texts(do, staff, now, tell)
    _problems(do, staff, now, tell)
    _projects(do, now)


def _texts(do: Do, staff: Staff, now: datetime, tell: Callable[[datetime, str], None]) -> None:
    at = now - 2 * DAY
    given = {"kind": "notice", "title": "关于做好近期疫情防控工作的通知", "issuer": "省疫情防控指挥部"}  # data
    first = do("office", "receive_directive", at, number="省疫指〔2022〕7号", text=NOTICE, **given)  # data
    directive = UUID(first.result["directive"])
    with scoped(ALL):
        units = {u.name: u.id for u in staff_reads.units(ALL)}
        items = list(command_reads.items(ALL, directive))
    ready = []
    for item in items:
        key = next((k for k in STANDARD if k in item.requirement), "")
        if not key or not (item.due_minutes or item.every_minutes):
            continue
        means = [units[OWNERS[key]]] if OWNERS[key] else item.unit_ids
        do("office", "mend_item", at, item=item.id, requirement=item.requirement, standard=STANDARD[key], unit_ids=means,
           due_minutes=item.due_minutes or item.every_minutes, every_minutes=item.every_minutes, type=item.type)  # fmt: skip
        ready.append(item.id)
    sent = do("office", "dispatch_items", at + timedelta(minutes=20), directive=directive, items=ready)
    tell(at, f"a notice orders {len(items)} things; {len(ready)} go out as {sent.result['tasks']} tasks")
    for who in ("t01-head", "t02-head", "t04-head", "inspector"):
        do(who, "read_directive", at + timedelta(hours=3), directive=directive)
    with scoped(ALL):
        tasks = list(command_reads.open_tasks(ALL).filter(kind="directive", responsible_unit__kind="township")[:3])
    accounts = {str(id_): name for name, id_ in staff.ids.items()}
    for task in tasks:  # a township reports, the county's office looks and closes
        do(
            accounts[str(task.responsible_id)],
            "report_done",
            at + timedelta(hours=9),
            task=task.id,
            words="已全部摸排登记",
        )  # data
        do("office", "close_task", at + timedelta(hours=14), task=task.id, evidence="电话抽查20户，均已登记")  # data
    do("office", "receive_directive", now - timedelta(hours=3), number="省疫指〔2022〕9号", text=NEW_NOTICE,  # data
       replaces=directive, **given)  # fmt: skip
    do("commander", "record_meeting", now - timedelta(hours=2), title="每日研判会", chair="郑令", is_video=True,  # data
       is_review=True, attendance=["郑令", "严守", "韩平", "吴清"],  # data
       minutes="会议通报了近两日情况，石桥乡小组组建两次超时。",  # data
       decisions=["石桥乡人民政府要在2小时内明确值班人员", "指挥部办公室要每天通报各乡镇超时情况"])  # fmt: skip # data


def _problems(do: Do, staff: Staff, now: datetime, tell: Callable[[datetime, str], None]) -> None:
    with scoped(ALL):
        pharmacies = command_reads.inspectable(ALL, checklists.checklist("pharmacy"))
    again = pharmacies[0]

    def fills(who: str, at: datetime, name: str, subject: Any, kind: str = "inspection", **wrong: str) -> Any:
        return do(
            who, "fill_checklist", at, checklist=name, subject=subject.key, kind=kind, answers=_answers(name, wrong)
        )

    head = _team(staff, again)[0]
    first = now - 6 * DAY
    fills("inspector", first, "pharmacy", again, policy="墙上贴的是上月规定", referral="没有引导单")  # data
    with scoped(ALL):
        problems = list(command_reads.problems(ALL).filter(subject=again.key))
    for problem in problems:
        do(head, "mend_problem", first + timedelta(hours=2), problem=problem.id, measure="专人每日更换")  # data
        do(head, "report_done", first + timedelta(hours=6), task=problem.task_id, words="已换新、已备单")  # data
        do("inspector", "close_task", first + DAY, task=problem.task_id, evidence="复查已改", reply="已整改")  # data
    fills("inspector", now - timedelta(hours=20), "pharmacy", again, policy="又是旧规定")  # data
    tell(now - timedelta(hours=20), "a pharmacy's rule is out of date again: the county's department owns it now")
    for number, place in enumerate(pharmacies[1:4]):
        fills("inspector", now - timedelta(hours=19 - number), "pharmacy", place,
              **({"entrance": "无人测温"} if number == 1 else {}))  # fmt: skip # data
    plan = do("inspector", "plan_inspection", now - timedelta(hours=18), kind="random", checklist="village_clinic",
              area=invented.COUNTY_CODE, planned_from=now - timedelta(hours=10), planned_until=now + timedelta(hours=14),
              title="诊所随机暗访", seed=f"{now:%Y%m%d}", size=5)  # fmt: skip # data
    with scoped(ALL):
        stops = list(command_reads.stops(ALL, UUID(plan.result["inspection"])))
    told: tuple[dict[str, str], ...] = (
        {"no_fever_kept": "输液室有发热患者"},  # data
        {},
        {"procedure": "一问三不知", "stock": "口罩只够两天"},  # data
    )
    for number, stop in enumerate(stops[:3]):  # each had said of itself that all is well
        who = next(team[4] for code, team in staff.townships.items() if f"/{code}/" in stop.place_path)
        do(who, "fill_checklist", now - timedelta(hours=17 - number), checklist="village_clinic", subject=stop.subject,
           kind="self_check", answers=_answers("village_clinic", {}))  # fmt: skip
    for number, (stop, wrong) in enumerate(zip(stops, told, strict=False)):
        do("inspector", "fill_checklist", now - timedelta(hours=8 - number), checklist="village_clinic",
           subject=stop.subject, kind="inspection", stop=stop.id, answers=_answers("village_clinic", wrong))  # fmt: skip
    with scoped(ALL):
        hazard = command_reads.problems(ALL).filter(item="village_clinic/no_fever_kept").first()
    if hazard:
        do(
            "inspector", "put_on_board", now - timedelta(hours=7), problem=hazard.id, words="诊所违规留诊发热患者"
        )  # data


def _team(staff: Staff, subject: Any) -> list[str]:
    """The task force of the township a subject lies in."""
    return next(team for code, team in staff.townships.items() if f"/{code}/" in subject.path)


def _projects(do: Do, now: datetime) -> None:
    with scoped(ALL):
        units = list(staff_reads.units(ALL, ["township"]))[: len(PROJECTS)]
    rows = [
        {"name": name, "number": str(n), "area": unit.area.name, "unit": unit.name, "leader": "严守", "chain": "基础设施",  # data
         "investment": str(1200 * n), "starts_on": f"2022-0{3 + n % 6}-15"}
        for n, (name, unit) in enumerate(zip(PROJECTS, units, strict=False), start=1)
    ]  # fmt: skip
    do("office", "load_register", now - timedelta(minutes=190), register="projects", rows=rows)


def _answers(name: str, wrong: dict[str, str]) -> dict[str, dict[str, str]]:
    well = {"number": "na", "text": "有", "issue": "无"}  # data
    return {
        i.name: {"answer": "no", "note": wrong[i.name]} if i.name in wrong else {"answer": well.get(i.kind, "yes")}
        for i in checklists.checklist(name).items
    }
