"""Attachments on a real database: only through the case, counted, logged, swept without ever losing a file that is in use."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.core import file_sweep, files
from app.core.actors import CITIZEN, Actor
from app.core.bus import execute
from app.core.file_rotation import reseal
from app.core.file_sweep import sweep
from app.core.file_transfer import download, listed, upload
from app.core.files import Attach, Detach, Vanished, store_of
from app.core.system import System
from app.errors import Forbidden, IllFormed, KeyReused, NotPossible, Refused, TooLarge, Unavailable, Unseen, UnsupportedMedia
from tests.fixtures.servers import Database

CLERK = Actor(7, "clerk", frozenset({"unit_clerk"}), 5, frozenset({5}))
COLLEAGUE = Actor(8, "handler", frozenset({"handler"}), 5, frozenset({5}))
STRANGER = Actor(9, "stranger", frozenset({"unit_clerk"}), 6, frozenset({6}))
REVIEWER = Actor(10, "reviewer", frozenset({"reviewer"}), 1, frozenset({1}))
AUDITOR = Actor(11, "auditor", frozenset({"auditor"}), 1, frozenset({1}))
NOBODY = Actor(12, "nobody", frozenset(), None)
NOW = timedelta(0)

CASE = """INSERT INTO cases (id, kind, root_id, workflow, workflow_version, pack, state, version, seq, head_hash, created_at, last_at, open)
VALUES (:id, 'ticket', :id, 'ticket', 1, 'demo-district', :state, 1, 1, '', now(), now(), :open)"""


@pytest.fixture
def owner(database: Database) -> Iterator[Connection]:
    """The tables' owner, each statement of whom is committed at once."""
    engine = create_engine(database.owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def case_id(owner: Connection) -> int:
    return a_case(owner, 1)


def a_case(owner: Connection, number: int, state: str = "handling", open: bool = True) -> int:
    """A case that unit 5 may see; attachments ask nothing of it but its row."""
    owner.execute(text(CASE), {"id": number, "state": state, "open": open})
    owner.execute(text("INSERT INTO case_access VALUES (:id, 5, 'lead')"), {"id": number})
    return number


def put(system: System, actor: Actor, case: int, data: bytes = b"%PDF-1.7 plan", name: str = "plan.pdf", key: str | None = None) -> int:
    result = upload(system, actor, "ticket", case, "site", name, io.BytesIO(data), key)
    assert result.detail is not None
    number = result.detail["attachment_id"]
    assert isinstance(number, int)
    return number


def events(owner: Connection, attachment: int) -> list[tuple[str, str]]:
    sql = text("SELECT event, actor FROM attachment_events WHERE attachment_id = :id ORDER BY id")
    return [(row.event, row.actor) for row in owner.execute(sql, {"id": attachment})]


def test_a_file_goes_in_and_comes_out_as_a_download(system: System, case_id: int, owner: Connection) -> None:
    number = put(system, CLERK, case_id, name="王小明 身份证.PDF")
    data, headers = download(system, COLLEAGUE, number)
    assert data == b"%PDF-1.7 plan" and headers["Content-Type"] == "application/pdf" and "attachment" in headers["Content-Disposition"]
    (item,) = listed(system, COLLEAGUE, case_id)
    assert (item.id, item.name, item.kind, item.size, item.attached_by) == (number, "王小明 身份证.pdf", "site", 13, "user:7")
    assert events(owner, number) == [("attached", "user:7"), ("downloaded", "user:8")]
    stored = owner.execute(text("SELECT a::text FROM attachments a")).scalar_one()
    assert "王小明" not in stored and "王小明".encode().hex() not in stored


def test_a_photograph_loses_its_place(system: System, case_id: int) -> None:
    picture, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[0x001B] = b"GEHEIM"
    Image.new("RGB", (30, 20)).save(picture, "JPEG", exif=exif)
    data, headers = download(system, CLERK, put(system, CLERK, case_id, picture.getvalue(), "photo.png"))
    assert b"GEHEIM" in picture.getvalue() and b"GEHEIM" not in data and 'filename="attachment.jpg"' in headers["Content-Disposition"]


def test_who_does_not_see_the_case_sees_no_attachment(system: System, case_id: int, owner: Connection) -> None:
    number = put(system, CLERK, case_id)
    for actor in (STRANGER, NOBODY, CITIZEN):
        with pytest.raises(Unseen):
            download(system, actor, number)
        with pytest.raises(Unseen):
            execute(system, Detach(actor, number, "mine"))
        assert listed(system, actor, case_id) == []
    for actor in (STRANGER, NOBODY):
        with pytest.raises(Unseen):
            put(system, actor, case_id)
        with pytest.raises(Unseen):
            execute(system, Attach(actor, "ticket", case_id, "site", "a.pdf", "application/pdf", "a" * 74, 5))
    assert events(owner, number) == [("attached", "user:7")]


def test_an_onlooker_adds_nothing(system: System, case_id: int) -> None:
    with pytest.raises(Forbidden):
        put(system, AUDITOR, case_id)
    assert put(system, CITIZEN, case_id) > 0


def test_the_same_file_again_is_the_same_attachment(system: System, case_id: int, owner: Connection) -> None:
    first = put(system, CLERK, case_id, key="k")
    assert put(system, CLERK, case_id, key="k") == put(system, CLERK, case_id) == put(system, COLLEAGUE, case_id, name="again.pdf") == first
    with pytest.raises(KeyReused):
        put(system, CLERK, case_id, b"%PDF-1.7 other", key="k")
    other_case = a_case(owner, 2)
    assert put(system, CLERK, other_case) != first and len(list(store_of(system).walk())) == 2
    assert owner.execute(text("SELECT count(*) FROM attachments")).scalar_one() == 2


def test_ten_uploads_at_once_make_one_attachment(system: System, case_id: int, owner: Connection) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(lambda _: put(system, CLERK, case_id), range(10)))
    assert len(numbers) == 1 and owner.execute(text("SELECT count(*) FROM attachment_events")).scalar_one() == 1


