"""Templates become pages here: escaping always on, both languages at hand, nothing inline that the content policy would refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.config import CHECKOUT
from app.people.roles import ROLES
from app.web import kept, standing, times
from app.web.forms import SENT_AS
from app.web.look import Look, Page, Shown
from app.web.nav import navigation
from app.web.vocabulary import Vocabulary
from workflows.vocabulary import WINDOWS

# What a form says of itself, until its page says otherwise.
BLANK: Mapping[str, Any] = {"problem": None, "typed": {}, "changes": (), "draft": None, "ids": "f-", "kept": (), "to": ""}
Tools = Mapping[str, Callable[..., Any]]


class Renderer:
    """One environment for all rooms; a template's name is unique in the house. `tools` are functions of the front-end's packages."""

    def __init__(self, pages: Sequence[Page], vocabulary: Vocabulary, tools: Tools) -> None:
        self.pages, self.vocabulary = pages, vocabulary
        self.environment = environment(frozenset(tools.items()))

    def render(self, look: Look, page: Page, shown: Shown, told: str | None = None) -> str:
        return self.environment.get_template(shown.template).render(
            look=look,
            page=page,
            lang=look.lang,
            t=look.t,
            told=told,
            nav=navigation(self.pages, look) if not look.partial else (),
            label=lambda codes, code: self.vocabulary.label(codes, code, look.lang) if code is not None else "",
            rule_asks=lambda column, text: self.vocabulary.asked(look, column, text),
            rule_gives=lambda name, text: self.vocabulary.given(look, name, text),
            rule_basis=lambda reference: self.vocabulary.basis(look, reference),
            rule_options=lambda column: self.vocabulary.columns(column, look.lang),
            when=lambda value, **more: times.when(look, value, **more),
            left=lambda value, **more: times.left(look, value, **more),
            in_language=lambda lang: standing.in_language(look, page, lang),
            for_input=times.for_input,
            seconds=times.seconds,
            day=times.day,
            kept_line=lambda name, value: kept.line(look, self.vocabulary, name, value),
            # A page that has just opened a session names that session's proof itself; a panel's fields have ids beside those of its page.
            **{**BLANK, "csrf": look.visitor.csrf if look.visitor else "", **shown.values},
        )


@cache
def environment(tools: frozenset[tuple[str, Callable[..., Any]]]) -> Environment:
    """Made once, however many applications there are in this process: a template is compiled when it is first shown."""
    folders = sorted(str(folder) for folder in (CHECKOUT / "app").rglob("templates"))
    made = Environment(
        loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )  # fmt: skip
    made.globals.update(tools, roles=ROLES, said=said, sent_as=SENT_AS, query=urlencode, windows=WINDOWS)
    return made


def said(text: Any, lang: str = "zh") -> Markup:
    """What a person or a file has written: in its own direction, and marked as not ours to translate."""
    if text is None or text == "":
        return Markup('<span class="quiet">—</span>')
    # A list says hundreds of things: a template of its own to be filled in would take three times as long as escaping each.
    return Markup(f'<bdi class="said" lang="{escape(lang)}" dir="auto">{escape(text)}</bdi>')
