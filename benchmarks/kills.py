"""Swabs over a bad network to a server and a database that are killed again and again: what was acknowledged is there once.

Clients send ten swabs a call and repeat a call until it is answered. Between them and the server stands a network that
cuts requests in the middle, loses answers after the commit, and leaves lines half open. At random instants the server
with its workers, or PostgreSQL with every process of it, is killed by SIGKILL and started again. Then the books are
compared: every acknowledged act, the swabs, the tubes' counts, the journal.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from benchmarks import _county
from benchmarks.acts import server_process, wait_until_ready
from benchmarks.swabs import TUBE, bodies_of, open_tables

CLIENTS = 6
PAUSE_SECONDS = 0.03
TIMEOUT_SECONDS = 4.0
# How long the house is left alone between two kills.
LEAST_QUIET_SECONDS, MOST_QUIET_SECONDS = 0.2, 1.4
LOST_ANSWER, CUT_REQUEST, HALF_OPEN = 0.04, 0.03, 0.004


def run(kills: int = 50, people: int = 60_000) -> dict[str, Any]:
    """Kill `kills` times while swabs of at most `people` residents come in."""
    with _county.county(people=people) as county:
        sessions = open_tables(county)
        bodies = bodies_of(county, sessions, people // TUBE, TUBE)
        dice = random.Random(2022)
        with _House(county, dice) as house, _bad_network(house.port, dice) as (port, network):
            clients = _Clients(port, bodies)
            clients.start()
            started = time.perf_counter()
            told = house.killed(kills)
            seconds = time.perf_counter() - started
            network.is_good = True
            clients.stop()
        with county.superuser() as root:
            books = _books(root)
    acknowledged = clients.acknowledged
    doubled = books["doubled"]
    return {
        "kills_of_server": told["server"],
        "kills_of_database": told["database"],
        "seconds": round(seconds),
        "calls_answered": clients.answered,
        "calls_repeated": clients.repeated,
        **network.told(),
        "acknowledged_swabs": len(acknowledged),
        "acknowledged_lost": len(acknowledged - books["swabs"]),
        "stored_twice": doubled,
        "journal_without_swab": len(books["journal"] - books["swabs"]),
        "swab_without_journal": len(books["swabs"] - books["journal"]),
        "tubes_out_of_balance": books["unbalanced"],
        "never_sent": len(books["swabs"] - clients.sent),
    }


class _House:
    """The server and its database, killed and started again."""

    def __init__(self, county: _county.County, dice: random.Random) -> None:
        self.county, self.dice = county, dice
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def __enter__(self) -> "_House":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def killed(self, times: int) -> dict[str, int]:
        """Kill the one or the other at random instants; answers how often which."""
        from bihuan.config import database

        told = {"server": 0, "database": 0}
        embedded = database.Embedded(self.county.home / "postgres")
        for _n in range(times):
            time.sleep(self.dice.uniform(LEAST_QUIET_SECONDS, MOST_QUIET_SECONDS))
            which = self.dice.choice(("server", "database"))
            told[which] += 1
            if which == "server":
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
                self._start()
            else:
                embedded.kill()
                embedded.ensure()
                wait_until_ready(self.port, self.child)
        return told

    def _start(self) -> None:
        self.child: subprocess.Popen[bytes] = server_process(self.county, self.port, workers=2)
        wait_until_ready(self.port, self.child)


class _Clients:
    """Phones that repeat a call until it is answered, and remember what was acknowledged."""

    def __init__(self, port: int, bodies: list[tuple[str, bytes]]) -> None:
        self.port, self.queue = port, list(reversed(bodies))
        self.lock, self.is_over = threading.Lock(), threading.Event()
        self.acknowledged: set[str] = set()
        self.sent: set[str] = set()
        self.answered = self.repeated = 0
        self.threads = [threading.Thread(target=self._client) for _ in range(CLIENTS)]

    def start(self) -> None:
        for one in self.threads:
            one.start()

    def stop(self) -> None:
        """No new call; those under way are repeated until answered."""
        self.is_over.set()
        for one in self.threads:
            one.join()

    def _client(self) -> None:
        while not self.is_over.is_set():
            with self.lock:
                if not self.queue:
                    return
                key, body = self.queue.pop()
                self.sent |= {act["id"] for act in json.loads(body)["acts"]}
            while (answers := self._told(key, body)) is None:
                self.repeated += 1
                time.sleep(0.1)
            refused = [a for a in answers if a["status"] == "refused"]
            if refused:
                raise RuntimeError(f"refused: {refused[0]}")
            with self.lock:
                self.answered += 1
                self.acknowledged |= {a["id"] for a in answers}
            time.sleep(PAUSE_SECONDS)

    def _told(self, key: str, body: bytes) -> list[dict[str, Any]] | None:
        """The answers of one call; none where the line broke or the house said «later»."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            words = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            line.request("POST", "/api/v1/acts", body, words)
            answer = line.getresponse()
            raw = answer.read()
            return list(json.loads(raw)["acts"]) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            line.close()


