"""Conditions and cursors: which versions If-Match allows, which keys are keys, which cursors are ours."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.conditions import NEVER, etag, expected_version, idempotency_key, versions_wanted
from app.api.paging import envelope, fingerprint, read_cursor, write_cursor
from app.errors import IllFormed


def unasked() -> int:
    raise AssertionError("the present version is only asked for a list of several")


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None), ("*", None), (" * ", None), ('"3"', {3}), (' "3" ', {3}), ('"3", "4"', {3, 4}), ('"3","4",', {3, 4}),
        ('W/"3"', set()), ('W/"3", "4"', {4}), ('"abc"', set()), ('""', set()), ('"03"', set()), ('"0"', set()), ('"9999999999"', set()),
    ],
)  # fmt: skip
def test_versions_of_if_match(header: str | None, wanted: set[int] | None) -> None:
    assert versions_wanted(header) == wanted


@pytest.mark.parametrize("header", ["3", "", "  ", '"3', '3"', '"3" "4"', "*, *", '"a b"', 'w/"3"', '"3", x', '"3",*'])
def test_a_condition_that_cannot_be_read(header: str) -> None:
    with pytest.raises(IllFormed):
        versions_wanted(header)


def test_one_version_is_expected() -> None:
    assert expected_version('"3"', unasked) == 3
    assert expected_version(None, unasked) is None
    assert expected_version('W/"3"', unasked) == NEVER
    assert expected_version('"3", "5"', lambda: 5) == 5
    assert expected_version('"3", "5"', lambda: 4) == NEVER
    assert versions_wanted(etag(12)) == {12}


@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "键", "a" * 201, "a\x7f"])
def test_what_is_no_idempotency_key(key: str) -> None:
    with pytest.raises(IllFormed):
        idempotency_key(key)


def test_what_is_one() -> None:
    assert idempotency_key(None) is None
    assert idempotency_key("!" + "~" * 199) == "!" + "~" * 199


SHAPE = (datetime, int, str)
MARK = fingerprint("tickets", {"state": "registered", "limit": 50})


INSTANTS = st.integers(0, 7_226_582_400_000_000).map(lambda micros: datetime.fromtimestamp(micros / 1_000_000, UTC))


@given(INSTANTS, st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back_as_it_was(at: datetime, number: int) -> None:
    assert read_cursor(MARK, write_cursor(MARK, (at, number, "粤")), SHAPE) == (at, number, "粤")


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(parts))).decode()


AT = {"t": "2025-09-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "é", "", "====", "bm9wZQ", base64.urlsafe_b64encode(b"\xff\xfe").decode(), forged(), forged(MARK), forged("other", AT, 1, "a"),
        forged(MARK, AT, True, "a"), forged(MARK, AT, 1.5, "a"), forged(MARK, AT, 1, "a", "b"), forged(MARK, {"t": 5}, 1, "a"),
        forged(MARK, {}, 1, "a"), forged(MARK, "2025", 1, "a"), forged(MARK, AT, 1, "\x00"), forged(MARK, AT, 2**63, "a"),
        forged(MARK, {"t": "2025-09-01T00:00:00"}, 1, "a"),
    ],
)  # fmt: skip
def test_a_cursor_that_is_not_ours(cursor: str) -> None:
    with pytest.raises(IllFormed) as refusal:
        read_cursor(MARK, cursor, SHAPE)
    assert list(refusal.value.extra["errors"]) == ["cursor"]


def test_a_cursor_belongs_to_its_filters_but_not_to_the_page_size() -> None:
    assert fingerprint("tickets", {"state": "registered", "limit": 10, "cursor": "x"}) == MARK
    assert fingerprint("tickets", {"state": "closed", "limit": 50}) != MARK
    assert fingerprint("assignments", {"state": "registered", "limit": 50}) != MARK


def test_the_envelope_ends_with_null() -> None:
    assert envelope([1], MARK, None) == {"items": [1], "next": None}
    assert read_cursor(MARK, envelope([1], MARK, (5,))["next"], (int,)) == (5,)
    assert read_cursor(MARK, None, (int,)) is None
