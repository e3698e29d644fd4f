"""What may be about the same fact is proposed with its reasons; nothing confidential, nothing unseen, and never by reading all tickets."""

from __future__ import annotations

from typing import Any

import pytest

from app.hotline import common_words
from app.hotline.links import candidates as offering
from app.hotline.queries import reading, run
from app.hotline.reference import reference
from tests.factories.hotline import Desk
from tests.links.told import SAME, a_citizens, joined, moment_later

HERE = {"street": "青石街道办事处", "lon": 114.3520, "lat": 22.6910, "crs": "gcj02"}
DRAFT: dict[str, Any] = {**SAME, **HERE}


def proposed(desk: Desk, ticket: int, who: str = "agent") -> list[Any]:
    items: list[Any] = desk.get(who, f"/tickets/{ticket}/candidates")["items"]
    return items


def test_the_likeliest_first_with_reasons_in_words(desk: Desk) -> None:
    near = a_citizens(desk, 1, location={**HERE, "lon": 114.3525})
    same_street = a_citizens(desk, 2, location={"street": HERE["street"]}, title="河道异味", content="河水发黑发臭")
    far = a_citizens(desk, 3, title="咨询社保", content="如何办理社保卡", category="0102")
    ticket = a_citizens(desk, 4, location=HERE)
    moment_later(desk)
    found = proposed(desk, ticket)
    assert [each["id"] for each in found] == [near, same_street] and far not in [each["id"] for each in found]
    assert found[0]["kind"] == "same_fact" and found[0]["score"] >= 90 and found[1]["kind"] == "similar"
    words = {reason["code"]: reason["words"] for reason in found[0]["reasons"]}
    assert words["place"].startswith("相距约 5") and words["category"] == "同为“大气与水”" and "文字相近" in words["words"]
    assert found[0]["open"] is True and found[0]["state_label"] == "待派单"
    joined(desk, ticket, near)
    assert near not in [each["id"] for each in proposed(desk, ticket)], "what is linked is not proposed again"


def test_distance_is_measured_in_one_reference_system(desk: Desk) -> None:
    """The same spot given in two systems differs by half a kilometre on paper."""
    near = a_citizens(desk, 1, location={"lon": 114.3520, "lat": 22.6910, "crs": "gcj02"})
    ticket = a_citizens(desk, 2, location={"lon": 114.34690, "lat": 22.69373, "crs": "wgs84"})
    found = next(each for each in proposed(desk, ticket) if each["id"] == near)
    place = next(reason["words"] for reason in found["reasons"] if reason["code"] == "place")
    assert int(place.split()[1]) < 60, place


def test_the_same_citizen_again_is_a_repeat(desk: Desk) -> None:
    earlier = a_citizens(desk, 1, "closed")
    answer = desk.call("agent", "POST", "/tickets/candidates", {**DRAFT, "phone": "138-0000-0001"})
    assert answer.status_code == 200 and [(each["id"], each["kind"]) for each in answer.json["items"]] == [(earlier, "repeat")]
    assert answer.json["items"][0]["open"] is False and answer.json["items"][0]["state_label"] == "已结案"
    assert {"code": "citizen", "score": 0, "words": "同一诉求人（电话相同）"} in answer.json["items"][0]["reasons"]
    other = desk.call("agent", "POST", "/tickets/candidates", DRAFT).json["items"]
    assert [(each["id"], each["kind"]) for each in other] == [(earlier, "similar")]
    assert desk.call("clerk.cgj", "POST", "/tickets/candidates", {"phone": "13800000001"}).status_code == 403
    assert desk.call("agent", "POST", "/tickets/candidates", {"lon": 1.0}).status_code == 400


def test_only_what_the_actor_sees_and_nothing_confidential(desk: Desk) -> None:
    hidden = a_citizens(desk, 1, "handling", citizen={"name": "李四", "phone": "13800001234", "confidential": True})
    theirs, others = a_citizens(desk, 2, "handling"), a_citizens(desk, 3)
    ticket = a_citizens(desk, 4, "handling")
    moment_later(desk)
    assert [each["id"] for each in proposed(desk, ticket, "clerk.cgj")] == [theirs]
    assert {each["id"] for each in proposed(desk, ticket)} == {theirs, others}
    assert proposed(desk, hidden) == [], "confidential ones are compared only with their like"
    assert desk.get("clerk.cgj", f"/tickets/{hidden}/candidates")["items"] == []
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}/candidates").status_code == 404


def test_no_table_is_read_whole(desk: Desk) -> None:
    """Where a sequential scan is forbidden the planner finds an index for every part; were there none, it would scan all the same."""
    named = reference(desk.system.engine)
    asked = {
        "leaves": sorted(named.categories), "street": HERE["street"], "phones": desk.system.keyring.lookups("phone", "13800000001"),
        "phrase": offering.phrase_of(offering.runs_of(SAME["title"])), "usual": "'噪音'",
        "offered": [1, 2], "confidential": False, "ticket": 1, "words": ["噪音"],
    }  # fmt: skip
    offers = (offering.OF_CATEGORY, offering.OF_STREET, offering.OF_CITIZEN, offering.OF_WORDS, offering.OF_USUAL_WORDS)
    parts = (*offers, offering.ROWS.format(seen="true"), offering.LINKED)
    with reading(desk.system) as connection:
        for sql in parts:
            plan = "\n".join(row[0] for row in run(connection, f"SET LOCAL enable_seqscan = off; EXPLAIN {sql}", asked))
            assert "Seq Scan" not in plan, plan


def test_words_that_stand_in_most_tickets_are_looked_for_among_the_newest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way the words are looked for, the same is proposed; a run with one rare pair still goes to the index."""
    tickets = [a_citizens(desk, number) for number in range(1, 8)]
    moment_later(desk)
    desk.change("ANALYZE ticket_search")
    words_alone = {"title": SAME["title"], "content": SAME["content"]}
    by_index = desk.call("agent", "POST", "/tickets/candidates", words_alone).json["items"]
    assert {each["id"] for each in by_index} == set(tickets)
    monkeypatch.setattr(common_words, "MANY", 5)
    with reading(desk.system) as connection:
        assert common_words.common(connection, {"噪音", "井盖"}) == {"噪音"}
        assert [name for name, *_ in offering.by_words(connection, SAME["title"])] == ["usual"]
        assert [name for name, *_ in offering.by_words(connection, "井盖噪音扰民")] == ["phrase"]
    assert desk.call("agent", "POST", "/tickets/candidates", words_alone).json["items"] == by_index


def test_only_the_likeliest_few_are_proposed_and_words_decide_among_equals(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    near = [a_citizens(desk, number, location={**HERE, "lon": 114.3520 + number / 1e6}) for number in range(1, 4)]
    alike = a_citizens(desk, 4, location={"street": HERE["street"]})
    other = a_citizens(desk, 5, location={"street": HERE["street"]}, title="咨询社保", content="如何办理社保卡", category="0102")
    ticket = a_citizens(desk, 6, location=HERE)
    unread = [each["id"] for each in proposed(desk, ticket)]
    assert set(unread) == {*near, alike}, "compared by place and category before their words are known"
    moment_later(desk)
    everyone = [each["id"] for each in proposed(desk, ticket)]
    assert everyone[:4] == [*reversed(near), alike] and other not in everyone
    monkeypatch.setattr(offering, "SHOWN", 3)
    assert [each["id"] for each in proposed(desk, ticket)] == everyone[:3]
