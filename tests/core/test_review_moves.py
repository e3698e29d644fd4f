"""Two reorganisations that are heard of together leave no work with a unit that is already gone."""

from __future__ import annotations

from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.hotline.handover import follow_units
from tests.factories.hotline import Desk

SHARES = "SELECT u.code FROM assignments a JOIN units u ON u.id = a.unit_id WHERE a.root_id = %s"
ACCESS = "SELECT u.code, a.relation FROM case_access a JOIN units u ON u.id = a.unit_id WHERE a.root_id = %s AND a.relation = 'lead'"


def test_work_follows_through_a_chain_of_successors(desk: Desk) -> None:
    first, second, other = desk.a_ticket("handling"), desk.a_ticket("accepted"), desk.a_ticket("accepted")
    desk.do("dispatcher", second, "dispatch", lead_unit="swj")
    desk.do("dispatcher", other, "dispatch", lead_unit="qshj")
    unit = desk.unit_ids
    chain = [("cgj", "swj"), ("swj", "hbj")]
    with transaction(desk.system, SYSTEM) as tx:
        follow_units(tx, [{"payload": {"moves": [{"from": unit[old], "to": unit[new]}]}} for old, new in chain])
        finish(tx)
    for ticket in (first, second):
        assert desk.rows(SHARES, ticket) == [{"code": "hbj"}]
        assert desk.rows(ACCESS, ticket) == [{"code": "hbj", "relation": "lead"}]
    assert desk.rows(SHARES, other) == [{"code": "qshj"}]
    notes = {ticket: desk.triggers(ticket).count(("ticket", "annotate")) for ticket in (first, second, other)}
    assert notes == {first: 2, second: 1, other: 0}
