"""A decided return offered to the directory: taken, it is a row of the pack's next version, which passes the lint or changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clock import local
from app.core.actors import Actor
from app.core.bus import Result
from app.core.settings import Install, add, allowed, handle_install
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, NotPossible, Refused, Unseen
from app.hotline.reference import Reference, reference
from rules.packs import Pack
from rules.tables import choose

ONE = "SELECT id, root_id, category_id, street, unit_id, case_id, state FROM directory_proposals WHERE id = %s FOR UPDATE"
CHOSEN = "SELECT body FROM installed WHERE kind = 'choice' AND name = 'pack' ORDER BY id DESC LIMIT 1"
NEWEST = "SELECT version, body FROM installed WHERE kind = 'pack' AND name = %s ORDER BY version DESC LIMIT 1"
ROW = re.compile(r"^\[\[tables\.directory\.row\]\]", re.MULTILINE)
ROW_ID = re.compile(r"^id *= *\"([^\"]*)\"", re.MULTILINE)
DROPS = frozenset({"admin", "supervisor"})


@dataclass(frozen=True, slots=True)
class TakeProposal:
    """An administrator puts what was decided into the directory, for the tickets to come."""

    actor: Actor
    id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class DropProposal:
    actor: Actor
    id: int
    key: str | None = None


def handle_take(tx: Tx, command: TakeProposal) -> Result:
    allowed(command.actor)
    # The lock of everybody who installs comes first: what is newest stays so until the commit.
    tx.forget_caches()
    offer = offered(tx, command.id)
    name, text = base(tx)
    today, settings = local(tx.now).date(), tx.system.settings
    entry = row_of(reference(tx.system.engine), offer, today)
    body = with_row(text, entry, answering(settings.pack(settings.current_pack), entry, today))
    why = f"directory: decision of return request {offer['case_id']}"
    try:
        made = handle_install(tx, Install(command.actor, "pack", name, body, why))
    except IllFormed as error:
        raise Refused(f"派单目录未作更改：{error.zh}", f"The directory was not changed: {error.en}") from error
    installed = f"{name}@{made['version']}"
    add(tx, "choice", "pack", installed, command.actor, why)
    return closed(tx, command.actor, offer, "taken", installed)


def handle_drop(tx: Tx, command: DropProposal) -> Result:
    if command.actor.roles.isdisjoint(DROPS):
        raise Forbidden("只有系统管理员或督办员可以放弃目录建议。", "Only an admin or a supervisor may drop a proposal.")
    return closed(tx, command.actor, offered(tx, command.id), "dropped", None)


def offered(tx: Tx, proposal_id: int) -> dict[str, Any]:
    rows = tx.query(ONE, (proposal_id,))
    if not rows:
        raise Unseen()
    if rows[0]["state"] != "open":
        raise NotPossible("此目录建议已处理。", "This proposal has been dealt with already.", rows[0]["state"])
    return rows[0]


def closed(tx: Tx, actor: Actor, offer: Mapping[str, Any], state: str, installed: str | None) -> Result:
    tx.update("directory_proposals", offer["id"], {"state": state, "closed_at": tx.now, "closed_by": actor.label, "installed": installed})
    return Result(offer["id"], "directory-proposal", offer["root_id"], state, 0, detail={"installed": installed})


def base(tx: Tx) -> tuple[str, str]:
    """Name and text of the pack that new tickets are pinned to. An edit that waits to be chosen is not chosen by the way."""
    name, _, version = tx.query(CHOSEN)[0]["body"].rpartition("@")
    newest = tx.query(NEWEST, (name,))[0]
    if newest["version"] != int(version):
        raise Refused(
            f"规则包“{name}”有尚未启用的第 {newest['version']} 版，请先启用它，再采纳目录建议。",
            f"Version {newest['version']} of the pack '{name}' waits to be chosen: choose it before taking a proposal.",
        )
    return name, newest["body"]


def row_of(named: Reference, offer: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The row as the directory writes it: codes, from today on."""
    when = {"category": named.categories[offer["category_id"]].code, **({"street": offer["street"]} if offer["street"] else {})}
    basis = f"退单裁定（退单申请 {offer['case_id']}）"
    return {"id": f"decided-{offer['case_id']}", "when": when, "unit": named.units[offer["unit_id"]].code, "basis": basis, "from": on}


def answering(pack: Pack, entry: Mapping[str, Any], on: date) -> str | None:
    """The row that answers for a ticket without a street: a new row for no street stands before it and behind those of streets."""
    table = pack.tables.get("directory")
    choice = choose(table, {"type": "other", "street": "", **entry["when"]}, on) if table else None
    return choice.row_id if choice else None


def with_row(text: str, entry: Mapping[str, Any], before: str | None) -> str:
    """The pack's text with one more row: that of a street in front of all, another before the row `before`, else behind all."""
    when = ", ".join(f"{column} = {json.dumps(value, ensure_ascii=False)}" for column, value in entry["when"].items())
    block = (
        f'[[tables.directory.row]]\nid = "{entry["id"]}"\nwhen = {{ {when} }}\ngive = {{ unit = {json.dumps(entry["unit"])} }}\n'
        f'basis = "{entry["basis"]}"\nvalid_from = {entry["from"].isoformat()}\n\n'
    )
    if "[tables.directory]" not in text:
        return f'{text}\n\n[tables.directory]\npolicy = "first"\n\n{block}'
    places = rows_in(text)
    place = min(places.values(), default=None) if "street" in entry["when"] else places.get(before or "")
    return f"{text}\n\n{block}" if place is None else text[:place] + block + text[place:]


def rows_in(text: str) -> dict[str, int]:
    """Where each row of the directory begins, by its id."""
    starts = [found.start() for found in ROW.finditer(text)]
    ids = (ROW_ID.search(text, start) for start in starts)
    return {found[1]: start for start, found in zip(starts, ids, strict=True) if found}


HANDLERS = {TakeProposal: handle_take, DropProposal: handle_drop}
