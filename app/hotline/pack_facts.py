"""What the case's own pack says: grounds, targets, windows and counts; and what it means when the pack is silent."""

from __future__ import annotations

from datetime import datetime

from app.clock import local
from app.core.gather import Gather
from rules.amounts import Amount
from rules.packs import Pack
from rules.tables import collect
from rules.worktime import add


def pack_of(gather: Gather) -> Pack:
    return gather.tx.system.settings.pack(gather.case.pack)


def rows_of(gather: Gather, name: str) -> frozenset[str]:
    """The ids of the rows that hold for this ticket today; none when the pack has no such table."""
    table, kind = pack_of(gather).tables.get(name), gather.tx.system.registry.kinds[gather.case.kind]
    if table is None:
        return frozenset()
    choices = collect(table, kind.rule_facts(gather.root, gather.case), local(gather.root.now).date())
    return frozenset(choice.row_id for choice in choices)


def statutory_grounds(gather: Gather) -> frozenset[str]:
    return rows_of(gather, "decline_grounds")


def transfer_targets(gather: Gather) -> frozenset[str]:
    return rows_of(gather, "transfer_targets")


def until(gather: Gather, began: datetime | None, parameter: str) -> datetime | None:
    """The end of a window that began then; None when it has not begun, or the pack does not name one."""
    amount: Amount | None = pack_of(gather).parameters.get(parameter)
    if began is None or amount is None:
        return None
    return add(began, amount, gather.tx.system.settings.calendar(gather.case.pack)).at


def undo_until(gather: Gather) -> datetime | None:
    """A pack that names no window lets nothing be undone without a reason."""
    return until(gather, gather.case.data["dispatched_at"], "undo_dispatch_within")


def reopen_until(gather: Gather) -> datetime | None:
    """A pack that names no window lets a ticket be reopened at any time."""
    return until(gather, gather.case.data["closed_at"], "reopen_within")


def callback_attempts_wanted(gather: Gather) -> int | None:
    """None when the pack names no number: then missed calls alone never settle a callback."""
    wanted: int | None = pack_of(gather).parameters.get("callback_attempts")
    return wanted


def direct_reply_allowed(gather: Gather) -> bool:
    """Whether the person who handles may reply without the unit lead's sign-off: only where the pack says so."""
    return bool(pack_of(gather).parameters.get("direct_reply_allowed", False))
