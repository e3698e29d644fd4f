"""The frozen shapes of a definition that has been read."""

from collections.abc import Mapping
from dataclasses import dataclass


class DefinitionError(Exception):
    """A definition that does not load: which one, where in it, and the sentence that says why."""

    def __init__(self, name: str, where: str, sentence: str) -> None:
        super().__init__(f"{name}: {where}: {sentence}")
        self.name, self.where, self.sentence = name, where, sentence


@dataclass(frozen=True, slots=True)
class State:
    """Where a case may stand; `clocks` are those that may run or be held there, `owner` the role that has to act. `lapses` tells
    the trigger that a clock sets off by itself when it is due: what comes back, expires or goes up without anybody."""

    name: str
    label_zh: str
    label_en: str
    final: bool
    owner: str | None
    clocks: tuple[str, ...]
    lapses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `sources` holds "" for birth; `to` is None when the state stays. stops, holds and resumes of a clock
    that is not there change nothing; `restarts` stops a clock and starts its next generation; `rebudgets` means that the facts
    of limits change for the whole tree."""

    trigger: str
    sources: frozenset[str]
    to: str | None
    who: tuple[str, ...]
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    holds: tuple[str, ...]
    resumes: tuple[str, ...]
    restarts: tuple[str, ...]
    emits: str | None
    quiet: bool
    rebudgets: bool
    label_zh: str
    label_en: str
    opens: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """A read definition; `digest` is that of its text, `birth` the trigger by which a case comes into being."""

    name: str
    version: int
    kind: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    digest: str
    birth: str
