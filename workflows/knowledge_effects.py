"""Changes of the knowledge base: the working copy, the versions that were published, corrections, and what an answer cited."""

from collections.abc import Iterator

from workflows.vocabulary import Change, Effect, Facts, Fields, Grant, Put, Set, effect

_COLUMNS = {
    "title": "title", "content": "content", "unit": "unit_id", "category": "category_id", "keywords": "keywords",
    "sources": "sources", "valid_until": "valid_until", "open_to_public": "open_to_public",
}  # fmt: skip


def _working_copy(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name, column in _COLUMNS.items():
        if name in fields:
            yield Set(column, fields[name])
    yield Set("written_by", facts["actor_id"])


def _write(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from _working_copy(facts, {"keywords": [], "open_to_public": False, **fields})
    yield Set("edition", 0)
    yield Set("review_by", fields["review_by"])
    yield Grant(fields["unit"], "own")


def _publish(facts: Facts, fields: Fields) -> Iterator[Change]:
    row, edition = facts["row"], facts["row"]["edition"] + 1
    kept = {column: row.get(column) for column in _COLUMNS.values() if column != "unit_id"}
    yield Put("knowledge_editions", {"edition": edition, "written_by": row["written_by"], **kept})
    yield Set("edition", edition)
    yield Set("published_at", facts["now"])


def _settle(facts: Facts, fields: Fields) -> Iterator[Change]:
    settled = {"correction_id": fields["correction"], "accepted": fields["accepted"], "reason": fields["reason"]}
    yield Put("knowledge_settlements", settled)


def _cite(facts: Facts, fields: Fields) -> Iterator[Change]:
    for entry in fields.get("cites") or ():
        yield Put("knowledge_citations", {"entry_id": entry, "edition": facts["citable_entries"][entry]})


KNOWLEDGE_EFFECTS: tuple[Effect, ...] = (
    effect("write_entry", "actor_id", _write),
    effect("revise_entry", "actor_id", _working_copy),
    effect("publish_version", "row now", _publish),
    effect("set_review", "", lambda facts, fields: (Set("review_by", fields["review_by"]), Set("review_overdue_since", None))),
    effect("record_correction", "", lambda facts, fields: (Put("knowledge_corrections", {"text": fields["text"]}),)),
    effect("settle_correction", "", _settle),
    effect("note_review_overdue", "now", lambda facts, fields: (Set("review_overdue_since", facts["now"]),)),
    effect("cite_entries", "citable_entries", _cite),
)  # fmt: skip
