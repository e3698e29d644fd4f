"""A rule that can never fire is refused with its own sentence: when the pack is read, when it is installed, and in what is shipped."""

from __future__ import annotations

import re
from types import MappingProxyType

import pytest
from click.testing import CliRunner

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.reach import unreachable
from app.core.settings import Install, prove
from app.errors import IllFormed
from cli.rulebook import known_kinds
from cli.rules import command
from rules.errors import PackError
from rules.packs import Pack, lint, load_shipped_packs, parse_pack, shipped_packs
from tests.factories.hotline import Desk
from workflows.definition import Workflow, parse

DEMO = shipped_packs()["demo-district"]
PARENT = load_shipped_packs()["gd-2022"]


def row(when: str, rung: str, actions: str = '"mark"', row_id: str = "tried") -> str:
    return (
        f'\n[[tables.escalation.row]]\nid = "{row_id}"\nwhen = {{ {when} }}\n'
        f'give = {{ rung = "{rung}", actions = [{actions}] }}\nbasis = "试"\n'
    )


def refusal(*rows: str) -> str:
    with pytest.raises(PackError) as refused:
        parse_pack(DEMO + "".join(rows), PARENT)
    assert "永远" in refused.value.zh or "没有" in refused.value.zh or "已在" in refused.value.zh
    return refused.value.en


HANDLE = 'clock = "handle_clock", level = "unit"'


@pytest.mark.parametrize(
    ("when", "rung", "said"),
    [
        (f"{HANDLE}, rehandled = true, round = 1", "+2wd", "'rehandled = True' and 'round = 1' exclude one another"),
        (f"{HANDLE}, rehandled = false, round = {{ from = 2 }}", "+2wd", "exclude one another"),
        (f"{HANDLE}, named = true, anonymous = true", "+2wd", "'named = True' and 'anonymous = True' exclude one another"),
        ('clock = "total_clock", level = "district", role = "co"', "+2wd", "Only a unit's limit has a role"),
        (HANDLE, "-15wd", "The rung -15wd can never fire on \\['handle_clock'\\]"),
        (f'{HANDLE}, type = "consult"', "-3wd", "can never fire"),
        ('clock = "review_clock", level = "unit"', "+2wd", "can never fire on \\['review_clock'\\]"),
        ('clock = "review_clock", level = ["district", "upstream"]', "+2wd", "can never fire at the level \\['upstream'\\]"),
        ('clock = "suspension_clock", level = "unit"', "+2wd", "can never fire"),
    ],
)  # fmt: skip
def test_a_row_that_can_never_match_is_refused_when_the_pack_is_read(when: str, rung: str, said: str) -> None:
    assert re.search(said, refusal(row(when, rung)))


def test_what_an_earlier_row_already_does_is_refused() -> None:
    again = row(f'{HANDLE}, urgency = "urgent"', "+5wd", '"mark", "fire:escalate"')
    assert "handle-5wd already sets all of the rung +5wd" in refusal(again)
    more = row(f'{HANDLE}, urgency = "urgent"', "+5wd", '"mark", "notify:duty_officer@centre"')
    assert parse_pack(DEMO + more, PARENT).tables["escalation"].rows[-1].id == "tried"
    other = row('clock = ["handle_clock", "interim_reply_clock"], level = "unit"', "+5wd", '"fire:escalate"')
    assert parse_pack(DEMO + other, PARENT).name == "demo-district", "on the other clock it does something"


@pytest.mark.parametrize(
    ("when", "action", "said"),
    [
        ('clock = "total_clock", level = "district"', "yellow_card", "While total_clock runs no definition lets a clock"),
        ('clock = "acceptance_clock", level = "district"', "yellow_card", "While acceptance_clock runs no definition"),
        ('clock = "knowledge_clock", level = "district"', "escalate", "While knowledge_clock runs no definition"),
    ],
)  # fmt: skip
def test_a_trigger_that_no_definition_opens_to_clocks_is_refused_at_installation(desk: Desk, when: str, action: str, said: str) -> None:
    text = DEMO + row(when, "80%", f'"fire:{action}"')
    assert [found for found in lint(parse_pack(text, PARENT)) if found.severity == "error"] == [], "the pack alone cannot know"
    before = desk.rows("SELECT count(*) AS n FROM installed")
    with pytest.raises(IllFormed) as refused:
        execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "试行"))
    assert said in refused.value.en and "escalation/tried" in refused.value.en and "没有流程" in refused.value.zh
    assert desk.rows("SELECT count(*) AS n FROM installed") == before


LAPSING = """
name = "wait"
version = 1
kind = "wait"
[[state]]
name = "waiting"
label_zh = "等"
label_en = "waiting"
owner = "supervisor"
clocks = ["suspension_clock"]
lapses = { suspension_clock = "close" }
[[state]]
name = "closed"
label_zh = "止"
label_en = "closed"
final = true
[[transition]]
trigger = "open"
label_zh = "起"
label_en = "open"
from = [""]
to = "waiting"
who = ["system@cause"]
starts = ["suspension_clock"]
[[transition]]
trigger = "close"
label_zh = "止"
label_en = "close"
from = ["waiting"]
to = "closed"
who = ["system@any"]
stops = ["suspension_clock"]
"""


def read_with(more: str) -> Pack:
    return parse_pack(DEMO + more, PARENT)


def found(pack: Pack, *flows: Workflow) -> list[tuple[str, str]]:
    kinds = known_kinds()
    latest = MappingProxyType({flow.kind: flow for flow in flows})
    return [(one.row, one.en) for one in unreachable(pack, latest, {kind.name: kind.family for kind in kinds.kinds.values()})]


def test_after_a_limit_that_ends_by_itself_nothing_fires() -> None:
    pack, flow = read_with(row('clock = "suspension_clock", level = "district"', "+3wd")), parse(LAPSING)
    assert ("tried", "suspension_clock ends by itself when it is due: the rung +3wd after it can never fire.") in found(pack, flow)
    lasting = parse(LAPSING.replace('lapses = { suspension_clock = "close" }\n', ""))
    assert "tried" not in [row_id for row_id, _ in found(pack, lasting)]
    before = read_with(row('clock = "suspension_clock", level = "district"', "50%"))
    assert "tried" not in [row_id for row_id, _ in found(before, flow)]
    assert ("review-due", "review_clock runs in no definition: the rung can never fire.") in found(pack, flow)


def test_what_is_shipped_is_followed_by_the_definitions() -> None:
    kinds = known_kinds()
    for pack in load_shipped_packs().values():
        prove(pack, kinds)
    ran = CliRunner().invoke(command, ["check"])
    assert ran.exit_code == 0 and "no error" in ran.output, ran.output
