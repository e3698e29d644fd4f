"""Intake: type while listening, see beside what is known already, register by keyboard alone, and take it back within minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.clock import local
from app.errors import Refusal, Unseen
from app.hotline import codes
from app.hotline.desks import beside, undoing
from app.hotline.desks.telling import Form, choices, demand, field_of
from app.web.acts import refused, transition
from app.web.forms import read_fields, typed
from app.web.look import Done, Look, Page, Shown

ROLES = frozenset({"agent", "dispatcher"})
HOME = "/intake"
DRAFT = "intake"
UNDO_REASON = "话务员撤销刚才的登记"
MERGES = "same_fact"
LINK_REASON = "登记时查重"
RECENT = 5
CHOSEN = ("type", "urgency", "channel")


def desk(look: Look) -> Shown:
    """An empty form, or what was typed and not yet sent; with what was registered just now, if anything was."""
    draft = look.draft(DRAFT)
    fields = draft["fields"] if draft else {}
    return page(look, Form(fields), {"typed": fields, "draft": draft, "made": just_made(look)})


def page(look: Look, form: Form, more: Mapping[str, Any], status: int = 200) -> Shown:
    values = {**beside.all_of(look, form), "recent": recent(look), "options": options(look), **answer_part(look, form)}
    return Shown("intake/desk.html", {"unclear": (), "made": None, "draft": None, **values, **more}, status=status)


def options(look: Look) -> dict[str, Any]:
    return {name: codes.options(name, look.system, lang=look.lang) for name in CHOSEN}


def just_made(look: Look) -> Any:
    given = look.args.get("made", "")
    if not given.isdecimal() or len(given) > 18 or given.startswith("0"):
        return None
    try:
        return look.get("/tickets/{id}", id=int(given))
    except Unseen:
        return None


def recent(look: Look) -> list[dict[str, Any]]:
    """What this person has registered today; for some minutes it can be taken back."""
    today = local(look.now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = look.get("/tickets", {"mine": "true", "created_from": today.isoformat(), "limit": str(RECENT)})["items"]
    newest = sorted(rows, key=lambda row: str(row["created_at"]), reverse=True)
    return [{**row, "undo": row["state"] in ("registered", "accepted") and undoing.fresh(look, row["created_at"])} for row in newest]


def answer_part(look: Look, form: Form) -> dict[str, Any]:
    return {"answer": answer_of(look, form), "outcomes": codes.options("outcome", look.system, lang=look.lang)}


def answer_of(look: Look, form: Form) -> dict[str, Any] | None:
    """The answer at once: an entry of the knowledge base, and the words that are told, which begin as the entry's own."""
    given = form.get("entry") or form.get("cites", "")
    entry = entry_of(look, given) if given.isdecimal() and len(given) < 19 else None
    if entry is None:
        return {"entry": None, "words": form["reply_text"]} if form.get("reply_text") else None
    words = entry["content"] if form.get("entry") else form.get("reply_text", "")
    return {"entry": entry, "words": words}


def entry_of(look: Look, entry: str) -> Any:
    """None for one that has been taken out meanwhile."""
    try:
        return look.get("/knowledge/{id}", id=int(entry))
    except Unseen:
        return None


def recheck(look: Look) -> Shown:
    """Without scripts a button asks what scripts ask by themselves."""
    return page(look, look.form, {"typed": typed(look.form)})


def part(template: str, asked: Any) -> Any:
    def view(look: Look) -> Shown:
        if not look.partial:
            return recheck(look)
        return Shown(f"intake/{template}.html", {**asked(look, look.form), "typed": typed(look.form)})

    return view


def register(look: Look) -> Done | Shown:
    """The ticket, then what is asked for along with it; once it is registered, whatever follows cannot undo that."""
    made = look.post("/tickets", demand(look))
    try:
        follow(look, made["id"])
    except Refusal as refusal:
        return left_over(look, made["id"], refusal)
    to = f"/tickets/{made['id']}" if look.form.get("then") == "open" else f"{HOME}?made={made['id']}"
    return Done(to, f"已登记 {made['number']}。", f"Registered as {made['number']}.")


