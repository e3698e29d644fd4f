"""Whoever changes history, with whatever rights, leaves a place where a chain, an anchor or the exported anchors do not hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import make_url

from app.core import anchors
from app.core.anchors import Broken, anchor, anchor_if_due, file_of, verify
from app.core.history import BIRTH, CHAINED, link
from cli.__main__ import main
from tests.factories.hotline import Desk
from tests.fixtures.servers import Database, Servers

Superuser = psycopg.Connection[dict[str, Any]]
TICKETS = "SELECT min(id) AS first, max(id) AS last FROM cases WHERE kind = 'ticket'"


@pytest.fixture
def superuser(servers: Servers, database: Database) -> Iterator[Superuser]:
    """Somebody to whom neither rights nor triggers apply."""
    address = make_url(servers.named(servers.admin_url, database.name)).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), row_factory=dict_row, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@pytest.fixture
def lived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three tickets with a history, and anchors that reach up to the present instead of stopping ten minutes before it."""
    monkeypatch.setattr(anchors, "SETTLED", timedelta(0))
    for state in ("handling", "archived", "accepted"):
        desk.a_ticket(state)
    return desk


@pytest.fixture
def command_line(lived: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    config = lived.system.config
    told = {"CITYDESK_HOME": str(config.home), "DATABASE_URL": config.database_url, "DATABASE_OWNER_URL": config.owner_url}
    for name, value in (told | {"REDIS_URL": config.redis_url}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["audit", *arguments])
        return code, *capfd.readouterr()

    return run


def test_an_intact_installation(lived: Desk, command_line: Callable[..., tuple[int, str, str]]) -> None:
    (counted,) = lived.rows("SELECT count(*) AS rows, count(DISTINCT case_id) AS histories FROM history")
    assert counted["histories"] > 3
    code, out, said = command_line("verify")
    assert (code, said) == (0, "")
    assert out.splitlines() == ["0 anchors made again and equal", f"{counted['histories']} histories, {counted['rows']} rows, chain intact"]
    code, out, _ = command_line("anchor")
    assert code == 0 and f"over {counted['histories']} histories, {counted['histories']} cases" in out
    assert command_line("verify")[1].splitlines()[0] == "1 anchors made again and equal"


TAMPERED = {
    "a field of a row": ("UPDATE history SET actor = 'user:1' WHERE case_id = %(first)s AND seq = 2", "row 2 was changed"),
    "a value inside the fields": (
        "UPDATE history SET fields = fields || '{\"lead_unit\": 1}' WHERE case_id = %(first)s AND seq = 3",
        "row 3 was changed",
    ),
    "an instant by a microsecond": (
        "UPDATE history SET at = at + interval '1 microsecond' WHERE case_id = %(first)s AND seq = 1",
        "row 1 was changed",
    ),
    "a hash": ("UPDATE history SET hash = sha256(hash) WHERE case_id = %(first)s AND seq = 2", "row 2 was changed"),
    "the first row deleted": ("DELETE FROM history WHERE case_id = %(first)s AND seq = 1", "row 1 is missing"),
    "a row in the middle deleted": ("DELETE FROM history WHERE case_id = %(first)s AND seq = 2", "row 2 is missing"),
    "the tail cut off": ("DELETE FROM history WHERE case_id = %(first)s AND seq >= 3", "the chain ends with row 2, the case says row"),
    "two rows swapped": (
        """UPDATE history h SET at = o.at, trigger = o.trigger, from_state = o.from_state, to_state = o.to_state, fields = o.fields,
           recorded_at = o.recorded_at, hash = o.hash FROM history o
           WHERE h.case_id = %(first)s AND h.seq IN (2, 3) AND o.case_id = h.case_id AND o.seq = 5 - h.seq""",
        "row 2 was changed",
    ),
    "a row given to another case": (
        "UPDATE history SET case_id = %(last)s, seq = 99 WHERE case_id = %(first)s AND seq = (SELECT seq FROM cases WHERE id = %(first)s)",
        "the chain ends with row",
    ),
    "a whole history deleted": ("DELETE FROM history WHERE case_id = %(first)s", "its history is gone"),
    "a case deleted": ("DELETE FROM cases WHERE id = %(first)s", "history without a case"),
    "a head moved back": (
        """UPDATE cases c SET seq = 1, head_hash = h.hash FROM history h
           WHERE c.id = %(first)s AND h.case_id = c.id AND h.seq = 1""",
        "the case says row 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("tampered", TAMPERED)
def test_the_first_broken_row_is_told(
    tampered: str, lived: Desk, superuser: Superuser, command_line: Callable[..., tuple[int, str, str]]
) -> None:
    statement, sentence = TAMPERED[tampered]
    (ids,) = lived.rows(TICKETS)
    assert superuser.execute(statement, ids).rowcount
    code, out, said = command_line("verify")
    assert (code, out, said.count("\n")) == (1, "", 1)
    assert f"case {ids['first']}: " in said and sentence in said


def rewrite(superuser: Superuser, case_id: int) -> None:
    """Forges a row and then makes every hash after it, and the head of the case, fit."""
    superuser.execute("UPDATE history SET actor = 'user:1' WHERE case_id = %s AND seq = 2", [case_id])
    head = BIRTH
    for row in superuser.execute(f"SELECT {', '.join(CHAINED)} FROM history WHERE case_id = %s ORDER BY seq", [case_id]).fetchall():
        head = link(head, row)
        superuser.execute("UPDATE history SET hash = %s WHERE case_id = %s AND seq = %s", [head, case_id, row["seq"]])
    superuser.execute("UPDATE cases SET head_hash = %s WHERE id = %s", [head, case_id])


def remove(superuser: Superuser, case_id: int) -> None:
    """Takes a whole ticket with all that is under it out of every table of the engine."""
    for table in ("history", "clocks", "fires", "case_access", "outbox"):
        superuser.execute(f"DELETE FROM {table} WHERE root_id = %s", [case_id])  # type: ignore[arg-type]
    superuser.execute("DELETE FROM cases WHERE root_id = %s", [case_id])


FORGERIES = pytest.mark.parametrize("forge", [rewrite, remove])


@FORGERIES
def test_a_consistent_forgery_is_caught_by_the_anchors(lived: Desk, superuser: Superuser, forge: Callable[..., None]) -> None:
    (ids,) = lived.rows(TICKETS)
    anchor(lived.system)
    lived.a_ticket("accepted")
    anchor(lived.system)
    forge(superuser, ids["first"])
    with pytest.raises(Broken, match=r"anchor 1 of .* does not follow"):
        verify(lived.system)


@FORGERIES
def test_without_an_anchor_a_consistent_forgery_shows_nowhere(lived: Desk, superuser: Superuser, forge: Callable[..., None]) -> None:
    """What is not anchored yet is only as safe as the database; this is why anchors are made every day and kept elsewhere."""
    forge(superuser, lived.rows(TICKETS)[0]["first"])
    assert verify(lived.system)[2] == 0


@FORGERIES
def test_anchors_forged_as_well_are_caught_by_their_copy(
    lived: Desk, superuser: Superuser, forge: Callable[..., None], tmp_path: Path, command_line: Callable[..., tuple[int, str, str]]
) -> None:
    told = anchor(lived.system)
    elsewhere = tmp_path / "kept.jsonl"
    shutil.copy(file_of(lived.system), elsewhere)
    forge(superuser, lived.rows(TICKETS)[0]["first"])
    superuser.execute("DELETE FROM anchors")
    file_of(lived.system).unlink()
    anchor(lived.system)
    assert command_line("verify")[0] == 0, "within the machine everything fits again"
    code, out, said = command_line("verify", "--anchors", str(elsewhere))
    assert (code, out) == (1, "") and f"the exported anchor of {told['at'].isoformat()} is not in the database" in said
    elsewhere.write_text("not a line\n", encoding="utf-8")
    assert "cannot be read" in command_line("verify", "--anchors", str(elsewhere))[2]


def test_each_anchor_follows_from_the_one_before_and_is_in_the_file(lived: Desk) -> None:
    first = anchor(lived.system)
    lived.a_ticket("accepted")
    second = anchor(lived.system)
    third = anchor(lived.system)
    assert (second["previous"], third["previous"]) == (first["digest"], second["digest"])
    assert (second["heads"], second["cases"]) == (1, first["cases"] + 1)
    assert (third["heads"], third["cases"]) == (0, second["cases"])
    assert exported(lived) == [first["digest"], second["digest"], third["digest"]]
    assert verify(lived.system, file_of(lived.system))[2] == 3


def exported(desk: Desk) -> list[str]:
    return [row["digest"] for row in map(anchors.orjson.loads, file_of(desk.system).read_bytes().splitlines())]


def test_a_line_that_a_power_cut_halved_is_written_again(lived: Desk) -> None:
    made = [anchor(lived.system)["digest"] for _ in range(3)]
    file = file_of(lived.system)
    held = file.read_bytes()
    file.write_bytes(held[: len(held) - 40])
    made.append(anchor(lived.system)["digest"])
    assert exported(lived) == made
    file.unlink()
    anchors.export(lived.system)
    assert exported(lived) == made, "a new state folder gets all of them"


def test_an_exported_line_is_on_the_disk_before_anybody_is_told(lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = anchors.os.fsync
    monkeypatch.setattr(anchors.os, "fsync", lambda number: (synced.append(anchors.os.fstat(number).st_size), real(number)))
    anchor(lived.system)
    assert synced == [file_of(lived.system).stat().st_size]


def test_an_anchor_is_made_once_a_day(lived: Desk, superuser: Superuser) -> None:
    for _ in range(2):
        anchor_if_due(lived.system)
        assert len(exported(lived)) == 1
    superuser.execute("UPDATE anchors SET at = at - interval '1 day'")
    anchor_if_due(lived.system)
    assert len(exported(lived)) == 2


def test_what_was_recorded_just_now_waits_for_the_next_anchor(desk: Desk) -> None:
    """A transaction that began before the anchor may commit after it; ten minutes later none can be left."""
    desk.a_ticket("accepted")
    assert (anchor(desk.system)["heads"], verify(desk.system)[2]) == (0, 1)


def test_proving_disturbs_nobody_and_nobody_disturbs_it(lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tickets move on while the histories are read: what is proved is the state of one instant."""
    real, moved = anchors.stream, []
    waiting = lived.a_ticket("registered")

    def stream(*given: Any) -> Iterator[tuple[Any, ...]]:
        for values in real(*given):
            if not moved:
                moved.append(lived.do("agent", waiting, "accept"))
                lived.register()
            yield values

    (before,) = lived.rows("SELECT count(*) AS n FROM history")
    monkeypatch.setattr(anchors, "stream", stream)
    assert verify(lived.system)[1] == before["n"] and moved
    assert verify(lived.system)[1] == before["n"] + 2


def test_history_takes_new_rows_only(lived: Desk, database: Database) -> None:
    """Not even the owner of the tables changes a row without lifting the guard first; the application may not even try."""
    with lived.connect() as owner, pytest.raises(psycopg.errors.RaiseException, match="only added"):
        owner.execute("UPDATE history SET actor = 'user:1'")
    address = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as application:
        for change in ("UPDATE history SET actor = 'user:1'", "DELETE FROM history", "TRUNCATE history", "DELETE FROM anchors"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(change)
