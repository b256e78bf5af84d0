"""How an exercise's acts reach the house: through the door in this process, or as calls of the API; each is counted."""

import hashlib
import http.client
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from bihuan.demo.acting import Send
from bihuan.loop import door
from bihuan.loop.act import Answer, Request

# The API takes a thousand acts a call; fewer keep a call short.
ACTS_A_CALL = 200
PATIENCE_SECONDS = 60


def in_process(ids: Mapping[str, UUID]) -> Send:
    """Through the door that the API uses, in this process."""

    def send(who: str, requests: Sequence[Request], recorded_at: datetime) -> list[Answer]:
        return door.perform_many(requests, member=ids[who], recorded_at=recorded_at)

    return send


class Served:
    """Over HTTP, each account with a device's key of its own. Raises ConnectionError for an address that is not the drill's."""

    def __init__(self, url: str, ids: Mapping[str, UUID], at: datetime) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConnectionError(f"«{url}» is not an address like http://127.0.0.1:8000")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._line = kind(parts.hostname, parts.port, timeout=PATIENCE_SECONDS)
        self._ids, self._since = ids, at
        self._keys: dict[str, str] = {}

    def __call__(self, who: str, requests: Sequence[Request], recorded_at: datetime) -> list[Answer]:
        answers: list[Answer] = []
        for start in range(0, len(requests), ACTS_A_CALL):
            answers += self._call(who, requests[start : start + ACTS_A_CALL])
        return answers

    def _key(self, who: str) -> str:
        """A key that only the drill's database knows: a server of any other answers 401, and nothing happens there."""
        if who not in self._keys:
            key = hashlib.sha256(f"{who}:{time.time_ns()}".encode()).hexdigest()
            digest = hashlib.sha256(key.encode()).hexdigest()
            given = {"member": self._ids[who], "device": "drill", "digest": digest}
            answer = door.perform("issue_token", given, by=self._ids[who], at=self._since, recorded_at=self._since)
            if answer.status == "refused":
                raise ConnectionError(f"{who} gets no key: {answer.reason}")
            self._keys[who] = key
        return self._keys[who]

    def _call(self, who: str, requests: Sequence[Request]) -> list[Answer]:
        body = msgspec.json.encode({"acts": requests})
        headers = {"Authorization": f"Bearer {self._key(who)}", "Content-Type": "application/json"}
        while True:
            try:
                self._line.request("POST", "/api/v1/acts", body, headers)
                answer = self._line.getresponse()
                said = answer.read()
            except (http.client.HTTPException, OSError) as fault:
                raise ConnectionError(f"nobody answers at {self._line.host}:{self._line.port} ({fault})") from None
            if answer.status not in (429, 503):
                break
            time.sleep(min(60, int(answer.headers.get("Retry-After", "1"))))
        if answer.status == 401:
            raise ConnectionError(f"{self._line.host}:{self._line.port} does not serve the drill database")
        if answer.status != 200:
            raise ConnectionError(f"{self._line.host}:{self._line.port} answers {answer.status}: {said[:200]!r}")
        return [
            Answer(UUID(a["id"]), a["status"], a["reason"] or "", a["result"], a["code"] or "")
            for a in json.loads(said)["acts"]
        ]


@dataclass
class Ledger:
    """What was sent and what came of it. `lines` takes one line an act, without ids that differ from run to run."""

    send: Send
    lines: TextIO
    names: dict[str, str]
    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __call__(self, who: str, requests: Sequence[Request], recorded_at: datetime) -> list[Answer]:
        start = time.perf_counter()
        answers = self.send(who, requests, recorded_at)
        self.seconds += time.perf_counter() - start
        for request, answer in zip(requests, answers, strict=True):
            self.sent[request.act] += 1
            if answer.status == "refused":
                self.refused[request.act] += 1
                self.reasons[f"{request.act}: {answer.code}"] += 1
            line = {
                "at": request.at, "who": who, "act": request.act, "args": self._plain(msgspec.to_builtins(request.args)),
                "status": answer.status, "code": answer.code,
            }  # fmt: skip
            self.lines.write(msgspec.json.encode(line).decode() + "\n")
        return answers

    def _plain(self, value: Any) -> Any:
        """The same with every id replaced by a name: an account, a resident as founded, else its place in the file."""
        if isinstance(value, dict):
            return {k: self._plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(v) for v in value]
        if isinstance(value, str) and len(value) >= 36:
            head, colon, tail = value.rpartition(":")
            if len(tail) == 36 and tail.count("-") == 4:
                return head + colon + self.names.setdefault(tail, f"#{len(self.names)}")
        return value

    def summary(self) -> dict[str, Any]:
        """Figures for summary.json."""
        total = sum(self.sent.values())
        return {
            "acts": total,
            "refused": sum(self.refused.values()),
            "by_verb": {v: {"sent": n, "refused": self.refused[v]} for v, n in sorted(self.sent.items())},
            "refusals": dict(sorted(self.reasons.items())),
            "seconds_in_acts": round(self.seconds, 2),
            "acts_per_second": round(total / max(self.seconds, 1e-6), 1),
        }
