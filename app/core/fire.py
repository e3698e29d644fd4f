"""Firing a transition: lock the root, gather the facts, let the definition decide, apply the outcome in memory, for the one write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actors import Actor
from app.core.apply import Step, apply
from app.core.birth import unborn
from app.core.bus import Result
from app.core.gather import Gather, facts_for, ready_facts, who_of
from app.core.root import Case, Root
from app.core.tx import Tx
from app.core.visibility import sees
from app.errors import Forbidden, IllFormed, NotPossible, Refusal, Refused, Stale, Unseen
from workflows.fields import FIELDS
from workflows.machine import Action, Denied, Impossible, Missing, NotYours, Unknown, available, decide
from workflows.machine import Refused as GuardRefused

CAUSED = frozenset({"system@cause", "system@any"})
DEPTH_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Fire:
    """An actor asks for a transition of a case. `expected_version` is what the asker last saw, None if he does not say."""

    actor: Actor
    kind: str
    id: int
    trigger: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """An actor asks for a new case of a kind whose birth needs nothing but the definition's own fields."""

    actor: Actor
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


def handle_fire(tx: Tx, command: Fire) -> Result:
    root = seen_root(tx, command.kind, command.id)
    case = root.cases[command.id]
    expect(case, command.expected_version)
    by_actor(tx, root, case, command.trigger, command.fields)
    return result_of(root, case)


def handle_open(tx: Tx, command: Open) -> Result:
    case = birth(tx, command.kind, command.fields, dict(command.fields))
    return result_of(tx.roots[case.root_id], case)


def seen_root(tx: Tx, kind: str, case_id: int) -> Root:
    """The locked root of a case. What the actor does not see is not there."""
    root = tx.root_of(kind, case_id)
    if not sees(tx.actor, root):
        raise Unseen()
    return root


def by_actor(tx: Tx, root: Root, case: Case, trigger: str, fields: Mapping[str, Any]) -> Step:
    """A step that the actor himself takes, as who he is to the case."""
    step = Step(tx, root, case, trigger, fields)
    act(step, who_of(Gather(tx, root, case, fields, tx.actor)))
    return step


def result_of(root: Root, case: Case) -> Result:
    return Result(case.id, case.kind, case.root_id, case.state, case.version, root=root)


def expect(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise Stale(
            f"您看到的是第 {version} 版，现在已是第 {case.version} 版，请刷新后再试。",
            f"You saw version {version}, but it is now version {case.version}; read it again.",
            version=case.version,
        )


def act(step: Step, who: frozenset[str]) -> None:
    """Decides and applies one step, then the steps that it causes, all in memory."""
    if step.depth > DEPTH_LIMIT:
        raise Refused("规则相互触发过深，已停止。", "The rules set one another off too deeply and were stopped.")
    gather = Gather(step.tx, step.root, step.case, step.fields, step.tx.actor)
    try:
        outcome = decide(step.case.workflow, facts_for(gather, step.trigger), step.trigger, who, step.fields)
    except Denied as denied:
        raise in_our_words(denied, gather, who, "" if step.case.new and not step.depth else "fields.") from denied
    for opened in apply(step, outcome):
        act(opened, CAUSED)


def birth(tx: Tx, kind: str, fields: Mapping[str, Any], row: Mapping[str, Any]) -> Case:
    """A new root case, born by its definition's birth edge. `row` is its feature row, `fields` what history remembers of the birth."""
    root = tx.blank_root()
    case = unborn(tx, root, kind, row, None)
    tx.hold(root)
    case.created_at = case.last_at = root.now
    by_actor(tx, root, case, case.workflow.birth, fields)
    return case


def actions_of(gather: Gather, who: frozenset[str]) -> list[Action]:
    return available(gather.case.workflow, ready_facts(gather), who)


def in_our_words(denied: Denied, gather: Gather, who: frozenset[str], under: str = "fields.") -> Refusal:
    """What the definition's refusal is called outside: not possible, not yours, ill-formed, or refused by a rule. `under` is where the
    fields stand in a request's body: at its top for a birth."""
    case = gather.case
    state = case.workflow.states.get(case.state)
    zh, en = (state.label_zh, state.label_en) if state else ("未登记", "not yet registered")
    if isinstance(denied, Impossible):
        return NotPossible(f"当前状态为“{zh}”，不能执行此操作。", f"Not possible while “{en}”.", case.state, actions_of(gather, who))
    if isinstance(denied, NotYours):
        return Forbidden("您的角色不能执行此操作。", "Your role may not do this.")
    if isinstance(denied, Missing):
        errors = {f"{under}{name}": ["必须填写。 / Must be filled in."] for name in denied.fields}
        zh, en = "、".join(FIELDS[name].zh for name in denied.fields), ", ".join(FIELDS[name].en for name in denied.fields)
        return IllFormed(f"缺少必填内容：{zh}", f"Missing: {en}", errors)
    if isinstance(denied, Unknown):
        errors = {f"{under}{name}": ["此操作不接受该字段 / not a field of this action"] for name in denied.fields}
        return IllFormed("不接受的字段：" + "、".join(denied.fields), "Not accepted: " + ", ".join(denied.fields), errors)
    assert isinstance(denied, GuardRefused)
    errors = {f"{under}{name}": [f"{denied.zh} / {denied.en}"] for name in denied.fields}
    return Refused(denied.zh, denied.en, guard=denied.guard, **({"errors": errors} if errors else {}))


HANDLERS = {Fire: handle_fire, Open: handle_open}
