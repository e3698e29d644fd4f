"""Each morning: what is late or twice complained of is supervised, instructions, conferences and yearly matters go one step on."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from app.hotline.commands import ActOn
from app.simulation import texts
from app.simulation.demand import pick
from app.simulation.office import Office
from app.supervision.commands import Begin, SendInstruction

SUPERVISED_LATE, SUPERVISED_TWICE, SENT_BACK, URGED, READY = 0.12, 0.35, 0.12, 0.2, 0.4
LEVELS = {"general": 65, "key": 23, "listed": 12}
PAPER_EVERY, PAPER_ON = 7, 2
OVERDUE = """EXISTS (SELECT 1 FROM clocks k JOIN assignments a ON a.id = k.case_id WHERE k.root_id = c.id AND a.role = 'lead'
AND k.name = 'handle_clock' AND k.state = 'running' AND k.due_at <= %(now)s)"""
LATE = f"""SELECT c.id, coalesce(t.dissatisfactions, 0) AS dissatisfactions FROM cases c JOIN tickets t ON t.id = c.id
WHERE c.kind = 'ticket' AND c.state IN ('dispatched', 'handling', 'replied', 'completed') AND NOT coalesce(t.supervised, false)
AND t.merged_into IS NULL AND (t.dissatisfactions >= 2 OR (c.state IN ('dispatched', 'handling') AND {OVERDUE}))"""
MATTERS = """SELECT c.id, c.state, c.root_id, s.title, s.unit_id, u.code, s.report_due_at, s.send_backs, s.milestones, c.created_at
FROM supervisions s JOIN cases c ON c.id = s.id LEFT JOIN units u ON u.id = s.unit_id
WHERE c.state <> 'archived' ORDER BY c.created_at, s.title, u.code NULLS FIRST, c.root_id"""
PAPERS = "SELECT c.id FROM instructions i JOIN cases c ON c.id = i.id WHERE c.state = 'reported' ORDER BY i.title, c.id"
CONFERENCES = """SELECT c.id, c.state, c.root_id, t.round FROM conferences f JOIN cases c ON c.id = f.id
LEFT JOIN tickets t ON t.id = c.root_id WHERE c.state IN ('called', 'held') ORDER BY c.created_at, c.id"""
YEARLY = "年度民生实事：老旧小区排水改造"


def supervised(office: Office) -> None:
    """A share of the late ones, and more of those with whom a citizen was dissatisfied twice."""
    for row in office.rows(LATE):
        n = office.of(row["id"])
        rng = office.rng("supervise", n, row["dissatisfactions"])
        if n and rng.random() < (SUPERVISED_TWICE if row["dissatisfactions"] >= 2 else SUPERVISED_LATE):
            fields = {"level": pick(rng, LEVELS), "report_due_at": office.in_days(5), "reason": texts.SUPERVISED}
            office.do(ActOn(office.district.centre("supervisor"), row["id"], "supervise", fields))


def advanced(office: Office) -> None:
    """Every open matter goes one step a morning, some wait, some are sent back."""
    for row in office.rows(MATTERS):
        whose = office.of(row["root_id"]) or f"{row['title']}/{row['code']}"
        rng = office.rng("matter", whose, row["state"], row["send_backs"], office.day)
        ADVANCE[row["state"]](office, row, rng)


def issued(office: Office, row: dict[str, Any], rng: Random) -> None:
    wanting = {} if row["unit_id"] else {"unit": office.unit("unit of", row["title"])}
    due = {} if row["report_due_at"] else {"report_due_at": office.in_days(5)}
    office.fire("leader", "supervision", row["id"], "issue", **wanting, **due)


def signed(office: Office, row: dict[str, Any], rng: Random) -> None:
    office.fire(office.district.of_unit("clerk", row["unit_id"]), "supervision", row["id"], "sign")


def handled(office: Office, row: dict[str, Any], rng: Random) -> None:
    office.fire(office.district.of_unit("handler", row["unit_id"]), "supervision", row["id"], "handle", plan="责任到人，限期整改。")


def reported(office: Office, row: dict[str, Any], rng: Random) -> None:
    """A yearly matter is reported on when its milestones are reached, which no season lives to see."""
    if row["milestones"] and not all(each.get("reached_at") for each in row["milestones"]):
        return
    if rng.random() < READY:
        office.fire(office.district.of_unit("lead", row["unit_id"]), "supervision", row["id"], "report", report_text="已整改到位。")
    elif rng.random() < URGED:
        office.fire("supervisor", "supervision", row["id"], "urge", note="请抓紧办理。")


def verified(office: Office, row: dict[str, Any], rng: Random) -> None:
    office.fire("supervisor", "supervision", row["id"], "verify")


def cleared(office: Office, row: dict[str, Any], rng: Random) -> None:
    if not row["send_backs"] and rng.random() < SENT_BACK:
        office.fire("supervisor", "supervision", row["id"], "send_back", reason="现场仍未整改到位。")
        return
    office.fire("supervisor", "supervision", row["id"], "clear", evidence="现场核查，问题已整改，照片存档。", on_site=True)


def archived(office: Office, row: dict[str, Any], rng: Random) -> None:
    office.fire("secretary", "supervision", row["id"], "archive")


ADVANCE = {
    "proposed": issued, "issued": signed, "signed": handled, "handling": reported, "reported": verified, "verifying": cleared,
    "cleared": archived,
}  # fmt: skip


def instructed(office: Office) -> None:
    """Once a week a paper with the words of two leaders goes to two units; what they reported on is closed."""
    for row in office.rows(PAPERS):
        office.fire("secretary", "instruction", row["id"], "close")
    if office.day % PAPER_EVERY != PAPER_ON:
        return
    secretary = office.district.centre("secretary")
    title = f"关于群众来信反映事项的批示（第{office.day + 1}号）"
    made = office.do(Begin(secretary, "instruction", {"title": title, "matter": "群众来信反映排水和环境问题。", "urgency": "urgent"}))
    if made is None:
        return
    office.fire(secretary, "instruction", made.case_id, "propose_handling", proposal="拟请有关单位阅办并反馈。")
    for endorser in ("区长", "分管副区长"):
        office.fire(secretary, "instruction", made.case_id, "endorse", endorser=endorser, endorsement="请即办，五日内报结果。")
    units = office.rng("paper", office.day).sample(office.district.departments, 2)
    office.do(SendInstruction(secretary, made.case_id, {"units": units, "report_due_at": office.in_days(5)}))


def conferred(office: Office) -> None:
    """Called one day, held and concluded on a later one; each conclusion is heard by the ticket that it is about."""
    for row in office.rows(CONFERENCES):
        if row["state"] == "called":
            office.fire("leader", "conference", row["id"], "hold")
            continue
        rng = office.rng("conference", office.of(row["root_id"]), row["round"])
        if rng.random() < 0.4:
            task = {"unit": rng.choice(office.district.departments), "task": "牵头整改并书面反馈。", "task_due_at": office.in_days(7)}
            office.fire("leader", "conference", row["id"], "set_task", **task)
        conclusion = rng.choice(("rehandle", "decide", "explain"))
        concluded = office.fire("leader", "conference", row["id"], "conclude", minutes="与会单位逐一说明情况。", conclusion=conclusion)
        if concluded and row["round"]:
            office.hear(row["root_id"], row["round"], "studied")


def begun_for_the_year(office: Office) -> None:
    """One yearly matter with milestones, begun on the first morning of a season."""
    if office.day or office.rows("SELECT 1 FROM supervisions WHERE title = %(title)s", title=YEARLY):
        return
    fields = {"title": YEARLY, "supervision_source": "work_report", "level": "key", "year": office.now.year, "unit": office.unit("yearly")}
    made = office.do(Begin(office.district.centre("supervisor"), "supervision", {**fields, "report_due_at": office.in_days(90)}))
    if made is None:
        return
    for number, milestone in enumerate(("完成摸底", "完成施工"), 1):
        due = office.now + timedelta(days=30 * number)
        office.fire("supervisor", "supervision", made.case_id, "set_milestone", milestone=milestone, milestone_due_at=due)
