"""Fields of the duty queue: what danger it is, which rule saw it, and what was done about it."""

from workflows.field import Field, choice, text

DANGERS = ("life", "threat", "gathering", "hazard")
ORIGINS = ("words", "category", "hand")

ALARM_FIELDS = (
    choice("danger", "险情种类", "kind of danger", DANGERS),
    choice("origin", "发现方式", "how it was found", ORIGINS),
    Field("rule_pack", "code", "规则包", "pack", max_length=64),
    Field("rule_table", "code", "规则表", "table", max_length=64),
    Field("rule_row", "code", "规则行", "row", max_length=64),
    text("measures_taken", "处置措施", "what was done", 2_000),
    text("alarm_result", "处置结果", "what came of it", 2_000),
)
