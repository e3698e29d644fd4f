"""A calendar that was being put together while a year was published is not kept beyond that year."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import settings
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Install
from app.core.system import System
from tests.core.test_calendar import year_2027

PACK = "demo-district@1"


def test_a_year_published_while_a_calendar_is_put_together_is_seen(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 2027 not in published(system)
    system.settings.refresh()
    assemble = settings.calendar_of

    def slowly(*given: Any) -> Any:
        monkeypatch.setattr(settings, "calendar_of", assemble)
        found = assemble(*given)
        execute(system, Install(SYSTEM, "calendar", "cn-2027", year_2027(), "a test"))
        assert 2027 in published(system)
        return found

    monkeypatch.setattr(settings, "calendar_of", slowly)
    published(system)
    assert 2027 in published(system)


def published(system: System) -> set[int]:
    return set(system.settings.calendar(PACK).years)
