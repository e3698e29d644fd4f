"""The guards of review saying yes and no."""

from __future__ import annotations

from typing import Any

from workflows.review_fields import GATE_WORDS

FAILED = {"gate_quality": "fail"}
REVIEW_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("no_gate_fails", {}, {}, True),
    ("no_gate_fails", {}, {"gate_time": "pass"}, True),
    ("no_gate_fails", {}, FAILED, False),
    ("a_failed_gate_is_named", {}, FAILED, True),
    ("a_failed_gate_is_named", {}, {"gates": ["time"], "reason": "晚了"}, True),
    ("a_failed_gate_is_named", {}, {"gates": ["time"]}, False),
    ("a_failed_gate_is_named", {}, {"reason": "晚了"}, False),
    ("a_failed_gate_is_named", {}, {"gate_time": "pass"}, False),
    ("failed_gates_have_reasons", {}, {}, True),
    ("failed_gates_have_reasons", {}, {**FAILED, "gate_quality_reason": "未答"}, True),
    ("failed_gates_have_reasons", {}, {**FAILED, "gate_time_reason": "未答"}, False),
]
for gate in GATE_WORDS:
    seen = {"findings": ({"gate": gate, "severity": "fail"},)}
    REVIEW_CASES += [
        (f"{gate}_finding_answered", {"findings": ()}, {}, True),
        (f"{gate}_finding_answered", {"findings": ({"gate": gate, "severity": "warn"},)}, {}, True),
        (f"{gate}_finding_answered", seen, {}, False),
        (f"{gate}_finding_answered", seen, {f"gate_{gate}_reason": "已核实"}, True),
    ]
