"""Collective complaints and hot issues before a screen: read, taken over, told of in the month, judged, watched, closed, on pages alone."""

from __future__ import annotations

from tests.factories.hotline import Desk
from tests.links.told import a_citizens, joined, moment_later
from tests.web_pages.eyes import Eyes, pressed, words

THRESHOLD, HOT = 5, 10
COLLECTIVE, RISING = "/collective-complaints", "/hot-issues"


def a_group(desk: Desk) -> tuple[str, str]:
    """The page of a group, and the number of its main ticket."""
    main = a_citizens(desk, 1, "handling")
    for number in range(2, THRESHOLD + 1):
        joined(desk, a_citizens(desk, number), main)
    moment_later(desk)
    group = desk.get("supervisor", COLLECTIVE)["items"][0]["id"]
    return f"{COLLECTIVE}/{group}", desk.get("supervisor", f"/tickets/{main}")["number"]


def test_a_group_is_taken_over_briefed_and_resolved(desk: Desk) -> None:
    at, number = a_group(desk)
    eyes = Eyes(desk, "supervisor")
    assert at in eyes.open(COLLECTIVE)
    history = words(eyes.open(at)).partition("经过")[2]
    assert f"主单（或前件）{number}" in history.replace("\n", ""), "a ticket is told by the number that people know"
    refused = eyes.send(eyes.open(f"/act{at}/take_over"), f"/act{at}/take_over", unit="没有这个单位")
    assert refused.status_code == 400 and 'id="a-unit-wrong"' in refused.text
    assert "试验区水务局" in pressed(eyes, at, "take_over", unit="swj 试验区水务局")
    assert "已通报区领导" in pressed(eyes, at, "brief", note="已通报区领导")
    brief = words(Eyes(desk, "leader").open(f"{COLLECTIVE}/brief?month=2025-09"))
    assert number in brief and "试验区水务局" in brief
    page = pressed(Eyes(desk, "lead.swj"), at, "close", outcome="solved", reason="工地已停止夜间施工")
    assert "已解决" in words(page) and "工地已停止夜间施工" in page
    assert at not in eyes.open(COLLECTIVE) and at in eyes.open(f"{COLLECTIVE}?state=closed")


def test_a_unit_that_may_not_see_a_ticket_reads_no_number_of_it(desk: Desk) -> None:
    at, number = a_group(desk)
    pressed(Eyes(desk, "supervisor"), at, "take_over", unit="swj")
    page = words(Eyes(desk, "lead.swj").open(at))
    assert desk.call("lead.swj", "GET", f"/tickets?q={number}").json["items"] == []
    assert "（您无权查看的工单）" in page.partition("经过")[2] and number not in page.partition("经过")[2]


def test_a_rising_subject_is_looked_for_watched_told_of_and_closed(desk: Desk) -> None:
    for each in range(HOT):
        desk.register(title=f"幸福路噪音第{each}起", category="0402", location={"street": "青石街道办事处"})
    eyes = Eyes(desk, "supervisor")
    assert f'action="{RISING}/find"' not in Eyes(desk, "leader").open(RISING), "looking is the supervisor's"
    page = eyes.done(eyes.open(RISING), f"{RISING}/find")
    assert "新发现 1 个" in page and "青石街道办事处 · 大气与水" in page
    at = f"{RISING}/{desk.get('supervisor', RISING)['items'][0]['id']}"
    read = words(eyes.open(at))
    assert "10 件，往常同期" in " ".join(read.split()) and "幸福路噪音第9起" in read
    assert "试验区生态环境局" in pressed(eyes, at, "watch", unit="hbj 试验区生态环境局")
    assert "已约谈工地" in pressed(Eyes(desk, "lead.hbj"), at, "report", note="已约谈工地")
    refused = eyes.send(eyes.open(f"/act{at}/close"), f"/act{at}/close")
    assert refused.status_code == 400 and 'id="a-reason-wrong"' in refused.text
    assert "已消退" in pressed(Eyes(desk, "leader"), at, "close", reason="已消退")
    assert at not in eyes.open(RISING) and at in eyes.open(f"{RISING}?state=closed")
