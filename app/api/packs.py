"""Doors for packs: everybody signed in may read and ask them, the administrator tries a text, installs it and chooses the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.pack_shapes import differences, finding_of, head_of, reason_of, table_of, unreadable
from app.api.problems import ill_formed
from app.api.rule_shapes import EXPLAINED, PACK, PACK_TRIED, PACKS
from app.api.values import Body, Day, Flag, Source, Text, Whole
from app.api.verbs import ADMIN, verb
from app.api.words import Words
from app.clock import local
from app.core.bus import transaction
from app.core.publishing import ChoosePack, InstallPack
from app.core.reach import unreachable
from app.core.system import System
from app.errors import IllFormed, Unseen
from app.people.roles import require
from app.people.who import actor_name
from rules import packs
from rules.errors import RuleError
from rules.explaining import read_fact, reasons
from rules.lint import Finding
from rules.packs import Pack

TAG = "rules"
MOST_ROWS, MOST_TEXT = 300, 600_000
INSTALLED = f"""SELECT name, version, digest, installed_at, installed_by, {actor_name("installed_by")} AS installed_by_name, reason
FROM installed WHERE kind = 'pack'
ORDER BY name, version DESC"""
CHOICES = f"""SELECT body AS pack, installed_at, installed_by, {actor_name("installed_by")} AS installed_by_name FROM installed
WHERE kind = 'choice' AND name = 'pack' ORDER BY id DESC LIMIT 20"""
TEXT = "SELECT body FROM installed WHERE kind = 'pack' AND name = %s AND version = %s"


class PackAsked(Body):
    version = Whole(least=1, most=100_000, text=True, load_default=None, metadata={"description": "不写则最新 / the newest if not said"})
    table = Text(most=40, load_default=None)
    q = Text(most=64, load_default=None, metadata={"description": "行内文字 / words in a row"})
    text = Flag(text=True, load_default=False, metadata={"description": "同时给出原文 / the text as well"})


class PackTried(Body):
    text = Source(most=MOST_TEXT, lines=True, required=True)


class PackNew(PackTried):
    reason = Text(most=500, required=True)
    against = Whole(least=0, most=100_000, load_default=None, metadata={"description": "所见的最新版本，无则 0 / the newest one seen"})


class PackChosen(Body):
    pack = Text(most=80, required=True, metadata={"description": "名称@版本 / name@version"})


class RuleAsked(Body):
    """`facts` as they would be written: numbers, days and flags as text."""

    pack = Text(most=80, load_default=None)
    table = Text(most=40, required=True)
    facts = fields.Dict(keys=fields.String(), values=Text(most=200), load_default=dict)
    on = Day(load_default=None)


def listed(ask: Ask) -> Mapping[str, Any]:
    """Every pack with its versions, the newest first, and which one new cases follow."""
    with transaction(ask.system, ask.actor) as tx:
        rows, chosen = tx.query(INSTALLED), tx.query(CHOICES)
    names = list(dict.fromkeys(row["name"] for row in rows))
    versions = {name: [{k: v for k, v in row.items() if k != "name"} for row in rows if row["name"] == name] for name in names}
    items = [{"name": name, "versions": versions[name], **brief(ask.system, name, versions[name][0]["version"])} for name in names]
    return {"items": items, "current": ask.system.settings.current_pack, "choices": chosen, "next": None}


def brief(system: System, name: str, version: int) -> dict[str, Any]:
    head = head_of(system.settings.pack(f"{name}@{version}"))
    return {"title": head["title"], "official": head["official"], "tables": len(head["tables"])}


def one(ask: Ask, name: str) -> Mapping[str, Any]:
    """A version of it with its tables; the rows of one table when it is named."""
    asked, system = ask.query, ask.system
    versions = sorted((version for known, version in system.settings.versions("pack") if known == name), reverse=True)
    version = asked["version"] or (versions[0] if versions else 0)
    if version not in versions:
        raise Unseen()
    pack = system.settings.pack(f"{name}@{version}")
    shown = {"name": name, "version": version, "versions": versions, "current": system.settings.current_pack, **head_of(pack)}
    shown["findings"] = [finding_of(each, "", ask.lang == "en") for each in pack.findings]
    if asked["table"] is not None:
        shown["table"] = table_of(the_table(pack, asked["table"]), asked["q"], MOST_ROWS)
    return {**shown, **({"text": text_of(ask, name, version)} if asked["text"] else {})}


def the_table(pack: Pack, name: str) -> Any:
    if name not in pack.tables:
        known = ", ".join(pack.tables)
        raise ill_formed({"table": [Words(f"没有此表；现有：{known}。", f"There is no such table; there are: {known}.")]})
    return pack.tables[name]


def text_of(ask: Ask, name: str, version: int) -> str:
    with transaction(ask.system, ask.actor) as tx:
        rows = tx.query(TEXT, (name, version))
    return str(rows[0]["body"]) if rows else ""


def check(ask: Ask) -> Mapping[str, Any]:
    """Everything that is wrong with a text, each with its line, and how it differs from the newest version; nothing is installed."""
    require(ask.actor, "admin")
    text, english = ask.body["text"], ask.lang == "en"
    try:
        name, found = findings(ask.system, text)
    except RuleError as error:
        wrong = unreadable(text, error.zh, error.en, english)
        return {"name": None, "fine": False, "against": None, "findings": [wrong], "differences": []}
    versions = [version for known, version in ask.system.settings.versions("pack") if known == name]
    before = text_of(ask, name, max(versions)) if versions else ""
    return {
        "name": name, "fine": not any(each.severity == "error" for each in found), "against": max(versions, default=None),
        "findings": [finding_of(each, text, english) for each in sorted(found, key=lambda each: each.severity)],
        "differences": differences(before, text),
    }  # fmt: skip


def findings(system: System, text: str) -> tuple[str, list[Finding]]:
    """What installation would refuse, and what it would only note."""
    head = packs.header(text)
    versions = [version for name, version in system.settings.versions("pack") if name == head.inherits]
    above = system.settings.pack(f"{head.inherits}@{max(versions)}") if versions else None
    pack = packs.read_pack(text, above)
    families = {kind.name: kind.family for kind in system.registry.kinds.values()}
    return head.name, [*packs.lint(pack, above), *unreachable(pack, system.registry.latest, families)]


def explain(ask: Ask) -> Mapping[str, Any]:
    """Which row decides for these facts on that day, and of each other row why it does not."""
    asked = ask.body
    reference = asked["pack"] or ask.system.settings.current_pack
    name, _, version = reference.rpartition("@")
    if not version.isdecimal() or (name, int(version)) not in ask.system.settings.versions("pack"):
        raise ill_formed({"pack": [Words(f"没有安装规则包 {reference}。", f"No pack {reference} is installed.")]})
    table = the_table(ask.system.settings.pack(reference), asked["table"])
    try:
        facts = {known: read_fact(known, text) for known, text in asked["facts"].items()}
    except RuleError as error:
        raise IllFormed(error.zh, error.en, {"facts": [Words(error.zh, error.en)]}) from error
    with transaction(ask.system, ask.actor) as tx:
        on = asked["on"] or local(tx.now).date()
    rows = [reason_of(each) for each in reasons(table, facts, on)]
    rows.sort(key=lambda row: (not row["decides"], bool(row["failed"]), len(row["failed"])))
    return {"pack": reference, "table": table.name, "policy": table.policy, "on": on, "rows": rows[:MOST_ROWS], "total": len(rows)}


DOORS = (
    Door("GET", "/packs", listed, "规则包", "Packs of rules", None, PACKS, tag=TAG),
    Door("GET", "/packs/{name}", one, "规则包的内容", "A pack", None, PACK, query_schema=PackAsked(), tag=TAG),
    Door("POST", "/packs/check", check, "检查规则包文本", "Try the text of a pack", PackTried(), PACK_TRIED, scope=ADMIN, tag=TAG),
    Door("POST", "/packs/explain", explain, "哪一行规则起作用", "Which row decides, and why", RuleAsked(), EXPLAINED, tag=TAG),
    verb("/packs", InstallPack, PackNew(), "安装规则包", "Install a pack", status=201),
    verb("/packs/choose", ChoosePack, PackChosen(), "选用规则包", "Choose the pack in force"),
)
