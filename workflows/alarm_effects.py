"""Changes of the duty queue: an alarm is born beside its ticket, counts what hits again, climbs, and ends with its result."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Open, Set, effect

_RULE = ("danger", "origin", "rule_pack", "rule_table", "rule_row")


def _raised(facts: Facts, danger: Mapping[str, Any]) -> Change:
    """One open alarm for each kind of danger: what is seen again is counted there."""
    for child in facts["children"]:
        if child["kind"] == "alarm" and child["open"] and child["danger"] == danger["danger"]:
            return Fire(child["id"], "hit_again", {name: value for name, value in danger.items() if name != "danger"})
    return Open("alarm", danger)


def _raise_found(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (_raised(facts, danger) for danger in facts["dangers"])


def _raise_standing(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (_raised(facts, danger) for danger in facts["dangers_standing"])


def _raise_by_hand(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _raised(facts, {"danger": fields["danger"], "origin": "hand", "reason": fields["reason"]})


def _born(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name in _RULE:
        yield Set(name, fields.get(name))
    for column, value in (("hits", 1), ("level", 0), ("escalations", 0), ("responsible", facts["alarm_ladder"][0])):
        yield Set(column, value)
    yield Set("raised_by", facts["actor_id"] or None)
    for column in ("raised_at", "last_hit_at"):
        yield Set(column, facts["now"])


def _hit(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("hits", facts["row"]["hits"] + 1)
    yield Set("last_hit_at", facts["now"])


def _climb(facts: Facts, fields: Fields) -> Iterator[Change]:
    # At the top it is told again and again to the same.
    level = min(facts["row"]["level"] + 1, len(facts["alarm_ladder"]) - 1)
    yield Set("level", level)
    yield Set("responsible", facts["alarm_ladder"][level])
    yield Set("escalations", facts["row"]["escalations"] + 1)


def _acknowledge(facts: Facts, fields: Fields) -> Iterator[Change]:
    """Who acts at once has thereby seen it; the first who saw it stays the one."""
    if facts["row"].get("acknowledged_at") is None:
        yield Set("acknowledged_at", facts["now"])
        yield Set("acknowledged_by", facts["actor_id"])


def _act(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("measures_taken", fields["measures_taken"])
    if facts["row"].get("acted_at") is None:
        yield Set("acted_at", facts["now"])
    yield Set("acted_by", facts["actor_id"])
    if fields.get("transfer_to"):
        yield Fire("parent", "transfer_emergency", {"transfer_to": fields["transfer_to"]})


def _end(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("alarm_result", fields.get("alarm_result"))
    yield Set("closed_at", facts["now"])
    yield Set("closed_by", facts["actor_id"])


ALARM_EFFECTS: tuple[Effect, ...] = (
    effect("raise_alarm", "dangers children", _raise_found),
    effect("raise_standing_alarm", "dangers_standing children", _raise_standing),
    effect("raise_alarm_by_hand", "children", _raise_by_hand),
    effect("record_alarm", "now actor_id alarm_ladder", _born),
    effect("count_alarm", "row now", _hit),
    effect("climb_alarm", "row alarm_ladder", _climb),
    effect("mark_alarm_acknowledged", "row now actor_id", _acknowledge),
    effect("record_alarm_measures", "row now actor_id", _act),
    effect("end_alarm", "now actor_id", _end),
)
