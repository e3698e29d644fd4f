"""Conditions of review: no gate that fails is approved, what a machine found is answered, and who sends back says which gate and why."""

from collections.abc import Callable

from workflows.review_fields import FAILS, GATE_WORDS
from workflows.vocabulary import Facts, Fields, Guard, guard

VERDICTS = " ".join(f"gate_{name}" for name in GATE_WORDS)
REASONS = " ".join(f"gate_{name}_reason" for name in GATE_WORDS)


def failed(fields: Fields) -> list[str]:
    return [name for name in GATE_WORDS if fields.get(f"gate_{name}") == FAILS]


def _reasons_wanting(facts: Facts, fields: Fields) -> list[str]:
    return [f"gate_{name}_reason" for name in failed(fields) if not fields.get(f"gate_{name}_reason")]


def _reasoned(facts: Facts, fields: Fields) -> bool:
    return not _reasons_wanting(facts, fields)


def _a_gate_named(facts: Facts, fields: Fields) -> bool:
    return bool(failed(fields)) or bool(fields.get("gates") and fields.get("reason"))


def _answered(name: str) -> Callable[[Facts, Fields], bool]:
    def test(facts: Facts, fields: Fields) -> bool:
        found = any(finding["gate"] == name and finding["severity"] == FAILS for finding in facts["findings"])
        return not found or bool(fields.get(f"gate_{name}_reason"))

    return test


def _finding_answered(name: str, zh: str, en: str) -> Guard:
    return guard(
        f"{name}_finding_answered", "findings", f"gate_{name}_reason",
        f"机器核查提示{zh}关未通过，仍要审核通过的，须填写{zh}关的理由。",
        f"The machine's check found that the gate of {en} is not passed: approving all the same needs a reason at this gate.",
        _answered(name),
    )  # fmt: skip


REVIEW_GUARDS: tuple[Guard, ...] = (
    guard(
        "no_gate_fails", "", VERDICTS,
        "时间、质量、回复、落实四关中有一关不通过的，不得审核通过，应当退回。",
        "When one of the four gates (time, quality, reply, implementation) fails, the reply is not approved but sent back.",
        lambda facts, fields: not failed(fields),
        at=lambda facts, fields: [f"gate_{name}" for name in failed(fields)],
    ),
    guard(
        "a_failed_gate_is_named", "", f"{VERDICTS} gates reason",
        "审核退回须指明时间、质量、回复、落实四关中哪一关不通过，并说明理由。",
        "Sending back names which of the four gates (time, quality, reply, implementation) fails, and why.",
        _a_gate_named,
    ),
    guard(
        "failed_gates_have_reasons", "", f"{VERDICTS} {REASONS}",
        "不通过的每一关都须说明理由。", "Each gate that fails needs its reason.",
        _reasoned,
        at=_reasons_wanting,
    ),
    *(_finding_answered(name, zh, en) for name, (zh, en) in GATE_WORDS.items()),
)  # fmt: skip
