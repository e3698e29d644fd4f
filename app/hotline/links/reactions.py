"""What becomes of joined tickets: completed with the words of their main one, or set free when it ends without any; repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.core.actors import SYSTEM
from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.links.pairs import UnlinkTickets, both, handle_unlink
from app.hotline.links.replies import approved_reply

JOINED = "SELECT id, merged_into FROM tickets WHERE merged_into = ANY(%s) ORDER BY id"
LINKED = "SELECT id FROM links WHERE main_id = %s AND other_id = %s AND ended_at IS NULL"
# A ticket that ended leaves its main one, and lets go those that were joined to it.
STANDING = """SELECT main_id, other_id FROM links WHERE ended_at IS NULL AND followed_at IS NULL AND kind = 'same_fact'
AND (main_id = ANY(%(ended)s) OR other_id = ANY(%(ended)s)) ORDER BY main_id, other_id"""
STILL_ENDED = "SELECT id FROM cases WHERE id = ANY(%s) AND NOT open"
WITHOUT_WORDS = "主单已办结。"
LET_GO = "主单未经办理即告终结，本单恢复单独办理。"
GONE = "本单已终结，不再随主单办理。"
# These tickets themselves, which may be joined or have just been let go, and all that are joined to one of them.
BOUND = """SELECT t.id, t.merged_into AS main FROM tickets t JOIN cases c ON c.id = t.id
WHERE (t.id = ANY(%(tickets)s) OR t.merged_into = ANY(%(tickets)s)) AND c.state = ANY(%(states)s) ORDER BY t.id"""
TURNED = frozenset({"TicketSuspended", "TicketResumed", "TicketJoined", "TicketUnlinked", "TicketLetGo", "TicketLetGoInWork"})
AT_REST = frozenset({"accepted", "dispatched", "handling"})
COMPLETED = frozenset({"TicketCompleted", "TicketAnswered", "TicketClosed"})
ENDED = frozenset({"TicketWithdrawn", "TicketTerminated", "TicketVoided", "TicketDeclined", "TicketTransferred"})


def follow_main(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Every joined ticket still waiting for one of these is completed with its reply, and gets a callback of its own."""
    mains = sorted({row["root_id"] for row in rows})
    replies = {main: approved_reply(tx, main) or {"reply_text": WITHOUT_WORDS} for main in mains}
    for root, case, main in waiting(tx, mains):
        act(Step(tx, root, case, "follow_main", {"main_ticket": main, **replies[main]}), CAUSED)
        for link in tx.query(LINKED, (main, case.id)):
            tx.update("links", link["id"], {"followed_at": tx.now})


def waiting(tx: Tx, mains: list[int]) -> Iterator[tuple[Root, Case, int]]:
    """In the order of ids. What was unlinked, or followed already, while we waited for its lock is left alone."""
    for row in tx.query(JOINED, (mains,)):
        root = tx.root_of("ticket", row["id"])
        if root.top().data["merged_into"] == row["merged_into"]:
            yield root, root.top(), row["merged_into"]


def let_go(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Of what ended, and has not been reopened since. All of them are locked first, in the order of ids."""
    ended = [row["id"] for row in tx.query(STILL_ENDED, (sorted({row["root_id"] for row in rows}),))]
    links = tx.query(STANDING, {"ended": ended})
    both(tx, SYSTEM, *(link[end] for link in links for end in ("main_id", "other_id")))
    for link in links:
        reason = LET_GO if link["main_id"] in ended else GONE
        handle_unlink(tx, UnlinkTickets(SYSTEM, link["other_id"], link["main_id"], reason))


def stand_still_with_main(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """The citizen's limit of a joined ticket rests while its main one is suspended, and runs again with it, or once it is let go."""
    bound = tx.query(BOUND, {"tickets": sorted({row["root_id"] for row in rows}), "states": sorted(AT_REST)})
    roots = both(tx, SYSTEM, *(row[end] for row in bound for end in ("id", "main")))
    for row in bound:
        root, main = roots[row["id"]], roots.get(row["main"])
        # What was joined elsewhere, or went on, while we waited for its lock is told of by itself.
        if root.top().data["merged_into"] == row["main"] and root.top().state in AT_REST:
            rest(tx, root, main is not None and main.top().state == "suspended")


def rest(tx: Tx, root: Root, rests: bool) -> None:
    ticket = root.top()
    states = {clock.state for clock in root.running(ticket, "total_clock") if clock.level != "upstream"}
    if rests and "running" in states:
        act(Step(tx, root, ticket, "hold_total", {}), CAUSED)
    elif not rests and "held" in states and not paused(root):
        act(Step(tx, root, ticket, "release_total", {}), CAUSED)


def paused(root: Root) -> bool:
    """Whether the pause of a share holds the total by itself."""
    shares = (case for case in root.cases.values() if case.kind == "assignment" and case.open)
    return any(share.data["paused_at"] and share.data["pause_total"] for share in shares)


REACTIONS = (
    Reaction("follow_main", COMPLETED, follow_main), Reaction("let_go_of_joined", ENDED, let_go),
    Reaction("stand_still_with_main", TURNED, stand_still_with_main),
)  # fmt: skip
