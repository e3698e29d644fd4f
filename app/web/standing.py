"""Where what is shown stands: the address that opens it once more, which a form that was refused has not at its own."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import current_app

from app.web.look import Look, Page


def in_language(look: Look, page: Page, lang: str) -> str:
    """The same page in that language."""
    place, args = standing(look, page)
    return f"{place}?{urlencode({**args, 'lang': lang})}"


def standing(look: Look, page: Page) -> tuple[str, dict[str, str]]:
    """Path and arguments. A form is sent to addresses that only take it: then it is the page that the form stands on, or else the nearest
    page above."""
    if look.request.method == "GET":
        return look.request.path, look.args.to_dict()
    if page.form:
        path, _, asked = page.form.format_map(look.request.view_args or {}).partition("?")
        return path, dict(pair.split("=", 1) for pair in asked.split("&") if pair)
    opens = current_app.url_map.bind("")
    parts = look.request.path.split("/")
    above = ("/".join(parts[:end]) for end in range(len(parts), 1, -1))
    return next((path for path in above if opens.test(path, "GET")), "/"), {}
