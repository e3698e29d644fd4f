"""What the pages of the console may pick from, and the words of every code: the hotline's knowledge, lent to the frame of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.hotline import codes, pack_words
from app.hotline.reference import reference
from app.web.look import Look
from app.web.vocabulary import Option, Vocabulary

PICKS: Mapping[str, str] = {
    **dict.fromkeys(("lead_unit", "unit", "co_units", "units", "suggested_unit", "departments", "caller_unit"), "unit"),
    **dict.fromkeys(("wished_unit", "helping_unit"), "unit"),
    **dict.fromkeys(("person", "endorser_person", "people", "chair"), "person"),
    **dict.fromkeys(("main_ticket", "joined_ticket", "from_ticket", "tickets"), "ticket"),
    "category": "category",
}


def options(look: Look, field: str) -> Sequence[Option] | None:
    return codes.options(field, look.system, lang=look.lang)


def things(look: Look, kind: str) -> Sequence[Option]:
    """Units and categories by code, people of one's own units by id. Tickets are named by their number: no list could hold them."""
    named = reference(look.system.engine, look.system.settings.epoch)
    if kind == "unit":
        return [(unit.code, unit.name) for unit in named.units.values() if unit.active(look.now) and unit.kind != "centre"]
    if kind == "person":
        mine = look.actor.units
        return [(str(person.id), person.name) for person in named.people.values() if person.unit_id in mine]
    if kind == "category":
        parents = {category.parent_id for category in named.categories.values()}
        leaves = [each for each in named.categories.values() if each.id not in parents and each.valid(look.now)]
        return [(each.code, " ".join(step.name for step in named.path(each.id))) for each in leaves]
    return ()


def resolve(look: Look, kind: str, text: str) -> int | str:
    """A ticket may be named by its number; everything else is sent as it was picked."""
    if kind == "ticket":
        found = look.get("/tickets", {"q": text, "limit": "2"})["items"]
        exact = [row["id"] for row in found if row["number"] == text]
        return exact[0] if exact else text
    return text


def advice(look: Look, plural: str, id: int, trigger: str) -> tuple[str, str] | None:
    """What a return is shown to be right by is attached to the ticket, where every unit's files are."""
    if trigger != "request_return":
        return None
    words = look.t("证据先在这里上传：本单位上传的文件随申请作为证据", "Attach evidence here first: your unit's files go with the request")
    return words, f"/handling/{id}#photos" if plural == "assignments" else f"/tickets/{id}#files"


VOCABULARY = Vocabulary(
    codes.label, options, PICKS, things, resolve, pack_words.asked, pack_words.given, pack_words.options, pack_words.basis, advice
)
