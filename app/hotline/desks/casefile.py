"""What the page of any smaller case shows: the case, its history as one line of time, and the files that are put to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Refusal
from app.hotline.desks.story import story
from app.web.forms import typed
from app.web.look import Done, Look

PART = "100"
MOST_BYTES = 32 * 1024 * 1024


def case_file(look: Look, plural: str, id: int) -> dict[str, Any]:
    case = look.get(f"/{plural}/{{id}}", id=id)
    query = {"limit": PART} | ({"cursor": look.args["cursor"]} if look.args.get("cursor") else {})
    page = look.get(f"/{plural}/{{id}}/history", query, id=id)
    return {"case": case, "lines": story(look, page["items"], case["root"]), "more_history": page["next"], "plural": plural}


def refused(look: Look, refusal: Refusal) -> Mapping[str, Any]:
    """What a form that is shown once more says beside its fields."""
    return {"problem": look.problem(refusal), "typed": typed(look.form)}


def attached(look: Look, plural: str, id: int) -> Done:
    look.upload(f"/{plural}/{{id}}/attachments", {"kind": look.form.get("kind", "")}, id=id)
    return Done(f"/{plural}/{id}", "文件已上传。", "The file is attached.")


def wanted(look: Look, names: tuple[str, ...], limit: str) -> dict[str, str]:
    """The filters of the address that a list is asked with, and where it goes on."""
    given = {name: look.args[name].strip() for name in (*names, "cursor") if look.args.get(name, "").strip()}
    given |= {"unit": given["unit"].split(maxsplit=1)[0]} if "unit" in given else {}
    return given | {"limit": limit}
