"""A definition is frozen and wholly checked when it is read: a typo stops the start, never a case."""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflows.effects import EFFECTS
from workflows.fields import FIELDS
from workflows.guards import GUARDS
from workflows.model import DefinitionError, State, Transition, Workflow
from workflows.vocabulary import CLOCKS, RELATIONS, ROLES

__all__ = ["DEFINITIONS", "LOCK", "DefinitionError", "State", "Transition", "Workflow", "load_released", "locked", "parse"]

DEFINITIONS = Path(__file__).parent / "definitions"
LOCK = DEFINITIONS / "released.lock"

_LISTS = ("who", "needs", "optional", "guards", "effects", "starts", "stops", "holds", "resumes", "restarts")
_WORDS: Mapping[str, Collection[str]] = {
    "needs": FIELDS, "optional": FIELDS, "guards": GUARDS, "effects": EFFECTS,
    "starts": CLOCKS, "stops": CLOCKS, "holds": CLOCKS, "resumes": CLOCKS, "restarts": CLOCKS,
}  # fmt: skip
_TYPES: Mapping[str, Mapping[str, type]] = {
    "workflow": {"name": str, "version": int, "kind": str, "state": list, "transition": list},
    "state": {"name": str, "label_zh": str, "label_en": str, "final": bool, "owner": str, "clocks": list, "lapses": dict},
    "transition": {
        "trigger": str, "from": list, "to": str, "emits": str, "opens": str, "quiet": bool, "rebudgets": bool,
        "label_zh": str, "label_en": str, **dict.fromkeys(_LISTS, list),
    },
}  # fmt: skip
_REQUIRED = {
    "workflow": ("name", "version", "kind", "state", "transition"),
    "state": ("name", "label_zh", "label_en"),
    "transition": ("trigger", "from", "who", "label_zh", "label_en"),
}


