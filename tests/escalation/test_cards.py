"""A yellow card is shown by rule or by a supervisor with a reason, stays on record, and is taken back only once."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import Desk

CARDS = "SELECT id, colour, to_unit_id, round, rule, actor_id FROM cards ORDER BY id"


def share_of(desk: Desk, ticket: int) -> int:
    (row,) = desk.rows("SELECT id FROM assignments WHERE root_id = %s", ticket)
    return int(row["id"])


def act(desk: Desk, who: str, share: int, trigger: str, **fields: Any) -> Any:
    return desk.call(who, "POST", f"/assignments/{share}/transitions", {"trigger": trigger, "fields": fields})


def test_a_supervisor_shows_a_card_with_a_reason_and_takes_it_back(desk: Desk) -> None:
    share = share_of(desk, desk.a_ticket("handling"))
    assert act(desk, "supervisor", share, "yellow_card").status_code == 400, "a person says why"
    version = desk.get("supervisor", f"/assignments/{share}")["version"]
    assert act(desk, "supervisor", share, "yellow_card", reason="多次催办仍不联系诉求人").status_code == 200
    assert desk.get("supervisor", f"/assignments/{share}")["version"] == version, "nobody's work is held up by it"
    (card,) = desk.get("supervisor", "/cards")["items"]
    assert (card["unit"]["code"], card["colour"], card["rule"], card["by"]["id"]) == ("cgj", "yellow", None, desk.user_ids["supervisor"])
    assert act(desk, "supervisor", share, "revoke_card", card=card["id"], reason="情况属实，已补联系").status_code == 200
    again = act(desk, "supervisor", share, "revoke_card", card=card["id"], reason="再次撤销")
    assert again.status_code == 422 and "没有这张有效的黄牌" in again.json["detail"]
    assert desk.get("supervisor", "/cards?standing=true")["items"] == []
    (kept,) = desk.get("supervisor", "/cards?standing=false&unit=cgj&colour=yellow")["items"]
    assert kept["revoked"]["by"]["id"] == desk.user_ids["supervisor"]
    reasons = [row["body"] for row in desk.rows("SELECT body FROM texts WHERE case_id = %s AND field = 'reason' ORDER BY seq", share)]
    assert reasons == ["多次催办仍不联系诉求人", "情况属实，已补联系"]


def test_only_a_supervisor_shows_one_and_nobody_pretends_a_rule(desk: Desk) -> None:
    share = share_of(desk, desk.a_ticket("handling"))
    before = desk.everything()
    for who in ("dispatcher", "reviewer", "lead.cgj"):
        assert act(desk, who, share, "yellow_card", reason="不满").status_code == 403
    assert act(desk, "supervisor", share, "yellow_card", reason="x", rule="demo-district@1/escalation/handle-5wd").status_code == 400
    assert desk.everything() == before and desk.rows(CARDS) == []


def test_a_card_of_another_share_is_not_taken_back_here(desk: Desk) -> None:
    one, other = (share_of(desk, desk.a_ticket("handling")) for _ in range(2))
    act(desk, "supervisor", one, "yellow_card", reason="超期")
    (card,) = desk.rows(CARDS)
    refused = act(desk, "supervisor", other, "revoke_card", card=card["id"], reason="误发")
    assert refused.status_code == 422 and desk.rows("SELECT count(*) AS n FROM card_revocations") == [{"n": 0}]


def test_a_unit_sees_its_own_cards_and_no_others(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    for row in desk.rows("SELECT id FROM assignments WHERE root_id = %s", ticket):
        assert act(desk, "supervisor", row["id"], "yellow_card", reason="未签收").status_code == 200
    assert [card["unit"]["code"] for card in desk.get("clerk.swj", "/cards")["items"]] == ["swj"]
    assert desk.get("clerk.hbj", "/cards")["items"] == [] and len(desk.get("leader", "/cards")["items"]) == 2
    figures = desk.get("leader", "/statistics/cards")
    assert figures["given"] == 2 and {one["unit"]["code"] for one in figures["units"]} == {"cgj", "swj"}
    assert all((one["standing"], one["by_rule"], one["tickets"]) == (1, 0, 1) for one in figures["units"])
    assert desk.get("clerk.swj", "/statistics/cards")["given"] == 1
    assert desk.call("leader", "GET", "/cards?unit=nowhere").status_code == 400
