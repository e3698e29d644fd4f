"""What a machine finds in a reply, for the reviewer before deciding and for the unit while writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.fields import reader
from app.api.values import Body
from app.core.root import Case, Root
from app.core.visibility import sees_all
from app.errors import Forbidden
from app.hotline.queries import read_case
from app.hotline.review.facts import share_under_review
from app.hotline.review.findings import Finding
from app.hotline.review.queries import failing, seen_in
from app.hotline.review.replies import replies_door
from app.hotline.shares import shares_of
from app.hotline.shown import hides, told
from workflows.fields import REPLY_FIELDS

READ, TAG = "tickets:read", "tickets"
DRAFT: Final = Body.from_dict({name: reader(name) for name in REPLY_FIELDS}, name="ReplyDraft")()


class FindingShown(Body):
    """`severity` is info, warn or fail; `about` quotes the words it is about."""

    gate = fields.String()
    code = fields.String()
    severity = fields.String()
    text = fields.String(metadata={"description": "按 Accept-Language 的语言 / in the language asked for"})
    zh = fields.String()
    en = fields.String()
    about = fields.List(fields.String())


class FindingsShown(Body):
    """`failing` are the gates at which approving needs a reason."""

    ticket = fields.Integer()
    round = fields.Integer()
    share = fields.Integer(allow_none=True)
    findings = fields.List(fields.Nested(FindingShown))
    failing = fields.List(fields.String())


def current(ask: Ask, id: int) -> Mapping[str, Any]:
    root = read_case(ask.system, ask.actor, "ticket", id)
    return found(ask, root, share_under_review(root) if sees_all(ask.actor) else own_share(ask, root), {})


def drafted(ask: Ask, id: int) -> Mapping[str, Any]:
    """A unit tries its own share's reply; the centre that of the lead."""
    root = read_case(ask.system, ask.actor, "ticket", id)
    return found(ask, root, own_share(ask, root), ask.body)


def own_share(ask: Ask, root: Root) -> Case | None:
    """What one unit has submitted is not looked through by another."""
    own = shares_of(root, ask.actor)
    if own:
        return own[0]
    if not sees_all(ask.actor):
        raise Forbidden("机器核查结果只向承办单位和指挥中心开放。", "What a machine finds in a reply is for its unit and the centre.")
    return share_under_review(root)


def found(ask: Ask, root: Root, share: Case | None, draft: Mapping[str, Any]) -> Mapping[str, Any]:
    ticket = root.top()
    seen, hidden = seen_in(ask.system, ask.actor, root, share, draft), hides(ticket.data, ask.actor)
    return {
        "ticket": ticket.id, "round": ticket.data["round"], "share": share.id if share else None,
        "findings": [shown(each, ask.lang, hidden) for each in seen], "failing": failing(seen),
    }  # fmt: skip


def shown(finding: Finding, lang: str, hidden: bool) -> dict[str, Any]:
    quoted = [told(words, hidden) for words in finding.about]
    return {**finding.shown(), "text": finding.en if lang == "en" else finding.zh, "about": quoted}


def review_doors() -> list[Door]:
    return [
        Door(
            "GET", "/tickets/{id}/findings", current, "审核前的机器核查", "What a machine finds in the reply under review",
            response_schema=FindingsShown(), scope=READ, tag=TAG,
        ),
        Door(
            "POST", "/tickets/{id}/findings", drafted, "核查正在撰写的答复", "What a machine would find in a reply being written",
            DRAFT, FindingsShown(), scope=READ, tag=TAG,
        ),
        replies_door(),
    ]  # fmt: skip
