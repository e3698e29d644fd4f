"""What a new ticket's row holds beside the fields of its birth: number, tracking code, the sealed citizen, the place, what was spoken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from app.api.problems import ill_formed
from app.api.words import Words
from app.clock import local
from app.core.actors import Actor
from app.core.apply import Step
from app.core.fire import act
from app.core.masking import NotAPhone
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.citizens import citizen_row, plain, seal_code, seal_shown
from app.hotline.coordinates import BadCoordinate, check
from app.hotline.numbers import new_tracking_code, ticket_number
from app.hotline.redaction import find
from app.hotline.reference import Reference

SERIALS = "ticket_serials"
PLACE = ("address", "street", "community", "lon", "lat", "crs", "coarse")
SPOKEN_IN = ("title", "content", "purpose", "subject")
NOT_A_PHONE = Words("电话号码只能由数字组成，可带区号和分机。", "A telephone number is digits, with an area code or extension if need be.")


class Planned(Protocol):
    """What an import knows of a row; `location` may name streets and communities by objects with a `name`."""

    @property
    def birth(self) -> Mapping[str, Any]: ...
    @property
    def citizen(self) -> Mapping[str, Any]: ...
    @property
    def location(self) -> Mapping[str, Any]: ...


def demand(
    tx: Tx, at: datetime, texts: Mapping[str, Any], citizen: Mapping[str, Any], location: Mapping[str, Any], own_unit_id: int | None
) -> dict[str, Any]:
    """The row for `birth`, with the citizen's own row added to the write. `at` says whose day the number carries."""
    citizen_id, code = tx.system.ids.next(), new_tracking_code()
    keyring, given = tx.system.keyring, checked(citizen)
    anonymous = bool(citizen.get("anonymous"))
    tx.insert("citizens", citizen_row(keyring, citizen_id, given))
    return {
        "number": ticket_number(local(at).date(), tx.system.ids.next(SERIALS)),
        "tracking_hash": keyring.lookup("tracking", code),
        "tracking_sealed": seal_code(keyring, citizen_id, code),
        "citizen_id": citizen_id,
        "citizen_shown": seal_shown(keyring, citizen_id, given, anonymous),
        "confidential": bool(citizen.get("confidential")),
        "anonymous": anonymous,
        "own_unit_id": own_unit_id,
        "created_by": tx.actor.label,
        "spoken": spoken(texts),
        **place_of(location),
    }


def checked(citizen: Mapping[str, Any]) -> dict[str, str]:
    try:
        return plain(citizen)
    except NotAPhone as error:
        raise ill_formed({"citizen.phone": [NOT_A_PHONE]}) from error


def place_of(location: Mapping[str, Any]) -> dict[str, Any]:
    """Coordinates stay in the system that they were given in; a street or community is kept by its name."""
    try:
        position = check(location.get("lon"), location.get("lat"), location.get("crs"))
    except BadCoordinate as bad:
        raise ill_formed({f"location.{bad.field}": [Words(bad.zh, bad.en)]}) from bad
    named = {name: location.get(name) for name in ("address", "street", "community")}
    words = {name: getattr(value, "name", value) or None for name, value in named.items()}
    if position is None:
        return {**words, "lon": None, "lat": None, "crs": None, "coarse": None}
    coarse = bool(location.get("coarse", position.coarse))
    return {**words, "lon": position.lon, "lat": position.lat, "crs": position.crs, "coarse": coarse}


def spoken(texts: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """Where personal data stands in each text: start, end and kind, never the thing itself."""
    found = {name: [[span.start, span.end, span.kind] for span in find(texts[name])] for name in SPOKEN_IN if texts.get(name)}
    return {name: spans for name, spans in found.items() if spans}


def respoken(case: Case) -> None:
    """After a text has changed, what is spoken in it is found again."""
    if case.dirty.intersection(SPOKEN_IN):
        case.data["spoken"] = spoken(case.data)
        case.dirty.add("spoken")


def may_look(root: Root, named: Reference, actor: Actor) -> None:
    """A unit that registers a ticket keeps seeing it; the centre sees every ticket anyway."""
    unit = named.units.get(actor.unit_id or 0) if actor.kind == "user" else None
    if unit is not None and unit.kind != "centre":
        root.grant(unit.id, "own")


def demand_row(tx: Tx, plan: Planned) -> dict[str, Any]:
    """The same row for a ticket out of a file."""
    return demand(tx, tx.now, plan.birth, plan.citizen, plan.location, None)


def place_changes(tx: Tx, root: Root, case: Case, plan: Planned) -> None:
    """What a changed row of a file says of the place; noted in the history, since no field of an amendment carries it."""
    respoken(case)
    told = place_of(plan.location)
    changed = {name for name in PLACE if told[name] is not None and told[name] != case.data[name]}
    if not changed:
        return
    for name in changed:
        case.data[name] = told[name]
    case.dirty |= changed
    act(Step(tx, root, case, "annotate", {"note": "文件更新了事发地点。"}), frozenset({f"{role}@any" for role in tx.actor.roles}))
