"""Many phones at once from one thread: each sends a prepared request, waits for its answer, and sends the next.

A client that parses and locks for every call would cost more than the server it measures: requests are bytes made
before the clock starts, and of an answer only its length and the words of its acts are looked at.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence

_STATUSES = ("done", "already_done", "refused")
_GUARD_SECONDS = 120.0


def request(port: int, key: str, body: bytes) -> bytes:
    """The bytes of one call of `POST /api/v1/acts` with a device's key."""
    head = (
        f"POST /api/v1/acts HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, requests: Sequence[bytes], phones: int) -> tuple[list[float], dict[str, int]]:
    """Send every request once over as many connections as there are phones: (seconds of each call, answers by status).

    Raises RuntimeError when a line breaks or two minutes are over.
    """
    waiting = iter(requests)
    seconds: list[float] = []
    statuses: Counter[str] = Counter()
    until = time.perf_counter() + _GUARD_SECONDS
    with selectors.DefaultSelector() as selector:
        for _phone in range(phones):
            line = socket.create_connection(("127.0.0.1", port), timeout=30)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not _next(line, waiting, selector, is_new=True):
                line.close()
        while selector.get_map():
            if time.perf_counter() > until:
                raise RuntimeError(f"only {len(seconds)} of {len(requests)} calls were answered")
            for key, _events in selector.select(1.0):
                line, (started, got) = key.fileobj, key.data
                part = line.recv(65_536)  # type: ignore[union-attr]
                if not part:
                    raise RuntimeError("the server hung up")
                got += part
                length = _whole(got)
                if not length:
                    continue
                seconds.append(time.perf_counter() - started)
                _count(bytes(got), statuses)
                if not _next(line, waiting, selector):  # type: ignore[arg-type]
                    selector.unregister(line)
                    line.close()  # type: ignore[union-attr]
    return seconds, dict(statuses)


def _next(
    line: socket.socket, waiting: Iterator[bytes], selector: selectors.BaseSelector, *, is_new: bool = False
) -> bool:
    """Send the next request on this line; False when none is left."""
    following = next(waiting, None)
    if following is None:
        return False
    data = (time.perf_counter(), bytearray())
    line.sendall(following)
    (selector.register if is_new else selector.modify)(line, selectors.EVENT_READ, data)
    return True


def _whole(got: bytearray) -> int:
    """The length of an answer that has arrived whole, else 0."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return 0
    at = got.lower().find(b"content-length:", 0, end)
    length = end + 4 + int(got[at + 15 : got.find(b"\r\n", at)])
    return length if len(got) >= length else 0


def _count(answer: bytes, statuses: Counter[str]) -> None:
    if not answer.startswith(b"HTTP/1.1 200"):
        statuses[answer[9:12].decode()] += 1
        return
    for word in _STATUSES:
        statuses[word] += answer.count(f'"status":"{word}"'.encode())
