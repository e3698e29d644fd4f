"""Whoever presses twice, or sends the same page again, has done the thing once, is told so, and finds no row more than before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.factories.hotline import Desk
from tests.factories.shares import share_of
from tests.knowledge.test_knowledge import published
from tests.supervision.office import begin
from tests.web_pages.eyes import Eyes, form_of
from tests.web_pages.test_co_requests import HOME as ASKED
from tests.web_pages.test_co_requests import WHY, wished
from tests.web_pages.test_knowledge import TEXT
from tests.web_pages.test_stale import DESKS, WORDS, Scene, asked

# Who looks leaves these behind; what is done leaves others.
LOOKING = frozenset({"sessions", "alembic_version"})
# Who sends, the page, its form, and what is typed.
Sent = tuple[str, str, str, dict[str, str]]


def rows(desk: Desk) -> dict[str, int]:
    """How many rows every table has."""
    tables = [row["name"] for row in desk.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")]
    counted = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM \"{name}\"" for name in tables if name not in LOOKING)
    return {row["name"]: row["n"] for row in desk.rows(counted)}


def done_once(desk: Desk, who: str, page: str, form: str, typed: dict[str, str]) -> None:
    eyes = Eyes(desk, who)
    opened = asked(eyes, page)
    before = rows(desk)
    first = eyes.send(opened, form, **typed)
    assert first.status_code == 303, (page, first.text[:3000])
    after = rows(desk)
    assert after != before, f"{form}: nothing was done, so that nothing is proven"
    again = eyes.send(opened, form, **typed)
    assert again.status_code == 303, (form, again.text[:3000])
    assert again.headers["Location"] == first.headers["Location"], form
    assert {name: (after[name], n) for name, n in rows(desk).items() if n != after[name]} == {}, form


@pytest.mark.parametrize("made", DESKS)
def test_a_decision_sent_twice_is_made_once(desk: Desk, made: Callable[[Desk], Scene]) -> None:
    scene = made(desk)
    done_once(desk, scene.who, scene.page, scene.form, {**scene.whole, scene.field: WORDS})


def begun(desk: Desk) -> Iterator[Sent]:
    """What begins a case, or adds to one."""
    yield "supervisor", "/supervisions/new", "/supervisions", {"title": "年度实事", "supervision_source": "work_report", "year": "2025"}
    yield "secretary", "/instructions/new", "/instructions", {"title": "关于积水的来信", "urgency": "urgent", "proposal": "拟请水务局阅办"}
    called = {"title": "噪声会商", "form": "meeting", "matter": "多次反映", "units": "cgj，hbj"}
    yield "supervisor", "/conferences/new", "/conferences", called
    paper = begin(desk, "secretary", "instructions", title="来信", urgency="urgent")
    words = {"endorser": "区长", "endorsement": "请即办。"}
    yield "secretary", f"/instructions/{paper}", f"/instructions/{paper}/endorse", words
    sent = {"units": "swj", "report_due_at": "2025-09-20T18:00", "instructions": "五日内报"}
    yield "secretary", f"/instructions/{paper}", f"/instructions/{paper}/send", sent


def known(desk: Desk) -> Iterator[Sent]:
    """The knowledge base."""
    yield "clerk.cgj", "/knowledge/new", "/knowledge", {name: str(value) for name, value in TEXT.items()}
    entry = published(desk)
    here = f"/knowledge/{entry}"
    yield "agent", here, f"{here}/corrections", {"text": "条文号写错了"}


def asked_for(desk: Desk) -> Iterator[Sent]:
    """A co-unit asked for, given, refused."""
    ticket = desk.a_ticket("handling")
    share = share_of(desk, ticket, "cgj")["id"]
    yield "handler.cgj", f"/handling/{share}/co-unit", f"/handling/{share}/co-unit", {"wished_unit": "swj", "reason": WHY}
    (_, one), (_, two) = wished(desk, "井盖缺失", "hbj"), wished(desk, "路灯不亮")
    yield "dispatcher", f"{ASKED}?id={one}", f"{ASKED}/{one}", {"helping_unit": "hbj", "instructions": "请疏通"}
    yield "dispatcher", f"{ASKED}?id={two}", f"{ASKED}/{two}/decline", {"refusal": "排水口属你局管养"}


def administered(desk: Desk) -> Iterator[Sent]:
    """Verbs of the administration: their rows stand in the log as often as they were done."""
    units, people = "/admin/units", "/admin/people"
    new = {"name": "园林所", "kind": "department", "code": "yls", "parent_id": "centre"}
    yield "admin", f"{units}/new", f"{units}/new", new
    yield "admin", f"{people}/new", f"{people}/new", {"username": "xin.lai", "name": "新来的", "unit_id": "cgj 试验区城市管理局"}
    renamed = f"{units}/{desk.unit_ids['hbj']}/rename"
    yield "admin", renamed, renamed, {"name": "生态环境分局", "effective_at": "2025-09-01T09:00", "reason": "机构改革"}
    agent = f"{people}/{desk.user_ids['agent']}"
    leave = {"since": "2025-09-02T08:30", "until": "2025-09-05T17:30"}
    yield "admin", f"{agent}/leave", f"{agent}/leave", leave
    yield "security", f"{agent}/grant", f"{agent}/grant", {"role": "callback_agent", "unit_id": ""}
    yield "security", f"{agent}/revoke", f"{agent}/revoke", {"role": "callback_agent", "unit_id": ""}
    yield "admin", f"{agent}/bar", f"{agent}/bar", {"reason": "账号被盗用"}
    yield "admin", f"{agent}/unlock", f"{agent}/unlock", {}
    new = {"code": "0999", "name": "新分类", "parent": ""}
    yield "admin", "/admin/categories/new", "/admin/categories/new", new


@pytest.mark.parametrize("scenes", (begun, known, asked_for, administered))
def test_a_form_sent_twice_is_done_once(desk: Desk, scenes: Callable[[Desk], Iterator[Sent]]) -> None:
    for who, page, form, typed in scenes(desk):
        done_once(desk, who, page, form, typed)


def test_a_citizen_who_presses_twice_adds_once_and_rates_once(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    citizen, here = Eyes(desk, "agent"), f"/t/{code}"
    page = citizen.open(here)
    sent = [citizen.send(page, f"{here}/add", kind="addition", text="路口也坏了").status_code for _ in range(2)]
    assert sent == [303, 303] and desk.triggers(ticket).count(("ticket", "supplement")) == 1
    done = desk.a_ticket("completed")
    code = desk.get("agent", f"/tickets/{done}")["tracking_code"]
    page, here = citizen.open(f"/t/{code}"), f"/t/{code}/rate"
    assert form_of(page, here)
    sent = [citizen.send(page, here, contacted="yes", solved="yes", rating="satisfied").status_code for _ in range(2)]
    assert sent == [303, 303] and len(desk.rows("SELECT id FROM evaluations")) == 1
    opened = desk.register(title="路灯不亮")["id"]
    here = f"/t/{desk.get('agent', f'/tickets/{opened}')['tracking_code']}"
    page = citizen.open(here)
    sent = [citizen.send(page, f"{here}/withdraw", confirm="yes", reason="已经修好了").status_code for _ in range(2)]
    assert sent == [303, 303] and desk.triggers(opened).count(("ticket", "withdraw")) == 1
