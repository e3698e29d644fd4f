"""The callback desk: whom to call next by the queue's rule, what to ask, what was answered, and what follows a dissatisfaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.problems import ill_formed
from app.api.words import Words
from app.errors import Refusal, Unseen
from app.hotline.vocabulary import VOCABULARY
from app.web.acts import given_fields, refused, transition
from app.web.drafts import resumed
from app.web.forms import read_fields, typed
from app.web.look import Done, Look, Page, Shown
from app.web.tabs import counts_of

HOME = "/desk/callback"
CALLERS = frozenset({"callback_agent", "supervisor", "leader"})
ROLES = CALLERS | {"reviewer"}
TABS = {"queue": ("待回访", "To call"), "mine": ("我领取的", "Claimed by me"), "later": ("约定再拨", "To call later")}
DECIDE = {"decide": ("不满意", "Dissatisfied")}
MOST = 50
ANSWERED = ("call_outcome", "contacted", "solved", "rating", "manner_rating", "reasons", "recording", "note")
MISSED = ("call_outcome", "recording", "note")
# What may follow a dissatisfaction, with the fields of the form that each takes.
DECISIONS: Mapping[str, tuple[str, ...]] = {
    "rehandle": ("reason", "lead_unit", "co_units", "instructions"),
    "close": ("reason", "no_further_ground"),
    "terminate": ("reason", "termination_ground"),
}
NUMBERS = ("phone", "calling_number")
NO_DECISION = Words("请选择重办、不再办理或终止。", "Choose: handle again, nothing further, or terminate.")


def desk(look: Look) -> Shown:
    shown = told(look, tab_of(look), whole(look.args.get("id", "")))
    form = form_of(shown)
    return Shown("callback/desk.html", {**shown, **(resumed(look, form) if form else {})})


def form_of(shown: Mapping[str, Any]) -> str:
    """The name under which what is typed on this page is kept; none where nothing can be sent."""
    if shown["tab"] == "decide":
        return f"decide-{shown['here']}" if shown["ticket"] and shown["decisions"] else ""
    return f"callback-{shown['here']}" if shown["callback"] and "record_callback" in shown["open"] else ""


def queue(look: Look) -> Shown:
    tab = tab_of(look)
    return Shown("callback/queue.html", {**queue_of(look, tab), "here": whole(look.args.get("id", ""))})


def whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def tabs(look: Look) -> dict[str, tuple[str, str]]:
    """Who only decides has no list of calls."""
    return {**TABS, **DECIDE} if look.has(*CALLERS) else DECIDE


def tab_of(look: Look) -> str:
    known = tabs(look)
    tab: str = look.args.get("tab") or look.form.get("tab") or next(iter(known))
    if tab not in known:
        raise Unseen
    return tab


def queue_of(look: Look, tab: str) -> dict[str, Any]:
    named = [(name, look.t(zh, en)) for name, (zh, en) in tabs(look).items()]
    return {"tab": tab, "tabs": named, "counts": counts_of(look, "callback"), **rows_of(look, tab)}


def rows_of(look: Look, tab: str) -> dict[str, Any]:
    if tab == "decide":
        found = look.get("/tickets", {"waits": "dissatisfaction", "order": "due", "limit": str(MOST)})
    elif tab == "mine":
        found = mine(look, MOST)
    else:
        later = "true" if tab == "later" else "false"
        found = look.get("/callbacks", {"order": "queue", "later": later, "limit": str(MOST)})
    return {"rows": found["items"]}


def mine(look: Look, limit: int) -> Any:
    return look.get("/callbacks", {"state": "claimed", "claimed_by": str(look.actor.id), "order": "due", "limit": str(limit)})


def told(look: Look, tab: str, asked: int | None) -> dict[str, Any]:
    """The list on the left and the one that is open on the right: the one asked for; else what this agent has claimed already, or the
    first dissatisfaction."""
    left = queue_of(look, tab)
    if tab == "decide":
        chosen = asked or (left["rows"][0]["id"] if left["rows"] else None)
        return {**left, **(decision_of(look, chosen) if chosen else {"ticket": None}), "here": chosen}
    claimed = left["rows"] if tab == "mine" else [] if asked else mine(look, 1)["items"]
    chosen = asked or (claimed[0]["id"] if claimed else None)
    return {**left, **(call_of(look, chosen) if chosen else {"callback": None}), "here": chosen}


def call_of(look: Look, id: int) -> dict[str, Any]:
    callback = look.get("/callbacks/{id}", id=id)
    return {
        "callback": callback, "ticket": look.get("/tickets/{id}", id=callback["ticket"]["id"]), "seen": None,
        "outcomes": VOCABULARY.options(look, "call_outcome"), "scale": VOCABULARY.options(look, "rating"),
        **why(look), "open": {action["trigger"] for action in callback["actions"]},
    }  # fmt: skip


def why(look: Look) -> dict[str, Any]:
    """The reasons of a dissatisfaction, to choose from and by code."""
    known = VOCABULARY.options(look, "reasons") or ()
    return {"reasons": known, "reason_words": dict(known)}


def decision_of(look: Look, id: int) -> dict[str, Any]:
    """A ticket with all that was said about it, and the proposals that are open to this person."""
    ticket = look.get("/tickets/{id}", id=id)
    known = {action["trigger"]: action["label"] for action in ticket["actions"]}
    # Closing against the citizen's word has a name of its own.
    known |= {"close": look.t("不再办理", "Nothing further")} if "close" in known else {}
    return {
        "ticket": ticket, "callback": look.get("/callbacks/{id}", id=ticket["callback"]["id"]) if ticket["callback"] else None,
        "decisions": [(name, known[name]) for name in DECISIONS if name in known],
        "grounds": {name: VOCABULARY.options(look, name) or () for name in ("no_further_ground", "termination_ground")},
        "things": {"unit": VOCABULARY.things(look, "unit")}, **why(look), "then": look.args.get("then") or look.form.get("then", ""),
    }  # fmt: skip


def next_call(look: Look) -> Done:
    return onwards(look, "", "")


def onwards(look: Look, zh: str, en: str) -> Done:
    """The next citizen is claimed and opens by himself."""
    taken = look.post("/callbacks/next", step="next")["callback"]
    if taken is None:
        nobody = ("没有可拨打的回访件了。", "Nobody is left to be called now.")
        return Done(HOME, f"{zh}{nobody[0]}", f"{en} {nobody[1]}".strip())
    return Done(f"{HOME}?id={taken['id']}", zh or "已领取。", en or "Claimed.")


def claim(look: Look, id: int) -> Done:
    transition(look, "callbacks", id, "claim", {})
    return Done(f"{HOME}?id={id}", "已领取。", "Claimed.")


def number(look: Look, id: int) -> Shown:
    """The number is shown once, in answer to a reason that is on record, and stands in no address."""
    ticket = look.get("/callbacks/{id}", id=id)["ticket"]["id"]
    opened = look.post("/tickets/{id}/unmask", {"fields": list(NUMBERS), "reason": look.form.get("reason", "")}, id=ticket)
    return number_shown(look, id, {"seen": opened["citizen"]})


def number_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return number_shown(look, id, {"problem": look.problem(refusal)}, refusal.status)


def number_shown(look: Look, id: int, more: Mapping[str, Any], status: int = 200) -> Shown:
    values = {"typed": typed(look.form), **more}
    if look.partial:
        return Shown("callback/number.html", {"seen": None, "callback": {"id": id}, **values}, status=status)
    return Shown("callback/desk.html", {**told(look, tab_of(look), id), **values}, status=status)


def record(look: Look, id: int) -> Done:
    callback = transition(look, "callbacks", id, "record_callback", answers(look))
    ticket = look.get("/tickets/{id}", id=callback["ticket"]["id"])
    if "dissatisfied" in ticket["badges"]:
        to = f"{HOME}?tab=decide&id={ticket['id']}&then=call"
        return Done(to, "已登记：诉求人不满意，请提出处理意见。", "Recorded: the citizen is dissatisfied; propose what follows.")
    if callback["state"] in ("rated", "unreachable") and look.form.get("close"):
        return close(look, ticket["id"])
    return onwards(look, "已登记。", "Recorded.")


def answers(look: Look) -> dict[str, Any]:
    """Of a call that nobody answered, what stands in the fields of the answers was not said."""
    outcome = look.form.get("call_outcome", "")
    names = ANSWERED if outcome in ("", "reached") else (*MISSED, "call_at") if outcome == "call_later" else MISSED
    return read_fields(look.form, names)


def close(look: Look, ticket: int) -> Done:
    """The call is on record whatever becomes of the closing."""
    try:
        look.post("/tickets/{id}/transitions", {"trigger": "close", "fields": {}}, step="close", id=ticket)
    except Refusal as refusal:
        return onwards(look, f"已登记；未结案：{refusal.zh}", f"Recorded; not closed: {refusal.en}")
    return onwards(look, "已登记并结案。", "Recorded and closed.")


def record_again(look: Look, refusal: Refusal, id: int) -> Shown:
    shown = told(look, tab_of(look), id)
    return Shown("callback/desk.html", {**shown, **refused(look, refusal, "callbacks", shown["callback"])}, status=refusal.status)


def decide(look: Look, id: int) -> Done:
    decision = look.form.get("decision", "")
    if decision not in DECISIONS:
        raise ill_formed({"decision": [NO_DECISION]})
    given = given_fields(look, VOCABULARY)
    transition(look, "tickets", id, decision, {name: given[name] for name in DECISIONS[decision] if name in given})
    if look.form.get("then") == "call" and look.has(*CALLERS):
        return onwards(look, "已提出处理意见。", "Decided.")
    return Done(f"{HOME}?tab=decide", "已提出处理意见。", "Decided.")


def decide_again(look: Look, refusal: Refusal, id: int) -> Shown:
    shown = told(look, "decide", id)
    return Shown("callback/desk.html", {**shown, **refused(look, refusal, "tickets", shown["ticket"])}, status=refusal.status)


PAGES = (
    Page(HOME, desk, "回访台", "Callback desk", ROLES, nav="desk", icon="phone-call"),
    Page(f"{HOME}/queue", queue, "回访队列", "Callback queue", ROLES),
    Page(f"{HOME}/next", next_call, "领取下一件", "Next call", CALLERS, method="POST"),
    Page(f"{HOME}/claim/{{id}}", claim, "领取回访", "Claim a callback", CALLERS, method="POST"),
    Page(f"{HOME}/number/{{id}}", number, "查看电话", "See the number", CALLERS, "POST", again=number_again, form=f"{HOME}?id={{id}}"),
    Page(f"{HOME}/record/{{id}}", record, "登记回访", "Record a callback", CALLERS, "POST", again=record_again, form=f"{HOME}?id={{id}}"),
    Page(
        f"{HOME}/decide/{{id}}", decide, "不满意处置", "Decide after dissatisfaction", ROLES, "POST", again=decide_again,
        form=f"{HOME}?tab=decide&id={{id}}",
    ),
)
