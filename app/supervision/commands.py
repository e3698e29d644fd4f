"""The verbs of supervision that are more than one transition: opening a case of its own, and sending an instruction on to units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actors import Actor
from app.core.apply import Step
from app.core.bus import Result
from app.core.fire import act, birth, expect, result_of
from app.core.gather import Gather, who_of
from app.core.root import Case, Root
from app.core.tx import Tx
from app.core.visibility import sees
from app.errors import Unseen

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
    root = tx.root_of("instruction", command.id)
    paper = root.cases[command.id]
    if not sees(command.actor, root):
        raise Unseen()
    expect(paper, command.expected_version)
    step(tx, root, paper, "send", command.fields)
    words = told_words(tx, paper) if paper.data["tell_units"] else ""
    for unit in dict.fromkeys(paper.data["unit_ids"]):
        charge(tx, paper, unit, words)
    return result_of(root, paper)


def step(tx: Tx, root: Root, case: Case, trigger: str, fields: Mapping[str, Any]) -> None:
    act(Step(tx, root, case, trigger, fields), who_of(Gather(tx, root, case, fields, tx.actor)))


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
    step(tx, tx.roots[case.root_id], case, "issue", {})


HANDLERS = {Begin: handle_begin, SendInstruction: handle_send}
