"""The last minute of a demonstration: what a season shows only by chance is brought about, by the same people and the same commands."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.core.actors import CITIZEN, SYSTEM
from app.core.bus import Result
from app.core.file_transfer import upload
from app.hotline.callbacks.commands import ClaimNext
from app.hotline.co_requests.commands import AskForUnit
from app.hotline.commands import ActOn
from app.hotline.groups.finding import FindHotIssues
from app.hotline.restrictions.commands import ProposeRestriction
from app.knowledge.commands import WriteEntry
from app.simulation import texts
from app.simulation.matters import ADVANCE, LEVELS
from app.simulation.office import Office
from app.simulation.photos import picture
from app.supervision.commands import Begin, SendInstruction
from rules.amounts import Amount
from rules.worktime import add

ALONE = """t.merged_into IS NULL AND NOT coalesce(t.supervised, false) AND NOT EXISTS (SELECT 1 FROM cases x WHERE x.root_id = c.id
AND x.open AND x.kind NOT IN ('ticket', 'assignment', 'callback'))"""
IN_WORK = f"""SELECT c.id, a.id AS share, a.unit_id, u.kind AS unit_kind, u.code AS unit_code, k.due_at, t.upstream_due_at FROM cases c
JOIN tickets t ON t.id = c.id JOIN assignments a ON a.root_id = c.id AND a.role = 'lead' AND a.round = t.round
JOIN cases s ON s.id = a.id AND s.state = 'handling' JOIN units u ON u.id = a.unit_id
JOIN clocks k ON k.case_id = a.id AND k.name = 'handle_clock' AND k.level = 'unit' AND k.state = 'running'
WHERE c.kind = 'ticket' AND c.state = 'handling' AND {ALONE} ORDER BY k.due_at DESC, c.id"""
AGAIN = """SELECT c.id, a.unit_id FROM cases c JOIN tickets t ON t.id = c.id AND t.round = 2 AND c.state = 'handling'
JOIN assignments a ON a.root_id = c.id AND a.role = 'lead' AND a.round = 2 JOIN cases s ON s.id = a.id AND s.state = 'handling'
WHERE t.dissatisfactions = 1 ORDER BY s.last_at DESC, c.id LIMIT 1"""
ACCEPTED = f"SELECT c.id FROM cases c JOIN tickets t ON t.id = c.id WHERE c.state = 'accepted' AND {ALONE} ORDER BY c.created_at, c.id"
MATTER = """SELECT c.id, c.state, c.root_id, s.title, s.unit_id, u.code, s.report_due_at, s.send_backs, s.milestones, c.created_at
FROM supervisions s JOIN cases c ON c.id = s.id LEFT JOIN units u ON u.id = s.unit_id WHERE c.root_id = %(root)s AND c.open"""
RAISED = "SELECT id FROM cases WHERE kind = 'alarm' AND state = 'raised' ORDER BY created_at"
CALLER = """SELECT t.id FROM tickets t JOIN citizens z ON z.id = t.citizen_id JOIN cases c ON c.id = t.id
WHERE z.phone_hash IS NOT NULL AND NOT t.confidential AND c.open ORDER BY t.registered_at DESC LIMIT 1"""
PUBLISHED = """SELECT k.id, k.unit_id FROM knowledge_entries k JOIN cases c ON c.id = k.id WHERE c.state = 'published'
ORDER BY k.title LIMIT 1"""
STEPS = ("issued", "signed", "handling", "reported", "verifying", "cleared")
REPLY: Mapping[str, Any] = {
    "contacted": True, "contact_way": "phone", "facts_true": True, "outcome": "partly", "on_site": True, "internal_note": "已到场。",
    "unsolved_reason": "需分步实施。", "reply_text": "已安排人员到场处理，余下部分列入计划。",
    "public_reply": "已到场处理，余下部分列入计划。", "co_open_reason": texts.CO_OPEN,
}  # fmt: skip
UNHAPPY: Mapping[str, Any] = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["not_solved"]}
TRIES = 24
# The unit whose lead finds a reply to be signed off, where that unit has anything in work.
LOOKED_AT = "cgj"
Row = dict[str, Any]


def staged(office: Office) -> None:
    """A first half, on which `ended` goes on a moment later: no two dissatisfactions of one citizen fall on one instant."""
    office.do(FindHotIssues(SYSTEM))
    called(office)
    attended(office)
    accepted = iter(office.rows(ACCEPTED))
    for show in (asked_back, negotiated, opinions_wanted):
        show(office, next(accepted))
    in_work = office.rows(IN_WORK)
    streets = [row for row in in_work if row["unit_kind"] in ("street", "town")]
    if streets:
        whistled(office, in_work.pop(in_work.index(streets[-1])))
    helpers_wanted(office, in_work)
    more_time(office, in_work)
    submitted(office, in_work.pop(next((n for n, row in enumerate(in_work) if row["unit_code"] == LOOKED_AT), 1)))
    rest = iter(in_work)
    unhappy(office, next(rest))
    supervised(office, rest)
    papers(office)
    conferences(office)
    knowledge(office)
    for row in office.rows(CALLER):
        words = ("harassment", "no_urge", office.now + timedelta(days=20), "一日内无诉求反复拨打。")
        office.do(ProposeRestriction(office.district.centre("agent"), row["id"], *words))


def act(office: Office, account: str, ticket: int, trigger: str, **fields: Any) -> Result | None:
    return office.do(ActOn(office.district.centre(account), ticket, trigger, fields))


def by_unit(office: Office, part: str, row: Row, trigger: str, **fields: Any) -> Result | None:
    return office.do(ActOn(office.district.of_unit(part, row["unit_id"]), row["id"], trigger, fields))


def called(office: Office) -> None:
    """One citizen was not reached and waits to be called again, one is being called now."""
    agent = office.district.centre("callback")
    taken = office.do(ClaimNext(agent))
    if taken is not None and taken.root is not None:
        office.fire(agent, "callback", taken.case_id, "record_callback", call_outcome="no_answer")
    office.do(ClaimNext(agent))


def attended(office: Office) -> None:
    """Of the alarms one is seen, one acted on, and one nobody has answered yet."""
    for place, row in enumerate(office.rows(RAISED)[:-1]):
        office.fire("duty", "alarm", row["id"], "acknowledge")
        if place:
            office.fire("duty", "alarm", row["id"], "act", measures_taken=texts.ALARM_MEASURES[0])


def asked_back(office: Office, row: Row) -> int:
    """Dispatched, and the unit says that it is not its own; the return request."""
    rng = office.rng("staged return", row["id"] and office.of(row["id"]))
    unit, other = rng.sample(office.district.departments, 2)
    act(office, "dispatcher", row["id"], "dispatch", lead_unit=unit, instructions=texts.INSTRUCTIONS[0])
    pack = office.system.settings.pack(office.system.settings.current_pack)
    ground = pack.tables["return_grounds"].rows[0].id
    fields = {"return_ground": ground, "reason": texts.NOT_OURS[0], "suggested_unit": other}
    made = office.do(ActOn(office.district.of_unit("clerk", unit), row["id"], "request_return", fields))
    if made is None or made.root is None:
        return 0
    return next(case.id for case in made.root.cases.values() if case.kind == "return-request" and case.open)


def negotiated(office: Office, row: Row) -> None:
    request = asked_back(office, row)
    units = office.rng("negotiated", office.day).sample(list(office.district.streets), 2)
    office.fire("dispatcher", "return-request", request, "negotiate", co_units=units)


def opinions_wanted(office: Office, row: Row) -> None:
    """One of the two offices has been heard."""
    opinion = "依职责规定，宜由现承办单位办理。"
    office.fire("supervisor", "return-request", asked_back(office, row), "give_opinion", opinion_of="org_office", opinion=opinion)


def whistled(office: Office, row: Row) -> None:
    """Two departments are called to a street; one has come."""
    departments = office.rng("whistle", office.day).sample(office.district.departments, 2)
    made = by_unit(office, "clerk", row, "whistle", departments=departments, reason=texts.WHISTLE)
    calls = [case for case in made.root.cases.values() if case.kind == "report-in" and case.open] if made and made.root else []
    for call in calls[:1]:
        office.fire(office.district.of_unit("clerk", call.data["unit_id"]), "report-in", call.id, "report_in")


def helpers_wanted(office: Office, in_work: list[Row]) -> None:
    """Two leads ask for a co-unit and wait, one was told why it gets none."""
    for place, row in enumerate([in_work.pop() for _ in range(min(3, len(in_work) // 4))]):
        others = [unit for unit in office.district.departments if unit != row["unit_id"]]
        asked = {"wished_unit": office.rng("helper", row["id"] and office.of(row["id"])).choice(others), "reason": texts.HELP_WANTED}
        made = office.do(AskForUnit(office.district.of_unit("handler", row["unit_id"]), row["id"], asked))
        if made is not None and place == 0:
            office.fire("dispatcher", "co-request", made.case_id, "decline", refusal=texts.NO_HELP)


def more_time(office: Office, in_work: list[Row]) -> None:
    """One was refused it, two wait, one was granted it. Whoever has no room for more is left alone."""
    ends: Iterator[tuple[str, dict[str, Any]]] = iter((
        ("refuse", {"reason": "理由不充分，请在原期限内办结。"}), ("", {}), ("grant", {}), ("", {}),
    ))  # fmt: skip
    left = 4
    for row in [row for row in in_work if row["due_at"] > office.now + timedelta(hours=1)]:
        until = min(filter(None, (a_day_after(office, row["due_at"]), row["upstream_due_at"])))
        if not left or until <= row["due_at"]:
            continue
        in_work.remove(row)
        made = by_unit(office, "clerk", row, "request_extension", reason=texts.MORE_TIME[0], legal_basis=texts.BASIS, new_due_at=until)
        if made is None or made.root is None:
            continue
        left -= 1
        trigger, fields = next(ends)
        asked = next(case.id for case in made.root.cases.values() if case.kind == "extension" and case.open)
        if trigger:
            office.fire("reviewer", "extension", asked, trigger, **fields)


def a_day_after(office: Office, due: datetime) -> datetime:
    """A moment on the working day after the one on which a limit ends."""
    return add(due - timedelta(minutes=1), Amount(1, "wd"), office.calendar).at - timedelta(minutes=1)


def reply(office: Office, row: Row) -> None:
    by_unit(office, "lead", row, "reply", contact_at=office.now, **REPLY)
    gates = {f"gate_{gate}_reason": words for gate, words in texts.AT_GATES.items()}
    act(office, "reviewer", row["id"], "approve", **gates)


def unhappy(office: Office, row: Row) -> None:
    """Replied, found wanting, and to be done again."""
    reply(office, row)
    office.do(ActOn(CITIZEN, row["id"], "record_callback", UNHAPPY))
    act(office, "reviewer", row["id"], "rehandle", reason=texts.REHANDLE[0])
    by_unit(office, "clerk", row, "sign")


def ended(office: Office) -> None:
    """Whoever was found wanting at that moment replies again, and is found wanting again: a study is owed now."""
    for row in office.rows(AGAIN):
        reply(office, row)
        office.do(ActOn(CITIZEN, row["id"], "record_callback", UNHAPPY))


def submitted(office: Office, row: Row) -> None:
    """Of the highest review, and before its own lead now."""
    act(office, "supervisor", row["id"], "elevate", measures=["elevated_review", "elevated_callback"], reason="重点工单，提级审核、回访。")
    by_unit(office, "handler", row, "submit", contact_at=office.now, **REPLY)


def supervised(office: Office, rows: Iterator[Row]) -> None:
    """Matters of every level at every step."""
    levels = [level for _ in STEPS for level in LEVELS]
    for wanted, level, row in zip(STEPS, levels, rows, strict=False):
        act(office, "supervisor", row["id"], "supervise", level=level, report_due_at=office.in_days(5), reason=texts.SUPERVISED)
        for attempt in range(TRIES):
            matter = next(iter(office.rows(MATTER, root=row["id"])), None)
            if matter is None or matter["state"] == wanted:
                break
            ADVANCE[matter["state"]](office, matter, office.rng("staged", wanted, attempt))
    proposed = {"title": "雨季排水易涝点整治", "supervision_source": "work_report", "level": "key", "report_due_at": office.in_days(20)}
    office.do(Begin(office.district.centre("supervisor"), "supervision", proposed))


def papers(office: Office) -> None:
    """One waits for a leader's words, one is on its way; each with the scan of the letter."""
    secretary = office.district.centre("secretary")
    for number, sent in enumerate((False, True), 1):
        fields = {"title": f"关于群众来信反映停车难的批示（急{number}号）", "matter": "群众来信反映学校周边停车难。", "urgency": "urgent"}
        made = office.do(Begin(secretary, "instruction", fields))
        if made is None:
            continue
        scan = io.BytesIO(picture(office.rng("scan", number)))
        upload(office.system, secretary, "instruction", made.case_id, "other", f"来信扫描件{number}.jpg", scan)
        office.fire(secretary, "instruction", made.case_id, "propose_handling", proposal="拟请有关单位阅办并反馈。")
        if sent:
            office.fire("leader", "instruction", made.case_id, "endorse", endorsement="请即办，五日内报结果。")
            units = office.rng("letter").sample(office.district.departments, 2)
            office.do(SendInstruction(secretary, made.case_id, {"units": units, "report_due_at": office.in_days(5)}))


