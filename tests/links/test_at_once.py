"""Two who link the same tickets at once: one link comes of it, in one direction, and nobody waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from werkzeug.test import TestResponse

from tests.factories.hotline import Desk
from tests.links.told import a_citizens

STANDING = "SELECT main_id, other_id FROM links WHERE ended_at IS NULL ORDER BY other_id"


def together(*each: Callable[[], TestResponse]) -> list[TestResponse]:
    start = Barrier(len(each))

    def run(one: Callable[[], TestResponse]) -> TestResponse:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(run, each))


def link(desk: Desk, ticket: int, main: int) -> Callable[[], TestResponse]:
    return lambda: desk.act("dispatcher", ticket, "link", {"main_ticket": main, "link_kind": "same_fact", "reason": "同一事实"})


def test_each_to_the_other_at_once_is_one_link(desk: Desk) -> None:
    desk.token("dispatcher")
    for number in range(3):
        one, two = a_citizens(desk, 10 + number), a_citizens(desk, 20 + number)
        answers = together(link(desk, one, two), link(desk, two, one), link(desk, one, two))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 2}, [answer.text for answer in answers]
        assert len([row for row in desk.rows(STANDING) if row["main_id"] in (one, two)]) == 1
        joined = desk.rows("SELECT merged_into FROM tickets WHERE id IN (%s, %s) AND merged_into IS NOT NULL", one, two)
        assert len(joined) == 1


def test_one_ticket_joins_one_main(desk: Desk) -> None:
    desk.token("dispatcher")
    ticket, mains = a_citizens(desk, 1), [a_citizens(desk, 2), a_citizens(desk, 3)]
    answers = together(*(link(desk, ticket, main) for main in mains))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 1}
    assert len(desk.rows(STANDING)) == 1


def test_a_circle_of_three_is_not_closed(desk: Desk) -> None:
    desk.token("dispatcher")
    one, two, three = (a_citizens(desk, number) for number in (1, 2, 3))
    answers = together(link(desk, one, two), link(desk, two, three), link(desk, three, one))
    assert {answer.status_code for answer in answers} <= {200, 422}
    rows = desk.rows(STANDING)
    assert {row["main_id"] for row in rows}.isdisjoint({row["other_id"] for row in rows}), "no main ticket is itself joined"
