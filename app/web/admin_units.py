"""The tree of units and its reorganisation: what a unit is, was and holds, what would move, and what is decided for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.people.units import KINDS
from app.web.admin_forms import REASON, Field, Verb, verb_pages
from app.web.look import Look, Page, Shown

READERS = frozenset({"admin", "auditor", "security_officer"})
ADMIN = frozenset({"admin"})
HOME, ONE = "/admin/units", "/admin/units/{id}"
FILTERS = ("q", "kind", "open", "provisional", "cursor")
LATER = Field(
    "effective_at", "生效时间", "In effect from", "time", hint_zh="不填即时生效；填以后的时间则到时自动生效",
    hint_en="Empty: at once. A later time: by itself when it comes",
)  # fmt: skip
KIND = Field("kind", "类型", "Kind", "choice", needed=True, codes=KINDS, words="unit_kind")
SUCCESSION_ZH = "在办工单、人员、下级单位和旧档案转给承接单位；以前的记录不变。"
SUCCESSION_EN = "Open tickets, people, units below and old files go to the successor; what was recorded stays as it is."


def listed(look: Look) -> Shown:
    """Open units as a tree; found ones as a plain list."""
    asked = {name: look.args[name] for name in FILTERS if look.args.get(name)}
    query = {"limit": "200", "open": "true", **asked}
    page = look.get("/units", {name: value for name, value in query.items() if value != "any"})
    flat = bool(asked.keys() - {"cursor", "open"})
    rows = [(0, unit) for unit in page["items"]] if flat else tree(page["items"])
    governs = look.has("admin", "auditor")
    coming = look.get("/reorganisations")["items"] if governs else []
    values = {"rows": rows, "next": page["next"], "coming": coming, "kinds": KINDS, "flat": flat, "governs": governs}
    return Shown("admin/units.html", values)


def changed(look: Look) -> Shown:
    """What was decided so far: applied, and taken back."""
    state = "cancelled" if look.args.get("state") == "cancelled" else "applied"
    return Shown("admin/reorganisations.html", {"state": state, "rows": look.get("/reorganisations", {"state": state})["items"]})


def tree(units: Sequence[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """Each below the one that it belongs to, with its depth; one whose parent is not on this page stands at the top."""
    known = {unit["id"] for unit in units}
    below: dict[Any, list[Mapping[str, Any]]] = {}
    for unit in sorted(units, key=lambda unit: (unit["kind"] != "centre", unit["code"])):
        below.setdefault(unit["parent"] if unit["parent"] in known else None, []).append(unit)
    rows: list[tuple[int, Mapping[str, Any]]] = []
    waiting = [(0, unit) for unit in reversed(below.get(None, []))]
    while waiting:
        depth, unit = waiting.pop()
        rows.append((depth, unit))
        waiting += [(depth + 1, child) for child in reversed(below.get(unit["id"], []))]
    return rows


def one(look: Look, id: int) -> Shown:
    people = look.get("/users", {"unit": str(id), "active": "true", "limit": "50"})
    return Shown("admin/unit.html", {"unit": look.get("/units/{id}", id=id), "people": people["items"], "more_people": people["next"]})


def about(look: Look, id: int) -> Mapping[str, Any]:
    """What stands to be moved, beside the form that moves it."""
    unit = look.get("/units/{id}", id=id)
    holds = unit["holds"]
    lines = [
        ("在办工单", "Open tickets", holds["cases"]), ("人员", "People", holds["people"]), ("下级单位", "Units below", holds["units"]),
    ]  # fmt: skip
    given = {"name": unit["name"], "code": unit["code"], "kind": unit["kind"]}
    return {"subject": f"{unit['code']} {unit['name']}", "lines": lines, "given": given}


def renamed(look: Look, id: int) -> Mapping[str, Any]:
    told = about(look, id)
    return {"subject": told["subject"], "given": told["given"]}


NAME = Field("name", "名称", "Name", needed=True, most=100)
VERBS = (
    Verb(
        f"{HOME}/new", "/units", "新增单位", "Add a unit",
        (
            NAME, KIND,
            Field("code", "代码", "Code", most=40, hint_zh="字母、数字和 . _ -；不填则自动编", hint_en="Letters, digits and . _ -"),
            Field("parent_id", "上级单位", "Belongs to", "unit"), Field("opened_at", "设立时间", "Founded at", "time"),
        ),
        ADMIN, f"{HOME}/{{made}}", blames="parent_id",
    ),
    Verb(f"{ONE}/rename", "/units/{id}/rename", "单位更名", "Rename the unit", (NAME, REASON, LATER), ADMIN, ONE, renamed),
    Verb(
        f"{ONE}/move", "/units/{id}/move", "调整隶属", "Put under another unit",
        (Field("parent_id", "新的上级单位", "Under which unit", "unit", needed=True), REASON, LATER), ADMIN, ONE, about, blames="parent_id",
    ),
    Verb(
        f"{ONE}/split", "/units/{id}/split", "单位拆分", "Split the unit",
        (
            Field("into", "拆分为", "Into", "units", needed=True), Field("main", "主要承接单位", "Main successor", "unit", needed=True),
            REASON, LATER,
        ),
        ADMIN, ONE, about, SUCCESSION_ZH, SUCCESSION_EN, blames="into",
    ),
    Verb(
        f"{ONE}/close", "/units/{id}/close", "撤销单位", "Close the unit",
        (Field("successor_id", "承接单位", "Successor", "unit"), REASON, LATER), ADMIN, ONE, about, SUCCESSION_ZH, SUCCESSION_EN,
        blames="successor_id",
    ),
    Verb(
        f"{HOME}/merge", "/units/merge", "单位合并", "Merge units",
        (
            Field("unit_ids", "并入的单位", "Units that close", "units", needed=True),
            Field("into", "承接单位", "Unit that takes over", "unit", needed=True), REASON, LATER,
        ),
        ADMIN, HOME, None, SUCCESSION_ZH, SUCCESSION_EN, blames="into",
    ),
    Verb(
        f"{ONE}/confirm", "/units/{id}/confirm", "核定单位", "Confirm the unit", (Field("code", "代码", "Code", most=40), KIND), ADMIN, ONE,
        renamed,
    ),
    Verb(
        "/admin/reorganisations/{id}/cancel", "/reorganisations/{id}/cancel", "撤回机构调整", "Take the reorganisation back", (REASON,),
        ADMIN, HOME,
    ),
)  # fmt: skip
PAGES = (
    Page(HOME, listed, "单位", "Units", READERS, nav="admin", icon="sitemap"),
    Page("/admin/reorganisations", changed, "历次机构调整", "Reorganisations so far", frozenset({"admin", "auditor"})),
    *verb_pages(VERBS),
    Page(ONE, one, "单位详情", "A unit", READERS),
)
