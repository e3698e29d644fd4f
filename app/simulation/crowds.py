"""Each morning: subjects that rise, complaints of many citizens, and numbers that abuse the line, each judged by a person."""

from __future__ import annotations

from datetime import timedelta

from app.core.actors import SYSTEM
from app.hotline.groups.finding import FindHotIssues
from app.hotline.restrictions.commands import ProposeRestriction
from app.simulation.office import Office

WATCHED, RESTRICT_EVERY, RESTRICT_ON = 0.7, 6, 1
HOT = """SELECT c.id, c.state, g.code, c.created_at <= %(now)s - interval '6 days' AS old FROM hot_issues h JOIN cases c ON c.id = h.id
JOIN categories g ON g.id = h.category_id WHERE c.state IN ('proposed', 'watched') ORDER BY g.code, h.street, c.id"""
CROWDS = "SELECT c.id, c.state FROM collective_complaints x JOIN cases c ON c.id = x.id WHERE c.state = 'open' ORDER BY c.created_at, c.id"
CALLERS = """SELECT t.id FROM tickets t JOIN citizens z ON z.id = t.citizen_id JOIN cases c ON c.id = t.id WHERE z.phone_hash IS NOT NULL
AND NOT t.confidential AND t.registered_at > %(now)s - interval '1 day' AND c.state IN ('accepted', 'dispatched', 'handling')
ORDER BY t.registered_at, t.upstream_number LIMIT 1"""
PROPOSED = "SELECT c.id FROM cases c WHERE c.kind = 'caller-restriction' AND c.state = 'proposed' ORDER BY c.created_at, c.id"


def watched(office: Office) -> None:
    office.do(FindHotIssues(SYSTEM))
    for row in office.rows(HOT) if not office.quiet else ():
        rng = office.rng("hot", row["code"])
        if row["state"] == "watched":
            if row["old"]:
                office.fire("supervisor", "hot-issue", row["id"], "close", reason="诉求量已回落。")
            elif office.day % 2:
                office.fire("supervisor", "hot-issue", row["id"], "report", note="专班每日跟进，诉求量趋稳。")
        elif rng.random() < WATCHED:
            office.fire("supervisor", "hot-issue", row["id"], "watch", unit=rng.choice(office.district.departments))
        else:
            office.fire("supervisor", "hot-issue", row["id"], "dismiss", reason="季节性波动，不列为热点。")


def taken_over(office: Office) -> None:
    for row in office.rows(CROWDS):
        office.fire("supervisor", "collective-complaint", row["id"], "take_over", unit=office.unit("crowd", office.day))
        office.fire("secretary", "collective-complaint", row["id"], "brief", note="已向分管领导通报。")


def restricted(office: Office) -> None:
    for row in office.rows(PROPOSED):
        if office.rng("restriction", office.day).random() < 0.7:
            office.fire("supervisor", "caller-restriction", row["id"], "approve")
        else:
            office.fire("supervisor", "caller-restriction", row["id"], "refuse", reason="情节轻微，先行劝导。")
    if office.day % RESTRICT_EVERY != RESTRICT_ON:
        return
    for row in office.rows(CALLERS):
        words = ("harassment", "no_urge", office.now + timedelta(days=20), "一日内无诉求反复拨打。")
        office.do(ProposeRestriction(office.district.centre("agent"), row["id"], *words))
