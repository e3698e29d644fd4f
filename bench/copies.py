"""A ticket copied many times: each copy is another demand of another citizen, sealed to his own id, and lies further back in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg

from app.core.masking import last_four
from app.core.secrets import Keyring
from app.hotline.citizens import seal_code, seal_shown
from app.hotline.search_tokens import searchable, vector
from app.simulation.arrivals import Arrival
from app.simulation.demand import GIVEN, SURNAMES, demand_of, places_of
from bench.ground import DATABASE, World
from rules.packs import shipped_districts

Given = Mapping[str, Mapping[str, str]]
Connection = psycopg.Connection[Any]
# The larger n is, the smaller are the ids: what is older has smaller ones, as it has in life.
OFFSET = "s.{column} - n * 1000000000"
# Of limits that have ended only those that judge are kept, without the rungs that they have left behind: most of the room is theirs.
ENDED = "CASE WHEN s.state = 'stopped' THEN '[]' ELSE s.rungs END"
# What has to differ between copies; everything else is copied as it is, instants moved back.
DIFFERENT: Given = {
    "cases": {"id": OFFSET, "parent_id": OFFSET, "root_id": OFFSET},
    "citizens": {"id": OFFSET, "phone_hash": "k.phone", "phone_tail_hash": "k.tail"},
    "tickets": {
        "id": OFFSET, "root_id": OFFSET, "citizen_id": OFFSET, "number": "s.number || n", "citizen_shown": "k.shown",
        "tracking_sealed": "k.code", "tracking_hash": "decode(md5(s.number || n), 'hex')", "type": "w.type", "channel": "w.channel",
        "title": "w.title", "content": "w.content", "category_id": "w.category_id", "address": "w.address", "street": "w.street",
        "community": "w.community", "lon": "w.lon", "lat": "w.lat", "crs": "w.crs", "coarse": "false", "spoken": "'{}'",
    },
    "assignments": {"id": OFFSET, "root_id": OFFSET},
    "callbacks": {"id": OFFSET, "root_id": OFFSET},
    "case_access": {"root_id": OFFSET},
    "clocks": {"id": OFFSET, "case_id": OFFSET, "root_id": OFFSET, "rungs": ENDED},
    "replies": {"id": OFFSET, "case_id": OFFSET, "root_id": OFFSET},
    "evaluations": {"id": OFFSET, "case_id": OFFSET, "root_id": OFFSET},
}  # fmt: skip
OF_HISTORY: Given = {"history": {"case_id": OFFSET, "root_id": OFFSET}}
OF_ROOT = {
    "citizens": "s.id = (SELECT citizen_id FROM tickets WHERE id = %(root)s)",
    "clocks": "s.root_id = %(root)s AND (s.state <> 'stopped' OR s.name IN ('total_clock', 'handle_clock'))",
}
KEPT = """CREATE TEMP TABLE copies (n bigint, shown bytea, code bytea, phone bytea, tail bytea);
CREATE TEMP TABLE words (v bigint, type text, channel text, title text, content text, category_id bigint, address text, street text,
community text, lon float8, lat float8, crs text, tokens tsvector)"""
SAID = ("type", "channel", "title", "content")
WORDS = f"INSERT INTO words VALUES ({', '.join(['%s'] * 13)})"
# So many demands differ in their words; each citizen has called three times.
DEMANDS, CALLS = 3_000, 3
FIND_WORDS = """INSERT INTO ticket_search (id, tokens) SELECT t.id, w.tokens FROM words w JOIN tickets t ON t.content = w.content
ON CONFLICT DO NOTHING"""
WORDS_INDEX = "CREATE INDEX ix_ticket_search_tokens ON ticket_search USING gin (tokens)"


@contextmanager
def copying(made: World) -> Iterator[Connection]:
    """One transaction. Copies are whole by their making: nobody looks after their references, which would cost more than they do."""
    with made.server.connect(DATABASE) as connection:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(KEPT)
            with connection.cursor() as cursor:
                cursor.executemany(WORDS, list(words(made)))
            connection.execute("ANALYZE words")
            yield connection
        connection.execute("VACUUM ANALYZE")


def words(made: World) -> Iterator[tuple[Any, ...]]:
    """What citizens say, once each."""
    places, told = places_of(shipped_districts()["demo-district"]), set[str]()
    for n in range(DEMANDS):
        demand = demand_of(Arrival(n, datetime(2026, 1, 1, tzinfo=UTC), n % 2 == 0, False, Random(n)), places)
        said, where = demand.fields, demand.location
        if said["content"] not in told:
            text = " |".join(searchable(part) for part in (said["title"], said["content"], where["address"]))
            place = [where[name] for name in ("address", "street", "community", "lon", "lat", "crs")]
            yield (len(told), *(said[name] for name in SAID), made.district.categories[demand.category], *place, vector(text))
            told.add(said["content"])


def multiply(made: World, root: int, count: int, also: Given | None = None, first: int = 1, every: int = 0) -> None:
    """Copies one ticket with all that stands under it but its history; `also` replaces more columns, `every` seconds lie between."""
    with copying(made) as connection:
        prepare(made, connection, root, first, first + count - 1)
        for table, different in DIFFERENT.items():
            copied(connection, table, {**different, **(also or {}).get(table, {})}, root, every)


def prepare(made: World, connection: Connection, root: int, first: int, last: int) -> None:
    """The numbers of the copies to be made next, and the citizen of each."""
    found = connection.execute("SELECT citizen_id FROM tickets WHERE id = %s", [root]).fetchone()
    assert found is not None  # whoever asks has just registered it
    connection.execute("TRUNCATE copies")
    with connection.cursor() as cursor, cursor.copy("COPY copies FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", *["bytea"] * 4])
        for row in citizens(made.system.keyring, found[0], first, last):
            copy.write_row(row)
    connection.execute("ANALYZE copies")


def citizens(keyring: Keyring, template: int, first: int, last: int) -> Iterator[tuple[int, bytes, bytes, bytes, bytes]]:
    person, phone, hashes = -1, "", (b"", b"")
    for n in range(first, last + 1):
        if n // CALLS != person:
            person = n // CALLS
            phone = f"190{person:08d}"
            hashes = keyring.lookup("phone", phone), keyring.lookup("phone_tail", last_four(phone))
        given = {"name": SURNAMES[person % len(SURNAMES)] + GIVEN[person % len(GIVEN)], "phone": phone}
        citizen = template - n * 1_000_000_000
        yield n, seal_shown(keyring, citizen, given, anonymous=False), seal_code(keyring, citizen, f"{n:012d}"), *hashes


def copied(connection: Connection, table: str, changed: Mapping[str, str], root: int, every: int, most: int = 2**62) -> None:
    """The rows of one table under a root, once for each prepared number up to `most`."""
    sql = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    columns: dict[str, str] = dict(connection.execute(sql, [table]).fetchall())
    moved = {name: f"s.{name} - n * interval '{every} seconds'" for name, kind in columns.items() if kind.startswith("timestamp")}
    values = ", ".join({**moved, **changed}.get(name, f"s.{name}").replace("{column}", name) for name in columns)
    source = f"{table} s CROSS JOIN copies k JOIN words w ON w.v = mod(k.n, (SELECT count(*) FROM words))"
    where = f"{OF_ROOT.get(table, 's.root_id = %(root)s')} AND n <= %(most)s"
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source} WHERE {where}", {"root": root, "most": most})


def index_words(connection: Connection) -> None:
    """The index is made when all words are there, which takes a tenth of the time."""
    connection.execute("DROP INDEX ix_ticket_search_tokens")
    connection.execute(FIND_WORDS)
    connection.execute(WORDS_INDEX)
