"""A case before its first transition: it has an id and a definition, but no state and no history yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.history import BIRTH
from app.core.root import Case, Root
from app.core.tx import Tx


def unborn(tx: Tx, root: Root, kind: str, row: Mapping[str, Any], parent: Case | None) -> Case:
    """Pinned to the newest definition of its kind and, like its parent, to one version of the pack; already among the root's cases."""
    registry = tx.system.registry
    columns = registry.kinds[kind].columns
    case_id = tx.system.ids.next()
    case = Case(
        id=case_id, kind=kind, parent_id=parent.id if parent else None, root_id=parent.root_id if parent else case_id,
        workflow=registry.latest[kind], pack=parent.pack if parent else tx.system.settings.current_pack, state="", version=0, seq=0,
        head_hash=BIRTH, created_at=root.now, last_at=root.now, due_at=None, open=True, data=dict.fromkeys(columns) | dict(row),
        new=True, touched=True,
    )  # fmt: skip
    root.cases[case_id] = case
    return case
