"""Every filter of a list is one condition that an index can answer; what names nothing that we know finds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.problems import ill_formed
from app.core.masking import NotAPhone, normalise_phone
from app.core.registry import Registry
from app.core.visibility import predicate, sees_all
from app.hotline.asking import Asked, Chosen, Filter, Offer
from app.hotline.badge_filters import BELOW, OWING, SHARE_BADGES, SHARE_WAITS, TICKET_BADGES, TICKET_WAITS, WINDOW
from app.hotline.numbers import valid_ticket_number
from app.hotline.registration import NOT_A_PHONE
from app.hotline.search_tokens import parse_query

PAGING = frozenset({"limit", "cursor", "order"})
NOTHING = "false"
DUE_IN = "SELECT d.root_id FROM cases d WHERE d.kind IN ('ticket', 'assignment') AND d.open AND d.due_at"
STANDING = "SELECT u.root_id FROM case_access u WHERE u.unit_id = %(unit)s AND u.relation IN ('lead', 'co')"
IN_HANDS = """SELECT h.root_id FROM assignments h WHERE h.person_id = ANY(%(person)s)
UNION ALL SELECT h.id FROM tickets h WHERE h.claimed_by = ANY(%(person)s)"""
OFFERS_WORDS = "SELECT s.id FROM ticket_search s WHERE s.tokens @@ %(tokens)s::tsquery"
OFFERS_DISPATCHED = "SELECT s.id FROM tickets s WHERE s.dispatched_at >= %(dispatched_from)s"
OFFERS_LABELLED = "SELECT l.id FROM tickets l WHERE l.labels @> %(label)s::text[] AND l.labels <> '{}'"
SPOKEN_BY = "SELECT z.id FROM citizens z WHERE z.{0} = ANY(%(phone)s) OR z.{1} = ANY(%(phone)s)"


def choose(asked: Asked, filters: Mapping[str, Any], known: Mapping[str, Filter]) -> Chosen:
    """All that a row must fulfil: to be visible first, then each filter that was given."""
    condition, params = predicate(asked.actor)
    chosen = Chosen([] if condition == "true" else [condition], dict(params), filters)
    for name, value in filters.items():
        if value is not None and name not in PAGING:
            chosen.conditions.append(known[name](asked, chosen, value))
    return chosen


def words(value: Any) -> list[str]:
    """One word, several with commas between, or a list of them."""
    parts = value.split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts]


def equal(column: str, name: str) -> Filter:
    """One word is compared by itself: only then does an index of (word, id) give the rows in the order of the list."""

    def condition(asked: Asked, chosen: Chosen, value: Any) -> str:
        wanted = words(value)
        chosen.params[name] = wanted if len(wanted) > 1 else wanted[0]
        return f"{column} = ANY(%({name})s)" if len(wanted) > 1 else f"{column} = %({name})s"

    return condition


def compared(column: str, sign: str, name: str) -> Filter:
    def condition(asked: Asked, chosen: Chosen, value: Any) -> str:
        chosen.params[name] = value
        return f"{column} {sign} %({name})s"

    return condition


def in_state(kind: str) -> Filter:
    """The index of open cases answers for open states, and that of ended ones for final states, so the query says which it means."""

    def condition(asked: Asked, chosen: Chosen, value: Any) -> str:
        wanted = words(value)
        known = finals(asked.system.registry, kind)
        unknown = [state for state in wanted if state not in known]
        if unknown:
            raise ill_formed({"state": [f"没有此状态 / no such state: {', '.join(unknown)}"]})
        ends = {known[state] for state in wanted}
        side = "" if len(ends) > 1 else " AND NOT c.open" if ends == {True} else " AND c.open"
        return equal("c.state", "state")(asked, chosen, wanted) + side

    return condition


def in_state_of_share(asked: Asked, chosen: Chosen, value: Any) -> str:
    """What still owes its reply has an index by unit; a unit's shares of all years have none that knows it."""
    return in_state("assignment")(asked, chosen, value) + " AND a.replied_at IS NULL" * OWING.issuperset(words(value))


def finals(registry: Registry, kind: str) -> dict[str, bool]:
    """Each state of a kind, in whichever version of its definition, and whether it is final."""
    return {name: state.final for flow in registry.workflows.values() if flow.kind == kind for name, state in flow.states.items()}


