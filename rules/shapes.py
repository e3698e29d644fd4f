"""The tables and parameters a pack may have, and what a row of each must give: a name outside of these does not load."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rules import notice_rows
from rules.amounts import Amount, parse_amount
from rules.derived import DANGERS
from rules.errors import AmountError, PackError
from rules.tables import Policy

ROLES = (
    "agent", "dispatcher", "reviewer", "callback_agent", "supervisor", "leader", "secretary", "duty_officer", "shift_lead",
    "unit_clerk", "handler", "unit_lead",
)
RELATIONS = ("centre", "lead", "co", "sub", "copied", "own", "holder", "any")
# What a clock itself may set off: raise the urgency, open a supervision, hand the case to a higher level, show the unit a yellow card.
FIRED_TRIGGERS = ("escalate", "supervise", "elevate", "yellow_card")
UNLIMITED = "unlimited"
ELEVATIONS = ("elevated_bulletin", "elevated_study", "elevated_review", "elevated_callback")
LADDER_STEPS = ("rehandle", "study", "decide", "supervise", "leader")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
_RUNG = re.compile(r"(?:(\d{1,2})%|due|([+-])(\d.*))", re.ASCII)


@dataclass(frozen=True, slots=True)
class RungSpec:
    """A step of a clock: a share of its budget, the limit itself, or so much before or after it."""

    key: str
    percent: int | None = None
    offset: Amount | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """Which hit policies make sense, which facts every row must ask, and how each thing given is read."""

    policies: tuple[Policy, ...]
    asks: tuple[str, ...]
    gives: Mapping[str, Callable[[Any], Any]]
    optional: Mapping[str, Callable[[Any], Any]]


def read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{value!r} 应为非空文字。", f"{value!r} must be text that is not empty.")
    return value


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise PackError(f"{value!r} 应为 true 或 false。", f"{value!r} must be true or false.")
    return value


def read_count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000:
        return value
    raise PackError(f"{value!r} 应为 0 到 1000 的整数。", f"{value!r} must be a whole number from 0 to 1000.")


def read_scale(value: Any) -> int:
    if value in (3, 5) and not isinstance(value, bool):
        return int(value)
    raise PackError(f"评价档次应为 3 或 5，不是 {value!r}。", f"A scale has 3 or 5 steps, not {value!r}.")


def read_positive_amount(value: Any) -> Amount:
    try:
        amount = parse_amount(read_text(value))
    except AmountError as error:
        raise PackError(error.zh, error.en) from error
    if not amount.value:
        raise PackError("时限不能为零。", "A limit cannot be nothing.")
    return amount


def read_limit(value: Any) -> Amount | None:
    """An amount, or None for a clock that is declared unlimited."""
    return None if value == UNLIMITED else read_positive_amount(value)


def read_code(value: Any) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise PackError(f"{value!r} 不是代码。", f"{value!r} is not a code.")
    return value


def read_codes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise PackError(f"{value!r} 应为代码的列表。", f"{value!r} must be a list of codes.")
    return tuple(read_code(code) for code in value)


def read_phone(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9-]{3,20}", value, re.ASCII):
        raise PackError(f"{value!r} 不是电话号码。", f"{value!r} is not a telephone number.")
    return value


def read_rung(value: Any) -> RungSpec:
    """`50%`, `due`, `+1wd`, `-1wd`; a share of 0 % or of 100 % and more could never fire as such."""
    found = _RUNG.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] == "0" or found[1] == "00":
        raise PackError(f"看不懂节点 {value!r}，应如 50%、due、+1wd、-1wd。", f"{value!r} is no rung: write 50%, due, +1wd or -1wd.")
    if found[1]:
        return RungSpec(value, percent=int(found[1]))
    return RungSpec(value, offset=read_positive_amount(found[3]), before=found[2] == "-") if found[3] else RungSpec(value)


def read_actions(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise PackError("actions 应为非空列表。", "'actions' must be a list that is not empty.")
    return tuple(_read_action(action) for action in value)


def _read_action(value: Any) -> str:
    """`mark`, `notify:ROLE@RELATION`, `fire:TRIGGER`: nothing else can happen when a rung is reached."""
    verb, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    role, _, relation = rest.partition("@")
    known = value == "mark" or (verb == "notify" and role in ROLES and relation in RELATIONS) or (verb == "fire" and rest in FIRED_TRIGGERS)
    if not known:
        raise PackError(f"没有 {value!r} 这种动作。", f"{value!r} is no action: write mark, notify:ROLE@RELATION or fire:TRIGGER.")
    return str(value)


def read_words(value: Any) -> tuple[str, ...]:
    """Words and phrases as people write them."""
    if not isinstance(value, list) or not value:
        raise PackError(f"{value!r} 应为非空的词语列表。", f"{value!r} must be a list of words that is not empty.")
    return tuple(read_text(word) for word in value)


def one_of(*names: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in names:
            raise PackError(f"{value!r} 应为 {names} 之一。", f"{value!r} must be one of {names}.")
        return str(value)

    return read


def read_ladder(value: Any) -> tuple[str, ...]:
    """Roles from the first to the highest."""
    if not isinstance(value, list) or not value or any(role not in ROLES for role in value):
        raise PackError(f"{value!r} 应为角色的非空列表。", f"{value!r} must be a list of roles that is not empty.")
    return tuple(value)


_WORDING = {"zh": read_text, "en": read_text}
SHAPES: Mapping[str, Shape] = {
    "limits": Shape(("min", "first"), ("clock", "level"), {"amount": read_limit}, {}),
    "escalation": Shape(("collect",), ("clock", "level"), {"rung": read_rung, "actions": read_actions}, {}),
    "directory": Shape(("first",), (), {"unit": read_code}, {"co": read_codes}),
    "callback_order": Shape(("first",), (), {"priority": read_count}, {}),  # The smaller is called first.
    "callback_script": Shape(("collect",), (), _WORDING, {}),
    "dissatisfaction_reasons": Shape(("collect",), (), _WORDING, {}),
    "no_further_grounds": Shape(("collect",), (), _WORDING, {}),
    "decline_grounds": Shape(("collect",), (), _WORDING, {"channel": read_text}),
    # Without words a row speaks by its conditions alone; `unless` makes words harmless in the same clause, `unless_sentence` in the
    # same sentence.
    "alarm_words": Shape(
        ("collect",), (), {"danger": one_of(*DANGERS)}, {"words": read_words, "unless": read_words, "unless_sentence": read_words}
    ),
    "reply_phrases": Shape(("collect",), (), {"use": one_of("empty", "result", "unfinished", "plan", "unit"), "words": read_words}, {}),
    "transfer_targets": Shape(("collect",), (), {**_WORDING, "phone": read_phone}, {}),
    "notices": Shape(
        ("collect",), ("event",),
        {
            "kind": notice_rows.read_kind, "to": notice_rows.recipients(ROLES, (*RELATIONS, "unit")),
            "channels": notice_rows.read_channels, "zh": notice_rows.read_wording, "en": notice_rows.read_wording,
        },
        {"critical": read_flag},
    ),
    "restriction_grounds": Shape(("collect",), (), _WORDING, {}),  # Without them no caller may be restricted.
    "restriction_effects": Shape(("collect",), (), _WORDING, {}),  # The words spell out what the effect is.
    "return_grounds": Shape(("collect",), (), _WORDING, {}),  # Why a unit may return a ticket; without it any ground is taken.
    # Which measures a key ticket's case is raised by; the ladder of dissatisfaction; the lights of supervision.
    "elevations": Shape(("collect",), (), {"measure": one_of(*ELEVATIONS)}, {}),
    "ladder": Shape(("first",), (), {"step": one_of(*LADDER_STEPS), "who": one_of(*ROLES), **_WORDING}, {"within": read_positive_amount}),
    "supervision_lights": Shape(("first",), (), {"light": read_code, **_WORDING}, {}),
    # `total`: whether a lead unit's pause on this ground holds the ticket's own limit too; not when nothing is said.
    "hold_grounds": Shape(("collect",), (), {**_WORDING, "longest": read_limit, "approval": read_flag}, {"total": read_flag}),
    "copies": Shape(("collect",), (), {"unit": read_code}, {}),  # Who sees a ticket that is dispatched to the unit that is asked about.
}

PARAMETERS: Mapping[str, Callable[[Any], Any]] = {
    "alarm_ladder": read_ladder,  # Who answers for an alarm, from the duty room upwards; it climbs when nobody does.
    "extension_count": read_count,  # How often one assignment may be extended.
    "extension_not_longer_than_limit": read_flag,
    "extension_before_due_only": read_flag,
    "suspension_longest": read_positive_amount,  # How far the review may lie ahead; without it nothing may be suspended.
    "return_count": read_count,  # How often one unit may ask to return the same ticket.
    "designated_unit_may_return": read_flag,  # Not when nothing is said.
    "return_needs_evidence": read_flag,  # Whether a return wants a file of the unit; not when nothing is said.
    "first_unit_responsible": read_flag,  # Whether the first unit answers until its return is decided; not when nothing is said.
    "undo_dispatch_within": read_positive_amount,
    "callback_attempts": read_count,
    "callback_gap": read_positive_amount,  # The least time between two attempts.
    "callback_expires": read_positive_amount,
    "callback_dead_number_ends": read_flag,  # One call to a number that is dead ends the callback; so when nothing is said.
    "callback_refused_ends": read_flag,  # One refusal ends it; so when nothing is said.
    "rating_scale": read_scale,  # Three steps or five; five when nothing is said.
    "dissatisfaction_reasons_required": read_flag,  # Whether an agent must name a listed reason; not when nothing is said.
    "rehandle_rounds": read_count,  # Rounds of re-handling before a conference must be held.
    "reopen_within": read_positive_amount,
    "quiet_hours": notice_rows.read_quiet,  # When only critical notices leave the house; 22:00-07:00 when nothing is said.
    "notice_digest_after": read_count,  # So many messages to one person and channel, then one digest; 5 when nothing is said.
    "notice_digest_minutes": read_count,  # Within so many minutes; 30 when nothing is said.
    "collective_threshold": read_count,  # From so many citizens a group is a collective complaint; never when nothing is said.
    "candidate_window": read_count,  # How many days back a ticket about the same fact is looked for; 30 when nothing is said.
    "repeat_within": read_positive_amount,  # How long an earlier reply may serve again; not at all when nothing is said.
    "repeat_callback": read_flag,  # Whether one who got the earlier reply is called back; so when nothing is said.
    "hot_window": read_count,  # Days that are "of late"; no hot issue is found when one of the three is not said.
    "hot_count": read_count,  # At least so many tickets of late.
    "hot_rise": read_count,  # And at least so many hundredths of what came in as many days before.
    "restriction_longest": read_positive_amount,  # The longest time for which a caller may be restricted.
    "knowledge_review_within": read_positive_amount,  # How long an entry of the knowledge base may go unlooked at.
    "supervision_within": read_positive_amount,  # When to report, where nobody says; without it such a matter waits for a person.
    "direct_reply_allowed": read_flag,  # Whether who handles may reply without the unit lead; not when nothing is said.
}
