"""A span is where in a text something personal stands, and what it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` (included) to `end` (excluded); `kind` is phone, id_number, bank_card, email, plate, wechat, qq, name or address.

    `value` is the thing itself in one spelling; it never goes into a log.
    """

    start: int
    end: int
    kind: str
    value: str
