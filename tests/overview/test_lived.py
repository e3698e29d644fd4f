"""In a district that has lived for some days every number is what counting one by one gives, for everybody, folded or not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.clock import local
from app.config import Config
from app.main import build, create_app
from app.overview import folding
from app.simulation.drive import Pace
from app.simulation.run import START, Ways, simulate
from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

CENTRE = ("agent", "dispatcher", "reviewer", "callback", "supervisor", "leader", "secretary", "duty", "admin", "auditor", "security")
UNITS = "SELECT DISTINCT u.code FROM assignments a JOIN units u ON u.id = a.unit_id JOIN cases c ON c.id = a.id WHERE c.open ORDER BY 1"


@pytest.fixture(scope="module")
def lived(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Simulated once for all that is asked here; nothing is changed."""
    name = f"overview_{worker_id}_{os.getpid()}"
    servers.clone(name)
    urls = servers.named(servers.app_url, name), servers.named(servers.owner_url, name)
    home = tmp_path_factory.mktemp("overview")
    config = Config(home=home, database_url=urls[0], owner_url=urls[1], redis_url=servers.redis_url, cheap_passwords=True)
    with closing(build(config)) as system:
        simulate(system, build, 3, 30, 291, Ways(pace=Pace(timedelta(hours=2), timedelta(hours=2))))
        desk = Desk(system, create_app(system).test_client(), urls[1])
        desk.change("UPDATE installation SET frozen_at = %s", START + timedelta(days=3, hours=6))
        yield desk
    servers.drop(name)


