"""Units on one ticket: each reads what concerns it, none what another told the centre, and only who handles learns who the citizen is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.hotline import MONDAY, REPLY, Desk
from tests.links.told import moment_later
from tests.supervision.office import attach, step

FRIDAY = "2025-09-05T18:00:00+08:00"
PERSON = {"name": "王小明", "phone": "13812345678", "calling_number": "13812345678"}
ASKED = {"reason": "本局人手不足", "legal_basis": "本局内部规定", "new_due_at": "2025-09-19T18:00:00+08:00"}


def with_a_co_unit(desk: Desk, **changes: Any) -> int:
    ticket = desk.a_ticket("accepted", **changes)
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", ticket, "sign")
    return ticket


def everywhere(desk: Desk, who: str, ticket: int, kind: str, path: str) -> str:
    """All that this person reads of a ticket, of the list of one kind, of one case of it and of both histories."""
    paths = (f"/tickets/{ticket}", f"/tickets/{ticket}/history?limit=200", f"/{kind}?ticket={ticket}", path, f"{path}/history")
    return "\n".join(desk.call(who, "GET", each).text for each in paths)


def test_what_is_decided_of_a_caller_is_the_centres_alone(desk: Desk) -> None:
    body = {"ground": "abuse", "effect": "no_urge", "until": (MONDAY + timedelta(days=30)).isoformat(), "reason": "多次辱骂话务员"}
    proposed = desk.call("agent", "POST", "/caller-restrictions", {"ticket": desk.a_ticket(citizen=PERSON), **body}).json["id"]
    step(desk, "supervisor", "caller-restrictions", proposed, "approve")
    ticket = with_a_co_unit(desk, citizen=PERSON)
    moment_later(desk)
    assert "restricted_caller" in desk.get("agent", f"/tickets/{ticket}")["badges"]
    assert "no_urge" in desk.call("agent", "GET", f"/tickets/{ticket}/history?limit=200").text
    for path in (f"/tickets/{ticket}", "/tickets", f"/tickets/{ticket}/history?limit=200"):
        told = desk.get("clerk.cgj", path)
        assert "no_urge" not in str(told), path
        assert "'restricted_caller'" not in str(told).replace("'restricted_caller': []", ""), path


def test_why_a_unit_wants_more_time_is_not_for_the_other_units(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED)
    extension = desk.get("reviewer", f"/extensions?ticket={ticket}")["items"][0]["id"]
    path = f"/extensions/{extension}"
    for who in ("clerk.cgj", "reviewer"):
        told = everywhere(desk, who, ticket, "extensions", path)
        assert told.count("人手不足") >= 3 and "内部规定" in told
    refusal = step(desk, "reviewer", "extensions", extension, "refuse", reason="理由不充分")
    assert refusal["state"] == "refused" and "理由不充分" in everywhere(desk, "clerk.cgj", ticket, "extensions", path)
    told = everywhere(desk, "clerk.swj", ticket, "extensions", path)
    assert "人手不足" not in told and "内部规定" not in told and "理由不充分" not in told
    assert desk.get("clerk.swj", path)["state"] == "refused", "that it was asked for is no secret"


def test_what_is_said_in_a_supervised_matter_is_for_its_units(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("supervisor", ticket, "supervise", report_due_at=FRIDAY, reason="群众反复反映", unit="cgj")
    matter = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"][0]["id"]
    step(desk, "clerk.cgj", "supervisions", matter, "sign")
    step(desk, "handler.cgj", "supervisions", matter, "handle", plan="先行约谈物业")
    step(desk, "supervisor", "supervisions", matter, "annotate", note="主办单位态度消极")
    path = f"/supervisions/{matter}"
    told = everywhere(desk, "clerk.cgj", ticket, "supervisions", path)
    assert "群众反复反映" in told and "约谈物业" in told and "态度消极" in told
    told = everywhere(desk, "clerk.swj", ticket, "supervisions", path)
    assert "约谈物业" not in told and "态度消极" not in told
    assert desk.get("clerk.swj", path)["matter"] is None
    assert desk.get("clerk.swj", path)["title"] == desk.get("clerk.swj", f"/tickets/{ticket}")["title"]


def test_how_a_return_was_ruled_is_for_those_who_took_part(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="不属我局职责")
    request = desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    step(desk, "dispatcher", "return-requests", request, "reject", reason="依职责清单属你局")
    path = f"/return-requests/{request}"
    assert "职责清单" in everywhere(desk, "clerk.cgj", ticket, "return-requests", path)
    told = everywhere(desk, "clerk.swj", ticket, "return-requests", path)
    assert "职责清单" not in told and "不属我局" not in told


def test_findings_on_a_reply_are_for_its_unit_and_the_centre(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    path = f"/tickets/{ticket}/findings"
    seen = desk.get("reviewer", path)["findings"]
    assert seen and desk.get("handler.cgj", path)["findings"] == seen
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["hbj"])
    own = desk.get("handler.swj", path)
    assert own["share"] != desk.get("reviewer", path)["share"], "its own, not the lead's"
    for method, body in (("GET", None), ("POST", {"reply_text": "试一试"})):
        refused = desk.call("clerk.hbj", method, path, body)
        assert refused.status_code == 403 and "承办单位" in refused.json["detail"], refused.text
    assert desk.call("handler.swj", "POST", path, {"reply_text": "试一试这段答复"}).status_code == 200


@pytest.mark.parametrize("who", ["clerk.hbj", "handler.hbj", "lead.hbj"])
def test_who_was_only_asked_to_a_meeting_does_not_learn_who_the_citizen_is(desk: Desk, who: str) -> None:
    ticket = with_a_co_unit(desk, citizen=PERSON)
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["hbj"])
    asked = {"fields": ["phone"], "reason": "想联系诉求人"}
    assert desk.call("handler.swj", "POST", f"/tickets/{ticket}/unmask", asked).json["citizen"] == {"phone": "13812345678"}
    before = desk.rows("SELECT count(*) AS n FROM unmaskings")
    answer = desk.call(who, "POST", f"/tickets/{ticket}/unmask", asked)
    assert answer.status_code == 403 and "承办" in answer.json["detail"], answer.text
    assert desk.rows("SELECT count(*) AS n FROM unmaskings") == before


def test_the_public_reads_the_reply_that_was_reviewed(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    desk.do("clerk.swj", ticket, "sign")
    desk.do("lead.cgj", ticket, "reply", co_open_reason="协办另行答复")
    desk.do("handler.swj", ticket, "submit", **{**REPLY, "public_reply": "协办单位内部口径。"})
    desk.do("reviewer", ticket, "approve")
    assert desk.get("", f"/public/tickets/{code}")["public_reply"] == REPLY["public_reply"]


def test_that_two_tickets_come_from_one_telephone_is_told_to_the_centre_only(desk: Desk) -> None:
    open_one = with_a_co_unit(desk, citizen=PERSON)
    hidden = with_a_co_unit(desk, citizen={**PERSON, "anonymous": True}, title="井盖缺失", content="路口井盖丢了。", category="0102")
    found = {item["id"]: item for item in desk.get("agent", f"/tickets/{hidden}/candidates")["items"]}
    assert "citizen" in str(found[open_one]["reasons"])
    assert all("电话" not in str(item["reasons"]) for item in desk.get("clerk.cgj", f"/tickets/{hidden}/candidates")["items"])


def test_the_reference_of_a_recording_is_not_for_units(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    desk.do("callback", ticket, "record_callback", contacted=True, solved=True, rating="satisfied", recording="REC-778899")
    callback = desk.get("callback", f"/callbacks?ticket={ticket}")["items"][0]["id"]
    for path in (f"/callbacks/{callback}", f"/callbacks/{callback}/history", f"/tickets/{ticket}/history?limit=200"):
        assert "REC-778899" not in desk.call("clerk.cgj", "GET", path).text, path
    assert "REC-778899" in desk.call("callback", "GET", f"/callbacks/{callback}/history").text


def test_the_papers_of_a_meeting_are_for_those_who_sat_in_it(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["hbj"])
    conference = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"][0]["id"]
    paper = attach(desk, "supervisor", "conferences", conference, "纪要.pdf")
    for who, status in (("clerk.hbj", 200), ("reviewer", 200), ("clerk.swj", 404), ("clerk.qshj", 404)):
        with desk.call(who, "GET", f"/attachments/{paper}") as answer:
            assert answer.status_code == status, (who, answer.text)
    own = attach(desk, "clerk.cgj", "tickets", ticket, "现场.pdf")
    with desk.call("clerk.swj", "GET", f"/attachments/{own}") as answer:
        assert answer.status_code == 200, "what is attached to the ticket itself all its units read"


def test_the_pack_copies_nobody_in_who_is_complained_of(desk: Desk) -> None:
    plain = desk.a_ticket("accepted")
    desk.do("dispatcher", plain, "dispatch", lead_unit="qshj")
    assert desk.call("clerk.cgj", "GET", f"/tickets/{plain}").status_code == 200
    accused = desk.a_ticket("accepted", subject="试验区城市管理局")
    desk.do("dispatcher", accused, "dispatch", lead_unit="qshj")
    assert desk.call("clerk.cgj", "GET", f"/tickets/{accused}").status_code == 404


def test_who_is_given_a_task_without_sitting_in_the_meeting_finishes_it(desk: Desk) -> None:
    ticket = with_a_co_unit(desk)
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["swj"])
    conference = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"][0]["id"]
    step(desk, "supervisor", "conferences", conference, "hold", held_at="2025-09-01T09:00:00+08:00")
    for unit, task in (("hbj", "测噪声"), ("swj", "清淤")):
        step(desk, "supervisor", "conferences", conference, "set_task", unit=unit, task=task, task_due_at=FRIDAY)
    path = f"/conferences/{conference}"
    assert [task["title"] for task in desk.get("clerk.hbj", path)["tasks"]] == ["测噪声"]
    assert [task["title"] for task in desk.get("clerk.swj", path)["tasks"]] == ["测噪声", "清淤"]
    assert "清淤" not in desk.call("clerk.cgj", "GET", "/conferences").text
    done = step(desk, "lead.hbj", "conferences", conference, "finish_task", task_number=1)
    assert [task["done_at"] is not None for task in done["tasks"]] == [True]
