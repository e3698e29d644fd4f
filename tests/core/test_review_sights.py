"""Of two units on one ticket neither is told how long the other has."""

from __future__ import annotations

from tests.factories.hotline import Desk

OF_UNIT = """SELECT k.id FROM clocks k JOIN assignments a ON a.id = k.case_id JOIN units u ON u.id = a.unit_id
WHERE a.root_id = %s AND u.code = %s"""
OF_TICKET = "SELECT id FROM clocks WHERE case_id = %s AND name = 'total_clock'"


def test_a_limit_is_explained_to_its_own_unit_and_the_centre(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    for unit, foreign in (("cgj", "swj"), ("swj", "cgj")):
        for row in desk.rows(OF_UNIT, ticket, unit):
            path = f"/clocks/{row['id']}/explanation"
            seen = {who: desk.call(who, "GET", path).status_code for who in (f"clerk.{unit}", f"clerk.{foreign}", "dispatcher")}
            assert seen == {f"clerk.{unit}": 200, f"clerk.{foreign}": 404, "dispatcher": 200}
    (total,) = desk.rows(OF_TICKET, ticket)
    assert desk.call("clerk.swj", "GET", f"/clocks/{total['id']}/explanation").status_code == 200
