"""What the stories of supervision do again and again: a step on any kind of case, a file as evidence, a refusal that changed nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.core import outbox
from tests.factories.hotline import Desk

TABLES = ("cases", "history", "texts", "clocks", "outbox", "case_access", "supervisions", "endorsements", "supervision_reports", "summons")


def step(desk: Desk, who: str, kind: str, case: int, trigger: str, **fields: Any) -> Any:
    answer = desk.call(who, "POST", f"/{kind}/{case}/transitions", {"trigger": trigger, "fields": fields})
    assert answer.status_code == 200, answer.text
    return answer.json


def begin(desk: Desk, who: str, kind: str, **body: Any) -> int:
    answer = desk.call(who, "POST", f"/{kind}", body)
    assert answer.status_code == 201, answer.text
    made: int = answer.json["id"]
    return made


def counts(desk: Desk) -> dict[str, int]:
    return {table: desk.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES}


def refused(desk: Desk, who: str, kind: str, case: int, trigger: str, status: int, sentence: str = "", **fields: Any) -> None:
    """The step is refused with its sentence, and nothing is another than before."""
    desk.token(who)
    before, shown = counts(desk), desk.rows("SELECT state, version, seq FROM cases WHERE id = %s", case)
    answer = desk.call(who, "POST", f"/{kind}/{case}/transitions", {"trigger": trigger, "fields": fields})
    assert answer.status_code == status, answer.text
    assert sentence in answer.json["detail"], answer.text
    assert counts(desk) == before and desk.rows("SELECT state, version, seq FROM cases WHERE id = %s", case) == shown


def attach(desk: Desk, who: str, kind: str, case: int, name: str = "核查.pdf") -> int:
    data = {"kind": "other", "file": (BytesIO(b"%PDF-1.7\n" + bytes(64)), name)}
    headers = {"Authorization": f"Bearer {desk.token(who)}"}
    with desk.client.post(f"/api/v1/{kind}/{case}/attachments", data=data, headers=headers) as answer:
        assert answer.status_code == 201, answer.text
        made: int = answer.json["id"]
    return made


def react_all(desk: Desk) -> None:
    """Everything that is owed after the commits is done."""
    while owed := outbox.lease(desk.system):
        for (reaction, _), ids in owed.items():
            outbox.react(desk.system, reaction, ids)
