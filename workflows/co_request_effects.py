"""Changes of a request for a co-unit: what was asked, and what the centre answered."""

from collections.abc import Iterator

from workflows.co_request_guards import helper
from workflows.vocabulary import Change, Effect, Facts, Fields, Set, effect


def _record(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name, column in (("unit", "unit_id"), ("round", "round"), ("wished_unit", "wished_unit_id"), ("reason", "reason")):
        yield Set(column, fields[name])
    yield Set("person_id", facts["actor_id"])
    yield Set("requested_at", facts["now"])


def _decided(facts: Facts) -> Iterator[Change]:
    yield Set("decided_by", facts["actor_id"] or None)
    yield Set("decided_at", facts["now"])


def _grant(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("helping_unit_id", helper(facts, fields))
    yield from _decided(facts)


def _decline(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("refusal", fields["refusal"])
    yield from _decided(facts)


CO_REQUEST_EFFECTS: tuple[Effect, ...] = (
    effect("record_wish", "now actor_id", _record),
    effect("grant_wish", "row now actor_id", _grant),
    effect("decline_wish", "now actor_id", _decline),
)
