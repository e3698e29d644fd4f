"""Open work follows the unit that takes another's place and the person who takes over; closed work stays with whom it was."""

from __future__ import annotations

from app.core import outbox
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.commands import DeactivateUser
from app.people.reorganise import MergeUnits
from tests.factories.hotline import REPLY, Desk


def relay(desk: Desk) -> int:
    """What the workers do: every reaction that is owed, until none is."""
    done = 0
    while owed := outbox.lease(desk.system):
        done += sum(outbox.react(desk.system, reaction, ids) for (reaction, _), ids in owed.items())
    return done


def test_a_merged_units_open_tickets_go_to_its_successor(desk: Desk) -> None:
    openly, ended = desk.a_ticket("handling"), desk.a_ticket("archived")
    units = desk.unit_ids
    execute(desk.system, MergeUnits(SYSTEM, (units["cgj"],), units["swj"], "机构改革"))
    relay(desk)
    shown = desk.get("dispatcher", f"/tickets/{openly}")
    assert shown["lead_unit"]["code"] == "swj" and [share["unit"]["code"] for share in shown["assignments"]] == ["swj"]
    assert desk.rows("SELECT unit_id, relation FROM case_access WHERE root_id = %s AND relation = 'lead'", openly) == [
        {"unit_id": units["swj"], "relation": "lead"}
    ]
    notes = [item["note"] for item in desk.get("dispatcher", f"/tickets/{openly}/history")["items"] if item["trigger"] == "annotate"]
    assert notes == ["机构调整：试验区城市管理局的在办事项由试验区水务局继续办理。"]
    desk.do("handler.swj", openly, "submit", **REPLY)
    assert desk.do("lead.swj", openly, "reply")["state"] == "replied"
    assert desk.get("dispatcher", f"/tickets/{ended}")["lead_unit"]["code"] == "cgj", "what is over stays in the old unit's statistics"
    assert desk.call("clerk.swj", "GET", f"/tickets/{ended}").status_code == 200, "and its successor answers for the old files"


def test_moving_twice_moves_once(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    units = desk.unit_ids
    execute(desk.system, MergeUnits(SYSTEM, (units["cgj"],), units["swj"], "机构改革"))
    relay(desk)
    before = desk.triggers(ticket)
    owed = desk.rows("SELECT id FROM outbox WHERE reaction = 'follow_units'")[0]["id"]
    desk.change("UPDATE outbox SET done_at = NULL, lease_until = NULL WHERE id = %s", owed)
    assert relay(desk) == 1 and desk.triggers(ticket) == before


def test_a_leavers_share_goes_to_the_successor_or_back_to_the_clerk(desk: Desk) -> None:
    handler, lead = desk.user_ids["handler.cgj"], desk.user_ids["lead.cgj"]
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "assign_person", person=handler)
    execute(desk.system, DeactivateUser(SYSTEM, handler, successor_id=lead))
    relay(desk)
    person = "SELECT person_id FROM assignments WHERE root_id = %s"
    assert desk.rows(person, ticket) == [{"person_id": lead}]
    execute(desk.system, DeactivateUser(SYSTEM, lead))
    relay(desk)
    assert desk.rows(person, ticket) == [{"person_id": None}]
