"""The outer ring: headers on every answer, one access line without a person in it, a refused body read to its end, faults told plainly."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from app.api import frame
from app.api.doors import Ask, Door
from app.config import Config
from app.core.actors import CITIZEN, Actor
from app.core.system import System
from app.errors import Unauthenticated
from app.main import build, create_app
from tests.factories.hotline import DEMAND, Desk

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}


def test_every_answer_is_protected(desk: Desk) -> None:
    asked = [
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/nothing"),
        ("PUT", "/api/v1/me"),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/healthz"),
    ]
    references = set()
    for method, path in asked:
        with desk.client.open(path, method=method, headers={"Accept": "text/html"}) as answer:
            assert EVERYWHERE.items() <= dict(answer.headers).items()
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert (answer.headers.get("Cache-Control") == "no-store") == (answer.mimetype != "text/html")
            references.add(answer.headers["X-Request-Id"])
    assert len(references) == len(asked)


def test_the_access_line_knows_no_person(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.token("agent")
    with caplog.at_level(logging.INFO, "citydesk.access"):
        desk.call("agent", "GET", "/tickets?phone=13900001234&q=%E5%BC%A0%E4%B8%89")
        desk.call("", "GET", "/public/tickets/SECRET-CODE")
        desk.call("agent", "POST", "/tickets", {**DEMAND, "citizen": {"name": "张三", "phone": "13900001234"}})
    lines = [json.loads(record.message) for record in caplog.records if record.name == "citydesk.access"]
    assert [(line["door"], line["status"]) for line in lines] == [
        ("GET /tickets", 200),
        ("GET /public/tickets/{tracking_code}", 404),
        ("POST /tickets", 201),
    ]
    assert lines[0]["actor"] == f"user:{desk.user_ids['agent']}"
    assert lines[1]["actor"] is None
    assert all(line["ms"] > 0 and len(line["id"]) == 16 for line in lines)
    for secret in ("13900001234", "张三", "SECRET", "话务员", desk.token("agent")):
        assert secret not in caplog.text


class Counting(io.BytesIO):
    """A body that comes from a client."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self.taken += len(chunk)
        return chunk


@pytest.mark.parametrize("path", ["/api/v1/tickets", "/api/v1/nothing", "/healthz"])
def test_a_refused_body_is_read_to_its_end(desk: Desk, path: str) -> None:
    """A server closes a connection whose body was left lying; the client would see a broken pipe instead of the refusal."""
    size = 3 * 1024 * 1024
    body = Counting(b"x" * size)
    answer = desk.client.post(path, input_stream=body, content_length=size, headers={"Content-Type": "application/json"})
    assert answer.status_code in (401, 404, 405)
    assert body.taken == size


def test_reading_on_ends_somewhere(desk: Desk) -> None:
    size = 70 * 1024 * 1024
    body = Counting(b"x" * size)
    answer = desk.client.post("/api/v1/tickets", input_stream=body, content_length=size)
    assert answer.status_code == 401
    assert body.taken == 64 * 1024 * 1024


@pytest.fixture
def lost(config: Config) -> Iterator[System]:
    """A system whose database does not answer."""
    system = build(replace(config, database_url=NOWHERE))
    yield system
    system.close()


def test_a_database_that_is_away_is_503(lost: System) -> None:
    client = create_app(lost).test_client()
    answer = client.get("/api/v1/me", headers={"Authorization": "Bearer cd_" + "A" * 43})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json["detail"] == "数据库暂时不可用，请稍后重试。"
    assert int(answer.headers["Retry-After"]) > 0
    assert "nobody" not in answer.text
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"], ready.json["database"]) == (503, "unavailable", False)


def test_redis_away_stops_nobody(system: System, config: Config) -> None:
    alone = replace(system, config=replace(config, redis_url="unix:///nowhere/r.sock"))
    client = create_app(alone).test_client()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["database"], ready.json["redis"]) == (200, True, False)
    assert client.get("/api/v1/problems").status_code == 200
    assert 'citydesk_requests_total{door="GET /problems",status="200"} 1\n' in client.get("/metrics").text


def test_readiness_and_meters(desk: Desk, redis_url: str) -> None:
    ready = desk.client.get("/readyz").json
    assert ready.keys() >= {"status", "database", "redis", "oldest_unfired_clock_seconds", "oldest_unfinished_outbox_seconds"}
    desk.call("agent", "GET", "/me")
    first = desk.client.get("/metrics")
    assert first.mimetype == "text/plain"
    line = 'citydesk_requests_total{door="GET /me",status="200"} '
    assert f"{line}1\n" in first.text
    assert "\ncitydesk_database 1\n" in first.text
    twin = create_app(desk.system).test_client()
    twin.get("/api/v1/me", headers={"Authorization": f"Bearer {desk.token('agent')}"})
    assert f"{line}2\n" in twin.get("/metrics").text, "any process tells the sums of all"
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    assert f"{line}3\n" not in twin.get("/metrics").text


def broken(ask: Ask) -> Any:
    raise KeyError("张三 13900001234")


def test_the_unexpected_is_told_by_its_number_only(system: System, caplog: pytest.LogCaptureFixture) -> None:
    app = Flask("broken", static_folder=None)
    frame.install(app, system, [Door("GET", "/broken", broken, "坏", "Broken", public=True)])
    answer = app.test_client().get("/api/v1/broken", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json["reference"] in caplog.text
    assert "test_edge.py" in caplog.text
    assert "KeyError" in caplog.text
    for text in (answer.text, caplog.text):
        assert "13900001234" not in text
        assert "张三" not in text


def nobody(system: System, token: str) -> Actor:
    raise Unauthenticated("令牌无效。", "This token is not valid.")


def test_who_knocks_too_often_waits(system: System) -> None:
    app = Flask("busy", static_folder=None)
    doors = [Door("GET", "/open", lambda ask: {}, "开", "Open", public=True), Door("GET", "/closed", lambda ask: {}, "关", "Closed")]
    frame.install(app, system, doors, rates=frame.Rates(token=3, public=2, failed=2), authenticate=nobody)
    client = app.test_client()
    bearer = {"Authorization": "Bearer " + "x" * 20}
    assert [client.get("/api/v1/open").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert [client.get("/api/v1/closed", headers=bearer).status_code for _ in range(4)] == [401, 401, 429, 429]
    answer = client.get("/api/v1/open")
    assert answer.json["detail"].startswith("请求过于频繁，请在 ")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.get("/api/v1/open", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def test_a_token_too_has_its_measure(system: System) -> None:
    app = Flask("busy", static_folder=None)
    known = replace(CITIZEN, id=7, kind="user")
    doors = [Door("GET", "/closed", lambda ask: {}, "关", "Closed")]
    frame.install(app, system, doors, rates=frame.Rates(token=3), authenticate=lambda system, token: known)
    client = app.test_client()
    assert [client.get("/api/v1/closed", headers={"Authorization": "Bearer x"}).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_two_doors_at_one_address_stop_the_start(system: System) -> None:
    door = Door("GET", "/me", broken, "重", "Twice", public=True)
    with pytest.raises(ValueError, match="GET /me"):
        frame.install(Flask("twice"), system, [door])
