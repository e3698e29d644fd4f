"""A unit asks for a co-unit on its handling page; the dispatch desk adds it with one key, or says why not; the unit reads the answer."""

from __future__ import annotations

from app.simulation.crew import drain
from tests.factories.hotline import Desk
from tests.factories.shares import share_of
from tests.web_pages.eyes import Eyes, cost, words

HOME = "/desk/dispatch/asked"
WHY = "垃圾堵住了排水口 <b>，须疏通😀"


def wished(desk: Desk, title: str = "垃圾无人清理", unit: str = "swj") -> tuple[int, int]:
    """A ticket in hand, and the wish for a co-unit."""
    ticket = desk.a_ticket("handling", title=title)
    made = desk.call("handler.cgj", "POST", "/co-requests", {"ticket": ticket, "wished_unit": unit, "reason": WHY})
    assert made.status_code == 201, made.text
    return ticket, made.json["id"]


def test_from_the_handling_page_to_the_desk_and_back(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    share = share_of(desk, ticket, "cgj")["id"]
    handler, dispatcher = Eyes(desk, "handler.cgj"), Eyes(desk, "dispatcher")
    form = f"/handling/{share}/co-unit"
    assert f'href="{form}?' in handler.open(f"/handling/{share}")
    page = handler.open(f"{form}?to=/handling/{share}")
    empty = handler.send(page, form, wished_unit="swj 试验区水务局", reason="")
    assert empty.status_code == 400 and "reason-wrong" in empty.text and "swj 试验区水务局" in empty.text
    own = handler.send(page, form, wished_unit="cgj", reason=WHY)
    assert own.status_code == 422 and "不能请求本单位协办" in own.text and "疏通😀" in own.text and "wished_unit-wrong" in own.text
    page = handler.done(page, form, wished_unit="swj 试验区水务局", reason=WHY)
    assert "派单员会答复" in page and "协办请求" in page and "待答复" in page and "撤回请求" in page
    drain(desk.system)
    home = words(dispatcher.open("/"))
    assert "请求协办待答复" in home and "加派协办单位" in words(dispatcher.open("/inbox"))
    assert '请求协办<span class="count">1</span>' in dispatcher.open("/desk/dispatch")
    page = dispatcher.open(HOME)
    (wish,) = desk.get("dispatcher", "/co-requests")["items"]
    assert "垃圾堵住了排水口 &lt;b&gt;" in page and 'value="swj 试验区水务局"' in page and 'data-key="d"' in page
    page = dispatcher.done(page, f"{HOME}/{wish['id']}", helping_unit="swj 试验区水务局", instructions="请疏通")
    assert "已加派" in page and "没有协办请求" in page
    assert share_of(desk, ticket, "swj")["instructions"] == "请疏通"
    drain(desk.system)
    page = words(handler.open(f"/handling/{share}"))
    assert "已加派" in page and "试验区水务局" in page
    assert "协办请求：已加派" in words(handler.open("/inbox"))
    assert handler.browser.get(f"/co-requests/{wish['id']}").headers["Location"].endswith(f"/handling/{share}")
    history = words(Eyes(desk, "supervisor").open(f"/tickets/{ticket}"))
    assert "请求协办" in history and "加派协办单位" in history


def test_a_refusal_on_the_desk_keeps_the_words_and_the_next_one_opens(desk: Desk) -> None:
    (first, one), (_, two) = wished(desk), wished(desk, "井盖缺失", "hbj")
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open(f"{HOME}?id={one}")
    wrong = eyes.send(page, f"{HOME}/{one}", helping_unit="cgj", instructions="留着这句话")
    assert wrong.status_code == 422 and "helping_unit-wrong" in wrong.text and "留着这句话" in wrong.text
    bare = eyes.send(page, f"{HOME}/{one}/decline", refusal="")
    assert bare.status_code == 400 and "refusal-wrong" in bare.text
    page = eyes.done(page, f"{HOME}/{one}/decline", refusal="排水口属你局管养")
    assert "已答复不予加派" in page and f'action="{HOME}/{two}"' in page, "the next one opens by itself"
    share = share_of(desk, first, "cgj")["id"]
    answered = Eyes(desk, "clerk.cgj").open(f"/handling/{share}")
    assert "排水口属你局管养" in answered and "不予加派" in answered
    stale = eyes.open(f"{HOME}?id={two}")
    desk.call("lead.cgj", "POST", f"/co-requests/{two}/transitions", {"trigger": "cancel", "fields": {}})
    late = eyes.send(stale, f"{HOME}/{two}", helping_unit="hbj", instructions="留着另一句话")
    assert late.status_code in (409, 412) and "留着另一句话" in late.text and "撤回" in late.text


def test_only_the_lead_is_offered_to_ask_and_only_the_desk_to_answer(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["hbj"])
    desk.do("clerk.hbj", ticket, "sign")
    helper = share_of(desk, ticket, "hbj")["id"]
    assert "/co-unit" not in Eyes(desk, "clerk.hbj").open(f"/handling/{helper}")
    assert Eyes(desk, "clerk.swj").status(f"/handling/{helper}/co-unit") == 404
    _, wish = wished(desk)
    for who in ("clerk.cgj", "supervisor", "agent"):
        assert Eyes(desk, who).status(HOME) == 403, who
    assert Eyes(desk, "clerk.swj").status(f"/co-requests/{wish}") == 404


def test_the_list_is_whole_in_english_and_its_cost_does_not_grow(desk: Desk) -> None:
    wished(desk)
    english = words(Eyes(desk, "dispatcher", **{"Accept-Language": "en"}).open(HOME))
    assert "Co-units asked for" in english and "Add the co-unit" in english and "Requested" in english
    eyes = Eyes(desk, "dispatcher")
    few = cost(eyes, HOME)
    for number in range(4):
        wished(desk, f"第{number}件")
    assert cost(eyes, HOME) <= few + 1
    assert few <= 15
