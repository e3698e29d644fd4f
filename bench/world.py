"""A district large enough to measure: its own servers, real people and units, and a million tickets that were there before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.clock import wall
from app.config import APP_ROLE, Config
from app.core import bus
from app.core.actors import Actor
from app.core.shipped import install_shipped
from app.core.system import System
from app.hotline.commands import ActOn, Register
from app.main import build
from app.simulation.found import found
from app.simulation.people import District, read_district
from bench import yardstick
from cli import migrations
from cli.servers import postgres, redis
from rules.packs import shipped_districts

DATABASE = "bench"
FIELDS = {
    "type": "complaint", "channel": "phone", "title": "路灯不亮影响夜间出行", "urgency": "normal",
    "content": "和平路十二号门前三盏路灯已三天不亮，老人夜间出行很不方便，请尽快安排维修。" * 6,
}  # fmt: skip
REPLY = {
    "contacted": True, "contact_way": "phone", "facts_true": True, "outcome": "solved", "on_site": True,
    "internal_note": "已派维修班组。", "reply_text": "路灯已于当日修复。", "public_reply": "路灯已修复。",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """One server with two databases: ours, and the yardstick's."""

    server: postgres.PostgresServer
    config: Config
    system: System
    district: District

    def yardstick(self, seconds: int) -> float:
        yardstick.prepare(self.server)
        return yardstick.measure(self.server, seconds)


@contextmanager
def bare() -> Iterator[tuple[postgres.PostgresServer, Config, System]]:
    """Servers of their own with an empty installation. Everything is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="citydesk-bench-"))
    # The database may run under another account, which has to be able to walk in.
    home.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = postgres.start(home)
        stack.callback(shutil.rmtree, server.data, ignore_errors=True)
        stack.callback(server.stop)
        wakeups = redis.start(home)
        stack.callback(wakeups.stop)
        server.create_database(DATABASE)
        owner = server.url(DATABASE)
        migrations.upgrade(owner)
        config = Config(home=home, database_url=server.url(DATABASE, APP_ROLE), owner_url=owner, redis_url=wakeups.url())
        system = build(config)
        stack.callback(system.close)
        install_shipped(system)
        yield server, config, system


@contextmanager
def world(background: int) -> Iterator[World]:
    """With `background` closed tickets beside those to be measured."""
    with bare() as (server, config, system):
        found(system, shipped_districts()["demo-district"], datetime(2020, 1, 1, tzinfo=UTC))
        made = World(server, config, system, read_district(system))
        if background:
            multiply(made, whole_life(made), background)
        yield made


def whole_life(made: World) -> int:
    """One ticket that has been through everything; its id."""
    ticket = registered(made, 1)[0]
    for actor, trigger, fields in road(made.district):
        bus.execute(made.system, ActOn(actor, ticket, trigger, fields))
    return ticket


def registered(made: World, count: int) -> list[int]:
    """New tickets, in chunks of one transaction each; their ids."""
    agent, ids = made.district.centre("agent"), list[int]()
    while len(ids) < count:
        with bus.transaction(made.system, agent) as tx:
            for _ in range(min(200, count - len(ids))):
                ids.append(made.system.registry.handlers[Register](tx, Register(agent, FIELDS)).case_id)
            bus.finish(tx)
    return ids


def road(district: District) -> Sequence[tuple[Actor, str, Mapping[str, object]]]:
    """The straight road from acceptance to the archive: eight transitions of the ticket, two of its lead unit."""
    centre, unit = district.centre, district.units["cgj"]
    lead = district.of_unit("lead", unit)
    return (
        (centre("agent"), "accept", {}),
        (centre("dispatcher"), "dispatch", {"lead_unit": unit}),
        (lead, "sign", {}),
        (lead, "reply", {**REPLY, "contact_at": wall()}),
        (centre("reviewer"), "approve", {}),
        (centre("callback"), "record_callback", {"contacted": True, "solved": True, "rating": "satisfied"}),
        (centre("callback"), "close", {}),
    )


# What has to differ between copies; everything else is copied as it is.
OFFSET = "s.{column} + n * 1000000000"
DIFFERENT: Mapping[str, Mapping[str, str]] = {
    "cases": {"id": OFFSET, "parent_id": OFFSET, "root_id": OFFSET},
    "citizens": {"id": OFFSET},
    "tickets": {
        "id": OFFSET, "root_id": OFFSET, "citizen_id": OFFSET, "number": "s.number || n", "tracking_hash": "decode(md5(n::text), 'hex')",
    },
    "assignments": {"id": OFFSET, "root_id": OFFSET},
    "case_access": {"root_id": OFFSET},
    "clocks": {"id": OFFSET, "case_id": OFFSET, "root_id": OFFSET},
}  # fmt: skip
OF_ROOT = {"citizens": "s.id = (SELECT citizen_id FROM tickets WHERE id = :root)"}


def multiply(made: World, root: int, count: int, also: Mapping[str, Mapping[str, str]] | None = None, first: int = 1) -> None:
    """Copies one ticket with all its cases and clocks `count` times, without history; `also` replaces more columns."""
    engine = create_engine(made.config.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        for table, different in DIFFERENT.items():
            copied(connection, table, {**different, **(also or {}).get(table, {})}, root, first, first + count - 1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def copied(connection: Connection, table: str, changed: Mapping[str, str], root: int, first: int, last: int) -> None:
    """The rows of one table under a root, once for each number from `first` to `last`."""
    found = connection.execute(text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"), {"t": table})
    columns = [row[0] for row in found]
    values = ", ".join(changed.get(c, f"s.{c}").replace("{column}", c) for c in columns)
    where = OF_ROOT.get(table, "s.root_id = :root")
    source = f"{table} s, generate_series(CAST(:a AS bigint), CAST(:b AS bigint)) n"
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {source} WHERE {where}"
    connection.execute(text(sql), {"root": root, "a": first, "b": last})
