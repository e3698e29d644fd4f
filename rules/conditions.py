"""A condition is a literal: one of some values, a beginning, or a half-open range. So what it covers can be reckoned, not guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rules.derived import Fact
from rules.errors import PackError


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of the values; of a fact that is a set, one of its members is."""

    values: frozenset[object]

    def holds(self, value: object) -> bool:
        return not self.values.isdisjoint(value) if isinstance(value, list | tuple | set | frozenset) else value in self.values

    def __str__(self) -> str:
        return "|".join(sorted(str(value) for value in self.values))


@dataclass(frozen=True, slots=True)
class Prefix:
    """The fact begins with one of the texts: a category and all below it."""

    prefixes: tuple[str, ...]

    def holds(self, value: object) -> bool:
        return isinstance(value, str) and value.startswith(self.prefixes)

    def __str__(self) -> str:
        return "|".join(f"{prefix}…" for prefix in self.prefixes)


@dataclass(frozen=True, slots=True)
class Range:
    """`low` ≤ fact < `high`; an end that is not given is open."""

    low: Any
    high: Any

    def holds(self, value: Any) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value < self.high)

    def __str__(self) -> str:
        return f"[{'' if self.low is None else self.low}, {'' if self.high is None else self.high})"


Condition = OneOf | Prefix | Range


def read_condition(fact: Fact, value: object) -> Condition:
    """A scalar, a list, `{prefix = ...}` or `{from = ..., to = ...}`; raises PackError for one that could never hold."""
    if isinstance(value, dict):
        return _read_inline(fact, value)
    values = value if isinstance(value, list) else [value]
    if not values:
        raise PackError(f"“{fact.name}”的条件是空的列表，永远不会成立。", f"The list of '{fact.name}' is empty: it can never hold.")
    for one in values:
        _check_value(fact, one)
    return OneOf(frozenset(values))


def covers(outer: Condition | None, inner: Condition | None) -> bool:
    """Whether every value that satisfies `inner` satisfies `outer`; None stands for no condition at all."""
    if outer is None:
        return True
    if inner is None:
        return False
    if isinstance(inner, OneOf):
        return inner.values <= outer.values if isinstance(outer, OneOf) else all(outer.holds(value) for value in inner.values)
    if isinstance(outer, Prefix) and isinstance(inner, Prefix):
        return all(prefix.startswith(outer.prefixes) for prefix in inner.prefixes)
    if isinstance(outer, Range) and isinstance(inner, Range):
        low = outer.low is None or (inner.low is not None and outer.low <= inner.low)
        return low and (outer.high is None or (inner.high is not None and inner.high <= outer.high))
    return False


def meets(fact: Fact, one: Condition | None, other: Condition | None) -> bool:
    """Whether some value satisfies both."""
    if one is None or other is None or fact.kind == "set":
        return True
    if isinstance(one, OneOf):
        return any(other.holds(value) for value in one.values)
    if isinstance(other, OneOf):
        return any(one.holds(value) for value in other.values)
    if isinstance(one, Prefix) and isinstance(other, Prefix):
        return any(a.startswith(b) or b.startswith(a) for a in one.prefixes for b in other.prefixes)
    if isinstance(one, Range) and isinstance(other, Range):
        lows = [end for end in (one.low, other.low) if end is not None]
        highs = [end for end in (one.high, other.high) if end is not None]
        return not lows or not highs or max(lows) < min(highs)
    return False


def _read_inline(fact: Fact, value: Mapping[str, object]) -> Condition:
    if value.keys() == {"prefix"} and fact.kind == "text":
        written = value["prefix"]
        given = [text for text in (written if isinstance(written, list) else [written]) if isinstance(text, str) and text]
        if not given or (isinstance(written, list) and len(given) < len(written)):
            raise PackError(f"“{fact.name}”的前缀应为非空文字。", f"The prefix of '{fact.name}' must be text that is not empty.")
        for text in given:
            if fact.values is not None and not any(known.startswith(text) for known in fact.values):
                raise _unknown_value(fact, text)
        return Prefix(tuple(sorted(given)))
    if value.keys() and value.keys() <= {"from", "to"} and fact.kind in ("number", "date", "datetime"):
        return _read_range(fact, value.get("from"), value.get("to"))
    raise PackError(f"看不懂“{fact.name}”的条件 {dict(value)}。", f"The condition {dict(value)} of '{fact.name}' cannot be read.")


def _read_range(fact: Fact, low: Any, high: Any) -> Range:
    for end in (low, high):
        if end is not None:
            _check_value(fact, end)
    if low is not None and high is not None and not low < high:
        raise PackError(f"“{fact.name}”的范围 {low} 到 {high} 是空的。", f"The range {low} to {high} of '{fact.name}' is empty.")
    return Range(low, high)


def _check_value(fact: Fact, value: object) -> None:
    if not _is_of_kind(fact, value):
        raise PackError(f"“{fact.name}”不能取值 {value!r}：类型不对。", f"{value!r} is no value of '{fact.name}', which is a {fact.kind}.")
    if fact.values is not None and value not in fact.values:
        raise _unknown_value(fact, value)


def _unknown_value(fact: Fact, value: object) -> PackError:
    return PackError(f"“{fact.name}”没有 {value!r} 这个值，永远不会成立。", f"'{fact.name}' is never {value!r}: the row can never match.")


def _is_of_kind(fact: Fact, value: object) -> bool:
    if fact.kind in ("text", "set"):
        return isinstance(value, str)
    if fact.kind == "flag":
        return isinstance(value, bool)
    if fact.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if fact.kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, datetime) and value.tzinfo is not None
