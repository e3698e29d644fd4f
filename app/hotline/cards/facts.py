"""What the definitions ask about the cards of a share."""

from __future__ import annotations

from app.core.gather import Gather

STANDING = "SELECT id FROM cards k WHERE case_id = %s AND NOT EXISTS (SELECT 1 FROM card_revocations r WHERE r.card_id = k.id)"


def standing_cards(gather: Gather) -> frozenset[int]:
    """The cards given for this share and not taken back."""
    return frozenset(row["id"] for row in gather.tx.query(STANDING, (gather.case.id,)))


ASSIGNMENT_FACTS = {"standing_cards": standing_cards}
