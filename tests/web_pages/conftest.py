"""The small district of the other stories, looked at through its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from app.core.system import System
from tests.factories.hotline import MONDAY, Desk, a_desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Database


@pytest.fixture
def desk(system: System, client: FlaskClient, clock: MovedClock, database: Database) -> Desk:
    clock.freeze(MONDAY)
    return a_desk(system, client, database.owner_url)