def everything(desk: Desk, who: str, path: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found, cursor = list[dict[str, Any]](), ""
    while True:
        page = desk.get(who, f"{path}&limit=200{cursor}")
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def items(desk: Desk, who: str) -> list[dict[str, Any]]:
    return [item for role in desk.get(who, "/overview/waiting")["roles"] for item in role["items"]]


def test_each_count_is_the_length_of_its_list(lived: Desk) -> None:
    counted = set[str]()
    units = [row["code"] for row in lived.rows(UNITS)]
    for who in (*CENTRE, *(f"{role}.{unit}" for unit in units[:6] for role in ("clerk", "handler", "lead"))):
        for item in items(lived, who):
            if item["list"] is not None:
                assert item["count"] == len(everything(lived, who, item["list"])), (who, item)
                counted |= {item["code"]} if item["count"] else set()
    assert {
        "to_accept", "to_dispatch", "returns", "to_sign", "to_give", "window_closing", "unit_late", "mine", "to_sign_off",
        "replies", "callbacks", "overdue", "due_soon",
    } <= counted, counted  # fmt: skip


def test_the_tiles_of_the_board_count_the_same_for_a_leader_as_for_a_supervisor(lived: Desk) -> None:
    tiles = {who: lived.get(who, "/overview/board")["items"] for who in ("supervisor", "leader")}
    assert tiles["supervisor"] == tiles["leader"] and {"overdue", "due_soon", "key"} <= {item["code"] for item in tiles["leader"]}
    for item in tiles["leader"]:
        assert item["count"] == len(everything(lived, "leader", item["list"])), item
    assert lived.call("clerk.cgj", "GET", "/overview/board").status_code == 403


def test_late_and_due_soon_are_told_by_the_hour(lived: Desk) -> None:
    """By the limit of the share itself, as its own row holds it."""
    sql = """SELECT count(*) AS n, count(*) FILTER (WHERE c.due_at <= i.frozen_at) AS late,
        count(*) FILTER (WHERE c.due_at > i.frozen_at AND c.due_at <= i.frozen_at + interval '1 day') AS soon
        FROM installation i, cases c JOIN assignments a ON a.id = c.id JOIN units u ON u.id = a.unit_id
        WHERE c.state IN ('assigned', 'handling') AND a.person_id = %s"""
    seen = Counter[str]()
    people = "SELECT DISTINCT a.person_id FROM assignments a JOIN cases c ON c.id = a.id WHERE c.open AND a.person_id IS NOT NULL"
    for row in lived.rows(people):
        (name,) = (username for username, number in lived.user_ids.items() if number == row["person_id"])
        mine = next((item for item in items(lived, name) if item["code"] == "mine"), None)
        if mine is not None:
            (direct,) = lived.rows(sql.replace("i.frozen_at", "coalesce(i.frozen_at, clock_timestamp() + i.shift)"), row["person_id"])
            assert [mine["count"], mine["late"], mine["due_soon"]] == [direct["n"], direct["late"], direct["soon"]]
            seen += Counter(late=mine["late"], soon=mine["due_soon"])
    assert seen["late"] + seen["soon"] > 0


DIRECT = {
    "registered": "SELECT registered_at AS at FROM tickets",
    "dispatched": "SELECT assigned_at AS at FROM assignments WHERE role = 'lead'",
    "replied": """SELECT h.at FROM history h JOIN assignments a ON a.id = h.case_id WHERE a.role = 'lead' AND h.to_state = 'replied'
        AND h.from_state <> 'replied'""",
    "closed": """SELECT h.at FROM history h JOIN tickets t ON t.id = h.case_id
        WHERE h.trigger IN ('close', 'decline', 'transfer_emergency', 'withdraw', 'void')
           OR (h.trigger = 'terminate' AND h.to_state = 'terminated')""",
    "late": """SELECT min(f.at) AS at FROM fires f JOIN clocks k ON k.id = f.clock_id WHERE f.rung = 'due'
        AND k.name IN ('total_clock', 'handle_clock') GROUP BY f.root_id, (f.at AT TIME ZONE 'Asia/Shanghai')::date""",
}
KEPT = "SELECT day, hour, count FROM day_figures WHERE unit_id = 0 AND measure = %s"


def test_folded_days_hold_what_happened_hour_by_hour(lived: Desk) -> None:
    before = {name: lived.get("leader", f"/overview/{name}") for name in ("today", "rates", "rising")}
    # Another test of this process may have folded them before.
    folding.fold(lived.system)
    assert lived.rows("SELECT count(*) AS days FROM folded_days")[0]["days"] >= 3
    assert {name: lived.get("leader", f"/overview/{name}") for name in before} == before
    folded = {row["day"] for row in lived.rows("SELECT day FROM folded_days")}
    for measure, sql in DIRECT.items():
        happened = Counter((local(row["at"]).date(), local(row["at"]).hour) for row in lived.rows(sql))
        kept = {(row["day"], row["hour"]): row["count"] for row in lived.rows(KEPT, measure)}
        assert kept == {hour: count for hour, count in happened.items() if hour[0] in folded}, measure
    assert START.date() in folded



def test_a_unit_reads_its_own_and_all_units_together_are_the_whole(lived: Desk) -> None:
    sql = """SELECT u.code, count(*) AS n FROM assignments a JOIN units u ON u.id = a.unit_id
        WHERE a.role = 'lead' AND (a.assigned_at AT TIME ZONE 'Asia/Shanghai')::date = %s GROUP BY 1 ORDER BY 1"""
    day = START.date() + timedelta(days=1)
    folding.fold(lived.system)
    found = lived.rows("SELECT unit_id, sum(count) AS n FROM day_figures WHERE day = %s AND measure = 'dispatched' GROUP BY 1", day)
    by_unit = {row["unit_id"]: row["n"] for row in found}
    direct = {lived.unit_ids[row["code"]]: row["n"] for row in lived.rows(sql, day)}
    assert by_unit.pop(0) == sum(direct.values()) > 0 and by_unit == direct
    for row in lived.rows(sql, day)[:5]:
        rates = lived.get(f"lead.{row['code']}", "/overview/rates")
        assert rates["scope"] == "units" and rates["whole"] is None and rates["mean"] is None
        assert {line["unit"]["code"] for line in rates["units"]} <= {row["code"]} | below(lived, row["code"])


def below(desk: Desk, code: str) -> set[str]:
    sql = "SELECT u.code FROM units u JOIN units p ON p.id = u.parent_id WHERE p.code = %s"
    return {row["code"] for row in desk.rows(sql, code)}


def test_the_month_so_far_is_what_the_callbacks_figures_say(lived: Desk) -> None:
    first, last = START.date().replace(day=1), START.date() + timedelta(days=3)
    other = lived.get("leader", f"/statistics/callbacks?from={first}&to={last}")
    rates = lived.get("leader", "/overview/rates")
    names = ("valid", "contacted", "solved", "satisfied", "basically_satisfied", "dissatisfied")
    assert rates["whole"]["valid"] > 0
    assert {name: rates["whole"][name] for name in names} == {name: other["summary"][name] for name in names}
    judged = lived.rows("""SELECT count(*) AS n, count(*) FILTER (WHERE NOT k.late) AS on_time FROM history h
        JOIN assignments a ON a.id = h.case_id JOIN LATERAL (SELECT bool_or(late) AS late FROM clocks k WHERE k.case_id = a.id
            AND k.name = 'handle_clock') k ON k.late IS NOT NULL WHERE h.trigger = 'finish' AND a.role = 'lead'""")[0]
    assert [rates["whole"]["judged"], rates["whole"]["on_time"]] == [judged["n"], judged["on_time"]]


def test_streets_and_subjects_are_counted_as_they_stand(lived: Desk) -> None:
    open_now = lived.rows("SELECT t.street, count(*) AS n FROM tickets t JOIN cases c ON c.id = t.id WHERE c.open GROUP BY 1")
    shown = {line["unit"] and line["unit"]["name"]: line["open"] for line in lived.get("leader", "/overview/streets")["streets"]}
    assert {name: count for name, count in shown.items() if count} == {row["street"]: row["n"] for row in open_now}
    rising = lived.get("leader", "/overview/rising")
    sql = "SELECT count(*) AS n FROM cases WHERE kind = %s AND open"
    assert rising["hot_issues_open"] == lived.rows(sql, "hot-issue")[0]["n"]
    assert rising["collective_complaints_open"] == lived.rows(sql, "collective-complaint")[0]["n"]
