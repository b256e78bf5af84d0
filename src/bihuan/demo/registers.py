"""Emergency supplies and campaigns as registers, some counted and logged, and the morning's report for the health office."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bihuan.demo.founding import Staff
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

ALL = Scope(EVERYWHERE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# item, measure, used a day at full load by a township, days of stock, days to deliver, pieces a pack
SUPPLIES = (
    ("N95口罩", "只", 120, (41, 22, 35), 7, 240),  # data
    ("医用外科口罩", "只", 900, (60, 44, 52), 5, 2000),  # data
    ("防护服", "套", 60, (33, 12, 30), 10, 50),  # data
    ("咽拭子", "支", 2400, (31, 9, 40), 6, 1000),  # data
    ("84消毒液", "升", 80, (75, 66, 90), 3, 20),  # data
)
CAMPAIGNS = (
    ("夏季爱国卫生月", "清理卫生死角，灭蚊灭蝇", "村村响、广播车、上门", 900),  # data
    ("老年人疫苗接种动员", "讲清禁忌和好处，接送上门", "上门、村村响", 260),  # data
    ("暑期返乡提前报备", "返乡提前向村（社区）报备", "短信、电子屏", 1500),  # data
)


def play(do: Callable[..., Any], staff: Staff, now: datetime) -> None:
    """Load both registers, count and log most of the entries, and schedule a report."""
    with scoped(ALL):
        towns = list(staff_reads.units(ALL, [UnitKind.TOWNSHIP])[:3])
        offices = list(staff_reads.units(ALL, [UnitKind.WORKING_GROUP, UnitKind.DEPARTMENT])[:1])
    begun = now - 9 * DAY
    stock = [
        {
            "name": f"{item} {town.area.name}库", "item": item, "place": f"{town.area.name}物资库", "unit": town.name,
            "area": town.area.name, "stock": str(burn * days[n]), "measure": measure, "burn_per_day": str(burn),
            "lead_days": str(lead), "pack_size": str(pack),
            **({"expires_on": f"{now + 38 * DAY:%Y-%m-%d}"} if (item, n) == ("84消毒液", 1) else {}),  # data
        }
        for item, measure, burn, days, lead, pack in SUPPLIES
        for n, town in enumerate(towns)
    ]  # fmt: skip
    do("office", "load_register", begun, register="supplies", rows=stock)
    told = [
        {"name": f"{name}（{town.area.name}）", "content": content, "channels": channels, "unit": town.name,
         "area": town.area.name, "households": str(households)}
        for name, content, channels, households in CAMPAIGNS
        for town in towns
    ]  # fmt: skip
    do("office", "load_register", begun, register="campaigns", rows=told)
    with scoped(ALL):
        entries = [*command_reads.entries(ALL, "supplies"), *command_reads.entries(ALL, "campaigns")]
    for n, entry in enumerate(entries):
        if n % 4 == 3:  # a quarter was not counted or logged: the report says so
            continue
        who = next(head for code, (head, *_others) in staff.townships.items() if entry.path.find(code) > 0)
        asked = "stock_count" if entry.register == "supplies" else "campaign_reach"
        answers = _answers(asked, entry, n)
        given = {"checklist": asked, "subject": f"entry:{entry.id}", "kind": "dispatch", "answers": answers}
        do(who, "fill_checklist", now - (30 + n) * HOUR, **given)
    for office in offices:
        do(
            "commander", "schedule_report", now - 2 * DAY, report="daily", title="疫情防控日报", unit=office.id, hour=7
        )  # data


def _answers(checklist: str, entry: Any, n: int) -> dict[str, dict[str, str]]:
    figures = {
        "counted": str(round(float(entry.cells.get("stock", 0)) * (0.8 + 0.05 * (n % 5)))),
        "expired": str(n % 3),
        "reached": str(round(float(entry.cells.get("households", 0)) * (0.35 + 0.1 * (n % 6)))),
        "loudspeaker": str(6 + n % 9),
        "screens": str(n % 7),
        "messages": str(40 * (n % 5)),
    }
    items = checklists.checklist(checklist).items
    said = {"yes_no": "yes", "issue": "无", "text": ""}  # data
    return {i.name: {"answer": figures[i.name] if i.kind == "number" else said[i.kind]} for i in items}
