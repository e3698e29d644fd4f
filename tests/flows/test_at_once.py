"""Many at once: one signature wins, one key brings about one ticket, and numbers never meet."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from werkzeug.test import TestResponse

from tests.factories.hotline import DEMAND, Desk


def together(number: int, each: Any) -> list[TestResponse]:
    """`each(i)` in as many threads, let go at the same moment."""
    start = Barrier(number)

    def run(place: int) -> TestResponse:
        start.wait()
        answer: TestResponse = each(place)
        return answer

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_fifty_signatures_are_one(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    desk.token("clerk.cgj")
    answers = together(50, lambda _: desk.act("clerk.cgj", ticket, "sign"))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    assert {answer.json["state"] for answer in answers if answer.status_code == 409} == {"handling"}
    assert desk.triggers(ticket).count(("assignment", "sign")) == desk.triggers(ticket).count(("ticket", "sign")) == 1


def test_ten_identical_requests_are_one_ticket(desk: Desk) -> None:
    desk.token("agent")
    answers = together(10, lambda _: desk.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k-1"))
    assert Counter(answer.status_code for answer in answers) == {201: 10}
    assert len({answer.json["id"] for answer in answers}) == 1 and desk.rows("SELECT count(*) AS n FROM tickets") == [{"n": 1}]
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 9


def test_a_key_stands_for_one_request_of_one_person(desk: Desk) -> None:
    first = desk.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k-2")
    other = desk.call("agent", "POST", "/tickets", {**DEMAND, "title": "另一件"}, Idempotency_Key="k-2")
    assert (first.status_code, other.status_code) == (201, 422) and other.json["type"].endswith("/key-reused")
    assert desk.call("dispatcher", "POST", "/tickets", DEMAND, Idempotency_Key="k-2").json["id"] != first.json["id"]


def test_a_repeated_step_under_its_key_is_the_same_step(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    answers = [desk.act("dispatcher", ticket, "dispatch", {"lead_unit": "cgj"}, Idempotency_Key="d-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].json == answers[1].json
    assert desk.triggers(ticket).count(("ticket", "dispatch")) == 1


def test_numbers_and_codes_never_meet(desk: Desk) -> None:
    desk.token("agent")
    answers = together(8, lambda place: desk.call("agent", "POST", "/tickets", {**DEMAND, "title": f"第{place}件"}))
    answers += together(8, lambda place: desk.call("agent", "POST", "/tickets", {**DEMAND, "title": f"又{place}件"}))
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.json["number"] for answer in answers}) == len({answer.json["tracking_code"] for answer in answers}) == 16
    assert all(answer.json["number"].startswith("20250901") for answer in answers), "the number says the day"
