"""Each law is worth something: spoil what it speaks of by hand, and it is the law that says so."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.config import Config
from app.main import build
from app.simulation.invariants import Planned, check
from app.simulation.laws import LAWS
from app.simulation.run import Report, run_of

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

FIRED = "(SELECT clock_id FROM fires ORDER BY clock_id LIMIT 1)"
RUNNING = "(SELECT id FROM clocks WHERE state = 'running' AND next_rung_at IS NOT NULL AND rung_next > 0 ORDER BY id LIMIT 1)"
STOPPED = "(SELECT id FROM clocks WHERE state = 'stopped' AND due_at IS NOT NULL ORDER BY id LIMIT 1)"
LEAD = "(SELECT a.id FROM assignments a JOIN cases c ON c.id = a.id WHERE c.open AND a.role = 'lead' ORDER BY a.id LIMIT 1)"
CO = "(SELECT a.id FROM assignments a JOIN cases c ON c.id = a.id WHERE c.open AND a.role = 'co' ORDER BY a.id LIMIT 1)"
ENDED = "(SELECT id FROM cases WHERE kind = 'ticket' AND NOT open ORDER BY id LIMIT 1)"
CLOSED_SHARE = "(SELECT min(s.id) FROM cases s JOIN cases c ON c.id = s.parent_id WHERE s.kind = 'assignment' AND NOT c.open)"
LAID_AWAY = "(SELECT min(c.id) FROM cases c JOIN cases r ON r.id = c.root_id WHERE c.kind = 'callback' AND r.state = 'archived')"
THREE_RUNGS = "(SELECT id FROM clocks WHERE jsonb_array_length(rungs) = 3 AND rungs->0->>'at' < rungs->2->>'at' LIMIT 1)"
RUNG = "(SELECT min(case_id) FROM history WHERE trigger = 'rung')"
FOURTH = "seq = 4 AND case_id = (SELECT case_id FROM history WHERE seq = 4 AND trigger <> 'rung' ORDER BY case_id LIMIT 1)"
TWICE = """INSERT INTO evaluations (id, root_id, case_id, seq, at, actor_id, unit_id, round, reached)
SELECT -1, root_id, case_id, seq, at, actor_id, unit_id, round, reached FROM evaluations WHERE reached LIMIT 1"""
CLOSED = "(SELECT min(c.id) FROM cases c JOIN callbacks x ON x.root_id = c.id WHERE c.state IN ('completed', 'closed'))"
UNREACHED = "(SELECT min(id) FROM cases WHERE kind = 'callback' AND state = 'unreachable')"
UNHAPPY_TWICE = """INSERT INTO history SELECT (jsonb_populate_record(h, jsonb_build_object('seq', h.seq + more))).*
FROM history h, (VALUES (1000), (2000)) later(more) WHERE h.trigger = 'note_evaluation'"""
HANDLED_AGAIN = """UPDATE evaluations SET rating = 'dissatisfied' WHERE reached; UPDATE history SET trigger = 'rehandle', seq = 9999
WHERE (case_id, seq) IN (SELECT case_id, max(seq) FROM history GROUP BY case_id)"""
TOLD_TWICE = """INSERT INTO deliveries SELECT (jsonb_populate_record(d, jsonb_build_object('id', -1))).* FROM deliveries d LIMIT 1"""
CARD = f"""INSERT INTO cards (id, root_id, case_id, seq, at, actor_id, colour, to_unit_id, round, rule)
SELECT -1, root_id, id, 1, now(), 0, 'yellow', unit_id, 1, 'demo-district@1/escalation/no-such-row' FROM assignments WHERE id = {LEAD}"""
# The beginning of a law, and what is done by hand that it must find.
DAMAGE = (
    ("every rung that was passed", f"DELETE FROM fires WHERE clock_id = {FIRED}"),
    ("every rung that was passed", f"UPDATE fires SET rung = rung || '?' WHERE clock_id = {FIRED}"),
    ("no rung fired before", f"UPDATE fires SET at = due_at - interval '1 hour' WHERE clock_id = {FIRED}"),
    ("no rung of a running clock", f"UPDATE clocks SET rung_next = rung_next - 1 WHERE id = {RUNNING}"),
    (
        "no clock was stopped",
        f"UPDATE clocks SET rungs = jsonb_set(rungs, '{{0,at}}', to_jsonb(anchored_at)), rung_next = 0 WHERE id = {STOPPED}",
    ),
    ("the next rung of a clock", f"UPDATE clocks SET next_rung_at = NULL WHERE id = {RUNNING}"),
    (
        "the rungs of a clock",
        f"UPDATE clocks SET rungs = jsonb_build_array(rungs->2, rungs->1, rungs->0), rung_next = 0 WHERE id = {THREE_RUNGS}",
    ),
    ("each fired rung left", f"DELETE FROM history WHERE trigger = 'rung' AND case_id = {RUNG}"),
    ("no clock was set aside", f"UPDATE clocks SET set_aside_at = now(), failure = 'Boom' WHERE id = {RUNNING}"),
    ("the clocks of a case that has ended", f"UPDATE clocks SET state = 'held' WHERE case_id = {ENDED}"),
    ("a stopped clock says", f"UPDATE clocks SET late = NOT late WHERE id = {STOPPED}"),
    ("a stopped clock says", f"UPDATE clocks SET late = NULL WHERE id = {STOPPED}"),
    ("a clock belongs to one case", f"UPDATE clocks SET generation = 5 WHERE id = {STOPPED}"),
    ("a case shows", f"UPDATE cases SET due_at = due_at + interval '1 minute' WHERE id = {LEAD}"),
    ("a ticket says when it ended", f"UPDATE tickets SET closed_at = NULL WHERE id = {ENDED}"),
    ("a ticket has one open lead", f"UPDATE assignments SET role = 'lead' WHERE id = {CO}"),
    ("a ticket that units work on", f"UPDATE assignments SET role = 'co' WHERE id = {LEAD}"),
    ("no assignment is open", f"UPDATE cases SET open = true WHERE id = {CLOSED_SHARE}"),
    ("a unit with an open assignment", f"DELETE FROM case_access WHERE root_id = (SELECT root_id FROM cases WHERE id = {LEAD})"),
    ("a round has one evaluation of a source", f"DROP INDEX uq_evaluations_round; {TWICE}"),
    ("nobody is called back", f"UPDATE cases SET open = true WHERE id = {LAID_AWAY}"),
    ("who was never reached", "UPDATE callbacks SET rated_at = NULL"),
    ("a completed ticket of the newest", f"DELETE FROM callback_attempts; DELETE FROM callbacks WHERE root_id = {CLOSED}"),
    ("who was never reached", f"UPDATE callbacks SET rating = 'satisfied' WHERE id = {UNREACHED}"),
    ("nobody is unreachable", f"DELETE FROM callback_attempts WHERE case_id = {UNREACHED}"),
    ("a claimed callback is", f"UPDATE callbacks SET claimed_by = 1 WHERE id = {UNREACHED}"),
    ("who was dissatisfied twice", f"{UNHAPPY_TWICE}; {HANDLED_AGAIN}"),
    ("what is asked beside", "UPDATE cases SET open = true WHERE kind = 'return-request'"),
    ("a unit that was designated", "UPDATE assignments SET designated = true"),
    ("a return is decided", "UPDATE return_requests SET decided_by = (SELECT min(u.id) FROM users u), decided_at = NULL"),
    ("no extension goes past", "UPDATE tickets SET upstream_due_at = registered_at"),
    ("an extension is granted", "UPDATE extensions SET decided_by = requested_by"),
    ("nothing that should stand still", f"UPDATE tickets SET merged_into = id WHERE id = (SELECT root_id FROM cases WHERE id = {LEAD})"),
    ("a suspended ticket has", "UPDATE tickets SET suspended_at = now() WHERE id = (SELECT min(id) FROM tickets)"),
    ("nothing is held at work", f"UPDATE clocks SET state = 'held' WHERE case_id = {LEAD} AND state = 'running'"),
    ("a paused share", f"UPDATE assignments SET paused_at = now() WHERE id = {LEAD}"),
    ("a share stands still", f"UPDATE assignments SET held_at = now() WHERE id = {LEAD}"),
    ("who reports in is late", "UPDATE merits SET kind = CASE kind WHEN 'report_in' THEN 'report_in_late' ELSE 'report_in' END"),
    ("a card of the rules", CARD),
    ("a joined ticket follows", "UPDATE links SET followed_at = since - interval '1 day' WHERE followed_at IS NOT NULL"),
    ("nothing stays joined", f"UPDATE tickets SET merged_into = {ENDED} WHERE id <> {ENDED}"),
    ("a ticket is joined to one", f"UPDATE tickets SET merged_into = {ENDED} WHERE id <> {ENDED}"),
    ("an alarm is acknowledged", "UPDATE alarms SET escalations = 0, acknowledged_at = NULL"),
    ("an alarm climbed", "UPDATE alarms SET escalations = escalations + 1"),
    ("what is cleared has", "UPDATE supervisions SET evidence = NULL WHERE cleared_at IS NOT NULL"),
    ("a ticket says that", "UPDATE tickets SET supervised = NOT coalesce(supervised, false)"),
    ("nobody is told one thing", f"ALTER TABLE deliveries DROP CONSTRAINT uq_deliveries_notice_id_user_id_channel; {TOLD_TWICE}"),
    ("every rung that names", "DELETE FROM deliveries; DELETE FROM notices WHERE event = 'ClockRung'"),
    ("what is published", "UPDATE knowledge_editions SET written_by = actor_id"),
    ("rounds are counted", "UPDATE tickets SET round = round + 1 WHERE id = (SELECT min(id) FROM tickets)"),
    ("no reaction is owed", "UPDATE outbox SET done_at = NULL WHERE id = (SELECT min(id) FROM outbox)"),
    ("each step of a history", f"UPDATE history SET from_state = 'void' WHERE {FOURTH}"),
    ("a case stands where", "UPDATE cases SET state = 'void' WHERE id = (SELECT min(id) FROM cases)"),
    ("time goes forward", f"UPDATE history SET at = at - interval '99 days' WHERE {FOURTH}"),
    ("what was caused", f"UPDATE history SET cause = '1:1' WHERE {FOURTH}"),
)
RECKONED = (
    ("every case has the row", "UPDATE cases SET kind = 'assignment' WHERE id = (SELECT min(id) FROM cases WHERE kind = 'ticket')"),
    ("every case is in a state", f"UPDATE cases SET open = true WHERE id = {ENDED}"),
    ("every step is an edge", f"UPDATE history SET trigger = 'withdraw' WHERE {FOURTH}"),
    ("the version of a case", "UPDATE cases SET version = version + 1 WHERE id = (SELECT min(id) FROM cases)"),
    ("no unit asked", f"UPDATE cases SET parent_id = {LEAD} WHERE kind = 'return-request'"),
    ("every running limit", f"UPDATE clocks SET due_at = due_at + interval '1 minute' WHERE id = {RUNNING}"),
    ("every chain", f"UPDATE history SET actor = 'user:1' WHERE {FOURTH}"),
)


def spoil(connection: Connection, statement: str) -> None:
    """Even the owner has to lift the guards of the tables first."""
    for table in ("history", "fires"):
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for part in statement.split("; "):
        connection.execute(text(part))


@pytest.mark.parametrize(("law", "statement"), DAMAGE)
def test_a_damage_by_hand_breaks_the_law_that_speaks_of_it(
    lived: tuple[str, Report, Path], servers: Servers, law: str, statement: str
) -> None:
    (finds,) = (sql for sentence, sql in LAWS.items() if sentence.startswith(law))
    engine = create_engine(servers.named(servers.owner_url, lived[0]), poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.execute(text(finds)).fetchall() == []
        spoil(connection, statement)
        assert connection.execute(text(finds)).fetchall() != []
        connection.rollback()


def test_every_law_has_its_damage() -> None:
    assert [law for law in LAWS if not any(law.startswith(beginning) for beginning, _ in DAMAGE)] == []


@pytest.mark.parametrize(("law", "statement"), RECKONED)
def test_a_damage_by_hand_is_found_by_reckoning_again(twin: Config, law: str, statement: str) -> None:
    engine = create_engine(twin.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        spoil(connection, statement)
    with closing(build(twin)) as system:
        broken = [finding.law for finding in check(system) if finding.broken]
    assert [found for found in broken if found.startswith(law)], broken


def planned(report: Report) -> Planned:
    run = run_of(report.season)
    numbers = {n.n: f"SIM-{run}-{n.n:06d}" if n.from_city else "" for n in report.season.arrivals()}
    return Planned(report.season.start, numbers, report.progress.born)


def test_a_ticket_that_is_missing_doubled_or_unplanned_is_lost(lived: tuple[str, Report, Path], twin: Config) -> None:
    plan = planned(lived[1])
    with closing(build(twin)) as system:

        def said(changed: Planned) -> str:
            return next(finding for finding in check(system, changed) if finding.law.startswith("no ticket was lost")).broken

        assert said(plan) == ""
        assert "missing" in said(replace(plan, numbers={**plan.numbers, 999: "SIM-X"}))
        assert "nobody's arrival" in said(replace(plan, born={n: i for n, i in plan.born.items() if n != 3}, numbers={}))
        assert "arrivals 80, tickets 79" in said(replace(plan, born={**plan.born, 1: plan.born[2]}, numbers={}))
        assert "number" in said(replace(plan, numbers={**plan.numbers, 1: "SIM-OTHER"}))
