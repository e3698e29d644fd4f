"""Many citizens about one fact are a collective complaint from the pack's threshold on; a rising subject is a hot issue with an owner."""

from __future__ import annotations

from datetime import timedelta

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose
from app.hotline.groups import finding
from tests.factories.hotline import MONDAY, Desk
from tests.fixtures.living import MovedClock
from tests.links.told import SAME, a_citizens, joined, moment_later

THRESHOLD, HOT = 5, 10


def a_group(desk: Desk, citizens: int, first: int = 1) -> tuple[int, list[int]]:
    main = a_citizens(desk, first, "handling")
    others = [a_citizens(desk, first + number) for number in range(1, citizens)]
    for ticket in others:
        joined(desk, ticket, main)
    moment_later(desk)
    return main, others


def test_formed_once_at_the_threshold_and_counted_as_the_group_grows(desk: Desk) -> None:
    main, others = a_group(desk, THRESHOLD - 1)
    assert desk.get("supervisor", "/collective-complaints")["items"] == []
    again = desk.a_ticket("accepted", **SAME, citizen={"phone": "13800000001"})
    joined(desk, again, main)
    moment_later(desk)
    assert desk.get("supervisor", "/collective-complaints")["items"] == [], "the same citizen twice is one citizen"
    joined(desk, a_citizens(desk, 20), main)
    moment_later(desk)
    formed = desk.get("supervisor", "/collective-complaints")["items"]
    assert [(each["state"], each["citizens"], each["tickets"]) for each in formed] == [("open", THRESHOLD, THRESHOLD + 1)]
    joined(desk, a_citizens(desk, 21), main)
    desk.do("dispatcher", others[0], "unlink", main_ticket=main, reason="另一处工地")
    joined(desk, a_citizens(desk, 22), main)
    moment_later(desk)
    counted = desk.get("supervisor", "/collective-complaints")["items"]
    assert [(each["id"], each["citizens"]) for each in counted] == [(formed[0]["id"], THRESHOLD + 1)], "one for each main ticket"
    one = desk.get("supervisor", f"/collective-complaints/{formed[0]['id']}")
    assert one["main"]["id"] == main and [clock["name"] for clock in one["clocks"]] == ["collective_clock"]
    assert len(desk.get("supervisor", f"/collective-complaints/{formed[0]['id']}/tickets")["items"]) == THRESHOLD + 2


def test_taken_over_briefed_in_the_month_and_resolved(desk: Desk) -> None:
    main, _ = a_group(desk, THRESHOLD)
    complaint = desk.get("supervisor", "/collective-complaints")["items"][0]["id"]
    path = f"/collective-complaints/{complaint}"
    assert desk.call("lead.swj", "GET", path).status_code == 404

    def act(who: str, trigger: str, **fields: object) -> tuple[int, str]:
        answer = desk.call(who, "POST", f"{path}/transitions", {"trigger": trigger, "fields": fields})
        return answer.status_code, answer.json.get("state", "")

    assert act("agent", "take_over", unit="swj")[0] == 403
    assert act("supervisor", "take_over", unit="swj", person=99_999_999)[0] == 422, "nobody who is not there answers for it"
    assert act("supervisor", "take_over", unit="swj") == (200, "open")
    assert desk.get("lead.swj", path)["unit"]["code"] == "swj", "its owner sees it"
    assert act("supervisor", "brief", note="已通报区领导") == (200, "briefed")
    brief = desk.get("leader", "/collective-complaints/brief?month=2025-09")
    assert (brief["total"], brief["formed"], brief["citizens"]) == (1, 1, THRESHOLD) and brief["items"][0]["main"]["id"] == main
    assert desk.get("leader", "/collective-complaints/brief?month=2025-08")["total"] == 0
    assert desk.call("leader", "GET", "/collective-complaints/brief?month=2025-13").status_code == 400
    assert act("supervisor", "close")[0] == 400, "resolving needs an outcome"
    assert act("lead.swj", "close", outcome="solved", reason="工地已停止夜间施工") == (200, "closed")
    joined(desk, a_citizens(desk, 40), main)
    moment_later(desk)
    assert desk.get("supervisor", path)["citizens"] == THRESHOLD, "what is resolved keeps its numbers"
    assert desk.get("leader", "/collective-complaints/brief?month=2025-10")["total"] == 0


