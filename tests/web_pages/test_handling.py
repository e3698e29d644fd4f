"""The handling page: the reply is written, checked, cited and sent; whatever goes wrong, no word and no good photo is lost."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.commands import AddUser
from app.people.units import AddUnit
from app.simulation.crew import drain
from app.web.visits import COOKIE
from tests.factories.hotline import LONG_AGO, REPLY, Desk
from tests.factories.shares import do_to_share, share_of
from tests.web_pages.eyes import Eyes, cost, form_of, hidden, words

TEXTS = {"internal_note": "已到现场 <b>", "reply_text": "城管局9月2日已清运垃圾，并每日巡查。😀", "public_reply": "已清运。"}
ENTRY = {
    "title": "垃圾清运时间", "content": "每日早六点清运。", "unit": "cgj", "keywords": ["垃圾"], "sources": "条例", "category": "010101",
    "review_by": "2025-10-15T00:00:00+08:00",
}  # fmt: skip
FULL = {**TEXTS, "contacted": "true", "contact_at": "2025-09-01T09:00", "contact_way": "phone", "outcome": "solved", "facts_true": "true"}


def given(desk: Desk, **changes: object) -> tuple[int, int]:
    """A ticket in the hands of handler.cgj, and his share."""
    ticket = desk.a_ticket("handling", **changes)
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    return ticket, share_of(desk, ticket, "cgj")["id"]


def photo() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "JPEG")
    made.seek(0)
    return made


def test_the_days_work_of_a_handler_and_his_lead(desk: Desk) -> None:
    place = {"address": "青石街道环城路1号", "lon": 114.25, "lat": 22.72, "crs": "gcj02"}
    ticket, share = given(desk, location=place, citizen={"phone": "13812345678"})
    form = f"/handling/{share}"
    eyes, lead = Eyes(desk, "handler.cgj"), Eyes(desk, "lead.cgj")
    assert "垃圾无人清理" in eyes.open("/handling")
    page = eyes.open(form)
    assert "小区门口垃圾堆了三天" in page and 'href="geo:22.7' in page and "data-map" in page and f"/tickets/{ticket}/unmask" in page
    number = eyes.send(eyes.open(f"/tickets/{ticket}/unmask"), f"/tickets/{ticket}/unmask", fields="phone", reason="上门前联系")
    assert number.status_code == 200 and 'href="tel:13812345678"' in number.text, "one touch calls"
    sent = eyes.done(page, form, trigger="submit", **FULL)
    assert "已提交审签" in sent and desk.get("handler.cgj", f"/assignments/{share}")["state"] == "submitted"
    page = lead.open(form)
    assert "待审签的答复" in page and "每日巡查" in page
    nothing = lead.send(page, form, trigger="send_back", reason="")
    assert nothing.status_code == 400 and 'id="reason-wrong"' in nothing.text
    lead.done(page, form, trigger="send_back", reason="请写明整改时限")
    page = eyes.open(form)
    assert "请写明整改时限" in page and "每日巡查。😀</textarea>" in page and 'value="phone"' in page, "it stands in the form again"
    eyes.done(page, form, trigger="submit", **{**FULL, "reply_text": "城管局9月2日已清运，9月5日前加装围栏。"})
    lead.done(lead.open(form), form, trigger="reply")
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "replied"


def test_what_is_refused_keeps_every_word(desk: Desk) -> None:
    ticket, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    refused = eyes.send(page, form, trigger="submit", contacted="true", outcome="unsolved", **TEXTS)
    assert refused.status_code == 422 and "已到现场 &lt;b&gt;" in refused.text and "每日巡查。😀" in refused.text
    assert "wrong" in refused.text
    desk.do("lead.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    stale = eyes.send(page, form, trigger="submit", **FULL)
    assert stale.status_code == 412 and "您打开后，又发生了" in stale.text and "交承办人" in stale.text and "每日巡查" in stale.text
    assert eyes.done(stale.text, form, trigger="submit", **FULL)
    late = eyes.send(page, form, trigger="submit", **{**FULL, "version": ""})
    assert late.status_code == 409 and "每日巡查" in late.text and "不能提交" in late.text


def test_a_session_that_has_ended_gives_the_words_back(desk: Desk) -> None:
    _, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    eyes.browser.delete_cookie(COOKIE)
    asked = eyes.send(page, form, trigger="submit", **FULL)
    assert asked.status_code == 401 and 'name="kept.reply_text"' in asked.text and "每日巡查" in asked.text
    eyes.browser.set_cookie(COOKIE, desk.token("lead.cgj"))
    other = eyes.send(page, form, trigger="submit", **FULL)
    assert other.status_code == 403 and "每日巡查" in other.text, "another session's form is shown again with its words"


def test_sent_twice_is_sent_once(desk: Desk) -> None:
    ticket, share = given(desk)
    eyes = Eyes(desk, "handler.cgj")
    page = eyes.open(f"/handling/{share}")
    assert [eyes.send(page, f"/handling/{share}", trigger="submit", **FULL).status_code for _ in range(2)] == [303, 303]
    assert len(desk.rows("SELECT id FROM replies WHERE root_id = %s", ticket)) == 1


def test_a_draft_comes_back_and_goes_when_it_is_sent(desk: Desk) -> None:
    _, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    page = eyes.done(page, form, f"/drafts/handling-{share}?back={form}", **FULL)
    assert "草稿已保存" in page and "已恢复草稿" in page and "每日巡查。😀</textarea>" in page and "丢弃草稿" in page
    assert "每日巡查" not in Eyes(desk, "lead.cgj").open(form)
    page = eyes.done(page, form, trigger="interim_reply", **{**FULL, "reply_text": "正在协调清运单位。"})
    assert "阶段性答复已发出" in page and "已到现场 &lt;b&gt;</textarea>" in page, "the rest is for the final reply"
    eyes.done(page, form, trigger="submit", **FULL)
    assert desk.rows("SELECT form FROM drafts") == []


def test_photos_one_refused_by_name_the_rest_kept(desk: Desk) -> None:
    ticket, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    files = [(photo(), "现场1.jpg"), (BytesIO(b"MZ\x90\x00 no picture"), "程序.exe"), (photo(), "现场2.jpg")]
    mixed = eyes.send(page, form, f"{form}/photos", file=files, attachment_kind="site", **TEXTS)
    assert mixed.status_code == 200 and "程序.exe" in mixed.text and "每日巡查" in mixed.text
    names = {row["name"] for row in desk.get("handler.cgj", f"/tickets/{ticket}/attachments")["items"]}
    assert names >= {"现场1.jpg"} and "程序.exe" not in names
    kept = eyes.send(page, form, trigger="submit", file=[(BytesIO(b"MZ"), "坏.exe")], **FULL)
    assert kept.status_code == 422 and "坏.exe" in kept.text and "每日巡查" in kept.text, "the reply waits until that is mended"
    eyes.headers["HX-Request"] = "true"
    part = eyes.send(page, form, f"{form}/photos", file=[(photo(), "现场3.jpg")], attachment_kind="handling")
    assert part.status_code == 200 and "<html" not in part.text and "现场3.jpg" in part.text


def test_findings_and_knowledge_while_it_is_written(desk: Desk) -> None:
    _, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    checked = eyes.send(page, form, f"{form}/findings", outcome="solved", reply_text="已转", public_reply="请拨打13812345678")
    assert "公开答复中有个人信息" in checked.text and "已转</textarea>" in checked.text
    entry = desk.call("clerk.cgj", "POST", "/knowledge-entries", ENTRY).json["id"]
    fields = {"review_by": ENTRY["review_by"]}
    done = desk.call("lead.cgj", "POST", f"/knowledge-entries/{entry}/transitions", {"trigger": "publish", "fields": fields})
    assert done.status_code == 200, done.text
    drain(desk.system)
    assert "垃圾清运时间" in eyes.open(form), "offered for the demand itself"
    found = eyes.send(page, form, f"{form}/knowledge", knowledge_q="清运", **TEXTS)
    assert "垃圾清运时间" in found.text and "每日巡查" in found.text
    eyes.headers["HX-Request"] = "true"
    part = eyes.send(page, form, f"{form}/knowledge", knowledge_q="垃圾", cites=f"{entry} 垃圾清运时间")
    assert part.status_code == 200 and f'value="{entry} 垃圾清运时间" checked' in part.text
    refresh = eyes.browser.get(f"{form}/head", headers=eyes.headers)
    assert refresh.status_code == 200 and "办理中" in refresh.text
    for name in ("actions", "version"):
        assert eyes.browser.get(f"{form}/{name}", headers=eyes.headers).status_code == 200
    del eyes.headers["HX-Request"]
    eyes.done(page, form, trigger="submit", cites=f"{entry} 垃圾清运时间", **FULL)
    assert desk.rows("SELECT entry_id FROM knowledge_citations") == [{"entry_id": entry}]


def test_what_one_does_oneself_is_known_and_what_others_do_in_between_is_told(desk: Desk) -> None:
    ticket, share = given(desk)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)

    def known_after(page: str) -> str:
        """The form's version as the page fetches it anew."""
        seen = hidden(form_of(page, form))["version"]
        return hidden(eyes.open(f"{form}/version?version={seen}"))["version"]

    other, own = f"/act/assignments/{share}/assign_person", f"/act/assignments/{share}/request_extension"
    eyes.done(eyes.open(own), own, reason="需要等待配件到货", legal_basis="办法第十条", new_due_at="2025-09-25T18:00")
    newest = desk.get("handler.cgj", f"/assignments/{share}")["version"]
    assert newest == int(hidden(form_of(page, form))["version"]) + 1
    assert known_after(page) == str(newest), "one's own step is no news"
    page = eyes.open(form)
    clerk = Eyes(desk, "clerk.cgj")
    clerk.done(clerk.open(other), other, person=str(desk.user_ids["handler.cgj"]), note="请抓紧")
    assert known_after(page) == str(newest), "what the clerk did is not yet told"
    stale = eyes.send(page, form, trigger="submit", **FULL)
    assert stale.status_code == 412 and "您打开后，又发生了" in stale.text


