"""A real server over a real database, for a real browser: of a test's own, or of a demonstration filled once for the whole run."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask
from playwright.sync_api import Page
from psycopg import sql
from sqlalchemy import make_url
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from app.config import Config
from app.core import outbox
from app.core.sweep import sweep
from app.core.system import System
from app.main import build, create_app
from app.people.signin import sign_in
from app.simulation.scenes import SMALL
from cli import demo
from cli.gallery import Scene, address
from cli.servers import postgres

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

TEMPLATE = "template_demo"
ONE_AT_A_TIME = 7901


@dataclass(frozen=True)
class Site:
    """Where it is served, the system behind it, and the password of its accounts ("" where a test makes its own)."""

    url: str
    system: System
    password: str = ""

    def work(self) -> None:
        """What workers and the clock watcher would do meanwhile: due clocks fire, and every reaction that is owed is done."""
        while sweep(self.system):
            pass
        while owed := outbox.lease(self.system):
            for (reaction, _), ids in owed.items():
                assert outbox.react(self.system, reaction, ids) == len(ids)


def where(site: Site, page: Page, scene: Scene) -> str:
    """The scene's address, with what it names filled in."""
    token = sign_in(site.system, scene.who, site.password).token if scene.first else ""
    return address(scene, page.request, token)


class Quiet(WSGIRequestHandler):
    """Connections are kept, as the real server keeps them, and no line is written for a request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Server(ThreadedWSGIServer):
    """A browser keeps its connections open as long as it lives; here they end with the server, and so do their threads."""

    daemon_threads = False

    def __init__(self, app: Flask) -> None:
        super().__init__("127.0.0.1", 0, app, handler=Quiet)
        self.connections: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def end(self) -> None:
        self.shutdown()
        for connection in tuple(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


@contextmanager
def serving(system: System, password: str = "", app: Flask | None = None) -> Iterator[Site]:
    """The whole application of a system, or another one in its place."""
    server = Server(app or create_app(system))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", system, password)
    finally:
        server.end()
        thread.join()


@contextmanager
def demonstration(servers: Servers, name: str, shared: Path, home: Path) -> Iterator[Site]:
    """A demonstration of one's own, served."""
    with filled(servers, name, shared, home) as (system, password), serving(system, password) as site:
        yield site


@contextmanager
def filled(servers: Servers, name: str, shared: Path, home: Path) -> Iterator[tuple[System, str]]:
    """A clone of the demonstration that was filled once, with its keys and files, and the password of its accounts."""
    password = filled_once(servers, shared)
    shutil.copytree(shared / "home", home)
    copy(servers, TEMPLATE, name)
    try:
        with closing(build(config_of(servers, name, home))) as system:
            yield system, password
    finally:
        servers.drop(name)


def filled_once(servers: Servers, shared: Path) -> str:
    """The password of the demonstration, which whoever comes first fills, while the other processes of the run wait."""
    known = shared / "demo.json"
    with one_at_a_time(servers):
        if not known.exists():
            shutil.rmtree(shared / "home", ignore_errors=True)
            (shared / "home").mkdir(parents=True, mode=0o700)
            servers.drop(TEMPLATE)
            servers.clone(TEMPLATE)
            with closing(build(config_of(servers, TEMPLATE, shared / "home"))) as system:
                accounts = demo.fill(system, SMALL)
                assert accounts is not None
                Site("", system).work()
            known.write_text(json.dumps(accounts.password), encoding="utf-8")
        return str(json.loads(known.read_text(encoding="utf-8")))


@contextmanager
def one_at_a_time(servers: Servers) -> Iterator[None]:
    """Held by a connection, so that it ends with the process that holds it."""
    url = make_url(servers.admin_url)
    with psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=url.username, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
        yield


def config_of(servers: Servers, name: str, home: Path) -> Config:
    urls = servers.named(servers.app_url, name), servers.named(servers.owner_url, name)
    return Config(home=home, database_url=urls[0], owner_url=urls[1], redis_url=servers.redis_url, cheap_passwords=True)


def copy(servers: Servers, template: str, name: str) -> None:
    names = (sql.Identifier(each) for each in (name, postgres.OWNER, template))
    servers.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))
