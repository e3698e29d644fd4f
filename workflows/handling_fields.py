"""Fields of handling together and of gaining time."""

from workflows.field import Field, choice, text

# 部门负责人、区分管领导、区主要领导.
APPROVAL_LEVELS = ("department", "district", "leader")

HANDLING_FIELDS = (
    text("legal_basis", "延期依据", "legal basis", 1_000),
    Field("new_due_at", "instant", "新的办理期限", "new deadline"),
    Field("pause_ground", "code", "中止计时的情形", "ground for pausing the clock", max_length=40),
    Field("pause_until", "instant", "中止至", "paused until"),
    choice("approval_level", "挂账审批层级", "level that approves the suspension", APPROVAL_LEVELS),
    Field("review_at", "instant", "复核日期", "date of review"),
    text("public_explanation", "对外说明", "public explanation", 2_000),
)
