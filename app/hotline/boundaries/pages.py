"""What maps are drawn from: the doors of boundaries, for a browser that has no token and keeps what has not changed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from app.api.doors import as_response
from app.web.look import Look, Page


def drawn(look: Look) -> Response:
    return on_the_wire(look, "/boundaries", {name: look.args[name] for name in ("kind",) if name in look.args})


def outline(look: Look) -> Response:
    return on_the_wire(look, "/public/boundaries", {})


def on_the_wire(look: Look, path: str, query: Mapping[str, str]) -> Response:
    """The door's answer with its mark, by which a browser asks again without being sent the same twice."""
    return as_response(look.whole(path, query))


PAGES = (
    Page("/map/boundaries", drawn, "边界", "Boundaries", wall=True),
    Page("/map/outline", outline, "区界", "The district's outline", public=True),
)
