"""What a decision of review looks at: the findings on the reply as it stands, with the reviewer's own changes to its texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.clock import local
from app.core.gather import Gather
from app.core.registry import Loader
from app.core.root import Case, Clock, Root
from app.hotline.pack_facts import pack_of
from app.hotline.redaction import for_public
from app.hotline.reference import reference
from app.hotline.review.findings import LEAST_COMPARED, Finding, Kept, Reviewed, findings_on
from rules.tables import collect
from workflows.fields import REPLY_FIELDS

TABLE: Final = "reply_phrases"
REPLIES: Final = f"SELECT case_id, stage, round, {', '.join(REPLY_FIELDS)} FROM replies WHERE root_id = %s ORDER BY at, id"
# Only the newest are looked at, by the primary key: the question costs the same however many there are.
NEWEST: Final = 500
ELSEWHERE: Final = f"""SELECT count(DISTINCT root_id) AS n FROM (
    SELECT root_id, reply_text FROM replies ORDER BY id DESC LIMIT {NEWEST}) x WHERE root_id <> %(root)s AND reply_text = %(text)s"""


def findings(gather: Gather) -> tuple[dict[str, Any], ...]:
    """As they are stored beside the decision: the words quoted in them without what is personal."""
    if "importer" in gather.actor.roles:
        return ()
    return tuple(kept(finding) for finding in findings_of(gather, share_under_review(gather.root), gather.fields))


def kept(finding: Finding) -> dict[str, Any]:
    return {**finding.shown(), "about": [for_public(words) for words in finding.about]}


def findings_of(gather: Gather, share: Case | None, draft: Mapping[str, Any]) -> list[Finding]:
    """`draft` are fields of a reply that stand before what was submitted."""
    ticket = gather.root.top()
    rows = gather.tx.query(REPLIES, (ticket.id,))
    reply = {**submitted(rows, share, ticket), **{name: draft[name] for name in REPLY_FIELDS if name in draft}}
    text = str(reply.get("reply_text") or "")
    told = len(text) >= LEAST_COMPARED
    units = reference(gather.tx.system.engine, gather.root.epoch).units.values()
    return findings_on(
        Reviewed(
            demand="\n".join(filter(None, (ticket.data[name] for name in ("title", "content", "purpose")))),
            reply=reply,
            kept=kept_limits(gather.root, share),
            earlier=tuple(earlier(rows, ticket)),
            elsewhere=gather.tx.query(ELSEWHERE, {"root": ticket.id, "text": text})[0]["n"] if told else 0,
            units=frozenset(unit.name for unit in units if unit.active(gather.root.now)),
            phrases=phrases_of(gather, ticket),
        )
    )


def share_under_review(root: Root) -> Case | None:
    """The lead's share of this round, the newest of them."""
    ticket = root.top()
    shares = [case for case in root.children(ticket) if case.kind == "assignment" and case.state != "recalled"]
    leads = [case for case in shares if case.data["role"] == "lead" and case.data["round"] == ticket.data["round"]]
    return max(leads, key=lambda case: case.id, default=None)


def submitted(rows: Iterable[Mapping[str, Any]], share: Case | None, ticket: Case) -> dict[str, Any]:
    """The last that the share submitted; of a ticket answered at once the answer itself."""
    of, now = share.id if share else ticket.id, ticket.data["round"]
    said = [row for row in rows if row["case_id"] == of and row["round"] == now and row["stage"] in ("submitted", "answered")]
    return {name: said[-1][name] for name in REPLY_FIELDS} if said else {}


def earlier(rows: Iterable[Mapping[str, Any]], ticket: Case) -> list[str]:
    """What was answered in the rounds before; a reply that was sent back and corrected in this one may well be alike."""
    return [row["reply_text"] for row in rows if row["round"] < ticket.data["round"] and row["reply_text"]]


def kept_limits(root: Root, share: Case | None) -> tuple[Kept, ...]:
    """Of each limit of the share the level that binds: the first to be due."""
    binding: dict[str, Clock] = {}
    for clock in root.clocks:
        if share is not None and clock.case_id == share.id and clock.due_at is not None:
            rival = binding.get(clock.name)
            if rival is None or (-clock.generation, clock.due_at) < (-rival.generation, rival.due_at or clock.due_at):
                binding[clock.name] = clock
    return tuple(Kept(name, clock.due_at, over(root, clock)) for name, clock in binding.items() if clock.due_at is not None)


def over(root: Root, clock: Clock) -> bool:
    """A held limit is over when it was over as it was held: at the submission."""
    if clock.state == "stopped":
        return bool(clock.late)
    return clock.due_at is not None and clock.due_at <= (clock.held_at or root.now)


def phrases_of(gather: Gather, ticket: Case) -> dict[str, tuple[str, ...]]:
    """A pack without the table forbids no phrase and knows no word of a result: what depends on them is not asked."""
    table, kind = pack_of(gather).tables.get(TABLE), gather.tx.system.registry.kinds["ticket"]
    found: dict[str, tuple[str, ...]] = {}
    for choice in collect(table, kind.rule_facts(gather.root, ticket), local(gather.root.now).date()) if table else ():
        found[choice.result["use"]] = found.get(choice.result["use"], ()) + choice.result["words"]
    return found


TICKET_FACTS: Mapping[str, Loader] = {"findings": findings}