class _Network:
    """What the line did to the calls."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.is_good = dice, False
        self.lost_answers = self.cut_requests = self.half_open = 0

    def fate(self) -> str:
        """What becomes of the next call."""
        if self.is_good:
            return ""
        chance = self.dice.random()
        for share, what in ((LOST_ANSWER, "lost_answers"), (CUT_REQUEST, "cut_requests"), (HALF_OPEN, "half_open")):
            if chance < share:
                setattr(self, what, getattr(self, what) + 1)
                return what
            chance -= share
        return ""

    def told(self) -> dict[str, int]:
        return {
            "answers_lost": self.lost_answers,
            "requests_cut": self.cut_requests,
            "lines_half_open": self.half_open,
        }


@contextmanager
def _bad_network(port: int, dice: random.Random) -> Iterator[tuple[int, _Network]]:
    """A port that passes calls on to `port`, and does to some what a bad line does."""
    network = _Network(dice)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:

        def listen() -> None:
            while True:
                try:
                    line, _address = door.accept()
                except OSError:
                    return
                threading.Thread(target=_pass_on, args=(line, port, network), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield int(door.getsockname()[1]), network
        door.shutdown(socket.SHUT_RDWR)


def _pass_on(line: socket.socket, port: int, network: _Network) -> None:
    """One call: read whole, sent on (or half of it), and its answer brought back (or not)."""
    with line, suppress(OSError):
        line.settimeout(TIMEOUT_SECONDS * 2)
        request = _whole_request(line)
        fate = network.fate()
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS * 2) as server:
            if fate == "cut_requests":
                server.sendall(request[: len(request) // 2])
                return
            server.sendall(request)
            while part := server.recv(65536):
                if fate == "half_open":  # the caller hears nothing more and is not told that it will not
                    time.sleep(TIMEOUT_SECONDS + 1)
                    return
                if fate == "lost_answers":  # the commit is done: the answer came this far
                    return
                line.sendall(part)


def _whole_request(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = line.recv(65536)
        if not part:
            raise OSError("the caller hung up")
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
    while len(body) < length:
        part = line.recv(65536)
        if not part:
            raise OSError("the caller hung up")
        body += part
    return head.replace(b"\r\nConnection: keep-alive", b"") + b"\r\nConnection: close\r\n\r\n" + body


def _books(root: Any) -> dict[str, Any]:
    swabs = {str(r[0]) for r in root.execute("SELECT id FROM lab_swab").fetchall()}
    journal = {str(r[0]) for r in root.execute("SELECT id FROM staff_act WHERE verb = 'draw_swab'").fetchall()}
    doubled = root.execute(
        "SELECT count(*) FROM (SELECT 1 FROM lab_swab GROUP BY round_id, person_id HAVING count(*) > 1) d"
    ).fetchone()[0]
    unbalanced = root.execute(
        "SELECT count(*) FROM lab_tube t WHERE t.swabs <> (SELECT count(*) FROM lab_swab s WHERE s.tube_id = t.id)"
    ).fetchone()[0]
    return {"swabs": swabs, "journal": journal, "doubled": doubled, "unbalanced": unbalanced}


if __name__ == "__main__":
    print(json.dumps(run(*(int(word) for word in sys.argv[1:])), ensure_ascii=False, indent=1))
