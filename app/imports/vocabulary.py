"""What a mapping may speak of: our fields, the roads a ticket takes to each state, and what each step of a road may tell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.imports.cells import BOOL, CODE, NUMBER, TEXT, Kind
from workflows.fields import REPLY_FIELDS

TICKET_FIELDS = (
    "type", "channel", "source", "title", "content", "purpose", "urgency", "occurred_at", "subject", "enterprise", "reply_by",
    "upstream_number", "upstream_due_at",
)  # fmt: skip
REQUIRED_FIELDS = frozenset({"type", "channel", "title", "content"})
CITIZEN_FIELDS: Mapping[str, Kind] = MappingProxyType(
    {
        "name": Kind(TEXT, max_length=100, private=True),
        "phone": Kind(CODE, max_length=40, private=True),
        "calling_number": Kind(CODE, max_length=40, private=True),
        "id_number": Kind(CODE, max_length=40, private=True),
        "anonymous": Kind(BOOL),
        "confidential": Kind(BOOL),
    }
)
LOCATION_FIELDS: Mapping[str, Kind] = MappingProxyType(
    {"address": Kind(TEXT, max_length=500), "lon": Kind(NUMBER), "lat": Kind(NUMBER)}
)

# The straight road, each step with the state in which it leaves the ticket. A file that tells the last state tells by it all
# steps before; those it says nothing else about are inferred.
STRAIGHT = (
    ("register", "registered"),
    ("accept", "accepted"),
    ("dispatch", "dispatched"),
    ("sign", "handling"),
    ("reply", "replied"),
    ("approve", "completed"),
    ("close", "closed"),
    ("archive", "archived"),
)
ROADS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {state: tuple(trigger for trigger, _ in STRAIGHT[: index + 1]) for index, (_, state) in enumerate(STRAIGHT)}
    | {
        "declined": ("register", "decline"),
        "transferred": ("register", "transfer_emergency"),
        "void": ("register", "void"),
        "withdrawn": ("register", "accept", "withdraw"),
        "terminated": ("register", "accept", "dispatch", "sign", "terminate"),
    }
)
# Steps that happened only when the row says so, and before which step of the road they stand.
ASIDE: Mapping[str, str] = MappingProxyType({"record_callback": "close"})

# What the row may tell of a step beside its time. The lead unit of a dispatch comes from the mapping's [unit].
STEP_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "register": (),
        "accept": ("note",),
        "dispatch": ("instructions", "note"),
        "sign": ("note",),
        "reply": REPLY_FIELDS,
        "approve": ("note",),
        "record_callback": ("rating", "contacted", "solved", "note"),
        "close": ("reason", "note"),
        "archive": ("note",),
        "decline": ("ground", "reply_text", "public_reply", "note"),
        "transfer_emergency": ("transfer_to", "note"),
        "void": ("reason", "note"),
        "withdraw": ("reason", "note"),
        "terminate": ("reason", "termination_ground", "note"),
    }
)
# Steps that happen to the lead unit's assignment; their news reaches the ticket through it.
OF_ASSIGNMENT = frozenset({"sign", "reply"})
# What a step cannot do without. Words that the file does not carry are said to be absent; anything else must be told.
NOT_TOLD = "（原件未载明）"
NEEDED_WORDS: Mapping[str, str] = MappingProxyType(
    {"reply": "reply_text", "decline": "reply_text", "void": "reason", "withdraw": "reason", "terminate": "reason"}
)
NEEDED: Mapping[str, str] = MappingProxyType({"decline": "ground", "transfer_emergency": "transfer_to", "record_callback": "rating"})
STATES = tuple(ROADS)
FINAL = frozenset({"closed", "archived", "declined", "transferred", "void", "withdrawn", "terminated"})
LEVELS = ("upstream", "district", "unit")
UNIT_KINDS = ("centre", "department", "town", "street", "community", "village", "vertical", "utility")
