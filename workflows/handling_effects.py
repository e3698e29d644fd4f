"""Changes of shares beyond the straight road: what stands still with the ticket, and what is handed down, extended and paused."""

from collections.abc import Iterator

from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Set, effect


def _below(facts: Facts) -> Iterator[Facts]:
    return (child for child in facts["children"] if child["kind"] == "assignment" and child["open"])


def _hold_all(facts: Facts, fields: Fields) -> Iterator[Change]:
    # What stands still for another reason already is not held twice.
    return (Fire(child["id"], "hold_share") for child in _below(facts) if child.get("held_at") is None)


def _release_all(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Fire(child["id"], "release_share") for child in _below(facts) if child.get("held_at") is not None)


HANDLING_EFFECTS: tuple[Effect, ...] = (
    effect("mark_share_held", "now", lambda facts, fields: (Set("held_at", facts["now"]),)),
    effect("mark_share_released", "", lambda facts, fields: (Set("held_at", None),)),
    effect("hold_shares", "children", _hold_all),
    effect("release_shares", "children", _release_all),
)
