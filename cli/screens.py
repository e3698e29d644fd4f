"""A picture of every page at every width, small enough to keep beside the text that shows it, taken from a running demonstration."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, Error

from app.config import CHECKOUT
from app.errors import IllFormed, Unavailable
from app.web.visits import COOKIE
from cli import front
from cli.browser import opened, screen
from cli.chromium import ready as chromium_ready
from cli.chromium import speaks_chinese
from cli.gallery import FOLDER, Scene, address, enter, scenes, type_in

MOST = 52 * 1024
# Tried in turn until the picture is small enough: how good, and how large beside what was seen.
QUALITIES = ((80, 1.0), (60, 1.0), (45, 1.0), (45, 0.75), (30, 0.66), (20, 0.5))
PASSWORD = re.compile(r"demo password, said only now: (\S+)")
PATIENCE = 900


@dataclass(frozen=True)
class Shown:
    """Where the demonstration is served, the password of its accounts, and the sessions that are open: each account signs in once."""

    url: str
    password: str
    sessions: dict[str, str] = field(default_factory=dict)


@click.command()
@click.option("--url", default="", help="A demonstration that is running; without it one is started and ended.")
@click.option("--password", default="", help="What it printed as the password of its accounts.")
@click.option("--only", multiple=True, help="The name of one page; may be said more than once.")
@click.option("--to", "folder", default=FOLDER, type=click.Path(path_type=Path, file_okay=False), help="Where the pictures go.")
def command(url: str, password: str, only: tuple[str, ...], folder: Path) -> None:
    """Take the pictures that docs/screens/pages.toml lists."""
    chosen = [scene for scene in scenes() if scene.picture and (not only or scene.name in only)]
    if not chosen:
        raise IllFormed("清单中没有这个页面。", "No page of that name is on the list.")
    if bool(url) != bool(password):
        raise IllFormed("--url 与 --password 须同时给出。", "--url and --password go together.")
    lacking = chromium_ready()
    if lacking:
        raise Unavailable(f"无法截图：{lacking}", f"No pictures can be taken: {lacking}")
    speaks_chinese()
    folder.mkdir(parents=True, exist_ok=True)
    with running(url, password) as shown, opened() as browser:
        for scene in chosen:
            for width in scene.widths:
                click.echo(take(browser, shown, scene, width, folder))


@contextmanager
def running(url: str, password: str) -> Iterator[Shown]:
    if url:
        yield Shown(url.rstrip("/"), password)
        return
    front.ready()
    with tempfile.TemporaryDirectory(prefix="citydesk-screens-") as home:
        # The database may run under another account, which has to be able to walk in.
        Path(home).chmod(0o711)
        port = free_port()
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
        line = [sys.executable, "-m", "cli", "up", "--demo", "--port", str(port)]
        with subprocess.Popen(line, cwd=CHECKOUT, env=env | {"CITYDESK_HOME": home}, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield Shown(f"http://127.0.0.1:{port}", told(process))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(process: subprocess.Popen[str]) -> str:
    """The password, once the demonstration serves."""
    click.echo("starting a demonstration, which takes a while ...", err=True)
    password = ""
    for line in process.stdout or ():
        found = PASSWORD.search(line)
        password = found[1] if found else password
        if line.startswith("ready "):
            return password
    raise Unavailable("演示未能启动。", "The demonstration did not start; what it said stands above.")


def take(browser: Browser, shown: Shown, scene: Scene, width: int, folder: Path) -> str:
    """One picture, and the line that tells of it."""
    context = screen(browser, width, base_url=shown.url)
    try:
        token = sign_in(context.request, shown, scene.who) if scene.who else ""
        if token:
            context.add_cookies([{"name": COOKIE, "value": token, "url": shown.url, "httpOnly": True, "sameSite": "Lax"}])
        page = context.new_page()
        status = enter(page, scene, address(scene, context.request, token))
        type_in(page, scene)
        small = shrunk(page.screenshot(full_page=scene.whole, animations="disabled"))
    except Error as error:
        raise Unavailable(f"{scene.name} 无法打开。", f"{scene.name} at {width}: {error.message.splitlines()[0]}") from error
    finally:
        context.close()
    path = folder / f"{scene.name}-{width}.webp"
    path.write_bytes(small)
    return f"{path.name} {len(small) // 1024} KB {status}"


def sign_in(api: APIRequestContext, shown: Shown, who: str) -> str:
    if who not in shown.sessions:
        answer = api.post("/api/v1/sessions", data={"username": who, "password": shown.password})
        if answer.status != 201:
            raise Unavailable(f"{who} 无法登录。", f"{who} cannot sign in ({answer.status}).")
        shown.sessions[who] = answer.json()["token"]
    return shown.sessions[who]


def shrunk(png: bytes) -> bytes:
    """The best of the qualities that stays under the limit; the smallest where none does."""
    small = b""
    with Image.open(io.BytesIO(png)) as picture:
        seen = picture.convert("RGB")
    for quality, scale in QUALITIES:
        made, size = io.BytesIO(), (int(seen.width * scale), int(seen.height * scale))
        (seen if scale == 1.0 else seen.resize(size, Image.Resampling.LANCZOS)).save(made, "WEBP", quality=quality, method=6)
        small = made.getvalue()
        if len(small) <= MOST:
            break
    return small
