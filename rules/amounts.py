"""An amount of time is a number and one of four units; amounts of different units never mix silently."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, cast, get_args

from rules.errors import AmountError

Unit = Literal["wd", "wh", "nd", "min"]
UNITS: tuple[Unit, ...] = get_args(Unit)
UNIT_NAMES = {
    "wd": ("个工作日", "working days"),
    "wh": ("个工作小时", "working hours"),
    "nd": ("个自然日", "natural days"),
    "min": ("分钟", "minutes"),
}
_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,9}|/[1-9]\d{0,17})?)\s*(wd|wh|nd|min)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` of `unit`: working days, working hours, natural days or wall-clock minutes; never negative."""

    value: Fraction | int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise AmountError(f"不认识的时间单位“{self.unit}”。", f"Unknown unit of time '{self.unit}'.")
        if self.value < 0:
            raise AmountError(f"时间量不能为负：{self.value}{self.unit}。", f"An amount cannot be negative: {self.value}{self.unit}.")

    def __str__(self) -> str:
        return f"{self.value}{self.unit}"

    def plus(self, other: "Amount") -> "Amount":
        self._same_unit(other)
        return Amount(self.value + other.value, self.unit)

    def minus(self, other: "Amount") -> "Amount":
        """What is left, never less than nothing."""
        self._same_unit(other)
        return Amount(max(self.value - other.value, 0), self.unit)

    def times(self, share: Fraction) -> "Amount":
        return Amount(self.value * share, self.unit)

    def _same_unit(self, other: "Amount") -> None:
        if self.unit != other.unit:
            raise AmountError(f"{self} 与 {other} 单位不同，不能相加减。", f"{self} and {other} have different units.")

    def spoken(self) -> tuple[str, str]:
        """The amount in Chinese and in English."""
        zh, en = UNIT_NAMES[self.unit]
        number = str(self.value) if Fraction(self.value).denominator == 1 else f"{float(self.value):.2f}"
        return f"{number}{zh}", f"{number} {en}"


@lru_cache(maxsize=4096)
def parse_amount(text: str) -> Amount:
    """`15wd`, `8wh`, `7nd`, `30min`; a part as `1.5wd` or exactly as `19/7wd` (the form in which amounts are stored)."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise AmountError(
            f"看不懂时间量“{text[:40]}”，应如 15wd、8wh、7nd、30min。",
            f"'{text[:40]}' is not an amount of time: write 15wd, 8wh, 7nd or 30min.",
        )
    value = Fraction(found[1])
    unit = cast(Unit, found[2])
    return Amount(int(value) if value.denominator == 1 else value, unit)
