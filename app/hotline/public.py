"""What a citizen may do without an account: write, follow, add, withdraw, rate. The tracking code is the only key, and it opens little."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from app.api.body import check, tidy
from app.api.doors import PREFIX, Answer, Ask, Door
from app.api.problems import ill_formed
from app.api.words import Words
from app.core.actors import CITIZEN
from app.core.bus import Result, execute, transaction
from app.core.system import System
from app.errors import IllFormed, Refused, TooMany, Unseen
from app.hotline.citizens import tracking_code
from app.hotline.codes import all_of, options
from app.hotline.commands import ActOn, Register
from app.hotline.naming import named_fields
from app.hotline.numbers import parse_tracking_code
from app.hotline.public_photos import LIMIT, MOST, attach, keep
from app.hotline.public_shapes import PUBLIC_CHOICES, PUBLIC_SHOWN
from app.hotline.public_story import story
from app.hotline.reference import Reference, reference
from app.hotline.schemas import PHOTOS_IN, PUBLIC_TICKET_IN, RATING_IN, SUPPLEMENT_IN, WITHDRAWAL_IN

BESIDE = ("citizen", "location")
FOUND = "SELECT id FROM tickets WHERE tracking_hash = ANY(%s)"
NOW = "SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation"
PLACED = """SELECT t.citizen_id, t.tracking_sealed FROM receipts r JOIN tickets t ON t.id = (r.result->>'case_id')::bigint
WHERE r.actor = %s AND r.key = %s"""
SUPPLEMENTS = "SELECT count(*) AS n FROM supplements WHERE root_id = %s AND actor_id = 0 AND at > %s - interval '1 day'"
MOST_A_DAY = 10
ENVELOPE = 1024 * 1024


def public_doors() -> list[Door]:
    tag, code = "public", "/public/tickets/{tracking_code}"
    return [
        Door(
            "POST", "/public/tickets", register, "市民登记诉求", "A citizen registers", PUBLIC_TICKET_IN, PUBLIC_SHOWN, public=True,
            tag=tag, status=201,
        ),
        Door("GET", "/public/choices", choices, "登记时的选项", "What there is to choose from", None, PUBLIC_CHOICES, public=True, tag=tag),
        Door("GET", code, follow, "市民查询进度", "A citizen follows a ticket", response_schema=PUBLIC_SHOWN, public=True, tag=tag),
        Door("POST", f"{code}/rating", rate, "市民评价", "A citizen rates", RATING_IN, PUBLIC_SHOWN, public=True, tag=tag),
        Door(
            "POST", f"{code}/supplements", supplement, "市民补充或催单", "A citizen adds something, or urges", SUPPLEMENT_IN, PUBLIC_SHOWN,
            public=True, tag=tag,
        ),
        Door(
            "POST", f"{code}/withdrawal", withdraw, "市民撤单", "A citizen withdraws", WITHDRAWAL_IN, PUBLIC_SHOWN, public=True, tag=tag
        ),
        Door(
            "POST", f"{code}/photos", photograph, "市民补充照片", "A citizen adds photographs", PHOTOS_IN, PUBLIC_SHOWN, public=True,
            tag=tag, upload=MOST * LIMIT + ENVELOPE,
        ),
    ]  # fmt: skip


def register(ask: Ask) -> Answer:
    body = story(ask.system, registered(ask.system, ask.body, own_key(ask)).case_id, ask.lang)
    return Answer(body, 201, headers={"Location": f"{PREFIX}/public/tickets/{body['tracking_code']}"})


def registered(system: System, body: Mapping[str, Any], key: str | None) -> Result:
    """The one command behind every form that a citizen fills in; `body` as the schema gives it."""
    fields = named_fields(system, {name: value for name, value in body.items() if name not in BESIDE})
    result: Result = execute(system, Register(CITIZEN, fields, body["citizen"], body["location"], key))
    return result


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """A citizen's words from a form, as the door of the API reads them from JSON."""
    return check(PUBLIC_TICKET_IN, tidy(dict(body)))


def placed_under(system: System, key: str) -> str | None:
    """The tracking code of what has been registered under a key: only who holds the key may ask."""
    with transaction(system, CITIZEN) as tx:
        rows = tx.query(PLACED, (CITIZEN.label, key))
    return tracking_code(system.keyring, rows[0]) if rows else None


def own_key(ask: Ask) -> str | None:
    """All citizens are one actor: the address keeps two of them apart who happen to choose the same key."""
    return None if ask.key is None else hashlib.sha256(f"{ask.request.remote_addr} {ask.key}".encode()).hexdigest()


