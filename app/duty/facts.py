"""What the duty queue tells of a ticket (the dangers that its words or its category suggest) and what its own rows may ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy import Engine

from app.clock import local
from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind, Loader
from app.core.root import Case, Root
from app.core.timers import asked
from app.duty.dangers import TABLE, dangers_in, lists_of
from app.duty.models import Alarm
from app.hotline.pack_facts import pack_of
from app.hotline.rule_facts import ticket_relations, ticket_rule_facts

# A pack that names no ladder: the duty room, then the supervisor, then the leader.
LADDER: Final = ("duty_officer", "supervisor", "leader")
DEMAND: Final = ("title", "content", "purpose", "subject")
SPOKEN: Final = (*DEMAND, "text")
CLASSIFIED: Final = {"category": "category_id", "type": "type", "urgency": "urgency", "labels": "labels", "enterprise": "enterprise"}
COLUMNS: Final = (
    "danger", "origin", "rule_pack", "rule_table", "rule_row", "hits", "last_hit_at", "level", "escalations", "responsible", "raised_at",
    "raised_by", "acknowledged_at", "acknowledged_by", "acted_at", "acted_by", "measures_taken", "alarm_result", "closed_at", "closed_by",
)  # fmt: skip
INSTANTS: Final = frozenset({"last_hit_at", "raised_at", "acknowledged_at", "acted_at", "closed_at"})


def dangers(gather: Gather) -> tuple[dict[str, str], ...]:
    """What a file tells is past: one of what is in hand now is looked at as a whole when it has been told, by `dangers_standing`. Of an
    amendment only what is new is looked at, and a category alone speaks only when it is given."""
    if "importer" in gather.actor.roles:
        return ()
    fresh = [gather.fields[name] for name in SPOKEN if name in gather.fields and gather.fields[name] != gather.case.data.get(name)]
    classified = any(name in gather.fields and gather.fields[name] != gather.case.data[at] for name, at in CLASSIFIED.items())
    return seen(gather, fresh, classified)


def dangers_standing(gather: Gather) -> tuple[dict[str, str], ...]:
    """By all that the ticket says now, and by its category."""
    return seen(gather, [gather.case.data[name] for name in DEMAND], True)


def seen(gather: Gather, texts: Iterable[str | None], classified: bool) -> tuple[dict[str, str], ...]:
    pack = pack_of(gather)
    lists = lists_of(pack, asked(pack, TABLE, told(gather)), local(gather.root.now).date())
    found = dangers_in(lists, "\n".join(filter(None, texts)), classified)
    rules = [{"danger": d.danger, "origin": d.origin, "rule_pack": d.pack, "rule_table": TABLE, "rule_row": d.row} for d in found]
    return tuple(rules)


def told(gather: Gather) -> Mapping[str, object]:
    """The ticket's rule facts as they will be after this step: at its birth nothing stands on its row yet."""
    given = {at: gather.fields[name] for name, at in CLASSIFIED.items() if name in gather.fields}
    also = {name: gather.fields[name] for name in ("channel", "source") if name in gather.fields}
    case = replace(gather.case, data={**gather.case.data, **given, **also})
    return ticket_rule_facts(gather.tx.system.engine, gather.root, case)


def alarm_ladder(gather: Gather) -> tuple[str, ...]:
    ladder: tuple[str, ...] = pack_of(gather).parameters.get("alarm_ladder", LADDER)
    return ladder


def alarm_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return ticket_relations(root, root.top(), actor)


def alarm_rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """The ticket's facts, and which danger it is, in which state, and how often it has climbed."""
    own = {"danger": case.data["danger"], "alarm_state": case.state, "alarm_climbs": case.data["escalations"]}
    return {**ticket_rule_facts(engine, root, root.top()), **own}


def kinds(engine: Engine) -> Sequence[Kind]:
    return [
        Kind(
            name="alarm", family="ticket", plural="alarms", table=Alarm.__tablename__, columns=COLUMNS, instants=INSTANTS,
            facts={"alarm_ladder": alarm_ladder}, rule_facts=partial(alarm_rule_facts, engine), relations=alarm_relations,
        )
    ]  # fmt: skip


FACTS: Mapping[str, Mapping[str, Loader]] = {"ticket": {"dangers": dangers, "dangers_standing": dangers_standing}}
