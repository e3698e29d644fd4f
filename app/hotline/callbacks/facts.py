"""What a callback's guards ask of the ticket above it and of the pack: order, tries, gap, scale, reasons; each silence has a meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.api.values import shown
from app.clock import local
from app.core.actors import Actor
from app.core.gather import Gather, child_facts
from app.core.registry import Loader
from app.core.root import Case, Root
from app.hotline.pack_facts import callback_attempts_wanted, pack_of, rows_of, until
from rules.tables import choose
from workflows.fields import RATINGS

COLUMNS = (
    "round", "priority", "priority_rule", "attempts", "next_call_at", "expires_at", "invited_at", "claimed_by", "claimed_at",
    "contacted", "solved", "rating", "manner_rating", "way", "rated_at", "ended_at",
)  # fmt: skip
INSTANTS = frozenset({"next_call_at", "expires_at", "invited_at", "claimed_at", "rated_at", "ended_at"})
# A scale of three keeps the words that stand in the middle and at both ends.
SCALES: Mapping[int, frozenset[str]] = {
    3: frozenset({"satisfied", "basically_satisfied", "dissatisfied"}),
    5: frozenset(RATINGS),
}
LAST = 1000  # Who matches no row of the order is called after all who do.
ENDING = {"callback_dead_number_ends": "dead_number", "callback_refused_ends": "refused"}


def ticket_row(gather: Gather) -> dict[str, Any]:
    return gather.root.top().data


def ticket_shares(gather: Gather) -> tuple[dict[str, Any], ...]:
    return tuple(child_facts(case) for case in gather.root.children(gather.root.top()) if case.kind == "assignment")


def callback_rank(gather: Gather) -> tuple[int, str | None]:
    """The place in the queue and the row that gave it; a pack without an order calls whoever is due first."""
    table, kind = pack_of(gather).tables.get("callback_order"), gather.tx.system.registry.kinds[gather.case.kind]
    facts = kind.rule_facts(gather.root, gather.case)
    choice = choose(table, facts, local(gather.root.now).date()) if table else None
    return (choice.result["priority"], f"{choice.pack}/{choice.row_id}") if choice else (LAST, None)


def callback_expiry(gather: Gather) -> datetime | None:
    """A pack that names no time lets an evaluation wait until a person closes the ticket."""
    return until(gather, gather.root.now, "callback_expires")


def call_again_at(gather: Gather) -> datetime | None:
    """A pack that names no gap lets the next try be made at once."""
    return until(gather, gather.root.now, "callback_gap")


def callable_from(gather: Gather) -> tuple[str, ...]:
    """The words for the instant before which nobody calls again."""
    at = gather.case.data["next_call_at"]
    return (str(shown(at))[:16].replace("T", " "),) if at else ()


def ratings_allowed(gather: Gather) -> frozenset[str]:
    """Five steps when the pack does not choose."""
    return SCALES[pack_of(gather).parameters.get("rating_scale", 5)]


def reason_codes(gather: Gather) -> frozenset[str]:
    """A pack without a list takes any code."""
    return rows_of(gather, "dissatisfaction_reasons")


def reasons_required(gather: Gather) -> bool:
    return bool(pack_of(gather).parameters.get("dissatisfaction_reasons_required", False))


def calls_that_end(gather: Gather) -> frozenset[str]:
    """A number that does not exist, and a citizen who does not want to answer, are not called again unless the pack says so."""
    parameters = pack_of(gather).parameters
    return frozenset(outcome for name, outcome in ENDING.items() if parameters.get(name, True))


def no_further_grounds(gather: Gather) -> frozenset[str]:
    """A pack without a list asks for a reason only."""
    return rows_of(gather, "no_further_grounds")


def study_wanted_from(gather: Gather) -> int | None:
    """The round from which handling again needs a study first; never, when the pack is silent."""
    wanted: int | None = pack_of(gather).parameters.get("rehandle_rounds")
    return wanted


def relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return frozenset({"self"} if actor.kind == "citizen" else ())


FACTS: Mapping[str, Loader] = {
    "ticket_row": ticket_row,
    "ticket_shares": ticket_shares,
    "callback_rank": callback_rank,
    "callback_expiry": callback_expiry,
    "call_again_at": call_again_at,
    "callable_from": callable_from,
    "ratings_allowed": ratings_allowed,
    "reason_codes": reason_codes,
    "reasons_required": reasons_required,
    "calls_that_end": calls_that_end,
    "callback_attempts_wanted": callback_attempts_wanted,
}
READY = frozenset(FACTS) - {"callback_rank", "callback_expiry", "call_again_at"}
TICKET_FACTS: Mapping[str, Loader] = {"no_further_grounds": no_further_grounds, "study_wanted_from": study_wanted_from}
TICKET_READY = frozenset({"study_wanted_from"})
TICKET_COLUMNS = ("dissatisfactions", "dissatisfied_round", "studied_round", "no_further_ground")
