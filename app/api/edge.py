"""The outermost ring of every request: its reference, the headers that protect a reader, one access line, a connection left in order."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import orjson

from app.api.meters import Meters

LOG = logging.getLogger("citydesk.access")
Environ = dict[str, Any]
Headers = list[tuple[str, str]]

_EVERYWHERE: Headers = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_DATA: Headers = [*_EVERYWHERE, ("Content-Security-Policy", _DATA_POLICY)]
_NEVER_KEPT: Headers = [("Cache-Control", "no-store")]
# Pictures may also come from the page itself: those of the stylesheet, and what a person is about to send.
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NO_DEVICES = "camera=(), microphone=(), geolocation=()"
_PAGE: Headers = [*_EVERYWHERE, ("Content-Security-Policy", _PAGE_POLICY), ("Permissions-Policy", _NO_DEVICES)]
_PAGE_TYPES = ("text/html", "text/css", "text/javascript", "image/svg")
# What a refused sender may still send before it is cut off.
_PATIENCE = 64 * 1024 * 1024
_CHUNK = 256 * 1024


class Counted:
    """A body that knows how much of it has been read."""

    __slots__ = ("_stream", "taken")

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self._stream.read(size)
        self.taken += len(chunk)
        return chunk

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._stream.readline(size)
        self.taken += len(line)
        return line

    def __iter__(self) -> Iterable[bytes]:
        return iter(self.readline, b"")

    def drain(self, announced: int) -> None:
        """Read on and forget: a client that is cut off while it sends never sees why it was refused, nor may it knock again."""
        end = min(announced or _PATIENCE, _PATIENCE)
        while self.taken < end and self.read(min(_CHUNK, end - self.taken)):
            pass


class Edge:
    """WSGI middleware. `environ["citydesk.id"]` is the reference; doors set "citydesk.door" and "citydesk.actor" for the access line."""

    def __init__(self, inner: Callable[[Environ, Any], Iterable[bytes]], meters: Meters, started: Callable[[], None]) -> None:
        self.inner, self.meters, self.started = inner, meters, started

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = perf_counter()
        self.started()
        environ["citydesk.id"] = os.urandom(8).hex()
        announced = _announced(environ)
        body = None
        if announced or "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"] = Counted(environ["wsgi.input"])
        told = ["500"]

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            told[0] = status[:3]
            headers.extend(_PAGE if _is_page(headers) else _DATA + _kept(headers))
            headers.append(("X-Request-Id", environ["citydesk.id"]))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        answer = self.inner(environ, begin)
        if body is not None:
            body.drain(announced)
        self._note(environ, int(told[0]), perf_counter() - began)
        return answer

    def _note(self, environ: Environ, status: int, seconds: float) -> None:
        """Door, not path, and an actor's number, not a name: a line that may be kept and read by anybody who runs the machine."""
        door = environ.get("citydesk.door", "none")
        self.meters.request(door, status, seconds)
        if LOG.isEnabledFor(logging.INFO):
            line = {
                "id": environ["citydesk.id"], "door": door, "status": status, "ms": round(seconds * 1000, 2),
                "actor": environ.get("citydesk.actor"),
            }  # fmt: skip
            LOG.info(orjson.dumps(line).decode())


def _announced(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length) if length.isdecimal() and len(length) < 19 else 0


def _is_page(headers: Headers) -> bool:
    """Pages and what they load set their own caching, as does what never changes; everything else is data."""
    return any(
        (name == "Content-Type" and value.startswith(_PAGE_TYPES)) or (name == "Cache-Control" and value.endswith("immutable"))
        for name, value in headers
    )


def _kept(headers: Headers) -> Headers:
    """Data is never kept, except where its door says how long: an outline on a map is nobody's secret."""
    return [] if any(name == "Cache-Control" for name, _ in headers) else _NEVER_KEPT
