"""How long the server takes for a page, and how often it asks the database, one request after another in one process."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask.testing import FlaskClient

from app.core.actors import SYSTEM
from app.core.system import System
from app.core.wire import Wire
from app.main import create_app
from app.people.signin import issue_token
from app.simulation.people import read_district
from app.simulation.scenes import FULL, SMALL, Size
from app.web.visits import COOKIE
from bench.world import World, bare, multiply, whole_life
from cli.demo import fill

FILE = Path(__file__).with_name("pages.toml")
WARM, EACH = 3, 20
IN_HAND = "/api/v1/tickets?state=handling&limit=1"
# Copies lie behind each other as a year of a large district does, half a minute apart.
BEHIND = "s.{} - n * interval '30 seconds'"
MOVED = {"cases": ("created_at", "last_at"), "tickets": ("registered_at",)}
SPREAD = {table: {name: BEHIND.format(name) for name in names} for table, names in MOVED.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One page as one account opens it."""

    account: str
    path: str


def pages() -> list[Row]:
    return [Row(**row) for row in tomllib.loads(FILE.read_text("utf-8"))["page"]]


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Milliseconds and trips to the database by page. `background` tickets are there beside a demonstration; `seconds` is not used."""
    with demonstration(FULL, background) as system:
        found = [told(system, row, EACH * repeats) for row in pages()]
    return {"tickets_beside": background, "requests_each": EACH * repeats, "pages": found}


@contextmanager
def demonstration(size: Size = SMALL, background: int = 0) -> Iterator[System]:
    with bare() as (server, config, system):
        fill(system, size)
        if background:
            made = World(server, config, system, read_district(system))
            multiply(made, whole_life(made), background, SPREAD)
        yield system


def told(system: System, row: Row, times: int) -> dict[str, Any]:
    client = signed_in(system, row.account)
    path = row.path.replace("{ticket}", in_hand(client)) if "{ticket}" in row.path else row.path
    status = [client.get(path).status_code for _ in range(WARM)][-1]
    with counting() as trips:
        client.get(path)
        asked = trips()
    took = sorted(timed(client, path) for _ in range(times))
    spans = {f"p{share}_ms": round(took[min(len(took) - 1, len(took) * share // 100)] * 1000, 1) for share in (50, 95)}
    return {"account": row.account, "path": row.path, "status": status, **spans, "trips": asked}


def signed_in(system: System, account: str) -> FlaskClient:
    """The door of the API takes the token from its header, a page from its cookie: the client brings both."""
    token = issue_token(system, SYSTEM, account, "bench", days=1)
    client = create_app(system).test_client()
    client.set_cookie(COOKIE, token)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def in_hand(client: FlaskClient) -> str:
    items: Sequence[dict[str, Any]] = client.get(IN_HAND).get_json()["items"]
    return str(items[0]["id"])


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
