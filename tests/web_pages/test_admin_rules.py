"""Packs, calendar, definitions, the audit trail and the overview through their pages."""

from __future__ import annotations

import io
import re
from random import Random

import pytest

from app.api.doors import PREFIX
from app.core.publishing import publish_asked
from app.core.verifying import verify_asked
from app.simulation.photos import picture
from rules.calendars import shipped_calendars
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words

PACK, YEAR = "/admin/packs/demo-district", "/admin/calendar"
REASON = "依据区政府会议纪要"


def test_a_pack_is_searched_asked_changed_and_chosen(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    page = admin.open(f"{PACK}?table=directory&q=qshj")
    assert "该派给谁" in page and "0101-qshj" in page and "0101-ltj" not in page
    assert "事项分类" in words(page) and "主办单位" in words(page), "columns and results are said in words"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    asked = {"fact-category": "010101 垃圾清运", "fact-street": "qshj", "table": "directory", "version": version[1]}
    told = admin.send(page, f"{PACK}/explain#tester", to=f"{PACK}/explain", **asked)
    assert told.status_code == 200 and "起作用" in words(told.text) and 'value="010101 垃圾清运"' in told.text
    wrong = admin.send(page, f"{PACK}/explain#tester", to=f"{PACK}/explain", **{**asked, "on": "2025-13-40"})
    assert wrong.status_code == 400 and 'value="2025-13-40"' in wrong.text
    text, edit = shipped_packs()["demo-district"], f"{PACK}/edit"
    changed = text.replace('give = { unit = "qshj" }', 'give = { unit = "cgj" }', 1)
    page = admin.open(edit)
    tried = admin.send(page, edit, text=changed.replace("\n", "\r\n"), do="check")
    assert tried.status_code == 200 and "没有错误" in tried.text and "+ 增" in tried.text and "− 删" in tried.text
    short = admin.send(tried.text, edit, text=changed, do="install", reason="改")
    assert short.status_code == 422 and "请写明理由" in short.text and ">改</textarea>" in short.text
    page = admin.done(tried.text, edit, text=changed, do="install", reason=REASON)
    assert "已安装" in page
    page = admin.open("/admin/packs")
    chosen = re.findall(r'name="pack" value="(demo-district@\d+)"', page)[0]
    assert "新工单从现在起按" in admin.done(page, "/admin/packs/choose", pack=chosen)
    assert desk.get("agent", "/packs")["current"] == chosen


def test_a_wrong_text_is_told_with_its_line_and_kept(desk: Desk) -> None:
    admin, edit = Eyes(desk, "admin"), f"{PACK}/edit"
    text = shipped_packs()["demo-district"].replace("[tables.directory]", "[tables.directory", 1)
    tried = admin.send(admin.open(edit), edit, text=text, do="check")
    assert "不能安装" in tried.text and 'value="install"' not in tried.text and "[tables.directory\n" in tried.text
    picture = admin.send(admin.open(edit), edit, text="x", file=(io.BytesIO(b"\xff\xfe\x00"), "photo.jpg"), do="check")
    assert picture.status_code == 400 and "UTF-8" in picture.text


def test_a_year_is_drawn_previewed_and_published(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    admin, edit = Eyes(desk, "admin"), f"{YEAR}/publish"
    page = admin.open(f"{YEAR}?year=2025")
    assert page.count('class="card cal-month"') == 12 and "国庆节" in page and "调休上班" in page
    assert "尚未公布" in admin.open(f"{YEAR}?year=2031")
    text = shipped_calendars()[2025] + '\n[[holiday]]\nname = "区运动会"\nfrom = 2025-09-03\nto = 2025-09-03\n'
    tried = admin.send(admin.open(f"{edit}?year=2025"), edit, text="", file=(io.BytesIO(text.encode()), "cn-2025.toml"), do="check")
    assert tried.status_code == 200 and "区运动会" in tried.text and re.search(r"重新推算的在途工单</dt><dd><strong>1<", tried.text)
    page = admin.done(tried.text, edit, text=text, do="publish", reason=REASON)
    assert "区运动会" in page and "进行中" in words(page) and REASON in page
    publish_asked(desk.system)
    assert "已完成" in words(admin.open(f"{YEAR}/works"))
    broken = admin.send(tried.text, edit, text="year = ", do="check")
    assert broken.status_code == 400 and "year = " in broken.text


def test_a_limit_is_walked(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    page = admin.open(YEAR)
    told = admin.send(page, f"{YEAR}/limit#limit", to=f"{YEAR}/limit", start="2025-09-30T10:00", amount="2wd")
    assert told.status_code == 200 and "国庆节、中秋节放假" in told.text and "10-10 23:59" in words(told.text)
    wrong = admin.send(page, f"{YEAR}/limit#limit", to=f"{YEAR}/limit", start="2025-09-30T10:00", amount="两天")
    assert wrong.status_code == 400 and 'id="amount-wrong"' in wrong.text and 'value="两天"' in wrong.text


def test_definitions_are_drawn_for_everybody(desk: Desk) -> None:
    clerk = Eyes(desk, "clerk.cgj")
    assert "/definitions/ticket" in clerk.open("/definitions")
    page = clerk.open("/definitions/ticket?version=1")
    assert "<svg" in page and "话务员" in page and "受理" in page
    english = Eyes(desk, "clerk.cgj", **{"Accept-Language": "en"}).open("/definitions/ticket")
    assert "What follows" in english and "Dispatcher" in english
    assert clerk.status("/definitions/none") == 404


def test_the_auditor_reads_the_trail_and_verifies_the_histories(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={"name": "王小明", "phone": "13812345678"})
    desk.call("agent", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "回电核实地址"})
    auditor = Eyes(desk, "auditor")
    assert "新增单位" in auditor.open("/audit")
    unmasked = auditor.open("/audit?tab=unmasking")
    assert "回电核实地址" in unmasked and "13812345678" not in unmasked
    assert desk.get("auditor", f"/tickets/{ticket}")["number"] in unmasked and re.search(r'data-th="看了什么">电话<', unmasked)
    page = auditor.done(auditor.open("/audit/chain"), "/audit/chain")
    assert "进行中" in words(page)
    assert auditor.send(page, "/audit/chain", key="another").status_code == 409
    verify_asked(desk.system)
    assert "完整" in words(auditor.open("/audit/chain/runs"))


def test_the_trail_says_who_signed_in_what_was_done_and_who_took_a_file(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    auditor, agent = Eyes(desk, "auditor"), {"Authorization": f"Bearer {desk.token('agent')}"}
    photo = {"kind": "site", "file": (io.BytesIO(picture(Random(1))), "门口.jpg")}
    given = desk.client.post(f"{PREFIX}/tickets/{ticket}/attachments", headers=agent, data=photo)
    assert given.status_code == 201 and given.json, given.text
    assert desk.call("agent", "GET", f"/attachments/{given.json['id']}").status_code == 200
    files = auditor.open("/audit?tab=files")
    assert "查看或下载" in files and "现场材料" in files and "门口" not in files
    assert desk.rows("SELECT name FROM users WHERE username = 'agent'")[0]["name"] in files
    only = auditor.open("/audit?tab=files&event=detached")
    assert "没有记录" in only and "另一本日志" in only and auditor.status("/audit?tab=files&event=nothing") == 400
    assert desk.call("admin", "GET", "/file-log").status_code == 403
    assert desk.call("", "POST", "/sessions", {"username": "nobody.at.all", "password": "x"}).status_code == 401
    signed = words(auditor.open("/audit?action=sign_in"))
    assert "没有此账号" in signed and "身份未确认" in signed and "失败" in signed
    assert "没有此账号" not in words(auditor.open("/audit?action=sign_in&success=true"))
    added = words(auditor.open("/audit?action=add_unit"))
    assert "代码" in added and "登录" not in added.split("详情")[1]


def test_what_was_not_delivered_is_sent_once_more(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    assert "没有发送失败的通知" in admin.open("/admin/failures")
    page = admin.open("/admin")
    assert "需要处理" in page and "demo-district@" in page
    assert "现用于加密" in admin.open("/admin/keys")


@pytest.mark.parametrize(
    ("path", "open_to", "shut_to"),
    [
        ("/admin", ("admin", "auditor", "security"), ("agent", "clerk.cgj")), ("/audit", ("auditor",), ("admin", "agent")),
        ("/audit/chain", ("auditor", "admin"), ("security",)), ("/admin/failures", ("admin",), ("auditor",)),
        ("/admin/packs", ("admin", "dispatcher"), ("agent",)), (f"{PACK}/edit", ("admin",), ("auditor", "dispatcher")),
        (YEAR, ("admin", "supervisor"), ("agent",)), (f"{YEAR}/publish", ("admin",), ("supervisor",)),
    ],
)  # fmt: skip
def test_who_may_open_them(desk: Desk, path: str, open_to: tuple[str, ...], shut_to: tuple[str, ...]) -> None:
    assert {Eyes(desk, who).status(path) for who in open_to} == {200}
    assert {Eyes(desk, who).status(path) for who in shut_to} == {403}
