"""Any action that a case offers, as a form made from the definition: one door for every kind, every trigger and every refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal, Unseen
from app.web.forms import read_fields, typed, widgets
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path
from app.web.vocabulary import Vocabulary
from workflows.fields import FIELDS

MOST_CHANGES = 5
# What is done with one click, and no form that was read before, says by its own name that it is done.
SAID: Mapping[str, tuple[str, str]] = {"urge": ("已催办。", "The unit is urged.")}


def act_pages(vocabulary: Vocabulary) -> tuple[Page, ...]:
    """`/act/{plural}/{id}/{trigger}` shows the form, and the same address does it."""

    def form(look: Look, plural: str, id: int, trigger: str) -> Shown:
        return form_of(look, vocabulary, plural, id, trigger, look.args.get("to", ""))

    def again(look: Look, refusal: Refusal, plural: str, id: int, trigger: str) -> Shown:
        return form_of(look, vocabulary, plural, id, trigger, look.form.get("to", ""), refusal)

    def act(look: Look, plural: str, id: int, trigger: str) -> Done:
        transition(look, plural, id, trigger, given_fields(look, vocabulary))
        to = look.form.get("to", "")
        # Who opened the form alone has no page behind it that could be looked at again.
        return Done(inner_path(to) if to else "" if look.partial else "/", *SAID.get(trigger, ("已完成。", "Done.")))

    return (
        Page("/act/{plural}/{id}/{trigger}", form, "执行操作", "Do something"),
        Page("/act/{plural}/{id}/{trigger}", act, "执行操作", "Do something", method="POST", again=again),
    )


def given_fields(look: Look, vocabulary: Vocabulary) -> dict[str, Any]:
    """The vocabulary's fields that the form carries; what names a ticket by its number is looked up."""
    given = read_fields(look.form, FIELDS)
    for name, kind in vocabulary.picks.items():
        if kind == "ticket" and name in given:
            value = given[name]
            found = [vocabulary.resolve(look, kind, str(each)) for each in (value if isinstance(value, list) else [value])]
            given[name] = found if isinstance(value, list) else found[0]
    return given


def transition(look: Look, plural: str, id: int, trigger: str, fields: Mapping[str, Any], step: str = "") -> Any:
    """The trigger with its fields through the case's own door; the case as it is afterwards. Of several each is a `step`."""
    known_door(look, plural)
    return look.post(f"/{plural}/{{id}}/transitions", {"trigger": trigger, "fields": dict(fields)}, step=step, id=id)


def form_of(
    look: Look, vocabulary: Vocabulary, plural: str, id: int, trigger: str, to: str, refusal: Refusal | None = None
) -> Shown:
    known_door(look, plural)
    case = look.get(f"/{plural}/{{id}}", id=id)
    action = next((each for each in case["actions"] if each["trigger"] == trigger), None)
    fields = widgets(look, vocabulary, action["needs"], action["takes"]) if action else []
    picked = {field.things for field in fields if field.things}
    return Shown(
        "act.html",
        {
            "ids": "a-", "plural": plural, "case": case, "action": action, "trigger": trigger, "fields": fields, "to": to,
            "things": {kind: vocabulary.things(look, kind) for kind in sorted(picked)},
            "advice": vocabulary.advice(look, plural, id, trigger),
            "problem": look.problem(refusal) if refusal else None, "typed": typed(look.form if refusal else look.args),
            "changes": changes_since(look, plural, case) if refusal else (),
        },
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def refused(look: Look, refusal: Refusal, plural: str, case: Mapping[str, Any]) -> dict[str, Any]:
    """What a desk's form says when it is shown once more: why, what was typed, and what has happened to the case meanwhile."""
    return {"problem": look.problem(refusal), "typed": typed(look.form), "changes": changes_since(look, plural, case)}


def changes_since(look: Look, plural: str, case: Mapping[str, Any]) -> list[Any]:
    """What has been done to a case since the form was opened that was refused: its version counts the steps, and the form knows its own.
    The next form has the newest version, so whoever sends it has been told."""
    return steps_since(look, plural, case, look.form.get("version", ""))[-MOST_CHANGES:]


def steps_since(look: Look, plural: str, case: Mapping[str, Any], seen: str) -> list[Any]:
    steps = case["version"] - int(seen) if seen.isdecimal() and len(seen) < len("2147483647") else 0
    return own_steps(look, plural, case["id"])[-steps:] if steps > 0 else []


def own_steps(look: Look, plural: str, id: int) -> list[Any]:
    """What has happened to the case itself, the newest last. Quiet steps change nothing that anybody sees, nor its version."""
    query, rows = {"limit": "200"}, list[Any]()
    while query.get("cursor", "first"):
        page = look.get(f"/{plural}/{{id}}/history", query, id=id)
        rows += [row for row in page["items"] if row["case"] == id and row["trigger"]]
        query["cursor"] = page["next"] or ""
    quiet = {(flow.kind, edge.trigger) for flow in look.system.registry.latest.values() for edge in flow.transitions if edge.quiet}
    return [row for row in rows if (row["kind"], row["trigger"]) not in quiet]


def known_door(look: Look, plural: str) -> None:
    if f"POST /{plural}/{{id}}/transitions" not in look.inside.doors:
        raise Unseen
