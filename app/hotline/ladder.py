"""Where a ticket stands on the ladder of dissatisfaction, what comes next and for whom, and by which measures the pack would raise it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.api.values import shown_due
from app.clock import local
from app.core.gather import Gather
from app.core.registry import Loader
from app.core.root import Case, Clock, Root
from app.core.system import System
from app.hotline.pack_facts import rows_of, until
from rules.tables import Choice, choose, collect

TICKET_COLUMNS = ("supervised", "elevations", "elevated_at", "callback_person_id")
TICKET_INSTANTS = frozenset({"elevated_at"})
ENDED = frozenset({"closed", "completed"})
# The clock that tells by when the next rung is due, where one runs.
CLOCKS: Mapping[str, str] = {"study": "conference_clock"}


def elevation_proposed(gather: Gather) -> frozenset[str]:
    """The measures that the pack proposes for this ticket today; none when it has no such table."""
    table = gather.tx.system.settings.pack(gather.case.pack).tables.get("elevations")
    rows = {row.id: row.give["measure"] for row in table.rows} if table else {}
    return frozenset(rows[row] for row in rows_of(gather, "elevations"))


def supervision_due(gather: Gather) -> datetime | None:
    """When to report, where nobody says; a pack without it leaves such a matter to a person."""
    return until(gather, gather.root.now, "supervision_within")


TICKET_FACTS: Mapping[str, Loader] = {"elevation_proposed": elevation_proposed, "supervision_due": supervision_due}


def raised_view(system: System, root: Root, ticket: Case) -> dict[str, Any]:
    """What the page of a ticket shows beside its own columns: the measures taken and proposed, and the ladder."""
    taken, facts = ticket.data["elevations"] or [], facts_of(system, root, ticket)
    found = (choice for choice in rows(system, root, ticket, facts) if choice.result["measure"] not in taken)
    proposed = [told(choice, measure=choice.result["measure"]) for choice in found]
    return {"elevations": taken, "elevation_proposed": proposed, "ladder": ladder_view(system, root, ticket, facts)}


def rows(system: System, root: Root, ticket: Case, facts: Mapping[str, object]) -> list[Choice]:
    """Of several rows with the same measure the first."""
    table = system.settings.pack(ticket.pack).tables.get("elevations")
    found = collect(table, facts, local(root.now).date()) if table else []
    first: dict[str, Choice] = {}
    for choice in found:
        first.setdefault(choice.result["measure"], choice)
    return list(first.values())


def facts_of(system: System, root: Root, ticket: Case) -> dict[str, object]:
    row = ticket.data
    known = system.registry.kinds["ticket"].rule_facts(root, ticket)
    return {**known, "dissatisfied": waits(ticket), "studied": row["studied_round"] == row["round"]}


def waits(ticket: Case) -> bool:
    """Whether a dissatisfaction of this round waits for somebody's decision."""
    return ticket.state in ENDED and ticket.data["dissatisfied_round"] == ticket.data["round"]


def ladder_view(system: System, root: Root, ticket: Case, facts: dict[str, object]) -> dict[str, Any]:
    """`next` is what the pack says of the dissatisfaction that stands, or, while none does, of the one that may come."""
    waiting = waits(ticket)
    stands = {name: facts[name] for name in ("round", "dissatisfactions", "studied", "supervised")} | {"waiting": waiting}
    if not waiting:
        facts |= {"dissatisfied": True, "studied": False, "dissatisfactions": int(str(facts["dissatisfactions"])) + 1}
    table = system.settings.pack(ticket.pack).tables.get("ladder")
    choice = choose(table, facts, local(root.now).date()) if table else None
    return {"stands": stands, "next": next_view(root, ticket, choice, waiting) if choice else None}


def next_view(root: Root, ticket: Case, choice: Choice, waiting: bool) -> dict[str, Any]:
    given, within = choice.result, choice.result.get("within")
    clock = clock_of(root, ticket, given["step"]) if waiting else None
    told_by = {"by": shown_due(clock.due_at) if clock else None, "clock": clock.id if clock else None}
    told_by |= {"within": str(within) if within else None}
    return told(choice, step=given["step"], who=given["who"], zh=given["zh"], en=given["en"], **told_by)


def clock_of(root: Root, ticket: Case, step: str) -> Clock | None:
    """A conference has its clock on its own case; every other step is the ticket's decision."""
    study = step == "study"
    name = "conference_clock" if study else "decision_clock"
    cases = {child.id for child in root.children(ticket)} if study else {ticket.id}
    running = [clock for clock in root.clocks if clock.name == name and clock.state == "running" and clock.case_id in cases]
    return min((clock for clock in running if clock.due_at), key=lambda clock: str(clock.due_at), default=None)


def told(choice: Choice, **more: Any) -> dict[str, Any]:
    """What a machine says names its pack, table and row."""
    return {**more, "pack": choice.pack, "table": choice.table, "row": choice.row_id}
