"""Words are found as they were written, by pairs of characters; what is personal in a text finds nothing."""

from __future__ import annotations

import pytest
from psycopg.errors import ReadOnlySqlTransaction

from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.errors import Unavailable
from app.hotline import lists
from app.hotline.lists import list_tickets
from app.hotline.queries import reading, run
from tests.hotline_reads.desk import Desk


def found(desk: Desk, q: str, who: str = "agent") -> list[int]:
    return [item["id"] for item in list_tickets(desk.system, desk.who(who), {"q": q})[0]]


def test_words_of_every_text_and_the_exact_recheck(desk: Desk) -> None:
    noise = desk.register(title="夜间施工噪音扰民", content="工地凌晨两点仍在打桩。", purpose="要求停工", subject="鸿运建筑公司")
    split = desk.register(title="噪音", content="音扰很大，扰民严重。")
    place = desk.register(content="路面破损", location={"address": "湖滨路与解放路交叉口"})
    assert found(desk, "噪音") == [], "the index is filled a moment later"
    desk.told()
    assert found(desk, "噪音") == [split, noise]
    assert found(desk, "噪音扰民") == [noise], "the pairs alone would also find the other"
    assert found(desk, "停工") == [noise] == found(desk, "鸿运 打桩") and found(desk, "解放路") == [place]
    assert found(desk, "扰民要求") == [] and found(desk, "，。") == []


def test_names_and_phones_inside_a_text_find_nothing(desk: Desk) -> None:
    ticket = desk.register(content="我叫王小明，电话13812345678，家住5栋502，楼上漏水。", location={"address": "湖滨花园3栋502室"})
    desk.told()
    assert found(desk, "漏水") == [ticket]
    for personal in ("13812345678", "1381234", "王小明", "502"):
        assert found(desk, personal) == []


def test_an_amended_text_is_found_by_its_new_words_only_and_twice_is_once(desk: Desk) -> None:
    ticket = desk.register(title="水管爆裂", content="漏水")
    desk.told()
    desk.act(ticket, "agent", "amend", title="燃气泄漏", content="味道很重，请联系李大伟13900001111")
    desk.told()
    assert found(desk, "燃气") == [ticket] and found(desk, "水管") == [] and found(desk, "13900001111") == []
    reaction = desk.system.registry.reaction["index_ticket"]
    with transaction(desk.system, SYSTEM) as tx:
        before = tx.query("SELECT xmin::text, tokens FROM ticket_search")
        reaction.react(tx, [{"root_id": ticket, "case_id": ticket}] * 2)
        assert tx.query("SELECT xmin::text, tokens FROM ticket_search") == before


def test_a_number_finds_its_ticket_and_search_obeys_the_predicate(desk: Desk) -> None:
    mine, theirs = desk.dispatched("CG", title="占道经营"), desk.dispatched("JT", title="占道施工")
    desk.told()
    number = list_tickets(desk.system, desk.who("agent"), {})[0][0]["number"]
    assert found(desk, number) == [theirs] and found(desk, number, "clerk.CG") == []
    assert found(desk, "占道") == [theirs, mine] and found(desk, "占道", "clerk.CG") == [mine]


def test_a_search_goes_on_where_it_stopped_looking(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    right = desk.register(title="噪音扰民")
    for _ in range(6):
        desk.register(title="噪音", content="音扰，扰民")
    desk.told()
    monkeypatch.setattr(lists, "MOST_LOOKED_AT", 3)
    seen, key, pages = [], None, 0
    while True:
        items, key = list_tickets(desk.system, desk.who("agent"), {"q": "噪音扰民"}, key, 1)
        seen += [item["id"] for item in items]
        pages += 1
        if key is None:
            break
    assert seen == [right] and pages > 1


def test_what_takes_too_long_is_refused_in_words_and_harms_nobody_after(desk: Desk) -> None:
    with pytest.raises(Unavailable, match="缩小范围"), reading(desk.system) as connection:
        run(connection, "SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)", {})
    with pytest.raises(ReadOnlySqlTransaction), reading(desk.system) as connection:
        run(connection, "DELETE FROM ticket_search", {})
    for _ in range(3):
        assert found(desk, "路灯") == []


def test_rare_words_and_common_ones_are_found_alike(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [desk.register(title="井盖破损", labels=["夜间"]) for _ in range(4)]
    desk.register(title="路灯")
    desk.told()
    looked_up = found(desk, "井盖")
    monkeypatch.setattr(lists, "RARE", 2)
    assert found(desk, "井盖") == looked_up == made[::-1]
    items, _ = list_tickets(desk.system, desk.who("agent"), {"q": "破损", "label": "夜间"})
    assert [item["id"] for item in items] == made[::-1]
