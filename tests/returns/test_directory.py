"""What was decided is shown to the next dispatcher, and offered to the directory: taken it is a row of the next pack, by the same lint."""

from __future__ import annotations

from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Install
from app.hotline.returns.api import DEALT_WITH
from rules.packs import parse_pack, shipped_packs
from tests.factories.hotline import Desk
from tests.returns.conftest import ASKED, Returns

PLACE = {"location": {"street": "青石街道办事处"}}


def decided(desk: Desk, returns: Returns, lead: str = "swj", **changes: Any) -> tuple[int, int]:
    ticket = desk.a_ticket("handling", **changes)
    request = returns.ask(ticket)
    returns.do("dispatcher", request, "uphold", lead_unit=lead, reason="张三家门口的河道由水务负责")
    return ticket, request


def deal(desk: Desk, who: str, proposal: int, what: str) -> Any:
    return desk.call(who, "POST", f"/directory-proposals/{proposal}/{what}")


def versions(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("SELECT kind, name, version, body FROM installed ORDER BY id")


def test_precedents_are_facts_of_the_same_branch_newest_first(desk: Desk, returns: Returns) -> None:
    first, request = decided(desk, returns)
    rejected = desk.a_ticket("handling", category="0101")
    second = returns.ask(rejected)
    returns.do("dispatcher", second, "reject", reason="属城管职责", improper=True)
    decided(desk, returns, category="0402")
    fresh = desk.a_ticket("accepted")
    items = desk.get("dispatcher", f"/return-requests/precedents?ticket={fresh}")["items"]
    assert [(one["request"], one["decision"], one["improper"]) for one in items] == [(second, "rejected", True), (request, "upheld", False)]
    assert (items[1]["unit"]["code"], items[1]["got_by"]["code"], items[1]["ground"]["code"]) == ("cgj", "swj", "not_our_duty")
    assert "张三" not in str(items) and ASKED["reason"] not in str(items)
    shown = desk.get("dispatcher", f"/directory?ticket={fresh}")
    assert [one["request"] for one in shown["precedents"]] == [second, request]
    by_category = desk.get("dispatcher", "/return-requests/precedents?category=0402")["items"]
    assert [one["category"]["code"] for one in by_category] == ["0402"]
    assert len(desk.get("dispatcher", "/return-requests/precedents?unit=swj&limit=1")["items"]) == 1
    assert desk.get("clerk.cgj", f"/return-requests/precedents?ticket={first}")["items"] == [], "who lost sight of them reads no precedents"
    assert desk.call("dispatcher", "GET", "/return-requests/precedents?category=nothing").status_code == 400


def test_a_decision_is_offered_and_taken_into_the_directory(desk: Desk, returns: Returns) -> None:
    ticket, request = decided(desk, returns, **PLACE)
    offers = desk.get("dispatcher", "/directory-proposals?state=open")["items"]
    assert [(one["category"]["code"], one["street"], one["unit"]["code"], one["request"]) for one in offers] == [
        ("010101", "qshj", "swj", request)
    ]
    proposal, before = offers[0]["id"], versions(desk)
    for who in ("dispatcher", "supervisor"):
        assert deal(desk, who, proposal, "take").status_code == 403
    assert desk.call("clerk.swj", "GET", "/directory-proposals").status_code == 403
    assert versions(desk) == before
    taken = deal(desk, "admin", proposal, "take")
    assert taken.status_code == 200 and taken.json["installed"] == "demo-district@2", taken.text
    assert taken.json.keys() == DEALT_WITH.fields.keys()
    fresh = desk.a_ticket("accepted", **PLACE)
    suggestion = desk.get("dispatcher", f"/directory?ticket={fresh}")["suggestion"]
    assert (suggestion["unit"]["code"], suggestion["row"]) == ("swj", f"decided-{request}")
    assert desk.get("dispatcher", "/directory?category=010101&street=qshj")["suggestion"]["row"] == f"decided-{request}"
    assert desk.get("dispatcher", f"/directory?ticket={ticket}")["suggestion"]["row"] != f"decided-{request}", "an old case keeps its pack"
    again = deal(desk, "admin", proposal, "take")
    assert again.status_code == 409 and "已处理" in again.json["detail"]
    assert deal(desk, "supervisor", proposal, "drop").status_code == 409
    decided(desk, returns, **PLACE)
    assert desk.get("dispatcher", "/directory-proposals?state=open")["items"] == [], "the directory says so already"


def test_nothing_is_changed_when_the_lint_refuses(desk: Desk, returns: Returns) -> None:
    decided(desk, returns, "swj", **PLACE)
    decided(desk, returns, "hbj", **PLACE)
    second, first = (one["id"] for one in desk.get("admin", "/directory-proposals")["items"])
    assert deal(desk, "admin", first, "take").status_code == 200
    before = versions(desk)
    refused = deal(desk, "admin", second, "take")
    assert refused.status_code == 422 and "派单目录未作更改" in refused.json["detail"] and "遮住" in refused.json["detail"]
    assert versions(desk) == before
    assert [one["state"] for one in desk.get("admin", "/directory-proposals")["items"]] == ["open", "taken"]
    dropped = deal(desk, "supervisor", second, "drop").json
    assert dropped["state"] == "dropped" and dropped.keys() == DEALT_WITH.fields.keys()


def test_an_edit_that_waits_to_be_chosen_is_not_chosen_by_the_way(desk: Desk, returns: Returns) -> None:
    decided(desk, returns)
    proposal = desk.get("admin", "/directory-proposals")["items"][0]["id"]
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", shipped_packs()["demo-district"] + "\n# 待启用\n", "an edit in waiting"))
    refused = deal(desk, "admin", proposal, "take")
    assert refused.status_code == 422 and "尚未启用" in refused.json["detail"]
    assert deal(desk, "admin", 987654321, "take").status_code == 404


def test_without_a_street_the_row_stands_behind_those_of_streets(desk: Desk, returns: Returns) -> None:
    _, request = decided(desk, returns)
    offer = desk.get("admin", "/directory-proposals")["items"][0]
    assert offer["street"] is None and deal(desk, "admin", offer["id"], "take").status_code == 200
    text = versions(desk)[-2]["body"]
    rows = parse_pack(text, desk.system.settings.pack("gd-2022@1")).tables["directory"].rows
    place = [row.id for row in rows].index(f"decided-{request}")
    assert any("street" in row.when for row in rows[:place])
    assert desk.get("dispatcher", "/directory?category=010101&street=qshj")["suggestion"]["unit"]["code"] == "qshj"
    assert desk.get("dispatcher", "/directory?category=010101")["suggestion"]["row"] == f"decided-{request}"
