"""The other sides of the channels: small servers on real sockets that remember what reached them and answer as they are told."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]


class Gateway:
    """An HTTP side. `answers` are given in order, then 200; an answer of 0 keeps the caller waiting until the server ends."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: deque[Answer] = deque()
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = False
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/send"

    @property
    def references(self) -> list[str]:
        return [request["body"]["reference"] for request in self.requests]

    @property
    def texts(self) -> list[str]:
        return [request["body"]["text"] for request in self.requests]

    def handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                with gateway.lock:
                    number = len(gateway.requests)
                    query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                    gateway.requests.append({"headers": dict(self.headers), "raw": raw, "body": json.loads(raw), "query": query})
                    status, body = gateway.answers.popleft() if gateway.answers else (200, {"id": f"provider-{number}"})
                if status == 0:
                    gateway.ended.wait(30)
                    return
                packed = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(packed)))
                self.end_headers()
                self.wfile.write(packed)

            def log_message(self, *words: object) -> None:
                """Nothing is written to the test's own output."""

        return Handler

    def __enter__(self) -> Gateway:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None) -> None:
        self.ended.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class MailServer:
    """A side that speaks enough SMTP to take a letter, or to refuse its recipient with `refusal`."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refusal: str | None = None
        mail = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                self.say("220 ready")
                while line := self.rfile.readline():
                    verb = line.decode().strip().upper()
                    if verb.startswith(("EHLO", "HELO")):
                        self.say("250 here")
                    elif verb.startswith("RCPT") and mail.refusal:
                        self.say(mail.refusal)
                    elif verb.startswith("DATA"):
                        self.say("354 go on")
                        self.take()
                        self.say("250 taken")
                    elif verb.startswith("QUIT"):
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 fine")

            def take(self) -> None:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.decode())
                mail.letters.append("".join(lines))

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> MailServer:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def nobody_listens() -> str:
    """An address at which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/send"
