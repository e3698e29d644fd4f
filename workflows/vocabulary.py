"""The closed words that definitions are written in: roles, relations, clocks, and the shapes of guards, effects and changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = Mapping[str, Any]
Fields = Mapping[str, Any]


def words(text: str) -> frozenset[str]:
    """A set of words separated by blanks."""
    return frozenset(text.split())


ROLES = words(
    """agent dispatcher reviewer callback_agent supervisor leader secretary duty_officer admin auditor security_officer
    unit_clerk handler unit_lead system importer citizen"""
)
# own: the unit that registered the case, or whose request it is; sub: a unit that a share was handed down to; holder: the person it
# was given to; self: the citizen whose case it is; invited: a unit let in while it is asked to speak or to help; cause: fired by
# another case within the same command; any: the role alone is enough.
RELATIONS = words("centre lead co sub copied invited own holder self cause any")
CLOCKS = words(
    """acceptance_clock dispatch_clock sign_clock first_contact_clock handle_clock total_clock interim_reply_clock
    review_clock callback_clock return_window_clock
    adjudication_clock opinion_clock report_in_clock extension_clock pause_clock suspension_clock claim_clock rating_clock
    decision_clock conference_clock supervision_sign_clock supervision_clock verify_clock instruction_clock alarm_clock
    restriction_clock hot_issue_clock collective_clock knowledge_clock co_request_clock"""
)

# A window is no limit: nothing is owed when it ends, so that it makes nothing due and nothing overdue.
WINDOWS = words("return_window_clock")

# Facts that core knows of every case; the others are loaded by the facts of a kind. `state` needs no naming.
CORE_FACTS = words("now actor_id actor_unit_id actor_roles case_id root_id parent_state root_state row children clocks")
# The last line is what the case's own pack says.
KIND_FACTS = words(
    """active_unit_ids complained_unit_ids complained_person_ids unit_person_ids siblings
    returns_asked returns_allowed return_grounds return_evidence designated_may_return invited_elsewhere directory_place
    first_unit_holds own_unit_kind callable_unit_ids
    ticket_row ticket_shares callback_rank callback_expiry call_again_at callable_from
    ratings_allowed reason_codes reasons_required calls_that_end no_further_grounds study_wanted_from
    statutory_grounds transfer_targets undo_until reopen_until callback_attempts_wanted direct_reply_allowed
    findings dangers dangers_standing alarm_ladder
    attachment_count supervision_due elevation_proposed open_supervisions study_is_elevated leader_ids parent_supervised
    known_person_ids known_ticket_ids
    actor_is_of_centre review_at_latest open_correction_ids citable_entries
    link_other main_of_other link_standing earlier_reply repeat_until repeat_callback caller_effects_now share_is_merged
    return_pending
    restriction_grounds restriction_effects restriction_longest
    sharing_unit_ids wished_unit_ids subordinate_unit_ids copied_unit_ids copied_before
    handle_due_at share_is_held extended_due_at extension_latest_at extension_latest_day extensions_left extension_before_due_only
    city_due_at city_due_day upper_due_at pause_grounds pause_terms suspension_latest_at
    standing_cards"""
)


@dataclass(frozen=True, slots=True)
class Set:
    """A column of the case's own feature row gets a value."""

    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class Open:
    """A child case is born; `values` are the fields of its birth edge."""

    kind: str
    values: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fire:
    """Another case of the same tree is moved: `target` is "parent", "root" or a case id; who = system@cause."""

    target: str | int
    trigger: str
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """A unit gets a relation to the root case; granting what is there already changes nothing."""

    unit_id: int
    relation: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """A unit loses a relation to the root case."""

    unit_id: int
    relation: str


@dataclass(frozen=True, slots=True)
class Put:
    """A new row in one of the feature's own record tables."""

    table: str
    values: Fields


@dataclass(frozen=True, slots=True)
class Extend:
    """The case's own limit of that name is due later, not before `until`; what the city set never moves."""

    clock: str
    until: datetime


Change = Set | Open | Fire | Grant | Revoke | Put | Extend


Beside = Callable[[Facts, Fields], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: the facts and fields it looks at, and the sentence shown when it fails. `{fact}` in a sentence stands for the
    words that this fact holds. `at` are the fields that the sentence speaks of, or tells them of the very request."""

    name: str
    facts: frozenset[str]
    fields: frozenset[str]
    zh: str
    en: str
    test: Callable[[Facts, Fields], bool]
    at: tuple[str, ...] | Beside = ()

    def beside(self, facts: Facts, fields: Fields) -> tuple[str, ...]:
        """The fields that the sentence is shown at: of several those that were left empty, where any was."""
        if not isinstance(self.at, tuple):
            return tuple(self.at(facts, fields))
        return tuple(name for name in self.at if not fields.get(name)) or self.at

    def said(self, facts: Facts) -> tuple[str, str]:
        """Both sentences about this very case."""
        words_of = {name: ", ".join(sorted(facts[name])) for name in self.facts if f"{{{name}}}" in self.zh}
        return self.zh.format_map(words_of), self.en.format_map(words_of)


@dataclass(frozen=True, slots=True)
class Effect:
    """A change in the making: the facts it looks at and the function that tells the changes."""

    name: str
    facts: frozenset[str]
    make: Callable[[Facts, Fields], Iterable[Change]]


def guard(
    name: str, facts: str, fields: str, zh: str, en: str, test: Callable[[Facts, Fields], bool], at: str | Beside | None = None
) -> Guard:
    """A guard from words separated by blanks, so that a list of them reads like a table. One that looks at a single field speaks of it;
    of several `at` says which, and none of them when it is left out: then the sentence is about the whole form."""
    taken = tuple(fields.split())
    spoken_of = taken if at is None and len(taken) == 1 else () if at is None else tuple(at.split()) if isinstance(at, str) else at
    return Guard(name, words(facts), words(fields), zh, en, test, spoken_of)


def effect(name: str, facts: str, make: Callable[[Facts, Fields], Iterable[Change]]) -> Effect:
    """An effect from words separated by blanks."""
    return Effect(name, words(facts), make)
