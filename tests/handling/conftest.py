"""A street with two communities below it, beside the units of the other stories; Monday morning, the clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.people.commands import AddUser
from app.people.units import AddUnit
from app.simulation.found import accounts
from tests.factories.hotline import LONG_AGO, MONDAY, Desk, a_desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Database

COMMUNITIES = (("qshj.1", "青石社区居民委员会"), ("qshj.2", "桥头社区居民委员会"))


@pytest.fixture
def desk(system: System, client: FlaskClient, clock: MovedClock, database: Database) -> Desk:
    clock.freeze(MONDAY)
    desk = a_desk(system, client, database.owner_url)
    street = desk.rows("SELECT id FROM units WHERE code = 'qshj'")[0]["id"]
    for code, name in COMMUNITIES:
        added = execute(system, AddUnit(SYSTEM, name, "community", code, street, LONG_AGO))
        for username, person, role in accounts({"code": code, "name": name, "kind": "community"}):
            execute(system, AddUser(SYSTEM, username, person, added.case_id, roles=(role,)))
    return desk
