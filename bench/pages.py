"""How long the server takes for a page, and how often it asks the database, one request after another in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from app.api.limits import Rates
from app.core.system import System
from app.core.wire import Wire
from app.errors import Unavailable
from app.main import create_lasting
from app.people.signin import sign_in
from app.simulation.people import read_district
from app.simulation.scenes import FULL, SMALL, Size
from app.web.visits import COOKIE
from bench.ground import World, bare
from bench.large import fold, grow
from cli.demo import fill
from cli.gallery import Scene, filled_in, says_all, scenes

FILE = Path(__file__).with_name("pages.toml")
WARM, EACH = 3, 40
# Whoever measures knocks oftener than a citizen may.
UNLIMITED = Rates(token=10**9, public=10**9, failed=10**9)


def pages() -> list[Scene]:
    """Every page that is looked at, then the doors under them."""
    return [*scenes(), *scenes(FILE)]


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Milliseconds and trips to the database by page. `background` tickets are there beside a demonstration; `seconds` is not used."""
    with demonstration(FULL, background) as (system, password):
        # Made once: an application of hundreds of doors takes longer than a page.
        app = create_lasting(system, UNLIMITED)
        found = [told(app, system, scene, EACH * repeats, password) for scene in pages()]
    return {"tickets_beside": background, "requests_each": EACH * repeats, "pages": found}


@contextmanager
def demonstration(size: Size = SMALL, background: int = 0) -> Iterator[tuple[System, str]]:
    """A filled installation and the one password of its accounts."""
    with bare() as (server, config, system):
        accounts = fill(system, size)
        assert accounts is not None  # it was empty a moment ago
        if background:
            made = World(server, config, system, read_district(system))
            grow(made, background)
            fold(made)
        yield system, accounts.password


def told(app: Flask, system: System, scene: Scene, times: int, password: str) -> dict[str, Any]:
    client = signed_in(app, system, scene.who, password)
    path = filled(client, scene) if scene.first else scene.path
    status = [client.get(path).status_code for _ in range(WARM)][-1]
    with counting() as trips:
        client.get(path)
        asked = trips()
    took = sorted(timed(client, path) for _ in range(times))
    spans = {f"p{share}_ms": round(percentile(took, share) * 1000, 1) for share in (50, 95)}
    return {"name": scene.name, "who": scene.who, "status": status, **spans, "trips": asked}


def percentile(ordered: Sequence[float], share: int) -> float:
    """The smallest that is not less than `share` per cent of all: of forty the second but last is the 95th."""
    return ordered[-(-len(ordered) * share // 100) - 1]


def signed_in(app: Flask, system: System, who: str, password: str) -> FlaskClient:
    """The door of the API takes the session from its header, a page from its cookie: the client brings both. "" is a citizen."""
    client = app.test_client()
    if who:
        token = sign_in(system, who, password).token
        client.set_cookie(COOKIE, token)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def filled(client: FlaskClient, scene: Scene) -> str:
    """The path with what its list's first item, or that item's own page, says under the names in it."""
    items: Sequence[dict[str, Any]] = client.get(f"/api/v1{scene.first}").get_json()["items"]
    if not items:
        raise Unavailable(f"{scene.name}：{scene.first} 没有数据。", f"{scene.name}: {scene.first} gave nothing.")
    named = items[0]
    if not says_all(scene.path, named):
        named = client.get(f"/api/v1{scene.first.partition('?')[0]}/{named['id']}").get_json()
    return filled_in(scene.path, named)


def timed(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return time.perf_counter() - began


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """Counts every trip to the database of this process: scripts of the wire, and whatever a cursor executes."""
    count = 0
    wire: Any = Wire
    cursor: Any = psycopg.Cursor
    kept = (wire.go, cursor.execute)

    def counted(kept: Callable[..., Any]) -> Callable[..., Any]:
        def trip(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            return kept(*given, **more)

        return trip

    wire.go, cursor.execute = map(counted, kept)
    try:
        yield lambda: count
    finally:
        wire.go, cursor.execute = kept
