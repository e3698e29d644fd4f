"""The citizen's pages, all of them public: the start, the form, the page behind a code, questions and answers, personal data."""

from __future__ import annotations

from typing import Any

from app.hotline.public_photos import LIMIT, MOST
from app.portal import demand, track
from app.web.look import Look, Page, Shown

FORM = MOST * LIMIT + 4 * 1024 * 1024


def start(look: Look) -> Shown:
    return Shown("portal/start.html", {"questions": look.get("/public/knowledge", {"limit": "5"})["items"]})


def questions(look: Look) -> Shown:
    words = look.args.get("q", "").strip()[:200]
    found: Any = look.get("/public/knowledge", {"limit": "30", **({"q": words} if words else {})})
    return Shown("portal/questions.html", {"words": words, "found": found["items"]})


def question(look: Look, id: int) -> Shown:
    return Shown("portal/question.html", {"entry": look.get("/public/knowledge/{id}", id=id)})


def privacy(look: Look) -> Shown:
    return Shown("portal/privacy.html", {"centre": look.get("/public/choices")["centre"]})


PAGES = (
    Page("/portal", start, "网上反映诉求", "Tell the hotline", public=True),
    Page("/portal/demand", demand.ask, "反映诉求", "Say it", public=True),
    # Sent to an address of its own: sending to the form's would make browsers forget the form that somebody goes back to.
    Page("/portal/demand/send", demand.send, "反映诉求", "Say it", method="POST", public=True, again=demand.again, upload=FORM),
    Page("/portal/demand/send", demand.to_form, "反映诉求", "Say it", public=True),
    Page("/portal/questions", questions, "常见问题", "Questions and answers", public=True),
    Page("/portal/questions/{id}", question, "常见问题", "Questions and answers", public=True),
    Page("/portal/privacy", privacy, "个人信息说明", "Notice on personal data", public=True),
    Page("/t", track.find, "查询进度", "Follow your request", method="POST", public=True),
    Page("/t/{code}", track.follow, "查询进度", "Follow your request", public=True),
    Page("/t/{code}/add", track.add, "补充或催办", "Add or urge", method="POST", public=True, again=track.again),
    Page("/t/{code}/withdraw", track.withdraw, "撤回诉求", "Withdraw", method="POST", public=True, again=track.again),
    Page(
        "/t/{code}/photos", track.photograph, "补充照片", "Add photographs", method="POST", public=True, again=track.again, upload=FORM
    ),
    Page("/t/{code}/rate", track.rate, "评价", "Rate", method="POST", public=True, again=track.again),
)
