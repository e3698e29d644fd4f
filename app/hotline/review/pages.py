"""The review desk: replies and requests that wait for a decision, each beside what it is about, decided with one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.problems import ill_formed
from app.api.words import Words
from app.errors import Refusal, Unseen
from app.hotline.desks.story import words
from app.hotline.reference import reference
from app.hotline.review.phrases import phrases_of, with_phrase
from app.hotline.review.tabs import CENTRE, TABS, UNIT, Tab
from app.hotline.vocabulary import VOCABULARY
from app.web.acts import given_fields, refused, transition
from app.web.drafts import resumed
from app.web.forms import typed
from app.web.look import Done, Look, Page, Shown
from app.web.tabs import counts_of
from app.web.times import for_input
from workflows.review_fields import GATE_WORDS

HOME = "/desk/review"
ROLES = CENTRE | UNIT
MOST = 50
# What is written by hand in the form, whichever tab it stands in.
WRITTEN = ("reason", *(f"gate_{name}_reason" for name in GATE_WORDS), "reply_text", "public_reply", "note")
NO_DECISION = Words("请选择通过或者退回。", "Choose: approve or send back.")
ANSWERS = frozenset({"submitted", "answered"})


def desk(look: Look) -> Shown:
    shown = told(look, tab_of(look), whole(look.args.get("id", "")))
    draft = resumed(look, shown["draft_name"]) if shown["case"] and shown["decidable"] else {}
    return Shown("review/desk.html", {**shown, **draft})


def queue(look: Look) -> Shown:
    return Shown("review/queue.html", {**queue_of(look, tab_of(look)), "here": whole(look.args.get("id", ""))})


def whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def mine(look: Look) -> list[Tab]:
    return [tab for tab in TABS if look.has(*tab.roles)]


def tab_of(look: Look, name: str = "") -> Tab:
    known = {tab.name: tab for tab in mine(look)}
    name = name or look.args.get("tab") or next(iter(known))
    if name not in known:
        raise Unseen
    return known[name]


def queue_of(look: Look, tab: Tab) -> dict[str, Any]:
    own = {"unit": str(look.actor.unit_id)} if tab.roles == UNIT else {}
    found = look.get(f"/{tab.plural}", {**tab.query, **own, "order": "due", "limit": str(MOST)})
    named = [(each.name, look.t(each.zh, each.en)) for each in mine(look)]
    return {"tab": tab, "tabs": named, "counts": counts_of(look, "review"), "rows": found["items"]}


def told(look: Look, tab: Tab, asked: int | None) -> dict[str, Any]:
    left = queue_of(look, tab)
    chosen = asked or (left["rows"][0]["id"] if left["rows"] else None)
    if chosen is None:
        return {**left, "here": None, "case": None}
    return {**left, "here": chosen, "next": following(left["rows"], chosen), **case_of(look, tab, chosen)}


def following(rows: Sequence[Mapping[str, Any]], here: int) -> int | None:
    """What opens by itself when this one is decided."""
    ids: list[int] = [row["id"] for row in rows]
    at = ids.index(here) if here in ids else -1
    return next((each for each in ids[at + 1 :] + ids[:at] if each != here), None)


def case_of(look: Look, tab: Tab, id: int) -> dict[str, Any]:
    """One case with its ticket, all replies, files, the machine's findings, and what was asked for in which words."""
    case = look.get(f"/{tab.plural}/{{id}}", id=id)
    ticket = case if tab.plural == "tickets" else look.get("/tickets/{id}", id=case["ticket"]["id"])
    of = case["id"] if tab.plural == "assignments" else None
    open_ = {action["trigger"]: action["label"] for action in case["actions"]}
    return {
        "case": case, "ticket": ticket, "files": look.get("/tickets/{id}/attachments", id=ticket["id"])["items"],
        **replies_of(look, ticket, of if tab.name == "submitted" else None),
        "gates": gates_of(look, ticket["id"]) if tab.name in ("replied", "submitted") else (),
        "asked": asked_words(look, tab, id), "open": open_, "decidable": tab.yes in open_ or tab.no in open_,
        "draft_name": f"review-{tab.name}-{id}", "written": WRITTEN,
        "prefills": prefills(case, tab), "phrases": phrases_of("request", look.lang),
        "grounds": VOCABULARY.options(look, "termination_ground") or (),
    }  # fmt: skip


def replies_of(look: Look, ticket: Mapping[str, Any], share: int | None) -> dict[str, Any]:
    """The newest words of each share in this round, the lead's first; and those of the rounds before."""
    rows = look.get("/tickets/{id}/replies", id=ticket["id"])["items"]
    lead = [each["id"] for each in ticket["assignments"] if each["role"] == "lead"]
    current: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        if row["round"] == ticket["round"] and row["stage"] in ANSWERS and share in (None, row["case"]):
            current.setdefault(row["case"], row)
    ordered = sorted(current.values(), key=lambda row: row["case"] not in (*lead, share))
    earlier = [row for row in rows if row["round"] < ticket["round"] and row["stage"] in ANSWERS]
    return {"current": ordered, "earlier": earlier, "interim": [row for row in rows if row["stage"] == "interim"]}


