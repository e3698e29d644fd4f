"""The adjudication desk: who says "not mine" and why, what the others and the offices say, what was ruled before, and the ruling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.problems import ill_formed
from app.api.words import Words
from app.errors import Refusal, Unseen
from app.hotline.vocabulary import VOCABULARY
from app.web.acts import given_fields, refused, transition
from app.web.drafts import resumed
from app.web.forms import picked
from app.web.look import Done, Look, Page, Shown
from app.web.tabs import counts_of

HOME = "/desk/adjudication"
ROLES = frozenset({"dispatcher", "supervisor", "reviewer"})
DROPS = frozenset({"supervisor"})
MOST = 50
# Each list: its words, its door, and what of it is shown.
TABS: Mapping[str, tuple[str, str, str, Mapping[str, str]]] = {
    "requests": ("待裁定", "To decide", "/return-requests", {"open": "true", "order": "due"}),
    "whistles": ("吹哨报到", "Report-ins", "/report-ins", {"open": "true", "order": "due"}),
    "decided": ("已裁定", "Decided", "/return-requests", {"open": "false"}),
    "directory": ("目录调整", "Directory", "/directory-proposals", {"state": "open"}),
}
# What may be ruled, in words, with its trigger and the fields of the form that it takes.
RULINGS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "uphold": ("准予退单，改派", "Uphold, send to another unit", "uphold", ("lead_unit", "co_units", "reason", "note")),
    "desk": ("准予退单，回派单台", "Uphold, back to the desk", "uphold", ("reason", "note")),
    "reject": ("不予退单", "Reject", "reject", ("reason", "improper", "note")),
    "negotiate": ("组织协商", "Negotiate", "negotiate", ("co_units", "note")),
    "designate": ("指定办理", "Designate", "designate", ("lead_unit", "co_units", "reason", "note")),
}
OFFICES = ("org_office", "justice_bureau")
NO_RULING = Words("请选择一种裁定。", "Choose a ruling.")
NO_UNIT = Words("改派须选择承办单位；不改派请选“回派单台”。", "Name the unit that takes it, or send it back to the desk.")


def desk(look: Look) -> Shown:
    shown = told(look, tab_of(look), whole(look.args.get("id", "")))
    return Shown("adjudication/desk.html", {**shown, **half_written(look, shown)})


def half_written(look: Look, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The ruling and the opinions that were begun and not yet sent."""
    drafts = resumed(look, f"ruling-{shown['here']}") if shown.get("rulings") else {}
    if "give_opinion" in shown.get("open", ()):
        names = {office: f"opinion-{office.replace('_', '-')}-{shown['here']}" for office, given in shown["opinions"].items() if not given}
        drafts["opinion_drafts"] = {office: look.draft(name) for office, name in names.items()}
    return drafts


def queue(look: Look) -> Shown:
    return Shown("adjudication/queue.html", {**queue_of(look, tab_of(look)), "here": whole(look.args.get("id", ""))})


def whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def tab_of(look: Look) -> str:
    tab: str = look.args.get("tab", "requests")
    if tab not in TABS:
        raise Unseen
    return tab


def queue_of(look: Look, tab: str) -> dict[str, Any]:
    _, _, door, query = TABS[tab]
    found = look.get(door, {**query, "limit": str(MOST)})
    tabs = [(name, look.t(zh, en)) for name, (zh, en, *_) in TABS.items()]
    return {
        "tab": tab, "tabs": tabs, "rows": found["items"], "beyond": found["next"] is not None,
        "counts": counts_of(look, "adjudication"), "may_drop": look.has(*DROPS),
    }  # fmt: skip


def told(look: Look, tab: str, asked: int | None) -> dict[str, Any]:
    left = queue_of(look, tab)
    chosen = asked or (left["rows"][0]["id"] if left["rows"] else None)
    if chosen is None or tab == "directory":
        return {**left, "here": None, "case": None}
    more = whistle_of(look, chosen) if tab == "whistles" else request_of(look, chosen)
    return {**left, "here": chosen, "next": following(left["rows"], chosen), **more}


def following(rows: Sequence[Mapping[str, Any]], here: int) -> int | None:
    """What opens by itself when this one is decided."""
    ids: list[int] = [row["id"] for row in rows]
    at = ids.index(here) if here in ids else -1
    return next((each for each in ids[at + 1 :] + ids[:at] if each != here), None)


def whistle_of(look: Look, id: int) -> dict[str, Any]:
    case = look.get("/report-ins/{id}", id=id)
    return {"case": case, "ticket": look.get("/tickets/{id}", id=case["ticket"]["id"])}


