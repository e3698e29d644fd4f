"""What was typed and not sent is kept for its writer alone, sealed, and forgotten in time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.key_use import keys_in_use
from app.core.secrets import key_id_of
from app.people.drafts import MOST_FORMS, ResealDrafts
from app.people.signin import issue_token
from app.people.upkeep import Upkeep
from app.web import visits
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock

WORDS = {"reply_text": ["王女士您好：\n垃圾已清运 😀"], "co_units": ["12", "13"]}


def put(desk: Desk, who: str, form: str, fields: dict[str, Any], status: int = 200) -> Any:
    answer = desk.call(who, "PUT", f"/drafts/{form}", {"fields": fields})
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_draft_is_its_writers_alone(desk: Desk) -> None:
    put(desk, "handler.cgj", "handling-1", {"reply_text": ["旧"]})
    saved = put(desk, "handler.cgj", "handling-1", WORDS)
    assert saved == {"form": "handling-1", "state": "saved", "saved_at": "2025-09-01T09:30:00+08:00"}
    assert desk.get("handler.cgj", "/drafts/handling-1") == {"form": "handling-1", "fields": WORDS, "saved_at": saved["saved_at"]}
    assert desk.call("lead.cgj", "GET", "/drafts/handling-1").status_code == 404
    assert desk.call("handler.cgj", "GET", "/drafts/handling-2").status_code == 404
    (row,) = desk.rows("SELECT * FROM drafts")
    assert "垃圾".encode() not in bytes(row["fields_sealed"])
    assert desk.rows("SELECT count(*) AS n FROM history")[0]["n"] == 0
    assert desk.call("lead.cgj", "DELETE", "/drafts/handling-1").status_code == 200
    assert desk.call("handler.cgj", "DELETE", "/drafts/handling-1").status_code == 200
    assert desk.call("handler.cgj", "DELETE", "/drafts/handling-1").status_code == 200, "dropped twice is dropped"
    assert desk.call("handler.cgj", "GET", "/drafts/handling-1").status_code == 404


def test_what_is_no_draft_is_refused(desk: Desk) -> None:
    for form in ("Handling", "13812345678", "办理", "a" * 81):
        assert put(desk, "handler.cgj", form, WORDS, 400)["errors"]["form"]
    assert put(desk, "handler.cgj", "big", {f"f{n}": ["长" * 20_000] for n in range(6)}, 400)["errors"]["fields"]
    assert put(desk, "handler.cgj", "longer", {"a": ["长" * 20_001]}, 400)
    reading = issue_token(desk.system, SYSTEM, "handler.cgj", "reads", scopes=frozenset({"tickets:read"}))
    desk.tokens["reads"] = reading
    assert desk.call("reads", "GET", "/drafts/handling-1").status_code == 403


def test_a_draft_opens_only_in_its_place(desk: Desk) -> None:
    put(desk, "handler.cgj", "handling-1", WORDS)
    put(desk, "lead.cgj", "handling-1", WORDS)
    desk.change("UPDATE drafts SET fields_sealed = (SELECT fields_sealed FROM drafts WHERE user_id = %s)", desk.user_ids["lead.cgj"])
    assert desk.call("handler.cgj", "GET", "/drafts/handling-1").status_code == 500
    assert desk.get("lead.cgj", "/drafts/handling-1")["fields"] == WORDS


def test_a_new_key_takes_over_drafts(desk: Desk) -> None:
    for number in range(3):
        put(desk, "handler.cgj", f"handling-{number}", WORDS)
    old, new = desk.system.keyring.current_id(), desk.system.keyring.add_key()
    assert old in keys_in_use(desk.system)
    after: int | None = 0
    while after is not None:
        after = execute(desk.system, ResealDrafts(SYSTEM, after))
    assert {key_id_of(bytes(row["fields_sealed"])) for row in desk.rows("SELECT fields_sealed FROM drafts")} == {new}
    assert desk.get("handler.cgj", "/drafts/handling-2")["fields"] == WORDS


def test_old_drafts_are_forgotten(desk: Desk, clock: MovedClock) -> None:
    put(desk, "handler.cgj", "old", WORDS)
    clock.advance(timedelta(days=20))
    put(desk, "handler.cgj", "new", WORDS)
    put(desk, "handler.swj", "left", WORDS)
    assert desk.call("admin", "POST", f"/users/{desk.user_ids['handler.swj']}/deactivate", {}).status_code == 200
    clock.advance(timedelta(days=10, seconds=1))
    Upkeep().run(desk.system)
    assert [row["form"] for row in desk.rows("SELECT form FROM drafts")] == ["new"]


def test_nobody_keeps_drafts_without_end(desk: Desk) -> None:
    for number in range(MOST_FORMS + 2):
        put(desk, "handler.cgj", f"form-{number}", {"a": ["b"]})
    kept = {row["form"] for row in desk.rows("SELECT form FROM drafts")}
    assert len(kept) == MOST_FORMS and "form-1" not in kept and f"form-{MOST_FORMS + 1}" in kept


def test_a_form_keeps_its_draft_without_script_until_it_is_sent(desk: Desk) -> None:
    """As a browser without script does it: the form's own button, then the form itself."""
    ticket = desk.a_ticket("handling")
    token = desk.token("handler.cgj")
    desk.client.set_cookie(visits.COOKIE, token)
    csrf = visits.csrf_of(token)
    fields = {"csrf": csrf, "reply_text": "两行\n文字", "draft": "act-1", "password": "x", "key": "k", "version": "4"}
    saved = desk.client.post("/drafts/act-1?back=/somewhere", data=fields)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/somewhere")
    assert desk.get("handler.cgj", "/drafts/act-1")["fields"] == {"reply_text": ["两行\n文字"]}
    by_script = desk.client.post("/drafts/act-1", data=fields, headers={"HX-Request": "true"})
    assert by_script.status_code == 204 and re.search(r"Draft saved at|\\u8349", by_script.headers["HX-Trigger"])
    assert desk.client.post("/drafts/act-1", data={"csrf": "wrong", "reply_text": "仍在"}).text.count("仍在") == 2
    share = desk.get("handler.cgj", f"/tickets/{ticket}")["assignments"][0]
    act = f"/act/assignments/{share['id']}/interim_reply"
    refused = desk.client.post(act, data={"csrf": csrf, "draft": "act-1", "reply_text": ""})
    assert refused.status_code == 400
    assert desk.get("handler.cgj", "/drafts/act-1"), "a refused form keeps its draft"
    assert desk.client.post(act, data={"csrf": csrf, "draft": "act-1", "reply_text": "正在办理"}).status_code == 303
    assert desk.call("handler.cgj", "GET", "/drafts/act-1").status_code == 404
