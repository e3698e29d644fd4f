"""The reply while it is written: the fields that the definition asks for, what a machine finds, what is known already, photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import FileStorage

from app.errors import Refusal
from app.hotline.vocabulary import VOCABULARY
from app.web.forms import Widget, read_fields, widgets
from app.web.look import Look
from app.web.times import for_input
from workflows.fields import REPLY_FIELDS

Typed = Mapping[str, Sequence[str]]
# The first of these that is open says which fields must be given.
SENDS = ("submit", "reply", "interim_reply")
FOUND = "8"


def draft_name(id: int) -> str:
    return f"handling-{id}"


def form_of(look: Look, share: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form of the reply; None while none can be written."""
    open_now = {action["trigger"]: action for action in share["actions"] if action["trigger"] in SENDS}
    main = next((open_now[trigger] for trigger in SENDS if trigger in open_now), None)
    if share["state"] != "handling" or main is None:
        return None
    fields: dict[str, Widget] = {field.name: field for field in widgets(look, VOCABULARY, main["needs"], main["takes"])}
    return {"main": main, "fields": fields, "buttons": [open_now[trigger] for trigger in SENDS if trigger in open_now]}


def reply_values(replies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What was answered last stands in the form again when it has come back."""
    last = next((row for row in replies if row["stage"] != "interim"), None)
    return {name: as_typed(last[name]) for name in REPLY_FIELDS if last[name] is not None} if last else {}


def as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return for_input(value) if isinstance(value, str) and value[10:11] == "T" and value[4:5] == "-" else str(value)


def blank(given: Typed | None) -> dict[str, Any]:
    """What stands on the page before anything was asked of it."""
    cites = [(value.split(maxsplit=1) + [""])[:2] for value in (given or {}).get("cites", ())]
    asked = list((given or {}).get("knowledge_q", ()))
    return {"checked": None, "added": (), "changes": (), "known": None, "cited": cites, "asked": asked[-1] if asked else ""}


def findings(look: Look, ticket: int) -> Any:
    return look.post("/tickets/{id}/findings", read_fields(look.form, REPLY_FIELDS), id=ticket)


def offered(look: Look, ticket: Mapping[str, Any], given: Typed | None) -> list[Mapping[str, Any]]:
    """What the base knows of the demand itself, before anybody asks."""
    asked = {"text": ticket["content"] or ticket["title"], "limit": 3}
    asked |= {"category": ticket["category"]["id"]} if ticket["category"] else {}
    return uncited(look.post("/knowledge/offers", asked)["items"], (given or {}).get("cites", ()))


def uncited(entries: Sequence[Mapping[str, Any]], cites: Sequence[str]) -> list[Mapping[str, Any]]:
    cited = {value.split(maxsplit=1)[0] for value in cites if value.strip()}
    return [entry for entry in entries if str(entry["id"]) not in cited]


def knowledge(look: Look) -> list[Mapping[str, Any]]:
    """What is known and not yet cited."""
    words = look.form.get("knowledge_q", "").strip()
    found = look.get("/knowledge", {"q": words[:200], "limit": FOUND})["items"] if words else []
    return uncited(found, look.form.getlist("cites"))


def photos_added(look: Look, ticket: int) -> list[tuple[str, str]]:
    """Each file with why it was refused, "" when it is attached. One that is refused does not keep the others back."""
    return [(file.filename or "", added(look, ticket, file)) for file in look.request.files.getlist("file") if file.filename]


def added(look: Look, ticket: int, file: FileStorage) -> str:
    kind = look.form.get("attachment_kind", "site")
    # The same picture sent twice is the same picture; another one of the same form is another step.
    step = hashlib.sha256(kind.encode() + file.stream.read()).hexdigest()[:24]
    file.stream.seek(0)
    try:
        look.upload("/tickets/{id}/attachments", {"kind": kind}, file=file, step=step, id=ticket)
    except Refusal as refusal:
        told = look.problem(refusal)
        return " ".join([told["detail"], *(line for lines in told["errors"].values() for line in lines)])
    return ""
