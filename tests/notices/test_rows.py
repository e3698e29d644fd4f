"""Who is told what is a table of the pack: read strictly, over defaults that read by the same rules, with a closed list of placeholders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.errors import IllFormed
from app.hotline.codes import SETS
from app.notices.gateways import SEND
from app.notices.rulebook import DEFAULTS, GROUPS
from app.notices.wording import rung_of
from rules.derived import CLOCKS, EVENTS, OTHER_CLOCKS, SET_CLOCKS, TYPES, URGENCIES
from rules.notice_rows import CHANNELS, KINDS
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway
from tests.notices.telling import inbox, told
from workflows.definition import load_released

ROW = """
[[tables.notices.row]]
id = "assigned"
when = {{ event = "AssignmentOpened"{when} }}
give = {{ kind = "dispatch", to = {to}, channels = ["inbox"], zh = "{zh}", en = "x" }}
basis = "试验"
"""


def install(desk: Desk, to: str = '["unit_clerk@unit"]', zh: str = "派单 {number}", when: str = "") -> None:
    text = shipped_packs()["demo-district"] + ROW.format(to=to, zh=zh, when=when)
    version = execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "试验"))["version"]
    execute(desk.system, Choose(SYSTEM, f"demo-district@{version}"))


def test_a_row_of_the_pack_takes_the_place_of_a_default(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    install(desk, '["unit_lead@unit"]', "{unit}有{type}件 {number}")
    other = desk.a_ticket("dispatched")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    told(desk)
    assert "请签收" in inbox(desk, "clerk.cgj")[0], "a ticket in progress stays on its pack"
    assert inbox(desk, "lead.cgj") == [f"试验区城市管理局有投诉件 {desk.get('agent', f'/tickets/{other}')['number']}"]


def test_a_row_may_ask_what_the_ticket_is(desk: Desk) -> None:
    install(desk, when=', type = "tipoff"')
    desk.a_ticket("dispatched")
    told(desk)
    assert inbox(desk, "clerk.cgj") == []
    desk.a_ticket("dispatched", type="tipoff")
    told(desk)
    assert len(inbox(desk, "clerk.cgj")) == 1


def test_a_default_is_switched_off_by_an_empty_list(desk: Desk) -> None:
    install(desk, "[]")
    desk.a_ticket("dispatched")
    told(desk)
    assert inbox(desk, "clerk.cgj") == [] and desk.rows("SELECT * FROM notices WHERE event = 'AssignmentOpened'") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zh": "{title} 已派"}, "没有占位符 {title}"),
        ({"zh": "{number.__class__}"}, "没有占位符"),
        ({"zh": "{number!r}"}, "没有占位符"),
        ({"zh": "{number"}, "括号不成对"),
        ({"to": '["unit_clerk"]'}, "没有 'unit_clerk' 这种接收人"),
        ({"to": '["mayor@centre"]'}, "没有 'mayor@centre' 这种接收人"),
        ({"when": ', urgency = "high"'}, "urgency"),
    ],
)
def test_a_row_that_cannot_be_does_not_load(desk: Desk, change: dict[str, str], said: str) -> None:
    with pytest.raises(IllFormed) as refused:
        install(desk, **change)
    assert said in refused.value.zh


def test_a_row_for_an_event_that_nobody_knows_does_not_load(desk: Desk) -> None:
    text = shipped_packs()["demo-district"] + ROW.format(to='["citizen"]', zh="x", when="").replace("AssignmentOpened", "TicketEaten")
    with pytest.raises(IllFormed) as refused:
        execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "试验"))
    assert "TicketEaten" in refused.value.zh


def test_every_event_that_may_be_told_of_is_told_of_by_a_default_and_happens() -> None:
    asked = {event for row in DEFAULTS.rows for event in EVENTS if row.when["event"].holds(event)}
    assert asked == set(EVENTS)
    happens = {edge.emits for flow in load_released().values() for edge in flow.transitions} | {"ClockRung"}
    assert set(EVENTS) <= happens


def test_every_code_has_a_name_in_both_languages() -> None:
    wanted = {"clock": (*CLOCKS, *OTHER_CLOCKS, *SET_CLOCKS), "type": TYPES, "urgency": URGENCIES, "kind": KINDS, "channel": CHANNELS}
    for group, codes in wanted.items():
        assert set(codes) <= SETS[GROUPS[group]].keys(), group
    assert SEND.keys() == set(CHANNELS) - {"inbox"}


@pytest.mark.parametrize(
    ("rung", "zh", "en"),
    [("80%", "已用去80%", "80% used"), ("due", "已到期", "reached"), ("+5wd", "已超期5个工作日", "overdue by 5 working days"),
     ("-4wh", "还剩4个工作小时", "4 working hours left"), ("+30min", "已超期30分钟", "overdue by 30 minutes")],
)  # fmt: skip
def test_a_rung_in_words(rung: str, zh: str, en: str) -> None:
    assert (rung_of(rung, "zh"), rung_of(rung, "en")) == (zh, en)


def test_a_signature_never_goes_with_a_redirect(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    gateway.answers.append((302, {}))
    desk.a_ticket("accepted", citizen={"phone": "13812345678"})
    told(desk)
    from_gateway = desk.system.registry.chores
    next(chore for chore in from_gateway if chore.name == "send_notices").run(desk.system)
    assert len(gateway.requests) == 1
    assert [row["status"] for row in desk.rows("SELECT status FROM deliveries WHERE channel = 'sms'")] == ["given_up"]
