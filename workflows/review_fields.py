"""Fields of the four gates: each passes or fails, with the reviewer's reason."""

from workflows.field import choice, text

# The order in which a reviewer goes through them, each with its words.
GATE_WORDS = {
    "time": ("时间", "time"), "quality": ("质量", "quality"), "reply": ("回复", "reply"), "implementation": ("落实", "implementation"),
}  # fmt: skip
PASSES, FAILS = "pass", "fail"

REVIEW_FIELDS = (
    *(choice(f"gate_{name}", f"{zh}关", f"gate of {en}", (PASSES, FAILS)) for name, (zh, en) in GATE_WORDS.items()),
    *(text(f"gate_{name}_reason", f"{zh}关的理由", f"reason at the gate of {en}", 500) for name, (zh, en) in GATE_WORDS.items()),
)
