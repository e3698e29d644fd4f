"""One signed request to the outside with an end to its patience: no redirects, no proxies, no more of the answer than is needed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

ENOUGH = 64 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is sent. `reference` is ours and the same at every try, so that the other side can drop a repetition."""

    reference: str
    channel: str
    to: str
    subject: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why` is None when it was taken, with the other side's `reference`; `final` means that another try would be in vain."""

    why: str | None = None
    final: bool = False
    reference: str | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[int, bytes]:
    """Status and the beginning of the answer. Raises OSError (TimeoutError among them) and HTTPException."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8", **headers})
        with connection.getresponse() as response:
            return response.status, answer(response, time.monotonic() + timeout)
    finally:
        connection.close()


def answer(response: HTTPResponse, until: float) -> bytes:
    """A body that comes in drops is given up when the time is over."""
    found = b""
    while len(found) < ENOUGH and (part := response.read1(4096)):
        found += part
        if time.monotonic() > until:
            raise TimeoutError("the answer came too slowly")
    return found


def failed(error: OSError | HTTPException) -> Outcome:
    return Outcome("timeout" if isinstance(error, TimeoutError) else "unreachable")
