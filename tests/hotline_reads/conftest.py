"""A desk of the hotline in a small district of these tests' own, on a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.system import System
from tests.factories.templates import SHIPPED
from tests.hotline_reads.desk import Desk, opened

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock


@pytest.fixture
def template() -> str:
    return SHIPPED


@pytest.fixture
def desk(system: System, clock: MovedClock) -> Desk:
    return opened(system, clock)