def conferences(office: Office) -> None:
    for title, held in (("停车秩序联席会商", False), ("河道异味联席会商", True)):
        made = office.do(Begin(office.district.centre("supervisor"), "conference", {"title": title, "form": "meeting"}))
        if made is not None and held:
            office.fire("leader", "conference", made.case_id, "hold")


def knowledge(office: Office) -> None:
    """A draft, one that is being written anew, and one that was taken away."""
    for title, retired in (("电动自行车登记上牌", False), ("老年优待证办理（旧）", True)):
        unit = office.unit("draft", title)
        clerk = office.district.of_unit("clerk", unit)
        fields = {"title": title, "content": "到所属派出所服务窗口办理，所需材料见清单。", "unit": unit, "review_by": office.in_days(60)}
        made = office.do(WriteEntry(clerk, {**fields, "keywords": [title[:4]], "sources": "示范文本", "open_to_public": False}))
        if made is not None and retired:
            office.fire("reviewer", "knowledge-entry", made.case_id, "retire", reason="政策已调整。")
    for row in office.rows(PUBLISHED):
        clerk = office.district.of_unit("clerk", row["unit_id"])
        office.fire(clerk, "knowledge-entry", row["id"], "revise", content="修订稿：办理时限由十五日缩短为七日，其余不变。")
