"""The made-up map of a demonstration comes into force as any other does: by import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.hotline.boundaries.commands import made
from app.hotline.boundaries.reading import Reading
from app.simulation.geography import boundaries, of_kind

# The outline first: what follows has to lie within it.
NAMED = {"district": "示范区界", "street": "示范街道界", "community": "示范社区界"}
HOW = Reading("wgs84", code_field="code", name_field="name", unit_field="code")


def mapped(system: System, district: Mapping[str, Any]) -> None:
    """`district` is as the pack's file gives it."""
    drawn = boundaries(district)
    for kind, name in NAMED.items():
        content = orjson.dumps(of_kind(drawn, kind))
        execute(system, made(SYSTEM, name, kind, content, HOW, "demo-district"))
