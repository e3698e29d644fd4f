"""The unit desk: what came in, signed and given to people many at once, the time left for returning, what was handed down or asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.clock import local
from app.errors import Refusal
from app.hotline.desks import batches
from app.hotline.desks.handling import window_of
from app.web.acts import transition
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

ROLES = frozenset({"unit_clerk", "unit_lead"})
HOME = "/desk/unit"
LIMIT = "100"
# What the address may ask of the list, as the list's own door reads it.
FILTERS = ("state", "badge", "window_before", "overdue", "person", "role", "waits", "due_before", "open", "above")
# What is asked for beside the shares: its door, the filter that names the unit there, and what else is asked of the door.
PARTS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "returns": ("/return-requests", "party", {"actions": "true"}),
    "reports": ("/report-ins", "party", {"actions": "true"}),
    "extensions": ("/extensions", "unit", {"actions": "true"}),
    "pauses": ("/assignments", "unit", {"waits": "pause"}),
}
NARROWED: Mapping[str, str] = {"position_of": "returns", "caller": "reports", "unit": "reports"}
# The counts of the desk that make up the number on that tab.
ASIDE = ("extensions_asked", "returns_asked", "pauses_asked", "returns_invited", "report_ins")
# What may be done to many at once, and what the page of results says of each.
DID = {"sign": ("已签收", "Signed"), "give": ("已交办", "Given")}
SAID = ("id", "ticket", "person")
Tab = tuple[str, str, str, Mapping[str, str]]


def tabs(look: Look) -> Sequence[Tab]:
    """(count, Chinese, English, filters), in the order in which they are worked off."""
    tomorrow = (local(look.now) + timedelta(days=1)).isoformat(timespec="seconds")
    unit = str(look.actor.unit_id)
    return (
        ("to_sign", "待签收", "To sign", {"state": "assigned"}),
        ("to_give", "待交承办人", "To give", {"state": "assigned,handling", "badge": "unassigned"}),
        ("window_closing", "退单期限将满", "Returning ends soon", {"state": "assigned,handling", "window_before": tomorrow}),
        ("sent_back", "退回重办", "Sent back", {"badge": "sent_back"}),
        ("to_check", "待审签", "To sign off", {"state": "submitted"}),
        ("handling", "办理中", "In hand", {"state": "handling"}),
        ("late", "超期", "Late", {"open": "true", "overdue": "true"}),
        ("below", "下派进度", "Handed down", {"open": "true", "above": unit}),
        ("co", "协办", "As co-unit", {"state": "assigned,handling,submitted", "role": "co"}),
    )


def desk(look: Look) -> Shown:
    if look.args.get("tab") == "asked":
        return asked(look)
    return Shown("desks/unit.html", {**desk_of(look), **queue_of(look)})


def queue(look: Look) -> Shown:
    """The list alone, which refreshes itself."""
    return Shown("desks/unit-queue.html", {**desk_of(look), **queue_of(look)})


def desk_of(look: Look) -> dict[str, Any]:
    told, given = look.get("/unit-desk"), asked_filters(look)
    known = [(code, look.t(zh, en), filters, told["counts"][code]) for code, zh, en, filters in tabs(look)]
    now = next((code for code, _, filters, _ in known if same(filters, given)), "")
    counts = told["counts"]
    return {
        "unit": told["unit"], "people": told["people"], "tabs": known, "tab": now, "asked_count": sum(counts[name] for name in ASIDE),
    }  # fmt: skip


def asked_filters(look: Look) -> dict[str, str]:
    given = {name: look.args[name] for name in FILTERS if look.args.get(name)}
    return given or {"state": "assigned"}


def same(filters: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """The instant of a window moves on; that it is asked for is enough."""
    timeless = [{**asked, "window_before": "soon"} if "window_before" in asked else dict(asked) for asked in (filters, given)]
    return timeless[0] == timeless[1]


def queue_of(look: Look) -> dict[str, Any]:
    given = asked_filters(look)
    whose = {} if "above" in given else {"unit": str(look.actor.unit_id)}
    cursor = {"cursor": look.args["cursor"]} if look.args.get("cursor") else {}
    found = look.get("/assignments", {**given, **whose, **cursor, "order": "due", "limit": LIMIT})
    rows = [{**row, "window": window_of(look, row["clocks"])} for row in found["items"]]
    return {"rows": rows, "next": found["next"], "filters": given, "below": "above" in given}


def asked(look: Look) -> Shown:
    """What waits beside the shares; or, when the address says so, only what the first page counted."""
    only = next((part for name, part in NARROWED.items() if look.args.get(name)), "")
    given = {name: look.args[name] for name in (*NARROWED, "state") if look.args.get(name)} if only else {}
    found = {part: listed(look, part, given) for part in PARTS if only in ("", part)}
    rows = {part: found[part]["items"] if part in found else [] for part in PARTS}
    return Shown(
        "desks/unit-asked.html",
        {**desk_of(look), **rows, "only": only, "beyond": any(page["next"] is not None for page in found.values())},
    )


def listed(look: Look, part: str, given: Mapping[str, str]) -> Any:
    door, whose, more = PARTS[part]
    mine = {} if given else {whose: str(look.actor.unit_id)}
    return look.get(door, {**mine, **given, **more, "open": "true", "order": "due", "limit": "50"})


def sign(look: Look) -> Done:
    return each(look, "sign", "sign", {})


def give(look: Look) -> Done:
    """Given to another afterwards, it is taken from the first: that is how a wrong choice is mended."""
    person = look.form.get("person", "")
    given = {"person": int(person)} if person.isdecimal() and len(person) < 19 else {}
    return each(look, f"give-{given.get('person', '')}", "assign_person", given)


def each(look: Look, did: str, trigger: str, fields: Mapping[str, Any]) -> Done:
    """Every ticked share by a command of its own; one that is refused stays as it was and says why."""
    back = inner_path(look.form.get("to", HOME))
    return batches.done(look, HOME, did, lambda id, step: outcome(look, id, trigger, fields, step), words=did.partition("-")[0], to=back)


def outcome(look: Look, id: int, trigger: str, fields: Mapping[str, Any], step: str) -> dict[str, Any]:
    share: Mapping[str, Any] | None = None
    try:
        share = look.get("/assignments/{id}", id=id)
        share = {**share, **transition(look, "assignments", id, trigger, fields, step)}
        return {"share": batches.part(share, SAID), "why": ""}
    except Refusal as refusal:
        told = look.problem(refusal)
        why = " ".join([told["detail"], *(line for lines in told["errors"].values() for line in lines)])
        return {"share": batches.part(share, SAID) if share else None, "why": why}


def results(look: Look) -> Shown | Done:
    found = batches.results(look, HOME, look.args.get("of", ""))
    if found is None:
        return batches.gone(HOME)
    rows, more = found
    values = {"results": rows, "did": look.t(*DID[more["words"]]), "to": inner_path(more["to"]), "people": look.get("/unit-desk")["people"]}
    return Shown("desks/unit-results.html", values)


def again(look: Look, refusal: Refusal) -> Shown:
    values = {**desk_of(look), **queue_of(look), "problem": look.problem(refusal), "typed": typed(look.form)}
    return Shown("desks/unit.html", values, status=refusal.status)


PAGES = (
    Page(HOME, desk, "单位收单台", "Unit desk", ROLES, nav="desk", icon="inbox"),
    Page(f"{HOME}/asked", asked, "单位的申请与报到", "What was asked for", ROLES | {"handler"}),
    Page(f"{HOME}/queue", queue, "单位收单队列", "Queue of the unit", ROLES),
    Page(f"{HOME}/results", results, "处理结果", "What came of it", ROLES),
    Page(f"{HOME}/sign", sign, "批量签收", "Sign many", ROLES, method="POST", again=again),
    Page(f"{HOME}/give", give, "批量交办", "Give many", ROLES, method="POST", again=again),
)
