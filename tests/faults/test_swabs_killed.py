"""A server process killed again and again while swabs stream in: what was acknowledged is there, nothing is there twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab.models import Swab, Tube
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests import make_lab as lab

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, BATCH, KILLS = 300, 10, 6
# Sends batch after batch; an id is told only after the answer, which comes after the commit.
SENDER = """
import json, sys
from datetime import datetime
from uuid import UUID
from bihuan.loop import door
from bihuan.loop.act import Request
told = json.load(sys.stdin)
at = datetime.fromisoformat(told["at"])
print("begin", flush=True)
for start in range(0, len(told["acts"]), BATCH):
    part = told["acts"][start : start + BATCH]
    requests = [Request(UUID(a["id"]), "draw_swab", at, "phone", a["args"]) for a in part]
    for answer in door.perform_many(requests, member=UUID(told["member"]), recorded_at=at):
        print(answer.id, answer.status, flush=True)
print("end", flush=True)
""".replace("BATCH", str(BATCH))


def test_killed_again_and_again_every_acknowledged_swab_is_there_once(db: None) -> None:
    chain = lab.chain()
    acts = [
        {"id": str(uuid7()), "args": {"session": str(chain.session), "tube": f"T{n // 10:03}", "person": str(person)}}
        for n, person in enumerate(lab.people(PEOPLE))
    ]
    told = json.dumps({"member": str(chain.cai.id), "at": lab.DAY.isoformat(), "acts": acts})
    dice = random.Random(5)
    acknowledged: set[str] = set()
    kills = 0
    for _turn in range(KILLS * 4):
        # Somewhere in the first half of its answers, a moment into the next transaction.
        after = dice.randrange(PEOPLE // 2) if kills < KILLS else None
        lines, was_killed = _sends(told, kill_after=after, linger=dice.uniform(0, 0.004))
        acknowledged |= {line.split()[0] for line in lines if line.endswith(("done", "already_done"))}
        assert not [line for line in lines if line.endswith("refused")]
        if kills >= KILLS:
            assert lines[-1] == "end"
            break
        kills += was_killed
    assert kills >= KILLS
    assert len(acknowledged) == PEOPLE
    with scoped(make.EVERYBODY):
        stored = {str(i) for i in Swab.objects.values_list("id", flat=True)}
        journal = Act.objects.filter(verb="draw_swab").count()
        counted = [(t.swabs, t.members.count()) for t in Tube.objects.all()]
    assert stored == acknowledged == {a["id"] for a in acts}
    assert journal == PEOPLE
    assert counted == [(10, 10)] * (PEOPLE // 10)


def _sends(told: str, *, kill_after: int | None, linger: float) -> tuple[list[str], bool]:
    """What a sender process said before it ended or was killed, so many answers and `linger` seconds in."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup()\n" + SENDER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(told)
    process.stdin.close()
    assert process.stdout.readline() == "begin\n"
    lines = []
    if kill_after is not None:
        lines = [process.stdout.readline().rstrip("\n") for _answer in range(kill_after)]
        time.sleep(linger)
        process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines()
    return lines, process.wait() == -signal.SIGKILL
