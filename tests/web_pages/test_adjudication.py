"""The adjudication desk: a request with all that was said, ruled in each of the five ways; opinions, precedents, directory, whistles."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost, form_of, words

HOME = "/desk/adjudication"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def a_request(desk: Desk, **changes: str) -> tuple[int, int]:
    """A ticket and the request to take it back from cgj."""
    ticket = desk.a_ticket("handling")
    asked = {"return_ground": "not_our_duty", "reason": "河道保洁不属于城管职责", **changes}
    desk.do("clerk.cgj", ticket, "request_return", **asked)
    return ticket, desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]


def at(request: int) -> str:
    return f"{HOME}/{request}"


def attach(desk: Desk, path: str, who: str = "clerk.cgj", name: str = "三定规定.pdf") -> None:
    sent = {"kind": "other", "file": (BytesIO(PDF + name.encode()), name)}
    answer = desk.client.post(f"/api/v1{path}", data=sent, headers={"Authorization": f"Bearer {desk.token(who)}"})
    assert answer.status_code == 201, answer.text


def evidence_card(page: str) -> tuple[str, str]:
    """What stands in the card of evidence as such, and what is folded away below it."""
    card = page.partition("<h2>证据</h2>")[2].partition("<h2>")[0]
    shown, _, folded = card.partition("<details>")
    return shown, folded


def test_upheld_for_the_unit_that_was_suggested_and_the_next_opens(desk: Desk) -> None:
    ticket, request = a_request(desk, suggested_unit="swj")
    other_ticket, other = a_request(desk)
    attach(desk, f"/tickets/{ticket}/attachments")
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open(HOME)
    for told in ("河道保洁不属于城管职责", "不属于本单位职责范围", "试验区水务局", "退单单位建议", "三定规定.pdf", "没有同类裁定"):
        assert told in words(page), told
    assert 'value="designate"' not in page, "not before both offices have spoken"
    unit = re.search(r'name="lead_unit" value="(\d+)" checked', page)
    assert unit and int(unit[1]) == desk.unit_ids["swj"]
    page = eyes.done(page, at(request), ruling="uphold", lead_unit=unit[1], reason="河道保洁由水务负责")
    assert "已裁定" in page and at(other) in page and "准予" in words(page), "the ruling is a precedent of the next"
    assert desk.get("dispatcher", f"/tickets/{ticket}")["lead_unit"]["code"] == "swj" and other_ticket
    decided = words(eyes.open(f"{HOME}?tab=decided"))
    assert "河道保洁由水务负责" in decided and "裁定提出调整" in decided


def test_what_the_unit_attached_is_its_evidence_and_what_others_attached_is_not(desk: Desk) -> None:
    ticket, request = a_request(desk)
    eyes = Eyes(desk, "dispatcher")
    attach(desk, f"/tickets/{ticket}/attachments", "agent", "来电录音说明.pdf")
    shown, folded = evidence_card(eyes.open(HOME))
    assert "申请没有附证据" in shown and "来电录音说明.pdf" in folded
    attach(desk, f"/tickets/{ticket}/attachments")
    shown, folded = evidence_card(eyes.open(HOME))
    assert "三定规定.pdf" in shown and "申请没有附证据" not in shown and "来电录音说明.pdf" not in shown
    assert "来电录音说明.pdf" in folded and "三定规定.pdf" not in folded
    assert len(desk.get("clerk.cgj", f"/return-requests/{request}")["evidence"]) == 1
    desk.change("UPDATE attachments SET detached_at = now() WHERE attached_by = 'user:' || %s", desk.user_ids["clerk.cgj"])
    assert "申请没有附证据" in evidence_card(eyes.open(HOME))[0], "what was removed shows nothing any more"


def test_back_to_the_desk_or_rejected_as_improper(desk: Desk) -> None:
    first, back = a_request(desk)
    _, improper = a_request(desk)
    eyes = Eyes(desk, "supervisor")
    page = eyes.open(f"{HOME}?id={back}")
    nobody = eyes.send(page, at(back), ruling="uphold", reason="确非城管职责")
    assert nobody.status_code == 400 and "改派须选择承办单位" in nobody.text and "确非城管职责" in nobody.text
    nothing = eyes.send(page, at(back), reason="说明")
    assert nothing.status_code == 400 and 'id="ruling-wrong"' in nothing.text
    page = eyes.done(page, at(back), ruling="desk", lead_unit=str(desk.unit_ids["swj"]), reason="回台重派")
    assert desk.get("dispatcher", f"/tickets/{first}")["state"] == "accepted", "a unit that stood in a hidden field is not meant"
    bare = eyes.send(page, at(improper), ruling="reject", improper="true")
    assert bare.status_code == 400 and 'id="reason-wrong"' in bare.text and 'name="improper" value="true" checked' in bare.text
    eyes.done(page, at(improper), ruling="reject", improper="true", reason="清运属城管职责")
    shown = desk.get("dispatcher", f"/return-requests/{improper}")
    assert (shown["state"], shown["improper"]) == ("rejected", True)
    assert "不当退单" in eyes.open(f"{HOME}?tab=decided&id={improper}")


def test_negotiated_heard_and_designated_with_both_opinions(desk: Desk) -> None:
    ticket, request = a_request(desk)
    eyes = Eyes(desk, "dispatcher")
    page = eyes.done(eyes.open(HOME), at(request), ruling="negotiate", co_units="swj，hbj 试验区生态环境局")
    assert "协商中" in page and "已邀请" in words(page)
    stated = {"trigger": "state_position", "fields": {"statement": "仅负责水质监测"}}
    assert desk.call("clerk.hbj", "POST", f"/return-requests/{request}/transitions", stated).status_code == 200
    page = eyes.open(f"{HOME}?id={request}")
    assert words(page).index("河道保洁不属于城管职责") < words(page).index("仅负责水质监测")
    form = f"{at(request)}/opinion"
    # Both forms of opinions have the same address: the first that stands there is that of the organisation office.
    page = eyes.done(page, form, opinion="“三定”规定列入水务")
    assert 'name="opinion_of" value="org_office"' not in page and "“三定”规定列入水务" in page
    page = eyes.done(page, form, opinion="同意由水务承担")
    assert 'value="designate"' in form_of(page, at(request))
    unknown = eyes.send(page, at(request), ruling="designate", other_unit="没有此单位", reason="依两部门意见")
    assert unknown.status_code == 400 and 'value="没有此单位"' in unknown.text and 'id="lead_unit-wrong"' in unknown.text
    both = {"other_unit": "cgj 试验区城市管理局", "lead_unit": str(desk.unit_ids["swj"])}
    eyes.done(page, at(request), ruling="designate", reason="依两部门意见", **both)
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert shown["lead_unit"]["code"] == "cgj" and shown["assignments"][-1]["designated"], "what was typed comes before what was chosen"


def test_a_proposal_is_seen_and_dropped(desk: Desk) -> None:
    _, request = a_request(desk)
    desk.call("dispatcher", "POST", f"/return-requests/{request}/transitions", {"trigger": "uphold", "fields": {"lead_unit": "swj"}})
    proposal = desk.get("supervisor", f"/directory-proposals?request={request}")["items"][0]["id"]
    assert desk.get("supervisor", f"/directory-proposals?request={request + 1}")["items"] == []
    assert "/drop" not in Eyes(desk, "dispatcher").open(f"{HOME}?tab=directory")
    eyes = Eyes(desk, "supervisor")
    page = eyes.done(eyes.open(f"{HOME}?tab=directory"), f"{HOME}/directory/{proposal}/drop")
    assert "没有待处理的目录调整建议" in page


def test_whistles_stand_beside(desk: Desk) -> None:
    ticket = desk.register(type="help", title="占道堵塞排水")["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "whistle", departments=["hbj"], reason="需要联合处置")
    page = words(Eyes(desk, "dispatcher").open(f"{HOME}?tab=whistles"))
    assert "占道堵塞排水" in page and "待报到" in page and "需要联合处置" in page and "试验区生态环境局" in page


def test_a_reviewer_reads_and_does_not_rule(desk: Desk) -> None:
    _, request = a_request(desk)
    page = Eyes(desk, "reviewer").open(HOME)
    assert "河道保洁不属于城管职责" in page and "您的角色不作裁定" in page and f'action="{at(request)}"' not in page


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("agent", 403), ("clerk.cgj", 403)])
def test_who_may_open_it(desk: Desk, who: str, status: int) -> None:
    assert Eyes(desk, who).status(HOME) == status
    assert Eyes(desk, "dispatcher").status(f"{HOME}?tab=nothing") == 404


def test_in_english_as_a_part_and_without_growing(desk: Desk) -> None:
    _, request = a_request(desk)
    eyes, address = Eyes(desk, "dispatcher"), f"{HOME}?id={request}"
    assert "Outside the unit" in words(Eyes(desk, "dispatcher", **{"Accept-Language": "en"}).open(address))
    assert "<html" not in Eyes(desk, "dispatcher", **{"HX-Request": "true"}).open(f"{HOME}/queue?tab=requests")
    before = cost(eyes, address)
    for _ in range(4):
        a_request(desk)
    assert cost(eyes, address) == before <= 30
