"""Sealed values open only with their key and in their place; keys are files that only their owner reads."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.secrets import KeyInUse, Keyring, KeyUnknown, SealBroken, key_id_of, place

HERE = place("citizens", "phone", 7)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def test_a_sealed_value_opens_in_its_place_only(keyring: Keyring) -> None:
    blob = keyring.seal("13812345678", HERE)
    assert keyring.open_text(blob, HERE) == "13812345678"
    assert b"13812345678" not in blob
    for elsewhere in (place("citizens", "phone", 8), place("citizens", "name", 7), b""):
        with pytest.raises(SealBroken):
            keyring.open(blob, elsewhere)


def test_the_same_value_never_seals_to_the_same_bytes(keyring: Keyring) -> None:
    assert keyring.seal("王小明", HERE) != keyring.seal("王小明", HERE)


def test_every_changed_byte_is_noticed(keyring: Keyring) -> None:
    blob = keyring.seal("王小明", HERE)
    for at in range(len(blob)):
        broken = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises((SealBroken, KeyUnknown)):
            keyring.open(broken, HERE)
    for cut in (0, 4, 5, 17, len(blob) - 1):
        with pytest.raises(SealBroken):
            keyring.open(blob[:cut], HERE)


def test_keys_are_files_that_only_their_owner_reads(keyring: Keyring, tmp_path: Path) -> None:
    keyring.seal("x", HERE)
    files = list((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["key-0001.hex"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_processes_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    rings = [Keyring(tmp_path / "keys") for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        blobs = list(pool.map(lambda ring: ring.seal("x", HERE), rings))
    assert all(rings[0].open(blob, HERE) == b"x" for blob in blobs)
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_a_new_key_seals_and_the_old_one_still_reads(keyring: Keyring, tmp_path: Path) -> None:
    other_process = Keyring(tmp_path / "keys")
    old = other_process.seal("x", HERE)
    assert keyring.add_key() == 2
    assert key_id_of(old) == 1
    assert key_id_of(other_process.seal("x", HERE)) == 2  # noticed without a restart
    assert other_process.open(old, HERE) == b"x"


def test_a_key_is_retired_only_when_no_row_names_it(keyring: Keyring) -> None:
    blob = keyring.seal("x", HERE)
    keyring.add_key()
    for still_in_use, key_id in ((set[int](), 2), ({1}, 1)):
        with pytest.raises(KeyInUse):
            keyring.retire(key_id, still_in_use)
    keyring.retire(1, ())
    assert keyring.key_ids() == (2,)
    with pytest.raises(KeyUnknown):
        keyring.open(blob, HERE)


def test_a_look_up_hash_needs_the_key_and_its_kind(keyring: Keyring, tmp_path: Path) -> None:
    stored = keyring.lookup("phone", "13812345678")
    assert stored in keyring.lookups("phone", "13812345678")
    assert stored not in keyring.lookups("phone4", "13812345678")
    assert stored not in Keyring(tmp_path / "others").lookups("phone", "13812345678")
    keyring.add_key()
    assert stored in keyring.lookups("phone", "13812345678")
    assert key_id_of(keyring.lookup("phone", "13812345678")) == 2


def test_a_damaged_key_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "key-0001.hex").write_text("abcd")
    with pytest.raises(KeyUnknown, match="key-0001"):
        Keyring(tmp_path).seal("x", HERE)


@given(text=st.text(), aad=st.binary())
def test_whatever_was_sealed_opens(tmp_path_factory: pytest.TempPathFactory, text: str, aad: bytes) -> None:
    keyring = Keyring(tmp_path_factory.getbasetemp() / "any")
    assert keyring.open_text(keyring.seal(text, aad), aad) == text
