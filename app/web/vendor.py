"""What pages load beside themselves: packages of the front-end's lock file, each file named here, and our own; nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from app.config import CHECKOUT
from app.errors import Unavailable

FRONT = CHECKOUT / "app" / "web" / "front"
STATIC = CHECKOUT / "app" / "web" / "static"
LOCK, MARK = "package-lock.json", ".installed"
PREFIX = "/static/vendor/"
IMMUTABLE = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png"}
# The name that a template says, the package, and the file in it. What is not here is not served.
FILES: dict[str, tuple[str, str]] = {
    "htmx": ("htmx.org", "dist/htmx.min.js"),
    "idiomorph": ("idiomorph", "dist/idiomorph-ext.min.js"),
    "tabler.css": ("@tabler/core", "dist/css/tabler.min.css"),
    "tabler.js": ("@tabler/core", "dist/js/tabler.min.js"),
    "echarts": ("echarts", "dist/echarts.min.js"),
    "leaflet.js": ("leaflet", "dist/leaflet.js"),
    "leaflet.css": ("leaflet", "dist/leaflet.css"),
}
# Asked for by leaflet.css and leaflet.js, at their place beside these.
IMAGES = ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png")
# An icon is drawn by its paths alone: the first one is an empty square for drawing programs.
SQUARE = re.compile(r'<path stroke="none"[^>]*/>')
DRAWN = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
OUTLINE = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


@dataclass(frozen=True, slots=True)
class Served:
    """One file of a package: its bytes as they came, and the same packed for the road."""

    body: bytes
    packed: bytes
    content_type: str


def places() -> tuple[Path, Path]:
    """Where the packages may be: in the checkout, or, where that cannot be written, beside the .venv that runs us."""
    return FRONT, Path(f"{sys.prefix}-front")


def lock_digest() -> str:
    return hashlib.sha256((FRONT / LOCK).read_bytes()).hexdigest()


def installed() -> Path | None:
    """The folder of the packages that this lock file names, once they are wholly there."""
    digest = lock_digest()
    for place in places():
        mark = place / "node_modules" / MARK
        if os.access(mark, os.R_OK) and mark.read_text(encoding="ascii").strip() == digest:
            return place / "node_modules"
    return None


@cache
def packages() -> Path:
    folder = installed()
    if folder is None:
        raise Unavailable("前端组件未安装，请先运行 ./citydesk up。", "The front-end is not installed yet; ./citydesk up installs it.")
    return folder


@cache
def versions() -> dict[str, str]:
    """The version of each package, as locked: an address is known before anything is installed."""
    locked = json.loads((FRONT / LOCK).read_text(encoding="utf-8"))["packages"]
    return {name.removeprefix("node_modules/"): entry["version"] for name, entry in locked.items() if name}


def _address(package: str, file: str) -> str:
    return f"{package}@{versions()[package]}/{file}"


@cache
def closed_list() -> dict[str, tuple[str, str]]:
    """Every address under /static/vendor/ with the package and the file behind it."""
    named = {_address(package, Path(file).name): (package, file) for package, file in FILES.values()}
    return named | {_address("leaflet", f"images/{image}"): ("leaflet", f"dist/images/{image}") for image in IMAGES}


@cache
def served(address: str) -> Served:
    package, file = closed_list()[address]
    body = (packages() / package / file).read_bytes()
    return Served(body, gzip.compress(body, 6, mtime=0), TYPES[Path(file).suffix])


def vendor(name: str) -> str:
    """The address of a package's file: vendor('htmx')."""
    package, file = FILES[name]
    return PREFIX + _address(package, Path(file).name)


def asset(name: str) -> str:
    """The address of a file of our own, which changes when its content does: asset('citydesk.css')."""
    return f"/static/{name}?v={fingerprint(name)}"


def fingerprint(name: str) -> str:
    path = STATIC / name
    return _fingerprint(path, path.stat().st_mtime_ns)


@cache
def _fingerprint(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def icon(name: str, more: str = "") -> Markup:
    """An outline of Tabler, drawn in the page; `more` are further classes. Readers of the screen hear nothing: a word beside it speaks."""
    return Markup('<svg class="{}" {} aria-hidden="true" focusable="false">{}</svg>').format(
        f"icon {more}".strip(), Markup(OUTLINE), Markup(paths_of(name))
    )


@cache
def paths_of(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise LookupError(f"no icon is called {name!r}")
    drawn = DRAWN.search((packages() / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8"))
    if drawn is None:
        raise LookupError(f"the icon {name} is not drawn as expected")
    return re.sub(r"\s*\n\s*", "", SQUARE.sub("", drawn[1]))


def serve(address: str) -> Response:
    if address not in closed_list():
        raise NotFound
    file = served(address)
    response = Response(file.body, content_type=file.content_type)
    if request.accept_encodings["gzip"] and len(file.packed) < len(file.body):
        response.set_data(file.packed)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def mark() -> Response:
    """The sign in a browser's tab, which every browser asks for under this name."""
    return Response((STATIC / "mark.svg").read_bytes(), content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def keep_own(response: Response) -> Response:
    """A file of our own asked for by the print of its content never changes; by a former print it may not be kept under that name."""
    asked = request.args.get("v")
    if asked and response.status_code == 200 and request.path.startswith("/static/") and not request.path.startswith(PREFIX):
        name = request.path.removeprefix("/static/")
        response.headers["Cache-Control"] = IMMUTABLE if asked == fingerprint(name) else "no-cache"
    return response


def install(app: Flask) -> None:
    """The door of the packages."""
    app.add_url_rule(f"{PREFIX}<path:address>", "vendor", serve)
    app.add_url_rule("/favicon.ico", "favicon", mark)
    app.after_request(keep_own)
