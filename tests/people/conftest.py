"""What a process remembers by its own clock is switched off here, since tests of people move the installation's clock."""

from __future__ import annotations

import pytest

from app.people import known


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "SECONDS", 0.0)
