"""The townships' daily reports of the last days, one missing, one late, one mended; and an urgent report that was heard."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.demo.founding import Staff
from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import unit_reports as shared
from bihuan.loop.tick import tick

ALL = Scope(EVERYWHERE)
FORM = "zero_report"
DAYS = 3
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def play(do: Callable[..., Any], staff: Staff, now: datetime, tell: Callable[[datetime, str], None]) -> None:
    """Ask for the reports, sign most of them, and say that one cannot wait."""
    form = unit_forms.unit_forms()[FORM]
    today = timezone.localtime(now).date()
    do("office", "order_unit_reports", form.opens_at(today - DAYS * DAY) - HOUR, form=FORM)
    accounts = {str(id_): name for name, id_ in staff.ids.items()}
    said = owed_all = 0
    for back in range(DAYS, -1, -1):
        day = today - back * DAY
        opens, due = form.opens_at(day), form.due_at(day)
        if opens > now:
            continue
        tick(opens)
        with scoped(ALL):
            owed = list(report_reads.owed(ALL, opens, opens + MINUTE))
        for number, task in enumerate(owed):
            who = accounts[str(task.responsible_id)]
            at = due - (20 + 13 * number) * MINUTE if number != 4 or back != 1 else due + 50 * MINUTE
            owed_all += 1
            if at > now or (number == 6 and back in (1, 2)):  # one township says nothing for two days
                continue
            with scoped(ALL):
                counted = shared.counted(Scope(task.path), day, at)
            figures = {f.name: counted.get(f.prefill, (number * 7 + back) % 5) for f in form.figures}
            do(who, "sign_unit_report", at, task=task.id, figures=figures)
            said += 1
            if number == 2 and back == 1:
                reason = "漏计一名发热患者"  # data
                do(
                    who,
                    "restate_unit_report",
                    due + HOUR,
                    task=task.id,
                    figures=figures | {"fever": figures["fever"] + 1},
                    reason=reason,
                )
    tell(now, f"daily reports of townships: {said} of {owed_all} signed")
    at = now - 50 * MINUTE
    sent = do("t03-grid1", "send_urgent_report", at, kind="medical", words="封控楼栋内老人胸痛，急救车进不来")  # data
    heard = "已令东门放行，县医院急救车5分钟到"  # data
    do("leader", "acknowledge_urgent_report", at + 6 * MINUTE, task=sent.result["task"], reply=heard)
