"""Changes of review: each decision is kept with its four gates and what the machine had found at that moment."""

from collections.abc import Callable, Iterator

from workflows.review_fields import FAILS, GATE_WORDS, PASSES
from workflows.vocabulary import Change, Effect, Facts, Fields, Put, effect


def _gates(fields: Fields) -> dict[str, str]:
    """A gate that is not spoken of passes, unless the older list of failed gates names it."""
    listed = fields.get("gates") or ()
    return {f"gate_{name}": fields.get(f"gate_{name}") or (FAILS if name in listed else PASSES) for name in GATE_WORDS}


def _recorded(decision: str) -> Callable[[Facts, Fields], Iterator[Change]]:
    def make(facts: Facts, fields: Fields) -> Iterator[Change]:
        reasons = {name: fields[name] for name in (*(f"gate_{gate}_reason" for gate in GATE_WORDS), "reason") if name in fields}
        found = [dict(finding) for finding in facts["findings"]]
        yield Put("reviews", {"round": facts["row"]["round"], "decision": decision, **_gates(fields), **reasons, "findings": found})

    return make


REVIEW_EFFECTS: tuple[Effect, ...] = (
    effect("record_approval", "row findings", _recorded("approve")),
    effect("record_sending_back", "row findings", _recorded("send_back")),
)
