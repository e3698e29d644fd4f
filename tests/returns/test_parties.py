"""Lists by the part that a unit has in a request or a whistle, with what it may do about each; read together, and nothing for others."""

from __future__ import annotations

from typing import Any

import pytest

from bench.pages import counting
from tests.factories.hotline import Desk
from tests.factories.shares import ASKED
from tests.returns.conftest import Returns


def triggers(item: dict[str, Any]) -> set[str]:
    return {action["trigger"] for action in item["actions"]}


def acting(desk: Desk, who: str, path: str, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in {**query, "actions": "true"}.items())
    items: list[dict[str, Any]] = desk.get(who, f"{path}?{asked}")["items"]
    return items


def test_a_request_stands_in_the_lists_of_who_asked_and_who_was_invited(desk: Desk, returns: Returns) -> None:
    request = returns.ask(desk.a_ticket("handling"))
    mine = acting(desk, "clerk.cgj", "/return-requests", party="cgj")
    assert [(row["id"], triggers(row)) for row in mine] == [(request, {"state_position", "cancel"})]
    assert acting(desk, "clerk.hbj", "/return-requests", party="hbj") == []
    returns.do("dispatcher", request, "negotiate", co_units=["hbj"])
    (invited,) = acting(desk, "clerk.hbj", "/return-requests", party="hbj")
    assert triggers(invited) == {"state_position", "volunteer"}
    assert invited["words"][0]["words"] == "河道保洁不属于城管职责" and invited["invited"][0]["code"] == "hbj"
    assert [row["id"] for row in acting(desk, "clerk.hbj", "/return-requests", position_of="hbj")] == [request]
    assert "actions" not in desk.get("clerk.hbj", "/return-requests?party=hbj")["items"][0]
    returns.do("clerk.hbj", request, "state_position", statement="仅负责水质监测")
    assert acting(desk, "clerk.hbj", "/return-requests", position_of="hbj") == [], "it has spoken"
    assert [row["words"] for row in acting(desk, "clerk.cgj", "/return-requests", party="cgj")[0]["words"]][-1] == "仅负责水质监测"
    assert acting(desk, "clerk.swj", "/return-requests", party="cgj") == [], "a third unit sees nothing of it"
    for wrong in ("party=nobody", "actions=true&limit=51"):
        answer = desk.call("clerk.hbj", "GET", f"/return-requests?{wrong}")
        assert answer.status_code == 400 and set(answer.json["errors"]) <= {"party", "limit"}, answer.text


def test_what_another_unit_of_the_ticket_may_read_of_it(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    returns.ask(ticket)
    (row,) = acting(desk, "clerk.swj", "/return-requests", ticket=str(ticket))
    assert (triggers(row), row["words"], row["evidence"]) == ({"volunteer"}, [], [])
    (beside,) = desk.get("clerk.swj", f"/tickets/{ticket}/requests")["items"]
    assert triggers(beside) == {"volunteer"} and "words" not in beside


def test_the_street_and_the_department_find_their_report_in(desk: Desk, returns: Returns) -> None:
    ticket = desk.register(type="help")["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "whistle", departments=["hbj"], reason="占道又堵塞排水口")
    (called,) = acting(desk, "clerk.hbj", "/report-ins", party="hbj")
    assert triggers(called) == {"report_in"} and called["reason"] == "占道又堵塞排水口"
    (calling,) = acting(desk, "clerk.qshj", "/report-ins", party="qshj")
    assert triggers(calling) == {"cancel"}
    returns.do("clerk.hbj", called["id"], "report_in", "report-ins")
    (come,) = acting(desk, "lead.qshj", "/report-ins", caller="qshj", state="reported_in")
    assert triggers(come) == {"confirm", "cancel"}
    assert acting(desk, "clerk.hbj", "/report-ins", caller="hbj") == []
    assert acting(desk, "clerk.swj", "/report-ins", party="qshj") == []


def test_what_is_open_beside_a_ticket(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-09-26T18:00:00+08:00")
    request = returns.ask(ticket)
    found = desk.get("clerk.cgj", f"/tickets/{ticket}/requests")["items"]
    assert [(row["plural"], triggers(row)) for row in found] == [
        ("extensions", {"cancel"}), ("return-requests", {"state_position", "cancel"}),
    ]  # fmt: skip
    returns.do("clerk.cgj", request, "cancel")
    assert [row["plural"] for row in desk.get("dispatcher", f"/tickets/{ticket}/requests")["items"]] == ["extensions"]
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}/requests").status_code == 404


@pytest.mark.parametrize("path", ["/return-requests?party=cgj&actions=true", "/extensions?unit=cgj&actions=true"])
def test_many_are_read_like_one(desk: Desk, returns: Returns, path: str) -> None:
    def asked() -> int:
        ticket = desk.a_ticket("handling")
        desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-09-26T18:00:00+08:00")
        returns.ask(ticket)
        desk.get("clerk.cgj", path)
        with counting() as told:
            desk.get("clerk.cgj", path)
            return told()

    few = asked()
    assert [asked() for _ in range(3)] == [few] * 3


def test_the_first_page_of_a_unit_counts_what_others_ask_of_it(desk: Desk, returns: Returns) -> None:
    def waits(who: str) -> dict[str, tuple[int, int]]:
        roles = desk.get(who, "/overview/waiting")["roles"]
        items = [item for role in roles for item in role["items"] if item["code"] in ("positions", "report_ins", "report_ins_made")]
        return {item["code"]: (item["count"], len(desk.get(who, item["list"])["items"])) for item in items}

    request = returns.ask(desk.a_ticket("handling"))
    assert waits("clerk.hbj") == {"positions": (0, 0), "report_ins": (0, 0), "report_ins_made": (0, 0)}
    returns.do("dispatcher", request, "negotiate", co_units=["hbj"])
    assert waits("clerk.hbj")["positions"] == waits("lead.hbj")["positions"] == (1, 1)
    assert desk.get("clerk.hbj", "/unit-desk")["counts"]["returns_invited"] == 1
    returns.do("lead.hbj", request, "state_position", statement="仅负责水质监测")
    assert waits("clerk.hbj")["positions"] == (0, 0) and waits("clerk.cgj")["positions"] == (0, 0)
