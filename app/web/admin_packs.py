"""Packs as tables: read, searched and asked; a text is tried with its errors and differences, installed with a reason, and chosen."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.web.admin_text import MOST, against, compared, text_of
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown

ADMIN = frozenset({"admin"})
READERS = frozenset({"admin", "auditor", "supervisor", "dispatcher"})
HOME, ONE, EDIT, CHOOSE, TEST = (
    "/admin/packs", "/admin/packs/{name}", "/admin/packs/{name}/edit", "/admin/packs/choose", "/admin/packs/{name}/explain",
)  # fmt: skip
PICKED = frozenset({"category", "street", "community", "unit"})


def listed(look: Look) -> Shown:
    return Shown("admin/packs.html", look.get("/packs"))


def one(look: Look, name: str) -> Shown:
    return shown(look, name)


def shown(look: Look, name: str, **more: Any) -> Shown:
    """One table at a time, the directory first; `answer` says which row decides."""
    given = look.args if look.request.method == "GET" else look.form
    query = {key: given[key] for key in ("version", "table", "q") if given.get(key)}
    head = look.get("/packs/{name}", {key: value for key, value in query.items() if key == "version"}, name=name)
    names = [table["name"] for table in head["tables"]]
    table = query.get("table", "directory" if "directory" in names else names[0])
    pack = look.get("/packs/{name}", {**query, "table": table}, name=name)
    status = more.pop("status", 200)
    return Shown("admin/pack.html", {"pack": pack, "table": pack["table"], "answer": None, **more}, status=status)


def explain(look: Look, name: str) -> Shown:
    """The facts that were filled in; those left empty are not given. What was picked stands as its code with its words behind a blank."""
    pack = f"{name}@{look.form.get('version', '')}"
    filled = {key.removeprefix("fact-"): value.strip() for key, value in look.form.items() if key.startswith("fact-") and value.strip()}
    facts = {name: value.split()[0] if name in PICKED else value for name, value in filled.items()}
    body: dict[str, Any] = {"pack": pack, "table": look.form.get("table", ""), "facts": facts}
    body |= {"on": look.form["on"]} if look.form.get("on") else {}
    return shown(look, name, answer=look.post("/packs/explain", body), typed=typed(look.form))


def explain_again(look: Look, refusal: Refusal, name: str) -> Shown:
    return shown(look, name, problem=look.problem(refusal), typed=typed(look.form), status=refusal.status)


def edit(look: Look, name: str) -> Shown:
    version = {"version": look.args["version"]} if look.args.get("version") else {}
    pack = look.get("/packs/{name}", {"text": "true", **version}, name=name)
    return editing(name, pack["text"], against=max(pack["versions"]))


def editing(name: str, text: str, **more: Any) -> Shown:
    status = more.pop("status", 200)
    return Shown("admin/pack-edit.html", {"name": name, "text": text, "tried": None, "since": None, **more}, status=status)


def send(look: Look, name: str) -> Shown | Done:
    text = text_of(look)
    if look.form.get("do") != "install":
        tried = look.post("/packs/check", {"text": text})
        return editing(name, text, tried=tried, typed=typed(look.form), **compared(look, tried))
    done = look.post("/packs", {"text": text, "reason": look.form.get("reason", ""), **against(look)})
    zh = f"{done['name']} 第 {done['version']} 版已安装；选用后新工单才按它办理。"
    return Done(f"{HOME}/{done['name']}?version={done['version']}", zh, f"{done['name']}@{done['version']} is installed; choose it now.")


def send_again(look: Look, refusal: Refusal, name: str) -> Shown:
    text = look.form.get("text", "")
    try:
        tried = look.post("/packs/check", {"text": text})
    except Refusal:
        tried = None
    more = {"problem": look.problem(refusal), "typed": typed(look.form), "status": refusal.status, **compared(look, tried)}
    return editing(name, text, tried=tried, **more)


def choose(look: Look) -> Done:
    pack = look.form.get("pack", "")
    look.post("/packs/choose", {"pack": pack})
    return Done(HOME, f"新工单从现在起按 {pack} 办理。", f"New tickets follow {pack} from now on.")


PAGES = (
    Page(HOME, listed, "规则包", "Packs of rules", READERS, nav="admin", icon="books"),
    Page(CHOOSE, choose, "选用规则包", "Choose a pack", ADMIN, method="POST"),
    Page(ONE, one, "规则包详情", "A pack", READERS),
    Page(TEST, explain, "哪一行起作用", "Which row decides", READERS, method="POST", again=explain_again),
    Page(EDIT, edit, "修改规则包", "Edit a pack", ADMIN),
    Page(EDIT, send, "修改规则包", "Edit a pack", ADMIN, method="POST", again=send_again, upload=4 * MOST),
)
