"""Ticket numbers notice a slip of the tongue; tracking codes survive being read aloud and are never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hotline.numbers import new_tracking_code, parse_tracking_code, ticket_number, valid_ticket_number

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
SERIALS = st.integers(0, 10**12 - 1)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_number_shows_its_day_and_serial() -> None:
    number = ticket_number(date(2025, 3, 15), 123)
    assert number[:14] == "20250315000123" and len(number) == 15 and valid_ticket_number(number)


@given(DAYS, SERIALS, st.integers(0, 20), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(day: date, serial: int, place: int, shift: int) -> None:
    number = ticket_number(day, serial)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert valid_ticket_number(number) and not valid_ticket_number(wrong)


@given(DAYS, SERIALS, st.integers(0, 20))
def test_two_swapped_neighbours_are_noticed(day: date, serial: int, place: int) -> None:
    number = ticket_number(day, serial)
    place %= len(number) - 1
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert valid_ticket_number(swapped) == (swapped == number)


@given(st.tuples(DAYS, SERIALS), st.tuples(DAYS, SERIALS))
def test_different_serials_never_make_one_number(one: tuple[date, int], other: tuple[date, int]) -> None:
    assert (ticket_number(*one) == ticket_number(*other)) == (one == other)


@pytest.mark.parametrize("text", ["", "2025031500012", "２０２５０３１５０００１２３０", "20250315 000123", "abc", "²0250315000123"])
def test_what_is_no_number(text: str) -> None:
    assert not valid_ticket_number(text)


@pytest.mark.parametrize("serial", [-1, 10**12])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        ticket_number(date(2025, 1, 1), serial)


def test_a_tracking_code_is_five_groups_and_differs_every_time() -> None:
    codes = {new_tracking_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4] * 5 and set(code) <= set(SIGNS + "-")
        assert parse_tracking_code(code) == code


def test_every_sign_of_the_secret_part_occurs_in_every_place() -> None:
    codes = [new_tracking_code().replace("-", "")[:18] for _ in range(1000)]
    assert all(len({code[place] for code in codes}) == 32 for place in range(18))


@given(st.sampled_from(["", " ", "-", " - ", "\u3000", "·"]), st.booleans(), st.booleans())
def test_a_code_is_read_from_any_spelling(separator: str, lower: bool, full_width: bool) -> None:
    code = new_tracking_code()
    spoken = separator.join(code.split("-")).replace("0", "O").replace("1", "l" if lower else "I")
    spoken = spoken.lower() if lower else spoken
    if full_width:
        spoken = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in spoken)
    assert parse_tracking_code(spoken) == code


@given(st.integers(0, 19), st.integers(1, 31))
def test_one_wrong_sign_of_a_code_is_noticed(place: int, shift: int) -> None:
    signs = new_tracking_code().replace("-", "")
    wrong = SIGNS[(SIGNS.index(signs[place]) + shift) % 32]
    assert parse_tracking_code(signs[:place] + wrong + signs[place + 1 :]) is None


@given(st.integers(0, 18))
def test_two_swapped_signs_of_a_code_are_noticed(place: int) -> None:
    signs = new_tracking_code().replace("-", "")
    swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    assert (parse_tracking_code(swapped) is not None) == (swapped == signs)


@pytest.mark.parametrize("text", ["", "0" * 19, "0" * 21, "U" * 20, "\x00" * 20, "\ud800" * 20, "码" * 20, "0" * 100_000])
def test_what_is_no_code(text: str) -> None:
    assert parse_tracking_code(text) is None


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_is_a_code_or_none(text: str) -> None:
    code = parse_tracking_code(text)
    assert code is None or parse_tracking_code(code) == code
