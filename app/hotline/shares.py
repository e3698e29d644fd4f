"""Which case a person means: what units do is done to their own share of a ticket, though they name the ticket."""

from __future__ import annotations

from app.core.actors import Actor
from app.core.fire import actions_of
from app.core.gather import Gather, who_of
from app.core.root import Case, Root
from app.core.system import System
from app.core.tx import Tx
from app.errors import Forbidden, NotPossible
from workflows.machine import Action

# On a ticket these mean the actor's own assignment.
OWN = frozenset(
    {
        "sign", "assign_person", "record_contact", "interim_reply", "submit", "reply", "request_return", "request_extension",
        "hand_down", "recall_below", "pause", "end_pause", "whistle",
    }
)  # fmt: skip

# On a ticket these mean the callback of its present round, unless the ticket's own definition does them itself.
OF_CALLBACK = frozenset({"record_callback", "invite", "claim", "release"})


def shares_of(root: Root, actor: Actor) -> list[Case]:
    """The open shares of the actor's unit, or held by the actor, lead before co and the newest first."""
    mine = [case for case in root.cases.values() if case.kind == "assignment" and case.open and is_of(case, actor)]
    return sorted(mine, key=lambda case: (case.data["role"] != "lead", -case.id))


def is_of(case: Case, actor: Actor) -> bool:
    return case.data["unit_id"] == actor.unit_id or (actor.id != 0 and case.data["person_id"] == actor.id)


def has_edge(case: Case, trigger: str) -> bool:
    return any(edge.trigger == trigger and case.state in edge.sources for edge in case.workflow.transitions)


def meant(tx: Tx, root: Root, ticket: Case, actor: Actor, trigger: str) -> Case:
    """The case that a trigger on a ticket is about. Raises NotPossible with the ticket's state and actions, or Forbidden."""
    if trigger in OF_CALLBACK and is_left_to_callback(ticket, trigger):
        callback = callback_of(root, ticket)
        if callback is None:
            raise not_possible(tx.system, root, ticket, actor)
        return callback
    if trigger not in OWN:
        return ticket
    for share in shares_of(root, actor):
        if has_edge(share, trigger):
            return share
    others = (case for case in root.cases.values() if case.kind == "assignment" and not is_of(case, actor))
    if not shares_of(root, actor) and any(has_edge(case, trigger) for case in others):
        raise Forbidden("此工单由其他单位承办，您不能执行此操作。", "This ticket is with another unit: it is not yours to do.")
    raise not_possible(tx.system, root, ticket, actor)


def not_possible(system: System, root: Root, ticket: Case, actor: Actor) -> NotPossible:
    state = ticket.workflow.states[ticket.state]
    return NotPossible(
        f"当前状态为“{state.label_zh}”，不能执行此操作。", f"Not possible while “{state.label_en}”.",
        ticket.state, actions(system, root, ticket, actor),
    )  # fmt: skip


def is_left_to_callback(ticket: Case, trigger: str) -> bool:
    """Whether the ticket's own definition leaves this to its callback: claiming, only while the ticket waits for it."""
    if trigger in ("claim", "release"):
        return ticket.state == "completed" and not has_edge(ticket, trigger)
    return all(edge.trigger != trigger for edge in ticket.workflow.transitions)


def callback_of(root: Root, ticket: Case) -> Case | None:
    """The callback of the present round."""
    found = (case for case in root.children(ticket) if case.kind == "callback" and case.data["round"] == ticket.data["round"])
    return next(found, None)


def actions(system: System, root: Root, ticket: Case, actor: Actor) -> list[Action]:
    """What this actor could do now: to the ticket, and through it to the own share. Known facts only, so no statement is sent."""
    found = {action.trigger: action for action in available(system, root, ticket, actor)}
    for share in shares_of(root, actor):
        for action in available(system, root, share, actor):
            if action.trigger in OWN:
                found.setdefault(action.trigger, action)
    callback = callback_of(root, ticket)
    for action in available(system, root, callback, actor) if callback else ():
        if action.trigger in OF_CALLBACK and is_left_to_callback(ticket, action.trigger):
            found.setdefault(action.trigger, action)
    return list(found.values())


def available(system: System, root: Root, case: Case, actor: Actor) -> list[Action]:
    # Known facts are read from memory: the transaction that stands here has no connection and needs none.
    gather = Gather(Tx(system, None, actor), root, case, {}, actor)  # type: ignore[arg-type]
    return actions_of(gather, who_of(gather))
