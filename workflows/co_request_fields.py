"""Fields of asking the centre for a co-unit: whom the lead wishes for, whom the centre adds, or why it adds nobody."""

from workflows.field import Field, text

CO_REQUEST_FIELDS = (
    Field("wished_unit", "id", "请求协办的单位", "unit asked for"),
    Field("helping_unit", "id", "加派的单位", "unit that is added"),
    text("refusal", "不予加派的理由", "why no unit is added", 2_000),
)
