"""When the last unit has reported on what was sent to it, the instruction is reported back by itself, with what the units said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.tx import Tx
from app.hotline.reference import reference
from app.supervision.handover import REACTIONS as HANDOVER

PAPERS = """
SELECT DISTINCT c.id FROM supervisions s JOIN cases c ON c.id = s.instruction_id
WHERE s.id = ANY(%s) AND c.state = 'sent' AND NOT EXISTS (
    SELECT 1 FROM supervisions o JOIN cases k ON k.id = o.id
    WHERE o.instruction_id = s.instruction_id AND k.state = ANY('{proposed,issued,signed,handling}')) ORDER BY c.id"""
REPORTS = """
SELECT DISTINCT ON (s.id) s.unit_id, r.report_text FROM supervisions s JOIN supervision_reports r ON r.case_id = s.id
WHERE s.instruction_id = %s ORDER BY s.id, r.id DESC"""


def join_reports(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """An instruction that has moved on meanwhile is left as it is."""
    for paper in tx.query(PAPERS, ([row["case_id"] for row in rows],)):
        root = tx.root_of("instruction", paper["id"])
        case = root.cases[paper["id"]]
        units = reference(tx.system.engine, root.epoch).units
        said = [f"{units[row['unit_id']].name}：{row['report_text']}" for row in tx.query(REPORTS, (case.id,))]
        if case.state == "sent":
            act(Step(tx, root, case, "report", {"report_text": "\n".join(said)[:20_000]} if said else {}), CAUSED)


REACTIONS = (Reaction("join_reports", frozenset({"SupervisionReported", "SupervisionWithdrawn"}), join_reports), *HANDOVER)