def unit_id_of(asked: Asked, value: Any) -> int | None:
    by_code = asked.named.unit_by_code.get(str(value))
    return by_code.id if by_code else as_id(value)


def as_id(value: Any) -> int | None:
    return int(value) if str(value).isascii() and str(value).isdecimal() and len(str(value)) <= 18 else None


def of_unit(condition_text: str) -> Filter:
    def condition(asked: Asked, chosen: Chosen, value: Any) -> str:
        chosen.params["unit"] = unit_id_of(asked, value)
        return NOTHING if chosen.params["unit"] is None else condition_text

    return condition


def of_unit_above(asked: Asked, chosen: Chosen, value: Any) -> str:
    """Shares that stand under an open share of that unit."""
    chosen.params["above"] = unit_id_of(asked, value)
    return NOTHING if chosen.params["above"] is None else BELOW


def of_person(condition_text: str) -> Filter:
    """By id, by name, or `me`."""

    def condition(asked: Asked, chosen: Chosen, value: Any) -> str:
        chosen.params["person"] = people(asked, value)
        return condition_text if chosen.params["person"] else NOTHING

    return condition


def people(asked: Asked, value: Any) -> list[int]:
    found = asked.actor.id if value == "me" else as_id(value)
    return [person.id for person in asked.named.people.values() if person.name == value] if found is None else [found]


def dispatched_from(asked: Asked, chosen: Chosen, value: Any) -> str:
    """What was sent out lately is little, and stands anywhere among all that waits to be signed for."""
    chosen.params["dispatched_from"] = value
    chosen.offers.append(Offer(OFFERS_DISPATCHED, "t.dispatched_at >= %(dispatched_from)s"))
    return "true"


def dispatched_by(asked: Asked, chosen: Chosen, value: Any) -> str:
    chosen.params["dispatchers"] = people(asked, value)
    return "t.dispatched_by = ANY(%(dispatchers)s)" if chosen.params["dispatchers"] else NOTHING


def of_category(asked: Asked, chosen: Chosen, value: Any) -> str:
    """A branch of the tree with all below it, by id or code."""
    by_code = asked.named.category_by_code.get(str(value))
    found = by_code.id if by_code else as_id(value)
    if found is None or found not in asked.named.categories:
        return NOTHING
    chosen.params["category"] = asked.named.subtree(found)
    return "t.category_id = ANY(%(category)s)"


def labelled(asked: Asked, chosen: Chosen, value: Any) -> str:
    chosen.params["label"] = words(value)
    chosen.offers.append(Offer(OFFERS_LABELLED, "t.labels @> %(label)s::text[]"))
    return "true"


def badged(badges: Mapping[str, str]) -> Filter:
    return lambda asked, chosen, value: f"({badges[value]})"


def still_open(asked: Asked, chosen: Chosen, value: Any) -> str:
    return "c.open" if value else "NOT c.open"


def window_closes(asked: Asked, chosen: Chosen, value: Any) -> str:
    chosen.params |= {"window_before": value, "at": asked.now}
    return WINDOW


def tree_due(asked: Asked, chosen: Chosen, value: Any) -> str:
    """Of what is not overdue only a limit that is still ahead comes soon."""
    chosen.params |= {"due_before": value, "now": asked.now}
    ahead = " AND d.due_at > %(now)s" if chosen.given.get("overdue") is False else ""
    return f"c.id IN ({DUE_IN} < %(due_before)s{ahead})"


def tree_overdue(asked: Asked, chosen: Chosen, value: Any) -> str:
    """A ticket is overdue when a running limit of it or of one of its open shares has passed; never while it is suspended."""
    chosen.params["now"] = asked.now
    if value:
        return f"c.state <> 'suspended' AND c.id IN ({DUE_IN} <= %(now)s)"
    # Few are late: they are looked up once, not for each row anew.
    return f"(c.state = 'suspended' OR c.id NOT IN ({DUE_IN} <= %(now)s))"


def own_overdue(asked: Asked, chosen: Chosen, value: Any) -> str:
    chosen.params["now"] = asked.now
    late = "c.open AND c.due_at IS NOT NULL AND c.due_at <= %(now)s"
    return late if value else f"NOT coalesce({late}, false)"


