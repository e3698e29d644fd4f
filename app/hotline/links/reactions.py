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


REACTIONS = (Reaction("follow_main", COMPLETED, follow_main), Reaction("let_go_of_joined", ENDED, let_go))
