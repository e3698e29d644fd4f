"""What is read beside a ticket looks as the document says; doors that do not say what they answer are few, and named here."""

from __future__ import annotations

from collections.abc import Iterator

from app.api.doors import PREFIX
from app.hotline.caller import CallerShown
from app.hotline.read_shapes import CANDIDATES, CARD_FIGURES, CARDS, DRAFT_CANDIDATES, EXPLANATION, LINKS, PRECEDENTS, PROPOSALS, UNMASKED
from app.notices.shapes import INBOX, UNREAD
from tests.factories.hotline import DEMAND, Desk
from tests.flows.test_shapes import differences

# What they give is a file.
SILENT = {"GET /attachments/{id}", "GET /tickets/export"}


def silent(document: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]) -> Iterator[str]:
    for path, doors in document["paths"].items():
        for method, door in doors.items():
            fine = [answer for status, answer in door["responses"].items() if status.startswith("2")]
            if not any("content" in answer for answer in fine):
                yield f"{method.upper()} {path.removeprefix(PREFIX)}"


def test_doors_that_do_not_say_what_they_answer_are_named(desk: Desk) -> None:
    assert set(silent(desk.get("agent", "/openapi.json"))) == SILENT


def test_what_is_read_beside_a_ticket_looks_as_the_document_says(desk: Desk) -> None:
    citizen = {"citizen": {"name": "张小明", "phone": "13812345678"}}
    earlier, ticket = desk.register(**citizen)["id"], desk.a_ticket("handling", **citizen)
    desk.do("agent", earlier, "link", main_ticket=ticket, link_kind="similar", reason="同一小区")
    clock = desk.get("dispatcher", f"/tickets/{ticket}")["clocks"][0]["id"]
    shapes = {
        f"/clocks/{clock}/explanation": EXPLANATION, f"/tickets/{ticket}/links": LINKS, f"/tickets/{ticket}/candidates": CANDIDATES,
        "/cards": CARDS, "/statistics/cards": CARD_FIGURES, "/return-requests/precedents": PRECEDENTS, "/directory-proposals": PROPOSALS,
        "/inbox": INBOX, "/inbox/count": UNREAD,
    }  # fmt: skip
    for path, shape in shapes.items():
        assert differences(shape, desk.get("reviewer", path)) == [], path
    draft = {"title": DEMAND["title"], "content": DEMAND["content"], "category": DEMAND["category"], "phone": "13812345678"}
    asked = {"/tickets/candidates": (draft, DRAFT_CANDIDATES), "/citizens/history": ({"phone": "5678"}, CallerShown())}
    for path, (body, shape) in asked.items():
        answer = desk.call("agent", "POST", path, body).json
        assert answer["items"] and differences(shape, answer) == [], path


def test_only_the_values_asked_for_are_opened(desk: Desk) -> None:
    ticket = desk.register(citizen={"name": "张小明", "phone": "13812345678"})["id"]
    opened = desk.call("agent", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "回电核实地址"}).json
    assert opened == {"citizen": {"phone": "13812345678"}} and opened.keys() == UNMASKED.fields.keys()


def test_a_forecast_and_the_one_who_asks_look_as_the_document_says(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    told = desk.get("dispatcher", f"/tickets/{ticket}/forecast")
    known = desk.get("agent", "/openapi.json")["components"]["schemas"]
    assert told.keys() == known["ForecastShown"]["properties"].keys()
    assert told["clocks"][0].keys() == known["ClockForeseen"]["properties"].keys()
    actions = [action for clock in told["clocks"] for rung in clock["rungs"] for action in rung["actions"]]
    assert actions and all(action.keys() <= known["ActionForeseen"]["properties"].keys() for action in actions)
    assert desk.get("agent", "/me").keys() == known["MeShown"]["properties"].keys()
