"""What came of many things done at once is kept for whoever did them: its page only tells, so that opening it again does nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from app.web.look import Done, Look

Rows = list[dict[str, Any]]


def ticked(look: Look) -> list[int]:
    return list(dict.fromkeys(int(text) for text in look.form.getlist("id") if text.isdecimal() and len(text) < 19))


def done(look: Look, desk: str, did: str, act: Callable[[int, str], dict[str, Any]], **more: str) -> Done:
    """Each ticked thing by a command of its own, `act(id, step)`, once for this form; the same form sent again leads to what came of it.
    `did` says what was done to them, `more` what else the page of results wants to know."""
    ids, form = ticked(look), form_of(desk)
    of = hashlib.sha256(f"{look.form.get('key', '') or look.fresh_key()} {did} {sorted(ids)}".encode()).hexdigest()[:32]
    if results(look, desk, of) is None:
        rows = [orjson.dumps(act(id, f"{did}-{id}")).decode() for id in ids]
        fields = {"of": [of], "row": rows, **{name: [value] for name, value in more.items()}}
        look.post("/drafts/{form}", {"fields": fields}, method="PUT", form=form)
    return Done(f"{desk}/results?of={of}")


def results(look: Look, desk: str, of: str) -> tuple[Rows, Mapping[str, str]] | None:
    """The rows of that batch and what else was kept with them; None when a later one has taken its place."""
    found = look.draft(form_of(desk))
    if found is None or not of or found["fields"]["of"] != [of]:
        return None
    fields = found["fields"]
    return [orjson.loads(row) for row in fields.get("row", ())], {name: told[0] for name, told in fields.items() if name != "row" and told}


def form_of(desk: str) -> str:
    return f"batch-{desk.strip('/').replace('/', '-')}"


def gone(desk: str) -> Done:
    return Done(desk, "这一批的结果已不再保留。", "What came of that batch is no longer kept.", sent=False)


def part(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """So much of a row as its line of the results says."""
    return {name: row.get(name) for name in names}
