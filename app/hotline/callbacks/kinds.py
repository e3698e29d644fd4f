"""The kind of case that a callback is: it asks the pack what its ticket would ask."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from app.core.registry import Kind
from app.core.root import Case, Root
from app.hotline.callbacks.facts import COLUMNS, FACTS, INSTANTS, READY, relations
from app.hotline.callbacks.models import Callback
from app.hotline.rule_facts import ticket_rule_facts


def kinds(engine: Engine) -> tuple[Kind]:
    def asked(root: Root, case: Case) -> Mapping[str, object]:
        return ticket_rule_facts(engine, root, root.top())

    callback = Kind(
        name="callback", family="ticket", plural="callbacks", table=Callback.__tablename__, columns=COLUMNS, instants=INSTANTS, facts=FACTS,
        ready=READY, rule_facts=asked, relations=relations, fixed={"rating_clock": "expires_at"},
    )  # fmt: skip
    return (callback,)