def test_the_help_of_other_units_is_asked_for_by_what_the_definition_allows(desk: Desk) -> None:
    _, share = given(desk)
    page = words(Eyes(desk, "clerk.cgj").open(f"/handling/{share}"))
    assert "需要其他单位配合" in page and "请中心加派协办单位" in page and "下派给下级单位" in page and "吹哨" not in page
    street = desk.register(type="help", title="占道堵塞排水")["id"]
    desk.do("agent", street, "accept")
    desk.do("dispatcher", street, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", street, "sign")
    page = words(Eyes(desk, "clerk.qshj").open(f"/handling/{share_of(desk, street, 'qshj')['id']}"))
    assert "吹哨，请部门到场" in page


def test_what_units_below_replied_is_joined_by_one_click(desk: Desk) -> None:
    made = execute(desk.system, AddUnit(SYSTEM, "城管一中队", "department", "cgj.1", desk.unit_ids["cgj"], LONG_AGO))
    for name, role in (("clerk", "unit_clerk"), ("handler", "handler"), ("lead", "unit_lead")):
        execute(desk.system, AddUser(SYSTEM, f"{name}.cgj.1", f"中队{name}", made.case_id, roles=(role,)))
    ticket, share = given(desk)
    desk.do("clerk.cgj", ticket, "hand_down", units=["cgj.1"])
    below = share_of(desk, ticket, "cgj.1")["id"]
    do_to_share(desk, "clerk.cgj.1", below, "sign")
    do_to_share(desk, "handler.cgj.1", below, "submit", **REPLY)
    do_to_share(desk, "lead.cgj.1", below, "reply")
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    assert "下派进度" in page and "垃圾已清运。" in words(page) and "并入下级答复" in page
    joined = eyes.send(page, form, f"{form}/join", reply_text="前言")
    assert "前言\n\n【城管一中队】垃圾已清运。" in joined.text


@pytest.mark.parametrize("who", ["dispatcher", "reviewer", "auditor"])
def test_only_people_of_units(desk: Desk, who: str) -> None:
    _, share = given(desk)
    assert Eyes(desk, who).status(f"/handling/{share}") == 403
    assert Eyes(desk, "handler.swj").status(f"/handling/{share}") == 404, "another unit's share is not there"


def test_strange_words_break_nothing(desk: Desk) -> None:
    odd = "x" * 4000 + "\u202egnirts\u202c<script>alert(1)</script>😀"
    _, share = given(desk, title="<script>alert(1)</script>😀", content=odd)
    form, eyes = f"/handling/{share}", Eyes(desk, "handler.cgj")
    page = eyes.open(form)
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert eyes.done(page, form, trigger="submit", **{**FULL, "reply_text": odd})


def test_the_cost_of_the_list_does_not_grow_with_its_rows(desk: Desk) -> None:
    _, share = given(desk)
    eyes = Eyes(desk, "handler.cgj")
    before = cost(eyes, "/handling")
    for _ in range(4):
        given(desk)
    assert cost(eyes, "/handling") == before < 12
    assert cost(eyes, f"/handling/{share}") < 25
