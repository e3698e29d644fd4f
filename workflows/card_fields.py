"""Fields of cards (黄牌): which card is taken back, and the rule by which the clock gave it."""

from workflows.field import Field

CARD_FIELDS = (
    Field("card", "id", "黄牌", "card"),
    # Given by the clocks alone: no row that a person may use takes it.
    Field("rule", "code", "所依据的规则", "rule that set it off", max_length=200),
)
