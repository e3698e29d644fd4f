"""Stories of boundaries are told on the same small district as the others, on a Monday morning that does not move by itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.system import System
from tests.factories.hotline import MONDAY, Desk, a_desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Database


@pytest.fixture
def desk(system: System, client: FlaskClient, clock: MovedClock, database: Database) -> Desk:
    clock.freeze(MONDAY)
    return a_desk(system, client, database.owner_url)


@pytest.fixture
def bring(desk: Desk) -> Any:
    """Imports a file through the door, as the administrator unless somebody else is named."""

    def through(content: bytes, who: str = "admin", **fields: str) -> TestResponse:
        form = {"kind": "street", "name": "街道界 2025", "reference": "wgs84", **fields, "file": (io.BytesIO(content), "made-up.geojson")}
        told = {"Authorization": f"Bearer {desk.token(who)}"}
        return desk.client.post("/api/v1/boundaries", data=form, headers=told, content_type="multipart/form-data")

    return through
