"""The document of the API says what the doors of the smaller kinds answer: every name that it names is there, and is what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.main import FEATURES
from tests.factories.hotline import MONDAY, Desk

LATER = (MONDAY + timedelta(days=20)).isoformat()
NEW_DUE = "2025-09-24T18:00:00+08:00"


def made(desk: Desk, who: str, path: str, **body: Any) -> None:
    answer = desk.call(who, "POST", path, body)
    assert answer.status_code == 201, answer.text


def lived(desk: Desk) -> None:
    """A case of each kind that a few steps bring about."""
    ticket = desk.a_ticket("handling", citizen={"phone": "13812345678"}, content="有人要跳楼")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="不属本局")
    desk.do("clerk.cgj", ticket, "request_extension", reason="须检测", legal_basis="办法第十二条", new_due_at=NEW_DUE)
    desk.do("supervisor", ticket, "supervise", level="general", reason="久拖不决")
    desk.do("supervisor", ticket, "call_conference", form="meeting")
    made(desk, "clerk.cgj", "/co-requests", ticket=ticket, wished_unit="swj", reason="须水务部门疏通")
    street = desk.a_ticket("accepted")
    desk.do("dispatcher", street, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", street, "whistle", departments=["swj"], reason="联合处置")
    desk.a_ticket("completed")
    made(desk, "secretary", "/instructions", title="关于排水的批示")
    made(desk, "clerk.cgj", "/knowledge-entries", title="垃圾分类", content="按四类投放。", unit="cgj", review_by=LATER)
    made(desk, "agent", "/caller-restrictions", ticket=ticket, ground="abuse", effect="no_urge", until=LATER, reason="多次辱骂")


KINDS = (
    "return-request", "extension", "supervision", "conference", "report-in", "callback", "instruction", "knowledge-entry",
    "caller-restriction", "alarm", "co-request",
)  # fmt: skip


def test_smaller_kinds_look_as_the_document_says(desk: Desk) -> None:
    lived(desk)
    paths = desk.call("", "GET", "/openapi.json").json["paths"]
    doors = {door.name: door for feature in FEATURES for door in feature.doors(desk.system)}
    for name in KINDS:
        kind = desk.system.registry.kinds[name]
        shape, page = (doors[f"GET /{kind.plural}{rest}"].response_schema for rest in ("/{id}", ""))
        assert shape and page
        answer = desk.get("supervisor", f"/{kind.plural}")
        one = desk.get("supervisor", f"/{kind.plural}/{answer['items'][0]['id']}")
        assert shape.fields.keys() <= one.keys(), name
        assert (page.validate(answer), shape.validate(one)) == ({}, {}), name
        for path, schema in ((f"/{kind.plural}", "ItemPage"), (f"/{kind.plural}/{{id}}", "Shown")):
            told = paths[f"/api/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
            assert told.endswith(schema), name
