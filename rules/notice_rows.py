"""How a row of the table of notices is read: whom it tells, by which channel, in words that know a closed list of placeholders."""

import re
from collections.abc import Callable, Sequence
from datetime import time
from string import Formatter
from typing import Any

from rules.errors import PackError

CITIZEN = "citizen"  # The one who spoke, by SMS, when a telephone number was left.
RUNG = "rung"  # Whomever the rung of the clock itself says.
CHANNELS = ("inbox", "sms", "mail", "chat")
# What people choose their channels by, and what a digest counts by.
KINDS = ("dispatch", "deadline", "review", "request", "supervision", "alarm", "callback", "subject", "knowledge", "citizen")
# Numbers, codes and names of offices: nothing that a citizen said, and nobody's name.
PLACEHOLDERS = ("number", "type", "urgency", "state", "due", "unit", "clock", "rung", "round", "link")
LONGEST = 300
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def recipients(roles: Sequence[str], relations: Sequence[str]) -> Callable[[Any], tuple[str, ...]]:
    """Reads a list of `ROLE@RELATION`, `citizen` and `rung`; an empty one switches an inherited row off."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise PackError(f"{value!r} 应为接收人的列表。", f"{value!r} must be a list of recipients.")
        for each in value:
            role, _, relation = each.partition("@") if isinstance(each, str) else ("", "", "")
            if each not in (CITIZEN, RUNG) and not (role in roles and relation in relations):
                raise PackError(
                    f"没有 {each!r} 这种接收人，应写 角色@关系、citizen 或 rung。",
                    f"{each!r} is no recipient: write ROLE@RELATION, citizen or rung.",
                )
        return tuple(value)

    return read


def read_channels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not set(map(str, value)) <= set(CHANNELS):
        raise PackError(f"{value!r} 应为渠道的列表：{'、'.join(CHANNELS)}。", f"{value!r} must be a list of {', '.join(CHANNELS)}.")
    return tuple(value)


def read_kind(value: Any) -> str:
    if value not in KINDS:
        raise PackError(f"没有 {value!r} 这类通知。", f"{value!r} is no kind of notice: {', '.join(KINDS)}.")
    return str(value)


def read_wording(value: Any) -> str:
    """A sentence whose placeholders are plain names of the closed list: no format, no attribute, no index."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or "\n" in value:
        raise PackError(f"{value!r} 应为一行不超过 {LONGEST} 字的文字。", f"{value!r} must be one line of at most {LONGEST} characters.")
    try:
        parts = list(Formatter().parse(value))
    except ValueError as error:
        raise PackError(f"通知用语中的括号不成对：{value!r}。", f"The braces of {value!r} do not match.") from error
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            raise PackError(
                f"通知用语中没有占位符 {{{name}}}，可用：{'、'.join(PLACEHOLDERS)}。",
                f"There is no placeholder {{{name}}} in the words of a notice; there are {', '.join(PLACEHOLDERS)}.",
            )
    return value


def read_quiet(value: Any) -> tuple[time, time] | None:
    """`22:00-07:00` by the district's clock, over midnight when it ends before it begins; `none` for no quiet at all."""
    if value == "none":
        return None
    found = _QUIET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PackError(f"{value!r} 应如 22:00-07:00，或 none。", f"{value!r} must be like 22:00-07:00, or none.")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if begin == end:
        raise PackError("静默时段不能首尾相同。", "Quiet hours cannot begin and end at once.")
    return begin, end
