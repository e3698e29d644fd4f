"""Conditions asked before a card is taken back."""

from workflows.vocabulary import Guard, guard

CARD_GUARDS: tuple[Guard, ...] = (
    guard(
        "card_is_standing", "standing_cards", "card",
        "此承办没有这张有效的黄牌，或者已经撤销。", "This share has no such card, or it was taken back already.",
        lambda facts, fields: fields["card"] in facts["standing_cards"],
    ),
)  # fmt: skip
