"""A definition with a mistake does not load, and says in one sentence where and what."""

import pytest

from workflows.definition import DefinitionError, parse

GOOD = """
name = "parcel"
version = 3
kind = "parcel"

[[state]]
name = "open"
label_zh = "待办"
label_en = "Open"
owner = "agent"
clocks = ["acceptance_clock"]

[[state]]
name = "shut"
label_zh = "已办"
label_en = "Shut"
final = true

[[transition]]
trigger = "bring"
label_zh = "送来"
label_en = "Bring"
from = [""]
to = "open"
who = ["agent@any"]
needs = ["title"]
starts = ["acceptance_clock"]

[[transition]]
trigger = "shut"
label_zh = "办结"
label_en = "Shut"
from = ["open"]
to = "shut"
who = ["agent@centre", "supervisor@centre"]
needs = ["ground"]
optional = ["note"]
guards = ["ground_is_statutory"]
effects = ["mark_closed"]
stops = ["acceptance_clock"]
emits = "ParcelShut"
"""


def test_a_good_one_is_read_as_written() -> None:
    flow = parse(GOOD)
    assert (flow.name, flow.version, flow.kind, flow.birth) == ("parcel", 3, "parcel", "bring")
    assert list(flow.states) == ["open", "shut"] and flow.states["shut"].final and flow.states["open"].clocks == ("acceptance_clock",)
    bring, shut = flow.transitions
    assert bring.sources == {""} and bring.starts == ("acceptance_clock",) and bring.emits is None and not bring.quiet
    assert shut.who == ("agent@centre", "supervisor@centre") and shut.optional == ("note",) and shut.opens is None
    assert len(flow.digest) == 64 and flow.digest != parse(GOOD + "\n").digest


def test_what_is_read_cannot_be_changed() -> None:
    flow = parse(GOOD)
    with pytest.raises(AttributeError):
        flow.version = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        flow.states["third"] = flow.states["open"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        flow.transitions[0].who = ()  # type: ignore[misc]


MISTAKES = [
    ('name = "parcel"', "name = parcel", "?: file: is not TOML"),
    ("version = 3", "version = 0", "parcel.v0: version: must be 1 or more"),
    ("version = 3", "version = true", "parcel.vTrue: file: version must be of type int, not True"),
    ('kind = "parcel"', "", "parcel.v3: file: kind is missing"),
    ('kind = "parcel"', 'kind = "parcel"\nauthor = "me"', "parcel.v3: file: unknown key 'author'"),
    ('owner = "agent"', 'owner = "caller"', "state open: unknown role 'caller'"),
    ('owner = "agent"', 'color = "red"', "state 1: unknown key 'color'"),
    ('clocks = ["acceptance_clock"]', 'clocks = ["acceptance_clok"]', "state open: unknown clock 'acceptance_clok'"),
    ("final = true", 'final = "yes"', "state 2: final must be of type bool, not 'yes'"),
    ("final = true", 'final = true\nowner = "agent"', "state shut: is final: it can have neither clocks nor an owner"),
    ('name = "shut"', 'name = "open"', "state open: is given twice"),
    ('label_zh = "待办"', "", "state 1: label_zh is missing"),
    ('from = ["open"]', 'from = ["opened"]', "transition 2 (shut): unknown state 'opened'"),
    ('from = ["open"]', "", "transition 2: from is missing"),
    ('from = ["open"]', 'from = "open"', "transition 2: from must be of type list, not 'open'"),
    ('from = ["open"]', "from = [1]", "transition 2: from must be a list of words, not [1]"),
    ('from = ["open"]', 'from = ["open", "open"]', "transition 2: from names 'open' twice"),
    ('to = "shut"', 'to = "closed"', "transition 2 (shut): unknown state 'closed'"),
    ('to = "open"', "", "transition 1 (bring): a birth must say the state it leads to"),
    ('from = [""]', 'from = ["open"]', 'file: needs one trigger that comes from [""], and has 0'),
    ('from = ["open"]', 'from = ["open", ""]', 'file: needs one trigger that comes from [""], and has 2'),
    ('who = ["agent@any"]', "", "transition 1: who is missing"),
    ('who = ["agent@any"]', "who = []", "transition 1: who is missing"),
    ('who = ["agent@any"]', 'who = ["agent"]', "transition 1 (bring): who must be written role@relation, not 'agent'"),
    ('who = ["agent@any"]', 'who = ["clerk@any"]', "transition 1 (bring): unknown role 'clerk'"),
    ('who = ["agent@any"]', 'who = ["agent@home"]', "transition 1 (bring): unknown relation 'home'"),
    ('needs = ["title"]', 'needs = ["titel"]', "transition 1 (bring): unknown field 'titel'"),
    ('optional = ["note"]', 'optional = ["ground"]', "transition 2 (shut): field 'ground' is both needed and optional"),
    ('needs = ["ground"]', "", "guard 'ground_is_statutory' looks at field 'ground', which this transition does not take"),
    ('"ground_is_statutory"', '"ground_is_good"', "transition 2 (shut): unknown guard 'ground_is_good'"),
    ('"mark_closed"', '"mark_shut"', "transition 2 (shut): unknown effect 'mark_shut'"),
    ('stops = ["acceptance_clock"]', 'stops = ["clock"]', "transition 2 (shut): unknown clock 'clock'"),
    ('emits = "ParcelShut"', 'holds = ["acceptance_clock"]', "transition 2 (shut): does two things to 'acceptance_clock'"),
    ('emits = "ParcelShut"', 'emits = "parcel_shut"', "emits must be a name like TicketDispatched, not 'parcel_shut'"),
    ('emits = "ParcelShut"', 'gards = ["ground_is_statutory"]', "transition 2: unknown key 'gards'"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES, ids=[f"{n}-{m[2][:40]}" for n, m in enumerate(MISTAKES)])
def test_a_mistake_is_told_by_place_and_sentence(right: str, wrong: str, sentence: str) -> None:
    assert right in GOOD
    with pytest.raises(DefinitionError) as error:
        parse(GOOD.replace(right, wrong, 1))
    assert sentence in str(error.value)


def test_a_row_that_an_earlier_one_always_hides_is_a_mistake() -> None:
    first = GOOD.replace('guards = ["ground_is_statutory"]\n', "")
    again = first + first[first.index('[[transition]]\ntrigger = "shut"') :]
    with pytest.raises(DefinitionError, match=r"transition 3 \(shut\): can never be reached: an earlier row always wins"):
        parse(again)
    branch = first + first[first.index('[[transition]]\ntrigger = "shut"') :].replace("agent@centre", "reviewer@centre")
    assert len(parse(branch).transitions) == 3


def test_states_that_are_no_tables_are_told() -> None:
    with pytest.raises(DefinitionError, match="state 1: must be a table, not 'open'"):
        parse('name = "a"\nversion = 1\nkind = "a"\nstate = ["open"]\ntransition = ["x"]\n')
