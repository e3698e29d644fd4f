"""What a box that is typed into offers: categories, units and streets by words, code or pinyin, for static/combo.js."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.web.look import Look, Page, Shown

Row = Mapping[str, Any]
AREAS = ("street", "town")
MOST = 12


def categories(look: Look) -> Shown:
    found: Sequence[Row] = look.get("/categories", {"q": asked(look)})["items"] if asked(look) else []
    rows = [{"value": f"{row['code']} {row['name']}", "words": row["name"], "more": " › ".join(row["path"][:-1]), "code": row["code"]}
            for row in found if row["selectable"]]  # fmt: skip
    return shown(rows)


def units(look: Look) -> Shown:
    return shown([{"value": f"{row['code']} {row['name']}", "words": row["name"], "more": "", "code": row["code"]}
                  for row in open_units(look) if row["kind"] != "centre"])  # fmt: skip


def streets(look: Look) -> Shown:
    """A ticket keeps the name of its street."""
    found = [row for kind in AREAS for row in open_units(look, kind)]
    return shown([{"value": row["name"], "words": row["name"], "more": "", "code": ""} for row in found])


def open_units(look: Look, kind: str = "") -> Sequence[Row]:
    if not asked(look):
        return []
    query = {"q": asked(look), "open": "true", "limit": str(MOST), **({"kind": kind} if kind else {})}
    rows: Sequence[Row] = look.get("/units", query)["items"]
    return rows


def asked(look: Look) -> str:
    return look.args.get("q", "").strip()[:64]


def shown(rows: Sequence[Row]) -> Shown:
    return Shown("pick.html", {"rows": rows[:MOST]})


PAGES = (
    Page("/pick/categories", categories, "选择事项分类", "Pick a category"),
    Page("/pick/units", units, "选择单位", "Pick a unit"),
    Page("/pick/streets", streets, "选择街道", "Pick a street"),
)
