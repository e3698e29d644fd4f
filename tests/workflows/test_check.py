"""What loads may still be wrong: each kind of finding on a definition made to have it."""

import pytest

from workflows.check import check
from workflows.definition import load_released, parse

HEAD = 'name = "x"\nversion = 1\nkind = "x"\n'


def state(name: str, *, final: bool = False, owner: str = "agent", clocks: str = '"acceptance_clock"') -> str:
    more = "final = true\n" if final else (f'owner = "{owner}"\n' if owner else "") + (f"clocks = [{clocks}]\n" if clocks else "")
    return f'[[state]]\nname = "{name}"\nlabel_zh = "{name}"\nlabel_en = "{name}"\n{more}'


def edge(trigger: str, source: str, to: str, more: str = "") -> str:
    head = f'[[transition]]\ntrigger = "{trigger}"\nlabel_zh = "{trigger}"\nlabel_en = "{trigger}"\n'
    return head + f'from = ["{source}"]\nto = "{to}"\nwho = ["agent@any"]\n{more}\n'


BORN = edge("bring", "", "open", 'starts = ["acceptance_clock"]')
ENDED = edge("end", "open", "shut", 'stops = ["acceptance_clock"]')
SOUND = HEAD + state("open") + state("shut", final=True) + BORN + ENDED


def found(text: str) -> set[str]:
    """The findings about this definition alone; the vocabulary is used by the released ones beside it."""
    return {f"{f.where} {f.sentence}" for f in check([*load_released().values(), parse(text)]) if f.name in ("x.v1", "vocabulary")}


def test_a_sound_one_has_no_findings() -> None:
    assert found(SOUND) == set()


HELD = edge("wait", "open", "kept", 'holds = ["acceptance_clock"]')
CASES = {
    "unreachable": (SOUND + state("lost") + edge("find", "lost", "shut"), {"state lost can never be reached"}),
    "dead end": (
        SOUND + state("pit") + edge("fall", "open", "pit"),
        {"state pit is a dead end: it is not final and nothing leads out of it"},
    ),
    "no way out of a loop": (
        SOUND + state("a") + state("b") + edge("go", "open", "a") + edge("there", "a", "b") + edge("back", "b", "a"),
        {"state a never leads to a final state", "state b never leads to a final state"},
    ),
    "no owner": (SOUND.replace('owner = "agent"\n', ""), {"state open is open and has no owner"}),
    "no clock": (
        HEAD + state("open", clocks="") + state("shut", final=True) + edge("bring", "", "open") + edge("end", "open", "shut"),
        {"state open is open and has no clock"},
    ),
    "runs into the end": (
        SOUND.replace('stops = ["acceptance_clock"]', ""),
        {"state shut can be entered with acceptance_clock still running"},
    ),
    "started twice": (
        SOUND + edge("again", "open", "open", 'starts = ["acceptance_clock"]'),
        {"transition again from open starts acceptance_clock, which is already there"},
    ),
    "resumed without being held": (
        SOUND + edge("again", "open", "open", 'resumes = ["sign_clock"]'),
        {"transition again from open resumes sign_clock, which is not there"},
    ),
    "held without running": (
        SOUND + state("kept") + HELD + edge("more", "kept", "kept", 'holds = ["sign_clock"]') + edge("leave", "kept", "shut"),
        {
            "transition more from kept holds sign_clock, which is not there",
            "state shut can be entered with acceptance_clock still held",
        },
    ),
    "only on one of two paths": (
        SOUND + state("by", clocks='"sign_clock"') + edge("sidestep", "open", "by", 'stops = ["acceptance_clock"]\nstarts = ["sign_clock"]')
        + edge("return", "by", "open"),
        {"state open can be entered with sign_clock still running"},
    ),
    "a clock that never runs": (
        SOUND.replace('clocks = ["acceptance_clock"]', 'clocks = ["acceptance_clock", "sign_clock"]'),
        {"state open names sign_clock, which never runs there"},
    ),
    "opens what nobody defines": (
        SOUND.replace('stops = ["acceptance_clock"]', 'stops = ["acceptance_clock"]\nopens = "picnic"'),
        {"x.v1 end opens 'picnic', a kind that no definition has"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_finding(name: str) -> None:
    text, expected = CASES[name]
    assert expected <= found(text)


def test_words_that_nobody_uses_are_found() -> None:
    findings = {f"{f.where} {f.sentence}" for f in check([parse(SOUND)])}
    assert "guard ground_is_statutory is used by no definition" in findings
    assert "effect hand_out is used by no definition" in findings
    assert "field lead_unit is used by no definition" in findings
