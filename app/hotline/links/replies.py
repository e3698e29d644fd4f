"""The reply that one citizen was given and another may be given too: public words only, with what was spoken in them blackened."""

from __future__ import annotations

from app.core.tx import Tx
from app.hotline.redaction import for_public

# The lead's submissions and what the centre wrote on the ticket itself; a later text takes the place of an earlier one.
TEXTS = """SELECT r.reply_text, r.public_reply, r.outcome FROM replies r LEFT JOIN assignments a ON a.id = r.case_id
WHERE r.root_id = %s AND r.stage NOT IN ('interim', 'declined') AND (r.case_id = r.root_id OR a.role = 'lead') ORDER BY r.id"""


def approved_reply(tx: Tx, ticket: int) -> dict[str, str] | None:
    """`reply_text`, and `public_reply` and `outcome` where there are any; None when nothing was said to the citizen."""
    told: dict[str, str] = {}
    for row in tx.query(TEXTS, (ticket,)):
        told |= {name: value for name, value in row.items() if value is not None}
    words = told.get("reply_text") or told.get("public_reply")
    if words is None:
        return None
    texts = {"reply_text": words, **({"public_reply": told["public_reply"]} if "public_reply" in told else {})}
    outcome = {"outcome": told["outcome"]} if "outcome" in told else {}
    return {name: for_public(text) for name, text in texts.items()} | outcome
