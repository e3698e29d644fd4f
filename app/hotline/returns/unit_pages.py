"""A return request and a whistle for the units that have a part in them: what was said, until when, and what each may do."""

from __future__ import annotations

from app.hotline.returns.pages import HOME, ROLES
from app.web.look import Done, Look, Page, Shown


def request(look: Look, id: int) -> Shown | Done:
    """Who rules has a desk for it."""
    if look.has(*ROLES):
        return Done(f"{HOME}?id={id}")
    case = look.get("/return-requests/{id}", id=id)
    ticket = look.get("/tickets/{id}", id=case["ticket"]["id"])
    files = look.get("/tickets/{id}/attachments", id=ticket["id"])["items"]
    evidence = [file for file in files if file["case"] == id or file["id"] in case["evidence"]]
    mine = case["unit"]["id"] == look.actor.unit_id and bool(case["actions"])
    return Shown("adjudication/one-request.html", {"case": case, "ticket": ticket, "evidence": evidence, "may_add": mine})


def report(look: Look, id: int) -> Shown | Done:
    if look.has(*ROLES):
        return Done(f"{HOME}?tab=whistles&id={id}")
    case = look.get("/report-ins/{id}", id=id)
    return Shown("adjudication/one-report.html", {"case": case, "ticket": look.get("/tickets/{id}", id=case["ticket"]["id"])})


PAGES = (
    Page("/return-requests/{id}", request, "退单申请", "Return request"),
    Page("/report-ins/{id}", report, "吹哨报到", "Report-in"),
)
