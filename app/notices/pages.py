"""The inbox of a person, the number that every page shows, and how one wishes to be told."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

# More than this is shown with a plus: the number is asked for by every open page.
SHOWN_UP_TO = 99
LIMIT = "30"
# Where what a message is about has a page of its own; everything else is found on the page of its ticket.
PLACES = {
    "supervision": "/supervisions/{}", "instruction": "/instructions/{}", "conference": "/conferences/{}", "alarm": "/alarms/{}",
    "hot-issue": "/hot-issues/{}", "collective-complaint": "/collective-complaints/{}", "knowledge-entry": "/knowledge/{}",
    "return-request": "/return-requests/{}", "report-in": "/report-ins/{}", "co-request": "/co-requests/{}",
}  # fmt: skip
OUTSIDE = ("sms", "mail", "chat")
ADDRESSES = ("phone", "mail", "chat")


def count(look: Look) -> Shown:
    return Shown("inbox/count.html", look.get("/inbox/count", {"most": str(SHOWN_UP_TO + 1)}) | {"up_to": SHOWN_UP_TO})


def inbox(look: Look) -> Shown:
    return Shown("inbox/page.html", listed(look))


def rows(look: Look) -> Shown:
    return Shown("inbox/rows.html", listed(look))


def listed(look: Look) -> dict[str, Any]:
    """Unread first; of one kind when the address says so."""
    kind = look.args.get("kind", "")
    query = {"limit": LIMIT} | ({"kind": kind} if kind else {}) | ({"cursor": look.args["cursor"]} if "cursor" in look.args else {})
    found = look.get("/inbox", query)
    items = [row | {"place": place_of(row)} for row in found["items"]]
    return {"rows": items, "next": found["next"], "kind": kind, "unread": look.get("/inbox/count")}


def place_of(row: dict[str, Any]) -> str:
    """The page of what the message is about; nothing for what has none."""
    if row["case_kind"] in PLACES:
        return PLACES[row["case_kind"]].format(row["case"])
    return f"/tickets/{row['ticket']}" if row["ticket"] else ""


def read(look: Look, id: int) -> Done:
    look.post("/inbox/{id}/read", id=id)
    to = look.form.get("to", "")
    return Done(inner_path(to)) if to else Done("", "已标为已读。", "Marked as read.")


def read_all(look: Look) -> Done:
    look.post("/inbox/read-all", {"up_to": int(look.form["up_to"])})
    return Done("/inbox", "已全部标为已读。", "All are marked as read.")


def settings(look: Look) -> Shown:
    return Shown("inbox/settings.html", {"given": look.get("/me/notice-settings"), "outside": OUTSIDE})


def save(look: Look) -> Done:
    """A kind that follows the rules is not named; an address left empty stays, a ticked one is forgotten."""
    kinds = [each["kind"] for each in look.get("/me/notice-settings")["kinds"]]
    body: dict[str, Any] = {"channels": {kind: look.form.getlist(f"by-{kind}") for kind in kinds if f"own-{kind}" in look.form}}
    for name in ADDRESSES:
        value = look.form.get(name, "").strip()
        body |= {name: value} if value else {name: None} if f"forget-{name}" in look.form else {}
    look.post("/me/notice-settings", body, method="PUT")
    return Done("/account/notices", "通知设置已保存。", "Your settings are saved.")


def save_again(look: Look, refusal: Refusal) -> Shown:
    values = dict(settings(look).values) | {"problem": look.problem(refusal), "typed": typed(look.form)}
    return Shown("inbox/settings.html", values, status=refusal.status)


PAGES = (
    Page("/inbox/count", count, "未读消息", "Unread messages"),
    Page("/inbox", inbox, "收件箱", "Inbox"),
    Page("/inbox/rows", rows, "收件箱", "Inbox"),
    Page("/inbox/{id}/read", read, "标为已读", "Mark as read", method="POST"),
    Page("/inbox/read-all", read_all, "全部标为已读", "Mark all as read", method="POST"),
    Page("/account/notices", settings, "通知设置", "How I am told"),
    Page("/account/notices", save, "通知设置", "How I am told", method="POST", again=save_again),
)
