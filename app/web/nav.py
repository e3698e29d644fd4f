"""The navigation of a person: the pages of his roles, in groups, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.look import Look, Page

GROUPS = (
    ("desk", "工作台", "Desks"),
    ("find", "工单", "Tickets"),
    ("know", "参考", "Reference"),
    ("lead", "统筹", "Oversight"),
    ("admin", "管理", "Administration"),
)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    words: str
    pages: Sequence[Page]


def navigation(pages: Sequence[Page], look: Look) -> tuple[Group, ...]:
    """Nothing for who has not signed in. A group without pages is left out."""
    if look.visitor is None:
        return ()
    mine = [page for page in pages if page.nav and page.method == "GET" and (not page.roles or look.has(*page.roles))]
    found = (Group(name, look.t(zh, en), [page for page in mine if page.nav == name]) for name, zh, en in GROUPS)
    return tuple(group for group in found if group.pages)
