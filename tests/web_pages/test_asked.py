"""What units ask of each other is said, answered and taken back on pages alone: from the notice, the first page, the desk, the ticket."""

from __future__ import annotations

import html
import re
from io import BytesIO

from tests.factories.hotline import Desk
from tests.factories.shares import ASKED, share_of
from tests.notices.telling import told
from tests.web_pages.eyes import Eyes, cost, words

UNIT = "/desk/unit?tab=asked"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REASON = "河道保洁不属于城管职责"


def press(eyes: Eyes, page: str, address: str, **typed: str) -> str:
    """A button that stands on the page, the form that it opens, and the page that one is led to."""
    link = re.search(rf'href="({re.escape(address)}\?[^"]*)"', page)
    assert link, f"no button for {address}"
    return eyes.done(eyes.open(html.unescape(link[1])), address, **typed)


def a_request(desk: Desk, *invited: str) -> tuple[int, int]:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason=REASON)
    request = desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    if invited:
        step = {"trigger": "negotiate", "fields": {"co_units": list(invited)}}
        assert desk.call("dispatcher", "POST", f"/return-requests/{request}/transitions", step).status_code == 200
    return ticket, request


def a_street(desk: Desk) -> tuple[int, int]:
    """A ticket that the street has signed for, and its share."""
    ticket = desk.register(type="help", title="占道堵塞排水")["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    return ticket, share_of(desk, ticket, "qshj")["id"]


def test_who_is_invited_states_a_position_from_notice_first_page_and_desk(desk: Desk) -> None:
    ticket, request = a_request(desk, "hbj")
    told(desk)
    eyes = Eyes(desk, "clerk.hbj")
    item = next(row for row in desk.get("clerk.hbj", "/inbox")["items"] if row["case_kind"] == "return-request")
    opened = eyes.done(eyes.open("/inbox"), f"/inbox/{item['id']}/read")
    assert REASON in opened and f"/act/return-requests/{request}/volunteer" in opened
    line = re.search(r'href="(/desk/unit/asked\?position_of=hbj)"', eyes.open("/"))
    assert line and REASON in eyes.open(line[1]), "the first page leads to what it counts"
    page = eyes.open(UNIT)
    read = words(page)
    assert "邀请本单位陈述意见" in read and "陈述意见、部门意见限于" in read and "尚未陈述：试验区生态环境局" in read
    page = press(eyes, page, f"/act/return-requests/{request}/state_position", statement="仅负责水质监测")
    assert "仅负责水质监测" in page and "尚未陈述" not in page
    assert REASON not in eyes.open(line[1]), "it has spoken"
    asker = words(Eyes(desk, "lead.cgj").open(UNIT))
    assert "仅负责水质监测" in asker and "本单位提出" in asker
    assert f"/act/return-requests/{request}/volunteer" in eyes.open(f"/tickets/{ticket}")


def test_who_asked_says_more_and_takes_it_back_on_its_own_pages(desk: Desk) -> None:
    ticket, request = a_request(desk)
    eyes, share = Eyes(desk, "clerk.cgj"), share_of(desk, ticket, "cgj")["id"]
    page = press(eyes, eyes.open(f"/handling/{share}"), f"/act/return-requests/{request}/state_position", statement="河道属水务")
    assert "退单申请" in words(page)
    page = press(eyes, eyes.open(UNIT), f"/act/return-requests/{request}/cancel", reason="已与水务局商定")
    assert "没有等待决定的申请" in page
    assert desk.get("dispatcher", f"/return-requests/{request}")["state"] == "cancelled"


def test_an_extension_is_taken_back_on_the_desk(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-09-26T18:00:00+08:00")
    extension = desk.get("clerk.cgj", f"/extensions?ticket={ticket}")["items"][0]["id"]
    eyes = Eyes(desk, "clerk.cgj")
    assert f"/act/extensions/{extension}/cancel" in eyes.open(f"/handling/{share_of(desk, ticket, 'cgj')['id']}")
    page = press(eyes, eyes.open(UNIT), f"/act/extensions/{extension}/cancel")
    assert "没有等待决定的申请" in page and desk.get("clerk.cgj", f"/extensions/{extension}")["state"] == "cancelled"


def test_a_third_unit_sees_nothing_of_it(desk: Desk) -> None:
    ticket, request = a_request(desk, "hbj")
    eyes = Eyes(desk, "clerk.swj")
    assert "没有等待决定的申请" in eyes.open(UNIT) and REASON not in eyes.open("/desk/unit/asked?position_of=hbj")
    assert eyes.status(f"/return-requests/{request}") == eyes.status(f"/tickets/{ticket}") == 404
    assert eyes.status(f"/act/return-requests/{request}/state_position") == 404
    beside = desk.a_ticket("accepted")
    desk.do("dispatcher", beside, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", beside, "request_return", return_ground="not_our_duty", reason=REASON)
    seen = eyes.open(f"/tickets/{beside}")
    assert "退单申请" in seen and "/volunteer" in seen and REASON not in seen, "a co-unit learns that it is there, not what was said"


def test_a_street_whistles_a_department_comes_and_the_street_confirms_by_pages_only(desk: Desk) -> None:
    ticket, share = a_street(desk)
    street, department = Eyes(desk, "clerk.qshj"), Eyes(desk, "clerk.hbj")
    at = f"/handling/{share}"
    page = press(street, street.open(at), f"/act/assignments/{share}/whistle", departments="hbj", reason="需要联合处置")
    report = desk.get("clerk.qshj", f"/report-ins?ticket={ticket}")["items"][0]["id"]
    assert f"/act/report-ins/{report}/cancel" in page and "试验区生态环境局" in words(page)
    told(desk)
    item = desk.get("clerk.hbj", "/inbox")["items"][0]["id"]
    assert f"/act/report-ins/{report}/report_in" in department.done(department.open("/inbox"), f"/inbox/{item}/read")
    counted = re.search(r'href="(/desk/unit/asked\?unit=hbj&amp;state=called)"', department.open("/"))
    assert counted
    handler = Eyes(desk, "handler.hbj")
    assert counted[1] in handler.open("/"), "who goes there is told as well"
    assert f"/act/report-ins/{report}/report_in" in (own := handler.open(html.unescape(counted[1])))
    assert 'href="/desk/unit' not in own.replace('href="/desk/unit/asked', ""), "the clerk's desk is not his"
    page = department.open(html.unescape(counted[1]))
    assert "请本单位报到" in words(page) and "需要联合处置" in page
    page = press(department, page, f"/act/report-ins/{report}/report_in", note="已到现场")
    assert "已报到" in page and f"/act/report-ins/{report}/" not in page
    assert "caller=qshj" in street.open("/")
    page = press(street, street.open(UNIT), f"/act/report-ins/{report}/confirm", helpful="true")
    assert "没有等待决定的申请" in page
    done = desk.get("clerk.qshj", f"/report-ins/{report}")
    assert (done["state"], done["helpful"]) == ("finished", True) and "有成效" in street.open(f"/report-ins/{report}")
    assert department.status(f"/report-ins/{report}") == 404, "its part is done"


def test_the_street_calls_it_off_on_the_page_of_the_whistle(desk: Desk) -> None:
    ticket, _ = a_street(desk)
    desk.do("clerk.qshj", ticket, "whistle", departments=["swj"], reason="需要联合处置")
    report = desk.get("clerk.qshj", f"/report-ins?ticket={ticket}")["items"][0]["id"]
    place = f"/report-ins/{report}"
    assert Eyes(desk, "clerk.hbj").status(place) == 404
    lead = Eyes(desk, "lead.qshj")
    assert "已取消" in press(lead, lead.open(place), f"/act/report-ins/{report}/cancel", reason="已自行解决")


def test_who_rules_is_led_to_the_desk(desk: Desk) -> None:
    _, request = a_request(desk)
    answer = Eyes(desk, "dispatcher").browser.get(f"/return-requests/{request}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/adjudication?id={request}")
    assert REASON in Eyes(desk, "leader").open(f"/return-requests/{request}")


def test_evidence_is_attached_before_signing_and_stands_in_the_card_of_evidence(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    share = share_of(desk, ticket, "cgj")["id"]
    eyes, at = Eyes(desk, "clerk.cgj"), f"/handling/{share}"
    opened = eyes.open(f"/act/assignments/{share}/request_return")
    assert f'href="{at}#photos"' in opened and "证据先在这里上传" in opened
    page = eyes.open(at)
    assert 'id="photos"' in page and "要申请退单的，先在这里上传证据" in page
    sent = eyes.send(page, f"{at}/photos", attachment_kind="other", file=(BytesIO(PDF), "三定规定.pdf"))
    assert sent.status_code == 200 and "三定规定.pdf" in sent.text and "已上传" in sent.text
    refused = eyes.send(page, f"{at}/photos", attachment_kind="other", file=(BytesIO(b"MZ"), "木马.exe"))
    assert "木马.exe" in refused.text and 'role="alert"' in refused.text
    press(eyes, page, f"/act/assignments/{share}/request_return", return_ground="not_our_duty", reason=REASON)
    request = desk.get("clerk.cgj", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    mine = eyes.open(f"/return-requests/{request}")
    assert "三定规定.pdf" in mine
    more = eyes.done(mine, f"/tickets/{ticket}/attachments", file=(BytesIO(PDF + b"\n"), "权责清单.pdf"))
    assert "权责清单.pdf" in more and REASON in more, "one stays at the request"


def test_in_english_and_without_growing(desk: Desk) -> None:
    _, request = a_request(desk, "hbj")
    ticket, _ = a_street(desk)
    desk.do("clerk.qshj", ticket, "whistle", departments=["hbj"], reason="需要联合处置")
    eyes = Eyes(desk, "clerk.hbj")
    english = words(Eyes(desk, "clerk.hbj", **{"Accept-Language": "en"}).open(UNIT))
    assert "We are invited to speak" in english and "We are called" in english and "Not heard yet" in english
    before = cost(eyes, UNIT)
    for _ in range(3):
        a_request(desk, "hbj")
    assert cost(eyes, UNIT) == before < 26 and cost(eyes, f"/return-requests/{request}") < 16
