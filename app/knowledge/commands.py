"""What people do with the knowledge base beyond the steps of an entry's own definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.fire import birth, by_actor, result_of
from app.core.tx import Tx
from app.core.visibility import CENTRE, OF_UNITS
from app.errors import Unseen

KIND = "knowledge-entry"


@dataclass(frozen=True, slots=True)
class WriteEntry:
    """A new entry. `fields` are those of the birth edge."""

    actor: Actor
    fields: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectEntry:
    """Whoever works with an entry says what is wrong in it, though it is another unit's to change."""

    actor: Actor
    entry_id: int
    text: str
    key: str | None = None


def handle_write(tx: Tx, command: WriteEntry) -> Result:
    case = birth(tx, KIND, command.fields, {})
    return result_of(tx.roots[case.root_id], case)


def handle_correct(tx: Tx, command: CorrectEntry) -> Result:
    if command.actor.roles.isdisjoint(CENTRE | OF_UNITS):
        raise Unseen()
    root = tx.root_of(KIND, command.entry_id)
    case, fields = root.cases[command.entry_id], {"text": command.text}
    if not case.data["edition"]:
        raise Unseen()
    by_actor(tx, root, case, "correct", fields)
    return result_of(root, case)


HANDLERS = {WriteEntry: handle_write, CorrectEntry: handle_correct}