def follow(look: Look, ticket: int) -> None:
    """Accepted if that is asked for or needed, linked with what it is about, answered if an answer was written."""
    kind, _, main = look.form.get("link", "").partition(":")
    words = look.form.get("reply_text", "").strip()
    if words or kind == MERGES or look.form.get("then") == "accept":
        step(look, ticket, "accept", {})
    if main.isdecimal():
        step(look, ticket, "link", {"main_ticket": int(main), "link_kind": kind, "reason": LINK_REASON})
    if words:
        step(look, ticket, "answer", read_fields(look.form, ("reply_text", "outcome", "cites")))


def step(look: Look, ticket: int, trigger: str, fields: Mapping[str, Any]) -> None:
    look.post("/tickets/{id}/transitions", {"trigger": trigger, "fields": dict(fields)}, step=trigger, id=ticket)


def left_over(look: Look, ticket: int, refusal: Refusal) -> Shown:
    """Registered, but not all that was to follow: said with the words that wait to be sent. The draft is not to be registered again."""
    look.drop_draft(DRAFT)
    values = {"ticket": look.get("/tickets/{id}", id=ticket), "problem": look.problem(refusal), "typed": typed(look.form)}
    return Shown("intake/left-over.html", values)


def again(look: Look, refusal: Refusal, **path: Any) -> Shown:
    """Everything that was typed, what is wrong beside its field, and the categories that may be meant."""
    problem = look.problem(refusal)
    problem["errors"] = {field_of(look.form, name): told for name, told in problem["errors"].items()}
    unclear = choices(look, look.form["category"]) if "category" in problem["errors"] and look.form.get("category") else ()
    return page(look, look.form, {"typed": typed(look.form), "problem": problem, "unclear": unclear}, refusal.status)


def earlier(look: Look, id: int) -> Shown:
    return Shown("intake/earlier.html", {"ticket": look.get("/tickets/{id}", id=id)})


def instead(look: Look, id: int) -> Shown:
    """What was typed becomes a supplement to a ticket that is there already, if the caller wants that."""
    return supplement_form(look, id, look.form.get("content", ""), look.form.get("kind", "urge"))


def supplement_form(look: Look, id: int, words: str, kind: str, refusal: Refusal | None = None) -> Shown:
    values = {"ticket": look.get("/tickets/{id}", id=id), "words": words, "kind": kind}
    wrong = refused(look, refusal, "tickets", values["ticket"]) if refusal else {}
    return Shown("intake/instead.html", {**values, **wrong}, status=refusal.status if refusal else 200)


def supplement(look: Look, id: int) -> Done:
    text = look.form.get("text", "").strip()
    transition(look, "tickets", id, "supplement", {"kind": look.form.get("kind", ""), **({"text": text} if text else {})})
    return Done(HOME, "已记在原工单上。", "Noted on the earlier ticket.")


def supplement_again(look: Look, refusal: Refusal, id: int) -> Shown:
    return supplement_form(look, id, look.form.get("text", ""), look.form.get("kind", ""), refusal)


def undo(look: Look, id: int) -> Done:
    transition(look, "tickets", id, "void", {"reason": UNDO_REASON})
    return Done(HOME, "登记已撤销。", "The registration is undone.")


def form_page(path: str, view: Any, zh: str, en: str, **more: Any) -> Page:
    return Page(f"{HOME}{path}", view, zh, en, ROLES, method="POST", **more)


PAGES = (
    Page(HOME, desk, "受理台", "Intake", ROLES, nav="desk", icon="headset"),
    form_page("", register, "登记", "Register", again=again),
    form_page("/look", recheck, "受理台", "Intake", again=again),
    form_page("/caller", part("caller", beside.caller), "来电历史", "The caller's history"),
    form_page("/beside", part("beside", beside.demand), "相近工单与知识", "Similar tickets and knowledge"),
    form_page("/place", part("place", beside.where), "所在街道", "Where it lies"),
    form_page("/answer", part("answer", answer_part), "即时答复", "Answer at once"),
    form_page("/instead/{id}", instead, "补充或催单", "Supplement or urge", again=again),
    form_page("/supplement/{id}", supplement, "补充或催单", "Supplement or urge", again=supplement_again),
    form_page("/undo/{id}", undo, "撤销登记", "Undo a registration"),
    Page(f"{HOME}/earlier/{{id}}", earlier, "以前的工单", "An earlier ticket", ROLES),
)
