"""What a command takes away and gives back is as if it had never been touched."""

from __future__ import annotations

from tests.factories.hotline import Desk


def standing(desk: Desk, ticket: int) -> set[tuple[str, str]]:
    rows = desk.rows("SELECT u.code, a.relation FROM case_access a JOIN units u ON u.id = a.unit_id WHERE a.root_id = %s", ticket)
    return {(row["code"], row["relation"]) for row in rows}


def test_a_unit_named_anew_in_its_old_place_keeps_it(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("dispatcher", ticket, "reassign", lead_unit="hbj", co_units=["swj"], reason="主办有误")
    assert standing(desk, ticket) >= {("hbj", "lead"), ("swj", "co")}
    assert ("cgj", "lead") not in standing(desk, ticket)