@pytest.mark.parametrize(("data", "name", "refusal"), [
    (b"", "empty.pdf", IllFormed), (b"MZ\x90\0", "photo.jpg", UnsupportedMedia), (b"%PDF-" + bytes(2048), "big.pdf", TooLarge),
    (b"\xff\xd8\xff\xe0 broken", "photo.jpg", Refused), (b"words", "photo.jpg", UnsupportedMedia),
])  # fmt: skip
def test_a_bad_file_changes_nothing(
    system: System, case_id: int, owner: Connection, data: bytes, name: str, refusal: type[Exception]
) -> None:
    system.config = replace(system.config, upload_limit=2048)
    with pytest.raises(refusal):
        put(system, CLERK, case_id, data, name)
    assert owner.execute(text("SELECT count(*) FROM file_contents")).scalar_one() == 0 and list(store_of(system).walk()) == []


def test_an_unknown_kind_is_ill_formed(system: System, case_id: int) -> None:
    with pytest.raises(IllFormed):
        upload(system, CLERK, "ticket", case_id, "secret", "a.pdf", io.BytesIO(b"%PDF-"))


def test_a_case_has_its_quota_and_so_has_the_whole(
    system: System, case_id: int, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.config = replace(system.config, case_quota=30)
    put(system, CLERK, case_id, b"%PDF-1.7 one")
    with pytest.raises(Refused, match="合计"):
        put(system, CLERK, case_id, b"%PDF-1.7 number two")
    other_case = a_case(owner, 2)
    monkeypatch.setattr(files, "TOTAL_QUOTA", 20)
    with pytest.raises(Unavailable, match="空间"):
        put(system, CLERK, other_case, b"%PDF-1.7 three")
    assert owner.execute(text("SELECT count(*) FROM attachments")).scalar_one() == 1


def test_an_ended_case_takes_and_gives_up_no_attachment(system: System, case_id: int, owner: Connection) -> None:
    number = put(system, CLERK, case_id)
    owner.execute(text("UPDATE cases SET state = 'archived', open = false"))
    with pytest.raises(NotPossible):
        put(system, CLERK, case_id, b"%PDF-1.7 late")
    with pytest.raises(NotPossible):
        execute(system, Detach(CLERK, number, "late"))
    assert download(system, CLERK, number)[0] == b"%PDF-1.7 plan"


def test_removing_is_for_the_one_who_attached_or_a_reviewer_and_needs_a_reason(system: System, case_id: int, owner: Connection) -> None:
    first, second = put(system, CLERK, case_id), put(system, CLERK, case_id, b"%PDF-1.7 second")
    with pytest.raises(Forbidden):
        execute(system, Detach(COLLEAGUE, first, "not mine"))
    with pytest.raises(IllFormed):
        execute(system, Detach(CLERK, first, "  "))
    execute(system, Detach(CLERK, first, "wrong file", key="d"))
    assert execute(system, Detach(CLERK, first, "wrong file", key="d")).replayed
    execute(system, Detach(REVIEWER, second, "names a third person"))
    for number in (first, second):
        with pytest.raises(Unseen):
            download(system, CLERK, number)
    with pytest.raises(Unseen):
        execute(system, Detach(CLERK, first, "again"))
    assert events(owner, first) == [("attached", "user:7"), ("detached", "user:7")]
    assert put(system, CLERK, case_id) != first


def test_the_log_is_only_added_to(system: System, case_id: int, owner: Connection) -> None:
    put(system, CLERK, case_id)
    with system.engine.connect() as application, pytest.raises(Exception, match="permission denied"):
        application.execute(text("DELETE FROM attachment_events"))
    with pytest.raises(Exception, match="only added"):
        owner.execute(text("UPDATE attachment_events SET actor = 'nobody'"))


def test_the_sweep_removes_what_no_row_names_and_tells_what_is_missing(system: System, case_id: int) -> None:
    store = store_of(system)
    used = put(system, CLERK, case_id)
    young, old = store.put(b"young"), store.put(b"old")
    half = store.path(old).with_name("half.part")
    half.write_bytes(b"x")
    for path in (store.path(old), half, *(path for path, _ in store.walk() if path.name not in (young, old))):
        os.utime(path, (1, 1))
    assert sweep(system) == file_sweep.Swept(removed=2, destroyed=0, missing=())
    assert store.exists(young) and not store.exists(old) and not half.exists()
    assert download(system, CLERK, used)[0] == b"%PDF-1.7 plan"
    name = next(path.name for path, _ in store.walk() if path.name != young)
    store.remove(name)
    assert sweep(system).missing == (name,)
    with pytest.raises(Unavailable):
        download(system, CLERK, used)


def test_what_no_case_uses_any_more_is_destroyed_after_its_grace(system: System, case_id: int, owner: Connection) -> None:
    number, other_case = put(system, CLERK, case_id), a_case(owner, 2)
    shared = put(system, CLERK, other_case)
    execute(system, Detach(CLERK, number, "no longer needed"))
    assert sweep(system, NOW, NOW).destroyed == 0
    execute(system, Detach(CLERK, shared, "no longer needed"))
    assert sweep(system, NOW).destroyed == 0 and sweep(system, NOW, NOW) == file_sweep.Swept(removed=1, destroyed=1, missing=())
    assert events(owner, number)[-1] == ("destroyed", "system") and list(store_of(system).walk()) == []
    assert sweep(system, NOW, NOW) == file_sweep.Swept(0, 0, ())
    assert download(system, CLERK, put(system, CLERK, case_id))[0] == b"%PDF-1.7 plan"


def test_after_a_new_key_all_is_sealed_anew_and_the_old_key_may_go(system: System, case_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "NAMES", 2)
    numbers = [put(system, CLERK, case_id, b"%%PDF-1.7 number %d" % place, f"第{place}页.pdf") for place in range(5)]
    key = system.keyring.add_key()
    assert reseal(system) == key and {store_of(system).key_id(path.name) for path, _ in store_of(system).walk()} == {key}
    system.keyring.retire(key - 1, still_in_use=[])
    assert [item.name for item in listed(system, CLERK, case_id)] == [f"第{place}页.pdf" for place in range(5)]
    assert [download(system, CLERK, number)[0][-1:] for number in numbers] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_file_that_vanishes_before_the_commit_is_stored_again(system: System, case_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(system)
    name = store.put(b"%PDF-1.7 plan")
    store.remove(name)
    with pytest.raises(Vanished):
        execute(system, Attach(CLERK, "ticket", case_id, "site", "plan.pdf", "application/pdf", name, 13))
    assert download(system, CLERK, put(system, CLERK, case_id))[0] == b"%PDF-1.7 plan"


def test_uploads_beside_a_merciless_sweep_lose_nothing(system: System, case_id: int) -> None:
    done = threading.Event()

    def sweep_on() -> int:
        rounds = 0
        while not done.is_set():
            sweep(system, NOW, NOW)
            rounds += 1
        return rounds

    with ThreadPoolExecutor(3) as pool:
        sweeping = pool.submit(sweep_on)
        written = [b"%%PDF-1.7 number %d" % number for number in range(40)]
        try:
            numbers = list(pool.map(lambda data: tried(system, case_id, data), written))
        finally:
            done.set()
        assert sweeping.result() > 1
    assert [download(system, CLERK, number)[0] for number in numbers] == written and sweep(system, NOW, NOW).missing == ()


def tried(system: System, case_id: int, data: bytes) -> int:
    """With no grace at all a sweep may win twice against one upload, which then is refused and sent again."""
    while True:
        try:
            return put(system, CLERK, case_id, data)
        except Vanished:
            continue
