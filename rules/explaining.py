"""Which row of a table decides, and of every other row why it does not: said as data, for the command line and the screen alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rules.amounts import Amount
from rules.derived import FACTS, fact_of, with_derived
from rules.errors import RuleError
from rules.tables import Row, Table, choose, collect

ZONE = ZoneInfo("Asia/Shanghai")


class FactError(RuleError):
    """A fact that the vocabulary does not know, or a value that is none of it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A column that is not as the row asks; `given` is None for a fact that was not given."""

    column: str
    given: str | None
    asked: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One row: whether it decides; if not, that it is out of force, what failed, or that another row was before it."""

    row: Row
    decides: bool
    in_force: bool
    failed: tuple[Failed, ...]


def reasons(table: Table, facts: Mapping[str, object], on: date) -> list[Reason]:
    """Every row in its order."""
    choice = None if table.policy == "collect" else choose(table, facts, on)
    decided = collect(table, facts, on) if table.policy == "collect" else [choice] if choice else []
    chosen = {one.row_id for one in decided}
    known = with_derived(facts, table.derived)
    return [Reason(row, row.id in chosen, row.in_force(on), failed(row, known)) for row in table.rows]


def failed(row: Row, known: Mapping[str, object]) -> tuple[Failed, ...]:
    wrong = (column for column, condition in row.when.items() if known.get(column) is None or not condition.holds(known[column]))
    return tuple(Failed(column, None if known.get(column) is None else written(known[column]), str(row.when[column])) for column in wrong)


def written(value: object) -> str:
    """A value as a table shows it."""
    if value is None:
        return "unlimited"
    if isinstance(value, Amount):
        return str(value)
    if isinstance(value, (tuple, list, set, frozenset)):
        return ", ".join(sorted(map(str, value)) if isinstance(value, (set, frozenset)) else map(str, value))
    return str(getattr(value, "key", value))


def read_fact(name: str, text: str) -> object:
    """`complaint`, `a,b` for a set, `true`, `2`, `2026-03-01T10:00`, as the fact's kind asks."""
    fact = fact_of(name)
    if fact is None:
        known = ", ".join(FACTS)
        raise FactError(f"没有事实“{name}”；可用：{known}。", f"There is no fact '{name}'; there are: {known}.")
    try:
        return _read(fact.kind, text)
    except ValueError as error:
        raise FactError(f"“{text}”不是“{name}”的值。", f"'{text}' is no value of '{name}', a {fact.kind}.") from error


def _read(kind: str, text: str) -> object:
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "flag":
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=ZONE)
    return frozenset(text.split(",")) if kind == "set" else text