def request_of(look: Look, id: int) -> dict[str, Any]:
    """The request with its ticket, all that was said, the files, the directory's row, earlier rulings, and what may be ruled."""
    case = look.get("/return-requests/{id}", id=id)
    ticket = look.get("/tickets/{id}", id=case["ticket"]["id"])
    directory = look.get("/directory", {"ticket": str(ticket["id"])})
    files = look.get("/tickets/{id}/attachments", id=ticket["id"])["items"]
    open_ = {action["trigger"] for action in case["actions"]}
    return {
        "case": case, "ticket": ticket, "directory": directory,
        "evidence": [file for file in files if file["case"] == id or file["id"] in case["evidence"]],
        "files": [file for file in files if file["case"] != id and file["id"] not in case["evidence"]],
        "precedents": [row for row in directory["precedents"] if row["request"] != id], "open": open_,
        "whistles": look.get("/report-ins", {"ticket": str(ticket["id"])})["items"],
        "proposals": look.get("/directory-proposals", {"request": str(id)})["items"],
        "rulings": [(name, look.t(zh, en)) for name, (zh, en, trigger, _) in RULINGS.items() if trigger in open_],
        "opinions": opinions_of(case), "opinion_drafts": {}, "takers": takers(case, directory),
        "things": {"unit": VOCABULARY.things(look, "unit")},
    }  # fmt: skip


def opinions_of(case: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """What each office has said; an office that spoke twice is quoted by its last word."""
    said = {row["opinion_of"]: row for row in case["words"] if row["part"] == "opinion"}
    return {office: said.get(office) for office in OFFICES}


def takers(case: Mapping[str, Any], directory: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """The units that may get it, each once, with why it is named; never the one that asked first."""
    named = [(unit, "volunteer") for unit in case["volunteers"]]
    named += [(case["suggested_unit"], "suggested")] if case["suggested_unit"] else []
    rows = ([directory["suggestion"]] if directory["suggestion"] else []) + list(directory["others"])
    named += [(row["unit"], "directory") for row in rows] + [(unit, "invited") for unit in case["invited"]]
    found: dict[int, tuple[Mapping[str, Any], str]] = {}
    for unit, why in named:
        if unit["id"] != case["unit"]["id"]:
            found.setdefault(unit["id"], (unit, why))
    return list(found.values())[:6]


def rule(look: Look, id: int) -> Done:
    ruling = look.form.get("ruling", "")
    if ruling not in RULINGS:
        raise ill_formed({"ruling": [NO_RULING]})
    _, _, trigger, names = RULINGS[ruling]
    given = {name: value for name, value in fields_given(look).items() if name in names}
    if ruling == "uphold" and "lead_unit" not in given:
        raise ill_formed({"lead_unit": [NO_UNIT]})
    transition(look, "return-requests", id, trigger, given)
    to = look.form.get("next", "")
    if ruling == "negotiate":
        return Done(f"{HOME}?id={id}", "已邀请有关单位协商。", "The units are invited.")
    return Done(f"{HOME}?id={to}" if whole(to) else HOME, "已裁定。", "Decided.")


def fields_given(look: Look) -> dict[str, Any]:
    """A unit that was typed comes before the one that was chosen."""
    given = given_fields(look, VOCABULARY)
    other = look.form.get("other_unit", "").strip()
    return {**given, "lead_unit": picked(other)} if other else given


def say(look: Look, id: int) -> Done:
    """An office's opinion is recorded; the request stays open."""
    given = given_fields(look, VOCABULARY)
    transition(look, "return-requests", id, "give_opinion", {name: given[name] for name in ("opinion_of", "opinion") if name in given})
    return Done(f"{HOME}?id={id}", "意见已登记。", "The opinion is recorded.")


def again(look: Look, refusal: Refusal, id: int) -> Shown:
    shown = told(look, "requests", id)
    return Shown("adjudication/desk.html", {**shown, **refused(look, refusal, "return-requests", shown["case"])}, status=refusal.status)


def drop(look: Look, id: int) -> Done:
    look.post("/directory-proposals/{id}/drop", id=id)
    return Done(f"{HOME}?tab=directory", "已放弃此目录建议。", "The proposal is dropped.")


PAGES = (
    Page(HOME, desk, "裁定台", "Adjudication desk", ROLES, nav="desk", icon="scale"),
    Page(f"{HOME}/queue", queue, "裁定队列", "Adjudication queue", ROLES),
    Page(f"{HOME}/{{id}}", rule, "裁定", "Rule", ROLES, method="POST", again=again, form=f"{HOME}?id={{id}}"),
    Page(f"{HOME}/{{id}}/opinion", say, "登记部门意见", "Record an opinion", ROLES, method="POST", again=again, form=f"{HOME}?id={{id}}"),
    Page(f"{HOME}/directory/{{id}}/drop", drop, "放弃目录建议", "Drop a proposal", DROPS, method="POST"),
)
