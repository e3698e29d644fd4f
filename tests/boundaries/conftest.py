"""Stories of boundaries are told on the same small district as the others, on a Monday morning that does not move by itself."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories.hotline import Desk


@pytest.fixture
def bring(desk: Desk) -> Any:
    """Imports a file through the door, as the administrator unless somebody else is named."""

    def through(content: bytes, who: str = "admin", **fields: str) -> TestResponse:
        form = {"kind": "street", "name": "街道界 2025", "reference": "wgs84", **fields, "file": (io.BytesIO(content), "made-up.geojson")}
        told = {"Authorization": f"Bearer {desk.token(who)}"}
        return desk.client.post("/api/v1/boundaries", data=form, headers=told, content_type="multipart/form-data")

    return through