def test_a_rising_subject_is_found_once_judged_and_watched(desk: Desk, clock: MovedClock) -> None:
    def come(number: int) -> None:
        for each in range(number):
            desk.register(title=f"幸福路噪音第{each}起", category="0402", location={"street": "青石街道办事处"})

    come(2)
    clock.freeze(MONDAY + timedelta(days=7, hours=1))
    come(HOT - 1)
    assert desk.call("agent", "POST", "/hot-issues/find").status_code == 403
    assert desk.call("supervisor", "POST", "/hot-issues/find").json == {"found": 0, "counted": 0}, "nine are not ten"
    come(1)
    assert desk.call("supervisor", "POST", "/hot-issues/find").json == {"found": 1, "counted": 0}
    clock.advance(timedelta(hours=1))
    come(1)
    assert desk.call("supervisor", "POST", "/hot-issues/find").json == {"found": 0, "counted": 1}
    found = desk.get("supervisor", "/hot-issues")["items"]
    assert [(each["state"], each["recent"], each["usual"], each["title"]) for each in found] == [
        ("proposed", HOT + 1, 2, "青石街道办事处 · 大气与水")
    ]
    path = f"/hot-issues/{found[0]['id']}"
    one = desk.get("supervisor", path)
    assert one["category"]["code"] == "0402" and one["days"] == [{"day": "2025-09-08", "count": HOT + 1}]
    assert "hot_count=10" in one["found_by_row"] and [clock["name"] for clock in one["clocks"]] == ["hot_issue_clock"]
    assert len(desk.get("supervisor", f"{path}/tickets")["items"]) == HOT + 1
    clock.advance(timedelta(days=7))
    assert desk.get("supervisor", path)["clocks"][0]["overdue"], "it was not judged in time"
    watch = desk.call("supervisor", "POST", f"{path}/transitions", {"trigger": "watch", "fields": {"unit": "hbj"}})
    assert watch.json["state"] == "watched" and not watch.json["clocks"][0]["overdue"] and watch.json["unit"]["code"] == "hbj"
    report = desk.call("lead.hbj", "POST", f"{path}/transitions", {"trigger": "report", "fields": {"note": "已约谈工地"}})
    assert report.status_code == 200, report.text
    closed = desk.call("supervisor", "POST", f"{path}/transitions", {"trigger": "close", "fields": {"reason": "已消退"}})
    assert closed.json["state"] == "closed"
    assert desk.call("supervisor", "POST", "/hot-issues/find").json["found"] == 0, "by now nothing rises"


def test_the_hourly_look_finds_them_too_and_nothing_where_the_pack_is_silent(desk: Desk) -> None:
    for each in range(HOT):
        desk.register(title=f"垃圾第{each}起")
    usual = desk.system.settings.current_pack
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    finding.look(desk.system)
    assert desk.get("supervisor", "/hot-issues")["items"] == []
    silent = desk.call("supervisor", "POST", "/hot-issues/find")
    assert silent.status_code == 422 and "没有规定热点的标准" in silent.json["detail"]
    execute(desk.system, Choose(SYSTEM, usual))
    for _ in range(2):
        finding.look(desk.system)
    assert [each["recent"] for each in desk.get("supervisor", "/hot-issues")["items"]] == [HOT]
    assert any(chore.run is finding.look and chore.every_seconds == 3600 for chore in desk.system.registry.chores)


def test_dismissed_needs_a_reason(desk: Desk, clock: MovedClock) -> None:
    for each in range(HOT):
        desk.register(title=f"垃圾第{each}起")
    desk.call("supervisor", "POST", "/hot-issues/find")
    path = f"/hot-issues/{desk.get('supervisor', '/hot-issues')['items'][0]['id']}/transitions"
    assert desk.call("supervisor", "POST", path, {"trigger": "dismiss", "fields": {}}).status_code == 400
    dismissed = desk.call("supervisor", "POST", path, {"trigger": "dismiss", "fields": {"reason": "同一人重复来电"}})
    assert dismissed.json["state"] == "dismissed"
