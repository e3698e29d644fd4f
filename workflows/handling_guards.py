"""Conditions of handling together and of gaining time: who is below, what stands still, and how far a limit may be moved."""

from workflows.vocabulary import Guard, guard

HANDLING_GUARDS: tuple[Guard, ...] = (
    guard(
        "share_not_held", "row", "",
        "工单已挂账或并入他单，承办件随单暂停，恢复后方可办理。",
        "The ticket is suspended or joined to another: its shares stand still until it comes back.",
        lambda facts, fields: facts["row"].get("held_at") is None,
    ),
    guard(
        "share_not_paused", "row", "",
        "承办件正在中止计时，请先恢复计时。", "The share's clock is paused: end the pause first.",
        lambda facts, fields: facts["row"].get("paused_at") is None,
    ),
)  # fmt: skip
