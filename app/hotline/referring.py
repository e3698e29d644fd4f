"""Reference data as anybody who is signed in may read it: the tree of categories, and which unit the directory suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.api.doors import Ask, Door
from app.api.problems import ill_formed
from app.api.verbs import verb
from app.api.words import Words
from app.core.bus import transaction
from app.core.visibility import predicate, sees_all
from app.errors import Unseen
from app.hotline.categories import AddCategory, ConfirmCategory, RetireCategory
from app.hotline.directory import Demand, suggest
from app.hotline.list_shapes import CATEGORY_PAGE, SUGGESTION_PAGE
from app.hotline.naming import category_of
from app.hotline.reference import CategoryName, Reference, reference
from app.hotline.returns.queries import precedents
from app.hotline.schemas import CATEGORIES_ASKED, CATEGORY_IN, CONFIRMATION_IN, RETIREMENT_IN, SUGGEST_ASKED
from app.hotline.track_record import track_record

TAG = "reference"
PRECEDENTS = 5
ASKED = "SELECT t.type, t.category_id, t.street, t.subject, c.pack FROM tickets t JOIN cases c ON c.id = t.id WHERE t.id = %(id)s AND "


def reference_doors() -> list[Door]:
    return [
        Door(
            "GET", "/categories", categories, "事项分类", "Categories", response_schema=CATEGORY_PAGE, query_schema=CATEGORIES_ASKED,
            tag=TAG,
        ),
        *(replace(door, tag=TAG) for door in kept_by_the_administrator()),
        Door(
            "GET", "/directory", directory, "派单建议", "Which unit a ticket should go to", response_schema=SUGGESTION_PAGE,
            query_schema=SUGGEST_ASKED, tag=TAG,
        ),
    ]  # fmt: skip


def kept_by_the_administrator() -> list[Door]:
    retire, confirm, which = "/categories/{id}/retire", "/categories/{id}/confirm", "category_id"
    return [
        verb("/categories", AddCategory, CATEGORY_IN, "新增分类", "Add a category", status=201),
        verb(retire, RetireCategory, RETIREMENT_IN, "停用分类", "Retire a category", at=which),
        verb(confirm, ConfirmCategory, CONFIRMATION_IN, "核定导入的分类", "Confirm an imported category", at=which),
    ]


def categories(ask: Ask) -> Mapping[str, Any]:
    """The whole tree, parents before children; or the few that a word, a code or pinyin finds, the best first."""
    named, q = reference(ask.system.engine, ask.system.settings.epoch), ask.query["q"]
    with transaction(ask.system, ask.actor) as tx:
        now = tx.now
    if q is None:
        rows = sorted(named.categories.values(), key=lambda category: category.code)
    else:
        found = named.category_index.find(q, usable=lambda category_id: named.categories[category_id].valid(now))
        rows = [named.categories[category_id] for category_id in found]
    return {"items": [shown(named, category, now) for category in rows], "next": None}


def shown(named: Reference, category: CategoryName, now: datetime) -> dict[str, Any]:
    return {
        "id": category.id, "code": category.code, "name": category.name, "parent": category.parent_id,
        "path": [each.name for each in named.path(category.id)], "selectable": category.valid(now),
        "valid_from": category.valid_from, "valid_to": category.valid_to, "provisional": category.provisional,
    }  # fmt: skip


def directory(ask: Ask) -> Mapping[str, Any]:
    """For `ticket`, or for `category` (id or code), `street`, `type` and `subject` while it is still being typed."""
    named = reference(ask.system.engine, ask.system.settings.epoch)
    pack, demand = of_ticket(ask, named) if "ticket" in ask.query else (ask.system.settings.current_pack, of_words(ask, named))
    with transaction(ask.system, ask.actor) as tx:
        now = tx.now
    found = with_records(ask, named, demand, suggest(ask.system, named, pack, demand, now))
    before = precedents(ask.system, ask.actor, {"ticket": ask.query["ticket"]}, PRECEDENTS) if "ticket" in ask.query else []
    return {"suggestion": found[0] if found else None, "others": found[1:], "items": found, "precedents": before, "next": None}


def with_records(ask: Ask, named: Reference, demand: Demand, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What other units have done is the centre's to know."""
    records = dict[int, dict[str, Any]]()
    if ask.query.get("record") and "ticket" in ask.query and found and sees_all(ask.actor):
        category = named.category_by_code[demand.category].id
        records = track_record(ask.system, ask.query["ticket"], category, [row["unit"]["id"] for row in found])
    return [{**row, "record": records.get(row["unit"]["id"])} for row in found]


def of_ticket(ask: Ask, named: Reference) -> tuple[str, Demand]:
    condition, seen = predicate(ask.actor, "t.id")
    with transaction(ask.system, ask.actor) as tx:
        rows = tx.query(ASKED + condition, {"id": ask.query["ticket"], **seen})
    if not rows:
        raise Unseen()
    row = rows[0]
    category = named.categories.get(row["category_id"] or 0)
    return row["pack"], Demand(row["type"], category.code if category else "", named.area(row["street"]), row["subject"])


def of_words(ask: Ask, named: Reference) -> Demand:
    wanted = ask.query.get("category", "")
    category = named.categories.get(int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    known = category or named.categories.get(category_of(named, wanted) or 0)
    if wanted and known is None:
        raise ill_formed({"category": [Words("没有此事项分类。", "There is no such category.")]})
    street, subject = ask.query.get("street"), ask.query.get("subject")
    return Demand(ask.query.get("type", "other"), known.code if known else "", named.area(street), subject)