def parse(text: str) -> Workflow:
    """Read a definition; DefinitionError names the first thing that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError("?", "file", f"is not TOML: {error}") from error
    name = f"{raw.get('name', '?')}.v{raw.get('version', '?')}"
    try:
        return _workflow(raw, hashlib.sha256(text.encode()).hexdigest())
    except _Wrong as wrong:
        raise DefinitionError(name, wrong.where, wrong.sentence) from None


class _Wrong(Exception):
    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(where, sentence)
        self.where, self.sentence = where, sentence


def _workflow(raw: dict[str, Any], digest: str) -> Workflow:
    _shape("workflow", raw, "file")
    if raw["version"] < 1:
        raise _Wrong("version", "must be 1 or more")
    states = _states(raw["state"])
    transitions = tuple(_transition(row, f"transition {n}", states) for n, row in enumerate(raw["transition"], start=1))
    births = {row.trigger for row in transitions if "" in row.sources}
    if len(births) != 1:
        raise _Wrong("file", f'needs one trigger that comes from [""], and has {len(births)}')
    _no_twins(transitions)
    return Workflow(raw["name"], raw["version"], raw["kind"], MappingProxyType(states), transitions, digest, births.pop())


def _shape(what: str, raw: object, where: str) -> None:
    """Only known keys, of the right type, and all that are required."""
    if not isinstance(raw, dict):
        raise _Wrong(where, f"must be a table, not {raw!r}")
    known = _TYPES[what]
    for key, value in raw.items():
        if key not in known:
            raise _Wrong(where, f"unknown key {key!r}")
        wanted = known[key]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _Wrong(where, f"{key} must be of type {wanted.__name__}, not {value!r}")
        if isinstance(value, list) and what != "workflow":
            _words(value, where, key)
    for key in _REQUIRED[what]:
        if raw.get(key) in (None, "", []):
            raise _Wrong(where, f"{key} is missing")


def _words(value: list[Any], where: str, key: str) -> None:
    if not all(isinstance(word, str) for word in value):
        raise _Wrong(where, f"{key} must be a list of words, not {value!r}")
    for word, times in Counter(value).items():
        if times > 1:
            raise _Wrong(where, f"{key} names {word!r} twice")


def _states(rows: list[Any]) -> dict[str, State]:
    states: dict[str, State] = {}
    for number, row in enumerate(rows, start=1):
        _shape("state", row, f"state {number}")
        where = f"state {row['name']}"
        if row["name"] in states:
            raise _Wrong(where, "is given twice")
        _known(row.get("clocks", ()), CLOCKS, where, "clock")
        final, owner = row.get("final", False), row.get("owner")
        if owner is not None:
            _known((owner,), ROLES, where, "role")
        if final and (row.get("clocks") or owner):
            raise _Wrong(where, "is final: it can have neither clocks nor an owner")
        lapses = row.get("lapses", {})
        _known(lapses, row.get("clocks", ()), where, "clock of this state")
        states[row["name"]] = State(
            row["name"], row["label_zh"], row["label_en"], final, owner, tuple(row.get("clocks", ())), MappingProxyType(lapses)
        )
    return states


def _transition(raw: object, where: str, states: Mapping[str, State]) -> Transition:
    _shape("transition", raw, where)
    assert isinstance(raw, dict)
    where = f"{where} ({raw['trigger']})"
    _known(raw["from"], {"", *states}, where, "state")
    if "to" in raw:
        _known((raw["to"],), states, where, "state")
    elif "" in raw["from"]:
        raise _Wrong(where, "a birth must say the state it leads to")
    for key, known in _WORDS.items():
        _known(raw.get(key, ()), known, where, _noun(key))
    for entry in raw["who"]:
        _who(entry, where)
    lists = {key: tuple(raw.get(key, ())) for key in _LISTS}
    _fields_and_clocks(lists, where)
    if "emits" in raw and not re.fullmatch(r"([A-Z][a-z]+){2,}", raw["emits"]):
        raise _Wrong(where, f"emits must be a name like TicketDispatched, not {raw['emits']!r}")
    return Transition(
        trigger=raw["trigger"], sources=frozenset(raw["from"]), to=raw.get("to"), emits=raw.get("emits"),
        quiet=raw.get("quiet", False), rebudgets=raw.get("rebudgets", False), opens=raw.get("opens"),
        label_zh=raw["label_zh"], label_en=raw["label_en"], **lists,
    )  # fmt: skip


def _noun(key: str) -> str:
    return {"guards": "guard", "effects": "effect", "needs": "field", "optional": "field"}.get(key, "clock")


def _known(words: Collection[str], known: Collection[str], where: str, noun: str) -> None:
    for word in words:
        if word not in known:
            raise _Wrong(where, f"unknown {noun} {word!r}")


def _who(entry: str, where: str) -> None:
    role, at, relation = entry.partition("@")
    if not at:
        raise _Wrong(where, f"who must be written role@relation, not {entry!r}")
    _known((role,), ROLES, where, "role")
    _known((relation,), RELATIONS, where, "relation")


def _fields_and_clocks(lists: Mapping[str, tuple[str, ...]], where: str) -> None:
    taken = {*lists["needs"], *lists["optional"]}
    for both in sorted(set(lists["needs"]) & set(lists["optional"])):
        raise _Wrong(where, f"field {both!r} is both needed and optional")
    for guard in lists["guards"]:
        for missing in sorted(GUARDS[guard].fields - taken):
            raise _Wrong(where, f"guard {guard!r} looks at field {missing!r}, which this transition does not take")
    done = Counter(clock for key in ("starts", "stops", "holds", "resumes", "restarts") for clock in lists[key])
    for clock, times in done.items():
        if times > 1:
            raise _Wrong(where, f"does two things to {clock!r}")


def _no_twins(transitions: tuple[Transition, ...]) -> None:
    """The same trigger and source twice is a branch; a row that an earlier one always hides is a mistake."""
    for number, row in enumerate(transitions, start=1):
        for earlier in transitions[: number - 1]:
            if earlier.trigger == row.trigger and earlier.sources & row.sources and _hides(earlier, row):
                raise _Wrong(f"transition {number} ({row.trigger})", "can never be reached: an earlier row always wins")


def _hides(earlier: Transition, row: Transition) -> bool:
    takes = {*row.needs, *row.optional} <= {*earlier.needs, *earlier.optional} and set(earlier.needs) <= set(row.needs)
    return not earlier.guards and takes and set(row.who) <= set(earlier.who)


def locked(lock: Path = LOCK) -> dict[str, str]:
    """The digests that released definitions were released with, by name.vN."""
    return dict(_lock_lines(lock.read_text(encoding="utf-8")))


def _lock_lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, _, digest = line.partition(" ")
        yield name, digest


@cache
def load_released() -> Mapping[tuple[str, int], Workflow]:
    """Every definition shipped, by name and version; one changed after its release, or lost, stops the start."""
    return MappingProxyType({(w.name, w.version): w for w in check_released(DEFINITIONS, locked())})


def check_released(folder: Path, released: Mapping[str, str]) -> tuple[Workflow, ...]:
    """The definitions of a folder, each held against the digest it was released with."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}
    for name in sorted(released.keys() - found.keys()):
        raise DefinitionError(name, "file", "was released and is gone: cases may be pinned to it")
    return tuple(_released(name, text, released.get(name)) for name, text in found.items())


def _released(name: str, text: str, digest: str | None) -> Workflow:
    workflow = parse(text)
    if f"{workflow.name}.v{workflow.version}" != name:
        raise DefinitionError(name, "file", f"calls itself {workflow.name}.v{workflow.version}")
    if digest is None:
        raise DefinitionError(name, "file", "is not released: run `workflows release` once it is right")
    if workflow.digest != digest:
        raise DefinitionError(name, "file", "was changed after its release: write the next version instead")
    return workflow
