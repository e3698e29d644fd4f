"""Every door of the overview answers what its shape says, to each role that asks, and to nobody more than that."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from app.overview.shapes import RATES, RISING, STREETS, TILES, TODAY, WAITING, WALL
from app.overview.tabs import TABS
from tests.factories.hotline import Desk

DOORS = {"waiting": WAITING, "today": TODAY, "rates": RATES, "streets": STREETS, "rising": RISING, "wall": WALL}
EVERYBODY = (
    "agent", "dispatcher", "reviewer", "callback", "supervisor", "leader", "secretary", "duty", "admin", "auditor", "security",
    "clerk.cgj", "handler.cgj", "lead.cgj",
)  # fmt: skip


def differences(shape: Schema, answer: dict[str, Any], path: str = "") -> list[str]:
    found = [f"{path}{name}" for name in shape.fields.keys() ^ answer.keys()]
    for name, field in shape.fields.items():
        nested = field.inner if isinstance(field, fields.List) else field
        if isinstance(nested, fields.Nested) and answer.get(name):
            parts = answer[name] if isinstance(field, fields.List) else [answer[name]]
            found += [each for part in parts if part for each in differences(nested.schema, part, f"{path}{name}.")]
    return found


@pytest.mark.parametrize("name", DOORS)
def test_a_door_answers_what_its_shape_says(desk: Desk, name: str) -> None:
    desk.a_ticket("closed", location={"lon": 113.3211, "lat": 23.1234, "crs": "wgs84", "street": "青石街道办事处"})
    answer = desk.get("supervisor", f"/overview/{name}")
    assert differences(DOORS[name], answer) == []


def test_everybody_is_answered_and_only_some_open_the_wall(desk: Desk) -> None:
    desk.a_ticket("handling")
    for who in EVERYBODY:
        for name in DOORS.keys() - {"wall"}:
            assert differences(DOORS[name], desk.get(who, f"/overview/{name}")) == [], (who, name)
        opened = desk.call(who, "GET", "/overview/wall")
        assert opened.status_code == (200 if who in ("leader", "supervisor", "duty", "admin") else 403), who
    assert desk.call("", "GET", "/overview/wall").status_code == 401


def test_the_tabs_of_every_desk_are_told_to_everybody_by_what_he_sees(desk: Desk) -> None:
    desk.a_ticket("accepted")
    for name in TABS:
        for who in EVERYBODY:
            told = desk.get(who, f"/overview/tabs?desk={name}")
            assert differences(TILES, told) == [], (who, name)
    counts = {who: [item["count"] for item in desk.get(who, "/overview/tabs?desk=dispatch")["items"]] for who in ("dispatcher", "lead.swj")}
    assert counts == {"dispatcher": [1, 0, 0], "lead.swj": [0, 0, 0]}
    assert desk.call("dispatcher", "GET", "/overview/tabs?desk=none").status_code == 400
