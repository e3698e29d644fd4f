"""The document of the API says what the doors answer: the same names, none more and none less, at every depth."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from app.api.definitions import WorkflowItem
from app.api.paging import page_of
from app.api.persons import UnitItem
from app.hotline.list_shapes import ASSIGNMENT_PAGE, ASSIGNMENT_SHOWN, CATEGORY_PAGE, HISTORY_PAGE, SUGGESTION_PAGE, TICKET_PAGE
from app.hotline.public_shapes import PUBLIC_CHOICES, PUBLIC_SHOWN
from app.hotline.shapes import TICKET_SHOWN
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


def test_lists_look_as_the_document_says(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={"phone": "13812345678"})
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    desk.change("UPDATE tickets SET upstream_number = 'GZ-1', upstream_due_at = registered_at WHERE id = %s", ticket)
    share = desk.get("dispatcher", "/assignments")["items"][0]["id"]
    lists = {
        "/tickets": TICKET_PAGE, "/assignments": ASSIGNMENT_PAGE, f"/tickets/{ticket}/history": HISTORY_PAGE,
        f"/assignments/{share}/history": HISTORY_PAGE, "/categories": CATEGORY_PAGE,
        "/units": page_of(UnitItem), "/workflows": page_of(WorkflowItem),
    }  # fmt: skip
    for path, shape in lists.items():
        answer = desk.get("dispatcher", path)
        assert answer["items"] and differences(shape, answer) == [], path
    assert differences(ASSIGNMENT_SHOWN, desk.get("dispatcher", f"/assignments/{share}")) == []


def test_a_suggestion_looks_as_the_document_says(desk: Desk) -> None:
    answer = desk.get("dispatcher", "/directory?category=010101")
    assert answer["suggestion"] and differences(SUGGESTION_PAGE, answer) == []


def test_every_list_tells_its_items_in_the_document(desk: Desk) -> None:
    paths = desk.call("", "GET", "/openapi.json").json["paths"]
    for path, page in (
        ("/tickets", "TicketItemPage"), ("/tickets/{id}/history", "HistoryItemPage"), ("/assignments", "AssignmentItemPage"),
        ("/assignments/{id}/history", "HistoryItemPage"), ("/categories", "CategoryItemPage"), ("/directory", "SuggestionPage"),
        ("/units", "UnitItemPage"), ("/workflows", "WorkflowItemPage"),
    ):  # fmt: skip
        answer = paths[f"/api/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer == {"$ref": f"#/components/schemas/{page}"}


def test_a_public_page_opens_what_the_document_says(desk: Desk) -> None:
    assert differences(PUBLIC_SHOWN, desk.call("", "POST", "/public/tickets", {**DEMAND, "channel": "web"}).json) == []
    assert differences(PUBLIC_CHOICES, desk.get("", "/public/choices")) == []


def test_every_door_of_a_ticket_is_in_the_document(desk: Desk) -> None:
    paths = desk.call("", "GET", "/openapi.json").json["paths"]
    answer = paths["/api/v1/tickets/{id}/transitions"]["post"]
    assert answer["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TicketShown"}
    triggers = {one["properties"]["trigger"]["const"] for one in answer["requestBody"]["content"]["application/json"]["schema"]["oneOf"]}
    assert {"accept", "dispatch", "sign", "assign_person", "submit", "reply", "approve", "archive"} <= triggers
    assert {"/api/v1/tickets", "/api/v1/assignments/{id}", "/api/v1/categories", "/api/v1/directory"} <= paths.keys()