def gates_of(look: Look, ticket_id: int) -> list[dict[str, Any]]:
    """The four gates with what the machine finds at each, and ready phrases."""
    seen = look.get("/tickets/{id}/findings", id=ticket_id)
    return [
        {
            "name": name, "fails": name in seen["failing"], "phrases": phrases_of(name, look.lang),
            "findings": [each for each in seen["findings"] if each["gate"] == name],
        }
        for name in GATE_WORDS
    ]  # fmt: skip


def asked_words(look: Look, tab: Tab, id: int) -> dict[str, Any] | None:
    """Who asked for it and in which words, from the history."""
    if not tab.asked:
        return None
    rows = look.get(f"/{tab.plural}/{{id}}/history", {"limit": "200"}, id=id)["items"]
    found = next((row for row in reversed(rows) if row["trigger"] == tab.asked), None)
    named = reference(look.system.engine, look.system.settings.epoch)
    return {"row": found, "said": list(words(look, named, found["kind"], found["fields"]))} if found else None


def decide(look: Look, tab: str, id: int) -> Done:
    listed = tab_of(look, tab)
    case = look.get(f"/{listed.plural}/{{id}}", id=id)
    trigger = decided(look, listed)
    transition(look, listed.plural, id, trigger, fields_of(look, listed, case, trigger))
    to = look.form.get("next", "")
    zh, en = ("已通过。", "Approved.") if trigger == listed.yes else ("已退回。", "Sent back.")
    return Done(f"{HOME}?tab={tab}" + (f"&id={to}" if whole(to) else ""), zh, en)


def decided(look: Look, tab: Tab) -> str:
    """The button that was pressed; a form sent by its keys sends back where a gate fails, and approves nothing by itself."""
    chosen = look.form.get("decision") or ("no" if any(look.form.get(f"gate_{name}") == "fail" for name in GATE_WORDS) else "")
    if chosen not in ("yes", "no"):
        raise ill_formed({"decision": [NO_DECISION]})
    return tab.yes if chosen == "yes" else tab.no


def fields_of(look: Look, tab: Tab, case: Mapping[str, Any], trigger: str) -> dict[str, Any]:
    """What the form says that this trigger takes. What stood in the form already, and was not changed, is not said."""
    action = next((each for each in case["actions"] if each["trigger"] == trigger), None)
    given = given_fields(look, VOCABULARY)
    taken = {name: value for name, value in given.items() if action is None or name in (*action["needs"], *action["takes"])}
    return {name: value for name, value in taken.items() if look.form.get(name) != look.form.get(f"was_{name}")}


def again(look: Look, refusal: Refusal, tab: str, id: int) -> Shown:
    listed = tab_of(look, tab)
    shown = told(look, listed, id)
    return Shown("review/desk.html", {**shown, **refused(look, refusal, listed.plural, shown["case"])}, status=refusal.status)


def phrase(look: Look, tab: str, id: int) -> Shown:
    """Where scripts do not run: a ready phrase is put into its reason, and everything else stays."""
    field, _, number = look.form.get("phrase", "").partition(":")
    name = field.removeprefix("gate_").removesuffix("_reason") if field != "reason" else "request"
    if name not in (*GATE_WORDS, "request"):
        raise Unseen
    known = phrases_of(name, look.lang)
    place = whole(number)
    given = dict(typed(look.form))
    if place is not None and place < len(known):
        given[field] = [with_phrase(look.form.get(field, ""), known[place])]
        given |= {f"gate_{name}": ["fail"]} if name in GATE_WORDS else {}
    return Shown("review/desk.html", {**told(look, tab_of(look, tab), id), "typed": given})


def prefills(case: Mapping[str, Any], tab: Tab) -> dict[str, str]:
    """The instants that were asked for, as the form shows them."""
    asked = {**(case.get("pause") or {}), **(case.get("suspension") or {}), "new_due_at": case.get("new_due_at")}
    return {name: for_input(asked.get(name.removeprefix("pause_"))) for name in tab.prefilled}


PAGES = (
    Page(HOME, desk, "审核台", "Review desk", ROLES, nav="desk", icon="checklist"),
    Page(f"{HOME}/queue", queue, "审核队列", "Review queue", ROLES),
    Page(f"{HOME}/{{tab}}/{{id}}", decide, "审核", "Review", ROLES, method="POST", again=again, form=f"{HOME}?tab={{tab}}&id={{id}}"),
    Page(f"{HOME}/{{tab}}/{{id}}/phrase", phrase, "常用语", "Ready phrases", ROLES, method="POST"),
)