def choices(ask: Ask) -> Mapping[str, Any]:
    """What the citizen's form offers: two levels of categories by their words, the streets, and the words of a rating."""
    system, lang = ask.system, ask.lang
    with transaction(system, CITIZEN) as tx:
        now = tx.query(NOW)[0]["now"]
    named = reference(system.engine, system.settings.epoch)
    streets = sorted((unit.code, unit.name) for unit in named.units.values() if unit.kind in ("street", "town") and unit.active(now))
    centre = named.units.get(named.centre or 0)
    return {
        "centre": centre.name if centre else None,
        "types": offered(all_of("ticket_type", lang)),
        "categories": branches(named, now),
        "streets": [name for _, name in streets],
        "ratings": offered(options("rating", system, lang=lang) or []),
        "reasons": offered(options("reasons", system, lang=lang) or []),
        "most_photos": MOST,
        "photo_bytes": LIMIT,
    }


def offered(found: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"code": code, "label": words} for code, words in found]


def branches(named: Reference, now: Any) -> list[dict[str, Any]]:
    """The topmost classes with those just below them; finer ones are the centre's business."""
    valid = sorted((each for each in named.categories.values() if each.valid(now)), key=lambda each: each.code)
    tops = [each for each in valid if each.parent_id is None]
    below = {top.id: [{"code": each.code, "label": each.name} for each in valid if each.parent_id == top.id] for top in tops}
    return [{"code": top.code, "label": top.name, "below": below[top.id]} for top in tops]


def follow(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    return story(ask.system, found(ask.system, tracking_code), ask.lang)


def rate(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    ticket, given = found(ask.system, tracking_code), dict(ask.body)
    if not given.pop("confirm", True):
        raise Refused("请确认后再提交评价。", "Confirm the rating to send it.")
    way = {"rating_way": given.pop("way")} if "way" in given else {}
    execute(ask.system, ActOn(CITIZEN, ticket, "record_callback", {**given, **way}, None, own_key(ask)))
    return story(ask.system, ticket, ask.lang)


def supplement(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    """What is added goes to whoever handles the demand; urging needs no words."""
    ticket, fields = found(ask.system, tracking_code), dict(ask.body)
    if fields["kind"] == "addition" and "text" not in fields:
        raise ill_formed({"text": [Words("请写下要补充的内容。", "Write what you want to add.")]})
    refuse_flood(ask.system, ticket)
    execute(ask.system, ActOn(CITIZEN, ticket, "supplement", fields, None, own_key(ask)))
    return story(ask.system, ticket, ask.lang)


def refuse_flood(system: System, ticket: int) -> None:
    with transaction(system, CITIZEN) as tx:
        said = tx.query(SUPPLEMENTS, (ticket, tx.now))[0]["n"]
    if said >= MOST_A_DAY:
        zh = f"一天最多补充或催单 {MOST_A_DAY} 次，急事请拨打 12345。"
        raise TooMany(zh, f"At most {MOST_A_DAY} times a day; if it is urgent, call 12345.", retry_after=3600)


def withdraw(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    ticket, given = found(ask.system, tracking_code), dict(ask.body)
    if not given.pop("confirm"):
        raise ill_formed({"confirm": [Words("请勾选确认撤回。", "Tick that you want to withdraw.")]})
    execute(ask.system, ActOn(CITIZEN, ticket, "withdraw", given, None, own_key(ask)))
    return story(ask.system, ticket, ask.lang)


def photograph(ask: Ask, tracking_code: str) -> Mapping[str, Any]:
    """Each file by itself: the good ones are attached, then the first bad one is named."""
    ticket = found(ask.system, tracking_code)
    files = [file for file in ask.request.files.getlist("file") if file.filename]
    if not files:
        raise IllFormed("请选择照片。", "Choose a photograph.", {"file": ["请选择照片。 / Choose a photograph."]})
    for file in files[: MOST + 1]:
        attach(ask.system, ticket, keep(ask.system, file.filename or "", file.stream))
    return story(ask.system, ticket, ask.lang)


def found(system: System, given: str) -> int:
    """The ticket of a code as a person typed it. What cannot be a code is looked up all the same, so that both answers take one time."""
    code = parse_tracking_code(given)
    with transaction(system, CITIZEN) as tx:
        rows = tx.query(FOUND, (system.keyring.lookups("tracking", code or ""),))
    if code is None or not rows:
        raise Unseen("没有这个查询码。", "There is no such tracking code.")
    return int(rows[0]["id"])
