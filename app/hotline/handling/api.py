"""The doors of extensions, and the figures of suspended tickets; what is done to a share or a ticket goes through their own doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.doors import Ask, Door
from app.api.values import Body, When
from app.core.system import System
from app.hotline.acting import ActingFilters, acting
from app.hotline.cases import CaseDoors, case_doors
from app.hotline.figure_shapes import SUSPENSION_FIGURES
from app.hotline.handling.queries import suspension_figures
from app.hotline.handling.unit_desk import DOOR as UNIT_DESK

# Made from a mapping, since a class cannot have a field that is called `from`.
PERIOD = Body.from_dict(
    {
        "from": When(metadata={"description": "时间起（含） / from, included"}),
        "to": When(metadata={"description": "时间止（不含） / before"}),
    },
    name="SuspensionPeriod",
)()
EXTENSIONS = CaseDoors(kind="extension", zh="延期申请", en="extension", asked=ActingFilters())


def doors(system: System) -> list[Door]:
    return [
        *acting(case_doors(system.registry, EXTENSIONS), "extensions"),
        Door(
            "GET", "/statistics/suspensions", figures, "挂账统计", "Suspended tickets", response_schema=SUSPENSION_FIGURES,
            scope="tickets:read", query_schema=PERIOD, tag="statistics",
        ),
        UNIT_DESK,
    ]  # fmt: skip


def figures(ask: Ask) -> Mapping[str, Any]:
    return suspension_figures(ask.system, ask.actor, ask.query)
