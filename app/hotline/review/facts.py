"""What a decision of review looks at: the findings on the reply as it stands, with the reviewer's own changes to its texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.gather import Gather
from app.core.registry import Loader


def findings(gather: Gather) -> tuple[dict[str, Any], ...]:
    return ()


TICKET_FACTS: Mapping[str, Loader] = {"findings": findings}
