"""The document of the API says what the doors answer: the same names, none more and none less, at every depth."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from app.hotline.shapes import PUBLIC_SHOWN, TICKET_SHOWN
from tests.factories.hotline import DEMAND, Desk


def differences(shape: Schema, answer: dict[str, Any], path: str = "") -> list[str]:
    found = [f"{path}{name}" for name in shape.fields.keys() ^ answer.keys()]
    for name, field in shape.fields.items():
        nested = field.inner if isinstance(field, fields.List) else field
        if isinstance(nested, fields.Nested) and answer.get(name):
            parts = answer[name] if isinstance(field, fields.List) else [answer[name]]
            found += [each for part in parts for each in differences(nested.schema, part, f"{path}{name}.")]
    return found


def test_a_ticket_looks_as_the_document_says(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={"phone": "13812345678"}, location={"lon": 113.3, "lat": 23.1, "crs": "gcj02"})
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    desk.change("UPDATE tickets SET upstream_number = 'GZ-1', upstream_due_at = registered_at WHERE id = %s", ticket)
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert shown["upstream"] and shown["clocks"] and shown["actions"] and differences(TICKET_SHOWN, shown) == []


def test_a_public_page_opens_what_the_document_says(desk: Desk) -> None:
    assert differences(PUBLIC_SHOWN, desk.call("", "POST", "/public/tickets", {**DEMAND, "channel": "web"}).json) == []


def test_every_door_of_a_ticket_is_in_the_document(desk: Desk) -> None:
    paths = desk.call("", "GET", "/openapi.json").json["paths"]
    answer = paths["/api/v1/tickets/{id}/transitions"]["post"]
    assert answer["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TicketShown"}
    triggers = {one["properties"]["trigger"]["const"] for one in answer["requestBody"]["content"]["application/json"]["schema"]["oneOf"]}
    assert {"accept", "dispatch", "sign", "assign_person", "submit", "reply", "approve", "archive"} <= triggers
    assert {"/api/v1/tickets", "/api/v1/assignments/{id}", "/api/v1/categories", "/api/v1/directory"} <= paths.keys()
