"""What a browser says that no test asked for: every error, every failed request, every word to another host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
INSIDE = ("data", "blob", "about")


class Watch:
    """Listens to every page of the contexts it is given, and keeps what must not happen."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.allowed: set[int] = set()

    def allow(self, *statuses: int) -> None:
        """In this test an answer with one of these statuses is meant: a browser reports each as an error."""
        self.allowed.update(statuses)

    def over(self, context: BrowserContext, host: str) -> None:
        context.on("request", lambda request: self._asked(request, host))
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))

    def _asked(self, request: Request, host: str) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in INSIDE and parts.netloc != host:
            self._note(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A request is given up when the page that made it is left, or when its answer is a download.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.method} {request.url}: {request.failure}")

    def _said(self, message: ConsoleMessage) -> None:
        answered = ANSWERED.match(message.text)
        if message.type == "error" and not (answered and int(answered[1]) in self.allowed):
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _note(self, words: str) -> None:
        self.found.append(words)
