"""A load generator small enough to leave the cores to what it measures: keep-alive connections, one thread, prepared bytes."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
Next = Callable[[bytes], bytes | None]


@dataclass
class Talk:
    """One connection and what it has to say: `next(answer)` gives the next request for the body just read, None at the end."""

    address: tuple[str, int]
    next: Next
    sock: socket.socket = field(init=False)
    buffer: bytes = b""
    sent_at: float = 0.0

    def open(self) -> None:
        self.sock = socket.create_connection(self.address, timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@dataclass
class Told:
    """Latencies in milliseconds, in the order of the answers, and how many were not 2xx."""

    seconds: float
    latencies: list[float]
    refused: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(talks: Iterable[Talk], seconds: float) -> Told:
    """Lets every connection talk for so long, closed loop: each sends its next request when it has its answer."""
    selector = selectors.DefaultSelector()
    latencies: list[float] = []
    refused = open_talks = 0
    started = time.perf_counter()
    for talk in talks:
        talk.open()
        if send(talk, b""):
            selector.register(talk.sock, selectors.EVENT_READ, talk)
            open_talks += 1
    while open_talks:
        for key, _ in selector.select(timeout=30):
            talk = key.data
            talk.buffer += talk.sock.recv(1 << 16)
            answer = whole(talk.buffer)
            if answer is None:
                continue
            status, body = answer
            now = time.perf_counter()
            latencies.append((now - talk.sent_at) * 1000)
            refused += not 200 <= status < 300
            talk.buffer = b""
            if now - started > seconds or not send(talk, body):
                selector.unregister(talk.sock)
                talk.sock.close()
                open_talks -= 1
    return Told(time.perf_counter() - started, latencies, refused)


def send(talk: Talk, answer: bytes) -> bool:
    asked = talk.next(answer)
    if asked is None:
        return False
    talk.sent_at = time.perf_counter()
    talk.sock.sendall(asked)
    return True


def whole(buffer: bytes) -> tuple[int, bytes] | None:
    """Status and body once all of the answer has come."""
    head, found, body = buffer.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    if not found or length is None or len(body) < int(length[1]):
        return None
    return int(head[9:12]), body


def post(host: str, path: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
