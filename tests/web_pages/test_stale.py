"""Whoever waited too long reads at every desk what others have done meanwhile, and loses no word; what is half written is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from rules.calendars import shipped_calendars
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.knowledge.test_knowledge import ENTRY, move, published
from tests.supervision.office import begin, step
from tests.web_pages.eyes import Eyes, another, words

WORDS = "打到一半的话 <b>😀"
KEPT = "打到一半的话 &lt;b&gt;😀"


@dataclass(frozen=True)
class Scene:
    """One desk's form: where it stands, where it is sent to, which field holds words, and what else makes it whole. `meanwhile` is what
    another person does to the same case, with the name of that step."""

    who: str
    page: str
    form: str
    field: str
    whole: dict[str, Any]
    meanwhile: Callable[[], Any]
    said: str
    draft: str = ""
    role: str = ""


def dispatching(desk: Desk) -> Scene:
    ticket, page = desk.a_ticket("accepted"), "/desk/dispatch"
    other = partial(desk.do, "supervisor", ticket, "reclassify", category="0102")
    return Scene(
        "dispatcher", f"{page}?ticket={ticket}", f"{page}/{ticket}", "instructions", {"lead_unit": "cgj"}, other, "重新分类",
        f"dispatch-{ticket}", "dispatcher",
    )  # fmt: skip


def calling(desk: Desk) -> Scene:
    ticket, page = desk.a_ticket("completed"), "/desk/callback"
    callback = desk.get("callback", f"/callbacks?ticket={ticket}")["items"][0]["id"]
    answers = {"call_outcome": "reached", "contacted": "true", "solved": "true", "rating": "satisfied", "close": "1"}
    other = partial(step, desk, "supervisor", "callbacks", callback, "claim")
    return Scene(
        "callback", f"{page}?id={callback}", f"{page}/record/{callback}", "note", answers, other, "领取",
        f"callback-{callback}", "callback_agent",
    )  # fmt: skip


def deciding(desk: Desk) -> Scene:
    ticket, page = desk.a_ticket("completed"), "/desk/callback"
    desk.do("callback", ticket, "record_callback", contacted=True, solved=False, rating="dissatisfied", reasons=["slow"])
    other = partial(desk.do, "supervisor", ticket, "reclassify", urgency="urgent")
    return Scene(
        "reviewer", f"{page}?tab=decide&id={ticket}", f"{page}/decide/{ticket}", "reason", {"decision": "rehandle"}, other, "重新分类",
        f"decide-{ticket}", "reviewer",
    )  # fmt: skip


def reviewing(desk: Desk) -> Scene:
    ticket, page = desk.a_ticket("replied"), "/desk/review"
    passed = {f"gate_{gate}": "pass" for gate in ("contact", "facts", "outcome", "reply")} | {"gate_reply": "fail", "decision": "no"}
    other = partial(desk.do, "supervisor", ticket, "reclassify", category="0102")
    return Scene(
        "reviewer", f"{page}?id={ticket}", f"{page}/replied/{ticket}", "gate_reply_reason", passed, other, "重新分类",
        f"review-replied-{ticket}", "reviewer",
    )  # fmt: skip


def a_return(desk: Desk) -> int:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    found: int = desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    return found


def ruling(desk: Desk) -> Scene:
    request, page = a_return(desk), "/desk/adjudication"
    other = partial(step, desk, "supervisor", "return-requests", request, "negotiate", co_units=["swj"])
    return Scene(
        "dispatcher", f"{page}?id={request}", f"{page}/{request}", "reason", {"ruling": "reject"}, other, "组织协商",
        f"ruling-{request}", "dispatcher",
    )  # fmt: skip


def opinion(desk: Desk) -> Scene:
    request, page = a_return(desk), "/desk/adjudication"
    other = partial(step, desk, "supervisor", "return-requests", request, "negotiate", co_units=["swj"])
    return Scene(
        "dispatcher", f"{page}?id={request}", f"{page}/{request}/opinion", "opinion", {}, other, "组织协商",
        f"opinion-org-office-{request}", "dispatcher",
    )  # fmt: skip


def endorsing(desk: Desk) -> Scene:
    paper = begin(desk, "secretary", "instructions", title="群众来信", urgency="urgent")
    other = partial(step, desk, "secretary", "instructions", paper, "propose_handling", proposal="建议转城管局办理。")
    return Scene(
        "secretary", f"/instructions/{paper}", f"/instructions/{paper}/endorse", "endorsement", {"endorser": "区长 某某"}, other, "拟办"
    )  # fmt: skip


def supplementing(desk: Desk) -> Scene:
    ticket = desk.a_ticket("accepted")
    other = partial(desk.do, "supervisor", ticket, "reclassify", category="0102")
    return Scene("agent", f"/intake/instead/{ticket}", f"/intake/supplement/{ticket}", "text", {"kind": "addition"}, other, "重新分类")


def revising(desk: Desk) -> Scene:
    entry = published(desk)
    at = f"/knowledge/{entry}/revise"
    other = partial(move, desk, "lead.cgj", entry, "revise", content="他人改过的内容。")
    return Scene("clerk.cgj", at, at, "content", {"title": ENTRY["title"]}, other, "修订")


DESKS = (dispatching, calling, deciding, reviewing, ruling, opinion, endorsing, supplementing, revising)


def asked(eyes: Eyes, address: str) -> str:
    """The page with the form; that of a supplement is made of what was typed at the intake desk."""
    if not address.startswith("/intake/instead/"):
        return eyes.open(address)
    return eyes.send(eyes.open("/intake"), "/intake", address).text


@pytest.mark.parametrize("made", DESKS)
def test_a_stale_form_says_what_has_happened_and_keeps_the_words(desk: Desk, made: Callable[[Desk], Scene]) -> None:
    scene = made(desk)
    eyes = Eyes(desk, scene.who)
    page = asked(eyes, scene.page)
    scene.meanwhile()
    stale = eyes.send(page, scene.form, **{**scene.whole, scene.field: WORDS})
    assert stale.status_code == 412, stale.text[:2000]
    told = words(stale.text)
    assert "您打开后，又发生了" in told and told.partition("您打开后，又发生了")[2].partition("您填写的内容还在")[0].count(scene.said) == 1
    assert KEPT in stale.text and "您填写的内容还在" in told
    again = eyes.send(stale.text, scene.form, **{**scene.whole, scene.field: WORDS})
    assert again.status_code in (303, 422), "what was read may be sent, and is judged by the rules of the new state"
    assert "您打开后，又发生了" not in again.text


@pytest.mark.parametrize("made", DESKS[:6])
def test_what_is_half_written_comes_back_and_goes_when_it_is_sent(desk: Desk, made: Callable[[Desk], Scene]) -> None:
    scene = made(desk)
    eyes = Eyes(desk, scene.who)
    page = eyes.open(scene.page)
    assert f'data-draft="{scene.draft}"' in page
    page = eyes.done(page, scene.form, f"/drafts/{scene.draft}?back={scene.page}", **{**scene.whole, scene.field: WORDS})
    assert "草稿已保存" in page and "已恢复草稿" in page and KEPT in page
    assert KEPT in eyes.open(scene.page), "a page that is opened anew shows it too"
    assert KEPT not in Eyes(desk, another(desk, scene.role)).open(scene.page)
    assert [row["form"] for row in desk.rows("SELECT form FROM drafts")] == [scene.draft]
    sent = eyes.send(page, scene.form, **{**scene.whole, scene.field: WORDS})
    assert sent.status_code == 303, sent.text[:2000]
    assert desk.rows("SELECT form FROM drafts") == []


def added(text: str, day: str) -> str:
    return f'{text}\n[[holiday]]\nname = "区运动会"\nfrom = {day}\nto = {day}\n'


def renamed(text: str, name: str) -> str:
    return text.replace("\n", f"\n# {name}\n", 1)


@pytest.mark.parametrize(
    ("at", "do", "text", "change", "others"),
    [
        ("/admin/packs/demo-district/edit", "install", shipped_packs()["demo-district"], renamed, ("甲", "乙")),
        ("/admin/calendar/publish?year=2025", "publish", shipped_calendars()[2025], added, ("2025-09-03", "2025-09-04")),
    ],
    ids=["pack", "calendar"],
)
def test_what_another_puts_in_force_meanwhile_is_not_undone_unread(
    desk: Desk, at: str, do: str, text: str, change: Callable[[str, str], str], others: tuple[str, str]
) -> None:
    mine, theirs = (change(text, one) for one in others)
    eyes, form, reason = Eyes(desk, "admin"), at.partition("?")[0], "依据区政府会议纪要"
    opened = eyes.open(at)
    checked = eyes.send(opened, form, text=mine, do="check").text
    eyes.done(opened, form, text=theirs, do=do, reason=reason)
    stale = eyes.send(checked, form, text=mine, do=do, reason=reason)
    assert stale.status_code == 409 and "您打开后，他人已装入第 2 版" in stale.text, words(stale.text)
    assert reason in stale.text and others[1] in words(stale.text), "the difference from the new one"
    late = eyes.send(opened, form, text=mine, do="check")
    assert "您打开后，他人已装入第 2 版" in " ".join(words(late.text).split()), "told by the check as well"
    eyes.done(stale.text, form, text=mine, do=do, reason=reason)
