"""The verbs of supervision that are more than one transition: opening a case of its own, and sending an instruction on to units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.fire import birth, by_actor, expect, result_of, seen_root
from app.core.root import Case
from app.core.tx import Tx

WORDS = "SELECT endorser, endorser_person, endorsement FROM endorsements WHERE case_id = %s ORDER BY endorsed_at, id"


@dataclass(frozen=True, slots=True)
class Begin:
    """A supervised matter, an instruction or a conference on its own, under no ticket."""

    actor: Actor
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SendInstruction:
    """An instruction goes to units. Each gets a supervised matter of its own root, so that it sees its own and no more."""

    actor: Actor
    id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    key: str | None = None


def handle_begin(tx: Tx, command: Begin) -> Result:
    case = birth(tx, command.kind, command.fields, {})
    return result_of(tx.roots[case.root_id], case)


def handle_send(tx: Tx, command: SendInstruction) -> Result:
    root = seen_root(tx, "instruction", command.id)
    paper = root.cases[command.id]
    expect(paper, command.expected_version)
    by_actor(tx, root, paper, "send", command.fields)
    words = told_words(tx, paper) if paper.data["tell_units"] else ""
    for unit in dict.fromkeys(paper.data["unit_ids"]):
        charge(tx, paper, unit, words)
    return result_of(root, paper)


def told_words(tx: Tx, paper: Case) -> str:
    """The leaders' own words, for units only when the secretary says so."""
    return "\n".join(row["endorsement"] for row in tx.query(WORDS, (paper.id,)))


def charge(tx: Tx, paper: Case, unit: int, words: str) -> None:
    """One unit's matter, handed out at once: what a leader has put in writing needs no second approval."""
    row = paper.data
    matter = "\n".join(filter(None, (row["instructions"], words, row["matter"])))
    fields = {
        "title": row["title"], "supervision_source": "instruction", "level": "leader", "unit": unit, "report_due_at": row["report_due_at"],
        **({"matter": matter} if matter else {}),
    }  # fmt: skip
    case = birth(tx, "supervision", fields, {"instruction_id": paper.id, "supervision_source": "instruction"})
    by_actor(tx, tx.roots[case.root_id], case, "issue", {})


HANDLERS = {Begin: handle_begin, SendInstruction: handle_send}
