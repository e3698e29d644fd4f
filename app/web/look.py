"""What a page is given and what it may give back: who looks, in which language, and the API's doors, asked from inside."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Request
from sqlalchemy import text
from werkzeug.datastructures import FileStorage, MultiDict

from app.api.limits import Limiter
from app.api.words import say
from app.core.actors import CITIZEN, Actor
from app.core.system import System
from app.errors import Refusal, Unseen
from app.web.inside import Inside

NOW = text("SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM installation")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who has signed in, with the session's token and the proof that a form came from one of our pages."""

    token: str
    actor: Actor
    csrf: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A template and what stands in it. `headers` and `status` as on the wire. `session` is a token that the browser is to keep."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked is done: go on to `to` and say `zh`/`en` there. An empty `to` stays where one is and lets its parts refresh.
    `session` is a token that the browser is to keep; an empty one it is to forget. `sent`: what was typed has gone where it should, so
    the form's draft is forgotten."""

    to: str = ""
    zh: str = ""
    en: str = ""
    session: str | None = None
    sent: bool = True


@dataclass
class Look:
    """One request for a page. `get` and `post` ask the same doors as the API, with the same rights and refusals."""

    system: System
    request: Request
    lang: str
    inside: Inside
    limiter: Limiter
    visitor: Visitor | None = None

    @property
    def actor(self) -> Actor:
        return self.visitor.actor if self.visitor else CITIZEN

    @property
    def form(self) -> MultiDict[str, str]:
        return self.request.form

    @property
    def args(self) -> MultiDict[str, str]:
        return self.request.args

    @property
    def partial(self) -> bool:
        """Whether a part of a page is asked for by the page itself."""
        return "HX-Request" in self.request.headers

    @property
    def refreshes(self) -> bool:
        """Whether a live part fetches itself anew: of a template with a block `live` only that is given."""
        return self.partial and "X-Refresh" in self.request.headers

    @cached_property
    def now(self) -> datetime:
        """The district's present instant, which may be a moved one."""
        with self.system.engine.connect() as connection:
            now: datetime = connection.execute(NOW).scalar_one()
        return now

    def t(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def has(self, *roles: str) -> bool:
        return not self.actor.roles.isdisjoint(roles)

    def fresh_key(self) -> str:
        """A form carries it, so that sending the form twice does the thing once."""
        return uuid.uuid4().hex

    def get(self, path: str, query: Mapping[str, Any] | None = None, **ids: Any) -> Any:
        """What a GET door answers, as JSON would say it; `path` as the door writes it: `/tickets/{id}`."""
        return self.inside.ask(self, "GET", path, ids, query=query or {})

    def whole(self, path: str, query: Mapping[str, Any] | None = None, **ids: Any) -> Any:
        """What a GET door gives with its headers, for an answer that goes to the browser as it is."""
        return self.inside.whole(self, "GET", path, ids, query=query or {})

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, method: str = "POST", step: str = "", **ids: Any) -> Any:
        """What a POST door answers. The form's hidden `key` and `version` go along as Idempotency-Key and If-Match. What else is done
        for the same form is a `step` with a key of its own, on a case whose version the form does not know."""
        return self.inside.ask(self, method, path, ids, body=body or {}, step=step)

    def upload(self, path: str, body: Mapping[str, Any], *, file: FileStorage | None = None, step: str = "", **ids: Any) -> Any:
        """A door that takes a file: the file of this request goes along, or that one of several; then each is a `step` of its own."""
        files = self.request.files if file is None else {"file": file}
        return self.inside.ask(self, "POST", path, ids, body=body, files=files, step=step)

    def draft(self, form: str) -> Mapping[str, Any] | None:
        """What this person has typed into that form and not yet sent: `fields`, as a template's `typed` wants them, and `saved_at`."""
        try:
            found: Mapping[str, Any] = self.get("/drafts/{form}", form=form)
        except Unseen:
            return None
        return found

    def drop_draft(self, form: str) -> None:
        self.post("/drafts/{form}", method="DELETE", form=form)

    def problem(self, refusal: Refusal) -> dict[str, Any]:
        """A refusal as a form shows it: its sentence, and the sentences beside the fields."""
        errors = refusal.extra.get("errors", {})
        spoken = {name.removeprefix("fields."): [say(each, self.lang) for each in told] for name, told in errors.items()}
        return {
            "code": refusal.code, "status": refusal.status, "title": self.t(refusal.title_zh, refusal.title_en),
            "detail": self.t(refusal.zh, refusal.en), "errors": spoken,
        }  # fmt: skip


View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Page:
    """`path` is written as a door's. `view(look, **path)` gives Shown, Done, a Response or a redirect. `roles`: who may open it; nobody
    named means everyone signed in. `public` pages know no account. `again(look, refusal, **path)` shows a form once more after a refusal,
    with what was typed. `nav` puts the page into that group of the navigation, `icon` stands beside its name. `upload`: the most bytes of
    a form. `wall`: also open to the session of a wall screen. `form` is the address of the page that has the form which is sent here, as a
    pattern of this path, where it is not the nearest page above it."""

    path: str
    view: View
    zh: str
    en: str
    roles: frozenset[str] = frozenset()
    method: str = "GET"
    public: bool = False
    again: View | None = None
    nav: str = ""
    icon: str = ""
    upload: int = 1024 * 1024
    wall: bool = False
    form: str = ""
