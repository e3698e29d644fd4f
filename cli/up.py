"""Everything in the foreground: what it starts, it watches; when it is asked to end, nothing it started is left."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from types import FrameType
from typing import Any, NoReturn

import click
from redis import Redis, RedisError

from app.config import CHECKOUT, Config
from app.errors import Conflict, Unavailable
from app.main import build
from cli import demo as demonstration
from cli import front, home, stores
from cli.servers.process import spawn
from cli.supervision import Part, Program, stop_all

PATIENCE = 60.0
LOOK = 0.1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """A signal asked us to end: raised once, so that whatever was begun is closed on the way out."""


@click.command()
@click.option("--demo", is_flag=True, help="Fill an empty database with a district and print its accounts.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def command(demo: bool, host: str, port: int) -> None:
    """Run everything in the foreground until Ctrl-C or SIGTERM."""
    for number in ENDINGS:
        signal.signal(number, _asked)
    try:
        _run(Config.from_env(), demo, host, port)
    except Asked:
        return


def _asked(number: int, frame: FrameType | None) -> NoReturn:
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise Asked


def _run(config: Config, demo: bool, host: str, port: int) -> NoReturn:
    home.prepare(config.home)
    front.ready()
    with ExitStack() as stack:
        stack.enter_context(home.owned(config.home, "up"))
        _check_free(host, port)
        if config.redis_url:
            _check_redis(config.redis_url)
        config, servers = stack.enter_context(stores.opened(config, patient=False))
        if demo:
            _fill(config)
        parts = [
            _part("web", config, "--host", host, "--port", str(port)),
            _part("worker", config),
            _part("tick", config),
        ]
        stack.callback(stop_all, parts)
        watched = servers + parts
        _wait_ready(watched, host, port)
        print(f"ready http://{_shown(host)}:{port}", flush=True)
        while True:
            time.sleep(LOOK)
            for part in watched:
                part.look()


def _fill(config: Config) -> None:
    """Before anybody serves: nobody may work while the clock is moved."""
    with closing(build(config)) as system:
        demonstration.tell(demonstration.fill(system))


def _part(name: str, config: Config, *options: str) -> Part[Program]:
    env = dict(os.environ) | {
        "CITYDESK_HOME": str(config.home),
        "DATABASE_URL": config.database_url,
        "DATABASE_OWNER_URL": config.owner_url,
        "REDIS_URL": config.redis_url,
    }
    # Our own stdout is for what a caller reads: what the parts say goes where warnings go.
    line = [sys.executable, "-m", "cli", name, *options]
    return Part(name, lambda: Program(spawn(line, env=env, cwd=CHECKOUT, out=sys.stderr.fileno())))


def _check_free(host: str, port: int) -> None:
    """Found out before anything is started, and said as one sentence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Conflict(f"无法监听 {host}:{port}：{error.strerror}", f"cannot listen on {host}:{port}: {error.strerror}") from error


def _check_redis(url: str) -> None:
    """Later on Redis may come and go; a wrong address is better said now."""
    try:
        with Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        raise Unavailable(f"无法连接 Redis：{error}", f"Redis cannot be reached: {error}") from error


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _wait_ready(watched: list[Part[Any]], host: str, port: int) -> None:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    url = f"http://{_shown(near)}:{port}/readyz"
    # A proxy named in the environment has no business between us and ourselves.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while True:
        for part in watched:
            part.look()
            if part.failures >= 3:
                raise Unavailable(f"{part.name} 无法启动。", f"{part.name} does not start; what it said stands above.")
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                raise Unavailable(f"网页服务未就绪：{error}", f"The web part did not become ready: {error}") from error
        time.sleep(LOOK)
