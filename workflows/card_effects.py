"""What a card leaves behind: a row for each one given, and another for each one taken back."""

from workflows.vocabulary import Effect, Put, effect

CARD_EFFECTS: tuple[Effect, ...] = (
    effect(
        "give_yellow_card", "row",
        lambda facts, fields: (
            Put("cards", {
                "colour": "yellow", "to_unit_id": facts["row"]["unit_id"], "round": facts["row"]["round"], "rule": fields.get("rule"),
            }),
        ),
    ),
    effect("take_card_back", "", lambda facts, fields: (Put("card_revocations", {"card_id": fields["card"]}),)),
)  # fmt: skip
