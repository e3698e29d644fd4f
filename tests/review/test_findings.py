"""What a machine finds in a reply, sentence by sentence; no database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.hotline.review.findings import Finding, Kept, Reviewed, findings_on
from app.hotline.review.points import answered, keys_of, likeness, points_of
from rules.packs import load_shipped_packs

PHRASES: dict[str, tuple[str, ...]] = {}
for row in load_shipped_packs()["demo-district"].tables["reply_phrases"].rows:
    PHRASES[row.give["use"]] = PHRASES.get(row.give["use"], ()) + row.give["words"]
FULL = "经城市管理局9月1日现场核实，文昌路路灯已维修。"


def found(demand: str = "文昌路路灯不亮。", **reply: object) -> dict[str, Finding]:
    given = {"contacted": True, "outcome": "solved", "reply_text": FULL, **reply}
    return {finding.code: finding for finding in findings_on(Reviewed(demand, given, phrases=PHRASES))}


def test_a_full_reply_has_no_finding() -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("demand", "points"),
    [
        ("一、路灯不亮。二、井盖缺失。", 2),
        ("1、路灯不亮；2、井盖缺失；3、垃圾未清运。", 3),
        ("（1）路灯不亮（2）井盖缺失", 2),
        ("文昌路3.5米宽的路面破损，请问何时维修？另外希望增设公交站。", 2),
        ("垃圾堆了三天。", 0),
        ("为什么？", 0),
    ],
)
def test_a_demand_is_taken_apart(demand: str, points: int) -> None:
    assert len(points_of(demand)) == points


def test_what_carries_no_point_is_not_looked_for() -> None:
    assert keys_of("请问领导什么时候能解决我们的问题？") == frozenset()
    assert {"路灯", "井盖"} <= keys_of("希望尽快维修路灯和井盖")


def test_each_point_is_looked_for_and_the_ones_left_are_told() -> None:
    demand = "一、文昌路路灯不亮何时维修？二、幼儿园学费是否退还？"
    one = found(demand)["points_unanswered"]
    assert one.severity == "warn" and one.about == ("幼儿园学费是否退还？",)
    assert found(demand, reply_text="您好，您的来信已收悉，感谢关心。")["points_unanswered"].severity == "fail"
    assert "points_unanswered" not in found(demand, reply_text="文昌路路灯已于9月1日由城管局维修，幼儿园学费已退还。")


def test_a_long_point_is_answered_by_more_than_one_word() -> None:
    (point,) = points_of("希望在文昌路与建设路交叉口增设红绿灯和斑马线。")
    assert not answered(point, "文昌路的垃圾已清运。") and answered(point, "文昌路与建设路交叉口将安装信号灯。")


@pytest.mark.parametrize(
    ("reply", "code", "severity"),
    [
        ({"reply_text": "您反映的问题已转相关部门处理，请耐心等待。"}, "empty_phrases", "fail"),
        ({"reply_text": "已修好。"}, "too_short", "warn"),
        ({"reply_text": "路灯已经维修好了，感谢您的监督和支持。"}, "no_date", "warn"),
        ({"reply_text": "9月1日路灯已经维修好了，感谢您的监督。"}, "no_unit", "warn"),
        ({"public_reply": "已办结，联系人：李建国。"}, "personal_data", "fail"),
        ({"public_reply": "请致电13912345678。"}, "personal_data", "fail"),
        ({"contacted": None}, "contact_unknown", "warn"),
        ({"contacted": False}, "not_contacted", "info"),
        ({"outcome": "unsolved", "reply_text": "城管局核实，文昌路路灯无法维修，请谅解。"}, "unsolved_without_plan", "fail"),
        ({"outcome": "partly", "reply_text": "城管局将继续协调文昌路路灯维修。"}, "unsolved_without_plan", "warn"),
        ({"outcome": "solved", "reply_text": "9月1日起城管局正在抢修文昌路路灯。"}, "outcome_contradicted", "fail"),
    ],
)
def test_what_is_wrong_is_found(reply: dict[str, object], code: str, severity: str) -> None:
    finding = found(**reply)[code]
    assert finding.severity == severity and finding.zh and finding.en


@pytest.mark.parametrize(
    "reply",
    [
        {"reply_text": f"{FULL}您反映的问题已转相关部门处理。"},
        {"public_reply": "咨询电话：0571-87654321。"},
        {"outcome": "unsolved", "reply_text": "城管局计划10月20日前完成文昌路路灯改造。"},
        {"outcome": "explained", "reply_text": "9月1日起城管局正在抢修文昌路路灯。"},
    ],
)
def test_what_is_right_is_left_alone(reply: dict[str, object]) -> None:
    assert not [finding for finding in found(**reply).values() if finding.severity == "fail"]


def test_limits_that_were_not_kept_are_told_with_their_end() -> None:
    due = datetime(2025, 9, 5, 16, 0, tzinfo=UTC)
    kept = (Kept("handle_clock", due, late=True), Kept("first_contact_clock", due, late=False), Kept("sign_clock", due, late=True))
    (finding,) = findings_on(Reviewed("文昌路路灯不亮。", {"contacted": True, "reply_text": FULL}, kept=kept, phrases=PHRASES))
    assert (finding.gate, finding.severity) == ("time", "fail") and "2025-09-06 00:00" in finding.zh


def test_a_copy_is_known_by_its_pairs_and_a_short_text_is_no_copy() -> None:
    assert likeness(FULL, FULL.replace("9月1日", "9月3日")) > 0.8 and likeness(FULL, "垃圾已清运。") == 0.0 and likeness("", FULL) == 0.0
    again = Reviewed("路灯", {"contacted": True, "reply_text": FULL}, earlier=(FULL,), phrases=PHRASES)
    few = "城管局9月1日已修路灯。"
    short = Reviewed("路灯", {"contacted": True, "reply_text": few}, earlier=(few,), phrases=PHRASES)
    assert [finding.code for finding in findings_on(again)] == ["copy_of_earlier"] and findings_on(short) == []


def test_a_pack_without_lists_forbids_no_phrase() -> None:
    plain = Reviewed("路灯", {"contacted": True, "outcome": "solved", "reply_text": "路灯的事城管局已转相关部门，9月1日正在处理。"})
    assert findings_on(plain) == []
