"""The released definitions as pictures and tables: what may happen, who may do it, what it needs and what follows. Open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.web.drawing import drawn
from app.web.look import Look, Page, Shown

HOME = "/definitions"


def listed(look: Look) -> Shown:
    return Shown("admin/definitions.html", {"rows": look.get("/workflows")["items"]})


def one(look: Look, name: str) -> Shown:
    given = look.args.get("version", "")
    query = {"version": given} if given.isdecimal() and len(given) < 5 else {}
    flow = look.get("/workflows/{name}", query, name=name)
    picture = drawn(look.system.registry.workflows[name, flow["version"]], lang=look.lang)
    labels: Mapping[str, Any] = {state["name"]: state["label"] for state in flow["states"]}
    return Shown("admin/definition.html", {"flow": flow, "picture": picture, "labels": labels})


PAGES = (
    Page(HOME, listed, "办理流程", "Definitions", nav="know", icon="git-fork"),
    Page(f"{HOME}/{{name}}", one, "流程详情", "A definition"),
)
