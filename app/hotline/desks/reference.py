"""The administrator's care of the hotline's own reference data: the tree of matters and the boundaries that maps are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal
from app.hotline.boundaries.commands import KINDS
from app.hotline.coordinates import SYSTEMS
from app.web.admin_forms import Field, Verb, verb_pages
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown

ADMIN = frozenset({"admin"})
READERS = frozenset({"admin", "auditor"})
MATTERS, MAPS = "/admin/categories", "/admin/boundaries"
FIELDS = ("kind", "name", "reference", "code_field", "name_field", "unit_field", "code_prefix", "approval")
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "district": ("区界", "District"), "street": ("镇街", "Streets"), "community": ("社区", "Communities"), "grid": ("网格", "Grids"),
}  # fmt: skip
MOST = 400
FILE = 64 * 1024 * 1024


def matters(look: Look) -> Shown:
    """The tree, or what a word finds; those to be confirmed by themselves when asked for."""
    q = look.args.get("q", "").strip()
    rows = look.get("/categories", {"q": q} if q else {})["items"]
    if look.args.get("provisional"):
        rows = [row for row in rows if row["provisional"]]
    if look.args.get("retired") != "true":
        rows = [row for row in rows if row["selectable"] or row["provisional"] or not row["valid_to"]]
    return Shown("reference/categories.html", {"rows": rows[:MOST], "total": len(rows), "most": MOST})


def about(look: Look, id: int) -> Mapping[str, Any]:
    found = next((row for row in look.get("/categories")["items"] if row["id"] == id), None)
    if found is None:
        return {}
    return {"subject": f"{found['code']} {' / '.join(found['path'])}", "given": {"code": found["code"], "name": found["name"]}}


CODE, NAME = Field("code", "代码", "Code", needed=True, most=40), Field("name", "名称", "Name", needed=True, most=100)
VERBS = (
    Verb(
        f"{MATTERS}/new", "/categories", "新增分类", "Add a category",
        (
            CODE, NAME, Field("parent_id", "上级分类", "Below", "category"),
            Field("valid_from", "启用日期", "From", "date", hint_zh="不填即日启用", hint_en="Empty: at once"),
        ),
        ADMIN, MATTERS, blames="parent_id",
    ),
    Verb(
        f"{MATTERS}/{{id}}/retire", "/categories/{id}/retire", "停用分类", "Retire the category",
        (Field("valid_to", "从哪天起不再使用", "Not used from", "date", hint_zh="不填即今天", hint_en="Empty: today"),),
        ADMIN, MATTERS, about, "已登记的工单保留原分类。", "Tickets that carry it keep it.", blames="valid_to",
    ),
    Verb(f"{MATTERS}/{{id}}/confirm", "/categories/{id}/confirm", "核定分类", "Confirm the category", (CODE, NAME), ADMIN, MATTERS, about),
    Verb(f"{MAPS}/{{id}}/restore", "/boundaries/editions/{id}/restore", "恢复此版边界", "Put the edition back", (), ADMIN, MAPS),
    Verb(f"{MAPS}/{{id}}/withdraw", "/boundaries/editions/{id}/withdraw", "停用此版边界", "Take the edition out", (), ADMIN, MAPS),
)  # fmt: skip


def maps(look: Look) -> Shown:
    return drawn(look)


def drawn(look: Look, **more: Any) -> Shown:
    status = more.pop("status", 200)
    editions = look.get("/boundaries/editions")["items"]
    values = {"editions": editions, "kinds": KINDS, "kind_words": KIND_WORDS, "systems": SYSTEMS, "foreseen": None, **more}
    return Shown("reference/boundaries.html", values, status=status)


def bring(look: Look) -> Shown | Done:
    """A dry run says what would match; the import itself asks for the file once more, since a browser keeps no file."""
    body: dict[str, Any] = {name: look.form[name].strip() for name in FIELDS if look.form.get(name, "").strip()}
    body |= {"sure": "true"} if look.form.get("sure") else {}
    dry = look.form.get("do") != "import"
    found = look.upload("/boundaries", {**body, "dry_run": "true" if dry else "false"})
    if dry:
        return drawn(look, foreseen=found, typed=typed(look.form))
    zh = f"已导入 {found['features']} 个区域，{found['matched']} 个对应到单位。"
    return Done(MAPS, zh, f"{found['features']} areas are imported, {found['matched']} with a unit.")


def bring_again(look: Look, refusal: Refusal) -> Shown:
    return drawn(look, problem=look.problem(refusal), typed=typed(look.form), status=refusal.status)


PAGES = (
    Page(MATTERS, matters, "事项分类", "Categories", READERS, nav="admin", icon="category"),
    Page(MAPS, maps, "地图边界", "Boundaries", ADMIN, nav="admin", icon="map-2"),
    Page(MAPS, bring, "导入边界", "Import boundaries", ADMIN, method="POST", again=bring_again, upload=FILE),
    *verb_pages(VERBS),
)
