"""A new key takes over every sealed value of a citizen; the old one can then go, and nothing has become unreadable."""

from __future__ import annotations

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.secrets import key_id_of
from app.hotline.commands import ResealCitizens
from tests.factories.hotline import Desk

SEALED = """SELECT c.name_sealed, c.phone_sealed, c.phone_hash, c.phone_tail_hash, t.tracking_sealed, t.tracking_hash, t.citizen_shown
FROM citizens c JOIN tickets t ON t.citizen_id = c.id"""


def key_ids(desk: Desk) -> set[int]:
    return {key_id_of(bytes(blob)) for row in desk.rows(SEALED) for blob in row.values() if blob is not None}


def test_a_new_key_takes_over(desk: Desk) -> None:
    person = {"name": "王小明", "phone": "13812345678"}
    first, second = desk.register(citizen=person), desk.register(citizen={"anonymous": True})
    keyring = desk.system.keyring
    old, new = keyring.current_id(), keyring.add_key()
    assert [item["id"] for item in desk.get("agent", "/tickets?phone=13812345678")["items"]] == [first["id"]], "found under the old key"
    assert key_ids(desk) == {old}
    after: int | None = 0
    while after is not None:
        after = execute(desk.system, ResealCitizens(SYSTEM, after))
    assert key_ids(desk) == {new}
    keyring.retire(old, key_ids(desk))
    assert [item["id"] for item in desk.get("agent", "/tickets?phone=5678")["items"]] == [first["id"]]
    assert desk.get("agent", f"/tickets/{first['id']}")["citizen"]["name"] == "王**"
    opened = desk.call("agent", "POST", f"/tickets/{first['id']}/unmask", {"fields": ["phone"], "reason": "电话回访"})
    assert opened.json == {"citizen": {"phone": "13812345678"}}
    for shown in (first, second):
        assert desk.get("", f"/public/tickets/{shown['tracking_code']}")["number"] == shown["number"]
