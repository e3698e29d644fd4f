"""Where each of some tickets stands on its ladders, what comes next, for whom and by when, and what may be done: one trip for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.api.problems import spoken_actions
from app.api.values import shown
from app.core.actors import Actor
from app.core.root import Case, Clock, Root
from app.core.rungs import FIRE, TABLE, moment_of, open_to_clocks, who_knows
from app.core.system import System
from app.hotline.audience import units_meant
from app.hotline.forecast import NOTIFY, may_see
from app.hotline.ladder import raised_view
from app.hotline.queries import read_many
from app.hotline.reference import Reference, reference
from app.hotline.rung_words import rung_of, spoken
from app.hotline.serialize import latest
from app.hotline.shares import available
from app.hotline.shown import unit_of

# What a supervisor does about a ticket, to the ticket itself, to the share of its lead, and to the matter that is supervised.
MEASURES: Mapping[str, tuple[str, ...]] = {
    "ticket": ("urge", "supervise", "call_conference", "elevate", "escalate"), "assignment": ("yellow_card",),
    "supervision": ("urge", "summon", "raise_level"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of one limit that tells or moves somebody."""

    at: datetime
    clock: Clock
    row: Mapping[str, Any]


def steps(system: System, actor: Actor, tickets: Sequence[int], lang: str) -> list[dict[str, Any]]:
    """In the order asked for; what the reader may not see is left out."""
    roots = read_many(system, actor, "ticket", tickets)
    return [step_of(system, actor, roots[ticket], lang) for ticket in tickets if ticket in roots]


def step_of(system: System, actor: Actor, root: Root, lang: str) -> dict[str, Any]:
    ticket, named = root.top(), reference(system.engine, root.epoch)
    passed, coming = rungs_of(actor, root)
    raised = raised_view(system, root, ticket)
    return {
        "ticket": ticket.id, "version": ticket.version,
        "stands": told(named, root, max(passed, key=by_time), lang) if passed else None,
        "next": told(named, root, min(coming, key=by_time), lang) if coming else None,
        "ladder": in_words(raised["ladder"], lang), "elevation_proposed": raised["elevation_proposed"],
        "supervision": next((case.id for case in matters(root)), None),
        "measures": [measure for case in concerned(root) for measure in open_to(system, actor, root, case, lang)],
    }  # fmt: skip


def in_words(ladder: dict[str, Any], lang: str) -> dict[str, Any]:
    following = ladder["next"]
    within = spoken(following["within"], lang) if following and following["within"] else None
    return {**ladder, "next": {**following, "within_words": within} if following else None}


def by_time(rung: Rung) -> datetime:
    return rung.at


def rungs_of(actor: Actor, root: Root) -> tuple[list[Rung], list[Rung]]:
    """What the running limits have done, and what they will do; a mark alone concerns nobody."""
    passed, coming = list[Rung](), list[Rung]()
    for clock in latest(root):
        if clock.state != "running" or not may_see(actor, root.cases[clock.case_id]):
            continue
        for place, row in enumerate(clock.rungs):
            if any(action != "mark" for action in row["actions"]):
                (passed if place < clock.rung_next else coming).append(Rung(moment_of(dict(row)), clock, row))
    return passed, coming


def told(named: Reference, root: Root, rung: Rung, lang: str) -> dict[str, Any]:
    case, row = root.cases[rung.clock.case_id], rung.row
    return {
        "at": shown(rung.at), "clock": rung.clock.id, "name": rung.clock.name, "level": rung.clock.level, "rung": row["key"],
        "words": rung_of(row["key"], lang), "rules": [f"{rung.clock.pack}/{TABLE}/{each}" for each in row.get("rows", ())],
        "tells": [whom(named, root, case, action.removeprefix(NOTIFY)) for action in row["actions"] if action.startswith(NOTIFY)],
        "fires": [moved(root, case, action.removeprefix(FIRE), lang) for action in row["actions"] if action.startswith(FIRE)],
    }  # fmt: skip


def whom(named: Reference, root: Root, case: Case, said: str) -> dict[str, Any]:
    """A role, and the units whose people are meant; of the centre and of persons none is named."""
    role, _, relation = said.partition("@")
    units = [] if relation in ("centre", "any", "holder") else units_meant(root, case, relation)
    return {"role": role, "units": [unit_of(named, unit) for unit in units]}


def moved(root: Root, case: Case, trigger: str, lang: str) -> dict[str, Any]:
    edges = [edge for edge in who_knows(root, case, trigger).workflow.transitions if edge.trigger == trigger and open_to_clocks(edge)]
    label = (edges[0].label_en if lang == "en" else edges[0].label_zh) if edges else trigger
    return {"trigger": trigger, "label": label}


def concerned(root: Root) -> Iterator[Case]:
    """The ticket, the share of its lead, and what is supervised of it."""
    yield root.top()
    yield from (case for case in root.cases.values() if case.kind == "assignment" and case.open and case.data["role"] == "lead")
    yield from matters(root)


def matters(root: Root) -> list[Case]:
    return [case for case in root.cases.values() if case.kind == "supervision" and case.open]


def open_to(system: System, actor: Actor, root: Root, case: Case, lang: str) -> list[dict[str, Any]]:
    plural = system.registry.kinds[case.kind].plural
    found = {action["trigger"]: action["label"] for action in spoken_actions(available(system, root, case, actor), lang)}
    return [
        {"plural": plural, "id": case.id, "trigger": trigger, "label": found[trigger]}
        for trigger in MEASURES[case.kind] if trigger in found
    ]  # fmt: skip