def waiting(waits: Mapping[str, str]) -> Filter:
    """Something was asked for, and a person is to decide it. Each is met by an index of its own."""
    return lambda asked, chosen, value: f"c.open AND {waits[value]}"


def of_phone(asked: Asked, chosen: Chosen, value: Any) -> str:
    """The whole number or its last four digits. A unit cannot learn by guessing who spoke in a confidential ticket."""
    text, keyring = str(value).strip(), asked.system.keyring
    try:
        tail = is_tail(text)
        chosen.params["phone"] = keyring.lookups("phone_tail", text) if tail else keyring.lookups("phone", normalise_phone(text))
    except NotAPhone as error:
        raise ill_formed({"phone": [NOT_A_PHONE]}) from error
    names = ("phone_tail_hash", "calling_tail_hash") if tail else ("phone_hash", "calling_hash")
    found = f"t.citizen_id IN ({SPOKEN_BY.format(*names)})"
    return found if sees_all(asked.actor) else f"{found} AND NOT t.confidential"


def is_tail(phone: str) -> bool:
    """Exactly four digits are the last ones of a number."""
    return phone.isascii() and phone.isdecimal() and len(phone) == 4


def of_words(asked: Asked, chosen: Chosen, value: Any) -> str:
    """A ticket's number finds that ticket; anything else is looked for in the texts."""
    text = str(value).strip()
    if valid_ticket_number(text):
        chosen.params["number"] = text
        return "t.number = %(number)s"
    chosen.query = parse_query(text)
    if chosen.query is None:
        return NOTHING
    chosen.params["tokens"] = chosen.query.tsquery
    chosen.offers.append(Offer(OFFERS_WORDS, f"EXISTS ({OFFERS_WORDS} AND s.id = c.id)"))
    return "true"


def registered_by(asked: Asked, chosen: Chosen, value: Any) -> str:
    """What the person who asks has registered, or all that others have."""
    chosen.params["registrar"] = asked.actor.label
    return f"t.created_by {'=' if value else '<>'} %(registrar)s"


TICKET_FILTERS: Mapping[str, Filter] = {
    "state": in_state("ticket"),
    "unit": of_unit(f"c.id IN ({STANDING})"),
    "person": of_person(f"c.id IN ({IN_HANDS})"),
    "category": of_category,
    "type": equal("t.type", "type"),
    "channel": equal("t.channel", "channel"),
    "source": equal("t.source", "source"),
    "urgency": equal("t.urgency", "urgency"),
    "label": labelled,
    "round": compared("t.round", "=", "round"),
    "open": still_open,
    "badge": badged(TICKET_BADGES),
    "overdue": tree_overdue,
    "due_before": tree_due,
    "created_from": compared("t.registered_at", ">=", "created_from"),
    "created_to": compared("t.registered_at", "<", "created_to"),
    "mine": registered_by,
    "dispatched_from": dispatched_from,
    "dispatched_by": dispatched_by,
    "closed_from": compared("t.closed_at", ">=", "closed_from"),
    "closed_to": compared("t.closed_at", "<", "closed_to"),
    "upstream_number": equal("t.upstream_number", "upstream_number"),
    "phone": of_phone,
    "q": of_words,
    "waits": waiting(TICKET_WAITS),
}
ASSIGNMENT_FILTERS: Mapping[str, Filter] = {
    "state": in_state_of_share,
    "ticket": compared("a.root_id", "=", "ticket"),
    "unit": of_unit("a.unit_id = %(unit)s"),
    "person": of_person("a.person_id = ANY(%(person)s)"),
    "role": equal("a.role", "role"),
    "round": compared("a.round", "=", "round"),
    "open": still_open,
    "badge": badged(SHARE_BADGES),
    "window_before": window_closes,
    "above": of_unit_above,
    "overdue": own_overdue,
    "due_before": lambda asked, chosen, value: "c.open AND " + compared("c.due_at", "<", "due_before")(asked, chosen, value),
    "assigned_from": compared("a.assigned_at", ">=", "assigned_from"),
    "assigned_to": compared("a.assigned_at", "<", "assigned_to"),
    "waits": waiting(SHARE_WAITS),
}
