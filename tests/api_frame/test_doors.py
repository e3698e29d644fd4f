"""Doors of the real application: who comes in, what is read, which refusal is told in which words, and that a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.routing import Map
from werkzeug.test import TestResponse

from app.api import persons
from app.api.doors import Address
from app.api.porter import within_scope
from app.core.actors import SYSTEM, Actor
from app.errors import Forbidden
from app.people.roles import PASSWORD_ONLY
from app.people.signin import issue_token
from tests.factories.hotline import DEMAND, Desk

JSON = {"Content-Type": "application/json"}


def send(desk: Desk, raw: bytes, path: str = "/tickets", **headers: str) -> TestResponse:
    given = {"Authorization": f"Bearer {desk.token('agent')}", **JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return desk.client.post(f"/api/v1{path}", data=raw, headers=given)


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json
    assert body.keys() >= {"type", "title", "status", "detail", "reference"}
    assert body["reference"] == answer.headers["X-Request-Id"]
    return body


UNREADABLE = (
    (b"\xff\xfe{}", "请求内容在第 0 字节处不是有效的 UTF-8。"),
    (b'{"title":"a\x00b"}', "请求内容含有 NUL 字节。"),
    (b'{"title":"a\\u0000b"}', "title：含有 NUL 字符。"),
    (b'{"title":"a\\u0007b"}', "title：含有控制字符或无效字符。"),
    (b'{"citizen":{"name":"\\u001b[1m"}}', "citizen.name：含有控制字符或无效字符。"),
    (b'{"title":"a","title":"b"}', "title：这个字段写了两次。"),
    (b'{"citizen":{"name":"a","name":"b"}}', "name：这个字段写了两次。"),
    (b'{"title":"\\ud800"}', "请求内容不是有效的 JSON（第 1 行第 11 列）。"),
    (b'{"location":{"lon":NaN}}', "请求内容不是有效的 JSON（第 1 行第 20 列）。"),
    (b'{"location":{"lon":1e999}}', "请求内容不是有效的 JSON（第 1 行第 20 列）。"),
    (b"", "请求内容不是有效的 JSON（第 1 行第 1 列）。"),
    (b"[]", "请求内容必须是一个 JSON 对象。"),
    (b"null", "请求内容必须是一个 JSON 对象。"),
    (b'{"title":' + b"9" * 6000 + b"}", "请求内容不是有效的 JSON（第 1 行第 10 列）。"),
)


def test_a_body_that_cannot_be_read(desk: Desk) -> None:
    before = desk.everything()
    for raw, sentence in UNREADABLE:
        assert problem(send(desk, raw), 400)["detail"] == sentence
        english = problem(send(desk, raw, Accept_Language="en"), 400)["detail"]
        assert english.isascii(), english
    assert desk.everything() == before


def test_a_body_that_is_too_deep(desk: Desk) -> None:
    for raw in (b'{"title":' + b"[" * 17 + b"]" * 17 + b"}", b"[" * 100_000, b'{"a":' * 1000 + b"1" + b"}" * 1000):
        problem(send(desk, raw), 400)


def test_a_body_that_is_too_large(desk: Desk) -> None:
    before = desk.everything()
    for raw in (b"x" * (50 * 1024 * 1024), b'{"title":"' + b"x" * 1024 * 1024 + b'"}'):
        body = problem(send(desk, raw), 413)
        assert body["detail"] == "请求内容超过 1024 KB。"
    assert desk.everything() == before


def test_a_body_of_another_kind(desk: Desk) -> None:
    for kind in ("", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "multipart/form-data"):
        problem(send(desk, b"{}", Content_Type=kind), 415)


def test_text_is_kept_in_one_form(desk: Desk) -> None:
    """A decomposed letter and a composed one are the same word for whoever searches."""
    assert desk.register(title="Cafe\u0301 噪音 ")["title"] == "Caf\u00e9 噪音"
    assert desk.register(title="\u202d噪音\u202c扰民\ufeff")["title"] == "噪音扰民"


def test_a_query_that_cannot_be_read(desk: Desk) -> None:
    asked = {
        "limit=0": "limit", "limit=201": "limit", "limit=ten": "limit", "limit=1&limit=2": "limit", "cursor=abc": "cursor",
        "colour=red": "colour", "q=%00": "q", "q=%1b": "q", "created_from=2025-09-01T00:00:00": "created_from",
    }  # fmt: skip
    for query, field in asked.items():
        assert list(problem(desk.call("agent", "GET", f"/tickets?{query}"), 400)["errors"]) == [field]


def test_a_door_without_a_query_takes_none(desk: Desk) -> None:
    assert list(problem(desk.call("agent", "GET", "/me?verbose=1"), 400)["errors"]) == ["verbose"]


def test_nobody_comes_in_without_a_token(desk: Desk) -> None:
    for given in ("", "Bearer", "Basic YTpi", "Bearer a b", "Bearer cd_" + "A" * 43, "Bearer \xe4\xbb\xa4", "Bearer x" * 200):
        answer = desk.client.get("/api/v1/me", headers={"Authorization": given, "X-User": "agent", "X-Remote-User": "admin"})
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_what_its_scopes_name(desk: Desk) -> None:
    narrow = issue_token(desk.system, SYSTEM, "agent", "reader", scopes=frozenset({"tickets:read"}))
    headers = {"Authorization": f"bearer {narrow}"}
    assert desk.client.get("/api/v1/tickets", headers=headers).status_code == 200
    answer = desk.client.post("/api/v1/tickets", json=DEMAND, headers=headers)
    assert problem(answer, 403)["detail"] == "此令牌没有“tickets:write”范围。"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="tickets:write"'


def test_a_token_that_may_only_change_its_password_opens_nothing() -> None:
    newcomer = Actor(id=1, name="newcomer", roles=frozenset(), scopes=PASSWORD_ONLY)
    for door in (*persons.DOORS, replace(persons.DOORS[0], scope="tickets:read")):
        with pytest.raises(Forbidden, match="请先修改初始密码"):
            within_scope(door, newcomer)


def test_an_address_that_does_not_exist(desk: Desk) -> None:
    absent = (
        "/nothing", "/tickets/", "//tickets", "/tickets/0", "/tickets/-1", "/tickets/99999999999999999999", "/tickets/999999999999999999",
        "/tickets/abc", "/workflows/%00", "/workflows/%ff", "/workflows/nothing", "/workflows/ticket?version=99",
    )  # fmt: skip
    for path in absent:
        problem(desk.call("agent", "GET", path), 404)
    for method, path in (("DELETE", "/tickets"), ("OPTIONS", "/tickets"), ("PUT", "/tickets/1")):
        answer = desk.call("agent", method, path)
        problem(answer, 405)
        assert "GET" in answer.headers["Allow"]


def test_a_condition_that_is_not_met(desk: Desk) -> None:
    ticket = desk.register()["id"]
    before = desk.everything()
    for header, status in (("3", 400), ('"3', 400), ("", 400), ('W/"1"', 412), ('"9"', 412), ('"8", "9"', 412), ('"x"', 412)):
        problem(desk.act("agent", ticket, "accept", If_Match=header), status)
    assert desk.everything() == before


def test_a_condition_that_is_met(desk: Desk) -> None:
    for header in ("*", '"1"', '"7", "1"', 'W/"5", "1"'):
        ticket = desk.register()
        assert ticket["version"] == 1
        answer = desk.act("agent", ticket["id"], "accept", If_Match=header)
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"] == f'"{answer.json["version"]}"' == '"2"'


def test_an_unseen_ticket_is_unseen_before_it_is_stale(desk: Desk) -> None:
    ticket = desk.register()["id"]
    for header in ('"9"', '"8", "9"', 'W/"1"'):
        problem(desk.act("clerk.swj", ticket, "sign", If_Match=header), 404)


def test_a_repeated_request_is_done_once(desk: Desk) -> None:
    first = desk.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k1")
    again = desk.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json["id"], first.headers["Location"]) == (again.json["id"], again.headers["Location"])
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    problem(desk.call("agent", "POST", "/tickets", {**DEMAND, "title": "另一件"}, Idempotency_Key="k1"), 422)
    problem(desk.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k 1"), 400)


def test_an_impossible_action_tells_what_is_possible(desk: Desk) -> None:
    ticket = desk.register()["id"]
    chinese = problem(desk.act("agent", ticket, "archive"), 409)
    english = problem(desk.act("agent", ticket, "archive", Accept_Language="en-GB"), 409)
    assert chinese["state"] == english["state"] == "registered"
    assert [action["trigger"] for action in chinese["actions"]] == [action["trigger"] for action in english["actions"]]
    assert "accept" in [action["trigger"] for action in chinese["actions"]]
    assert not any(action["label"].isascii() for action in chinese["actions"])
    assert (chinese["title"], english["title"]) == ("当前状态下不能执行", "Not possible from here")


def test_lists_are_walked_to_their_end(desk: Desk) -> None:
    made = {desk.register()["id"] for _ in range(5)}
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = desk.get("agent", f"/tickets?limit=2{f'&cursor={cursor}' if cursor else ''}")
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == made
    first = desk.get("agent", "/tickets?limit=2")["next"]
    assert list(problem(desk.call("agent", "GET", f"/tickets?limit=2&state=closed&cursor={first}"), 400)["errors"]) == ["cursor"]


def test_units_are_walked_and_filtered(desk: Desk) -> None:
    everything = desk.get("agent", "/units?limit=200")["items"]
    by_code = {unit["code"]: unit for unit in everything}
    assert by_code.keys() >= {"centre", "cgj", "swj", "hbj", "qshj"}
    first = desk.get("agent", "/units?limit=2")
    second = desk.get("agent", f"/units?limit=200&cursor={first['next']}")
    assert [unit["id"] for unit in [*first["items"], *second["items"]]] == [unit["id"] for unit in everything]
    assert second["next"] is None
    assert desk.get("agent", "/units?code=cgj")["items"] == [by_code["cgj"]]
    assert {unit["code"] for unit in desk.get("agent", "/units?kind=street")["items"]} == {"qshj"}
    assert desk.get("agent", "/units?open=false")["items"] == []


def test_me(desk: Desk) -> None:
    told = desk.get("clerk.cgj", "/me")
    assert (told["id"], told["username"], told["unit"]["code"]) == (desk.user_ids["clerk.cgj"], "clerk.cgj", "cgj")
    assert "unit_clerk" in told["roles"]


def test_workflows_are_open_to_readers(desk: Desk) -> None:
    assert {flow["name"] for flow in desk.get("agent", "/workflows")["items"]} >= {"ticket", "assignment"}
    flow = desk.get("agent", "/workflows/ticket?version=1")
    assert flow["version"] == 1
    assert {"registered", "archived"} <= {state["name"] for state in flow["states"]}
    dispatch = next(edge for edge in flow["transitions"] if edge["trigger"] == "dispatch")
    assert (dispatch["from"], dispatch["to"], dispatch["needs"]) == (["accepted"], "dispatched", ["lead_unit"])
    assert flow["mermaid"].startswith("stateDiagram")


def test_an_address_is_matched_and_whoever_would_build_it_is_told() -> None:
    addresses = Map([Address("/a/<int:id>", endpoint="one")]).bind("host")
    assert addresses.match("/a/7") == ("one", {"id": 7})
    with pytest.raises(LookupError, match="/a/<int:id>"):
        addresses.build("one", {"id": 7})
