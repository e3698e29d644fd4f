"""A number has one spelling, and a mask never shows all of what it hides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.masking import NotAPhone, last_four, mask_id_number, mask_name, mask_phone, normalise_phone


@pytest.mark.parametrize(
    "spelling",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138-1234-5678",
        "+8613812345678",
        "0086 13812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "（138）12345678",
        "+８６ 138\u30001234\u30005678",
        "13812345678转801",
    ],
)
def test_one_mobile_number_has_one_spelling(spelling: str) -> None:
    assert normalise_phone(spelling) == "13812345678"


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("020-8333 3333", "02083333333"),
        ("(020)83333333", "02083333333"),
        ("+86 20 8333 3333", "02083333333"),
        ("+86-020-83333333", "02083333333"),
        ("020-83333333-801", "02083333333"),
        ("12345", "12345"),
        ("110", "110"),
        ("+852 6123 4567", "+85261234567"),
        ("400-810-0000", "4008100000"),
    ],
)
def test_other_numbers(spelling: str, number: str) -> None:
    assert normalise_phone(spelling) == number


@pytest.mark.parametrize(
    "text", ["", "电话", "abcdefghijk", "12", "1" * 21, "138x1234y5678", "１３８一二三四", "138\x0012345678", "+"]
)
def test_letters_are_no_telephone_number(text: str) -> None:
    with pytest.raises(NotAPhone):
        normalise_phone(text)


def test_last_four() -> None:
    assert last_four("+86 138-1234-5678") == "5678"


def test_masks() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_id_number("440106199001011234") == "440106********1234"
    assert mask_name("王小明") == "王**"
    assert mask_name("王") == "王*"
    assert mask_name("") == ""


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_a_mask_always_hides_something(number: str) -> None:
    for mask in (mask_phone, mask_id_number):
        assert len(mask(number)) == len(number)
        assert "*" in mask(number)
        assert mask(number).replace("*", "") != number


@given(st.from_regex(r"\+?[0-9]{3,20}", fullmatch=True))
def test_normalising_twice_changes_nothing(number: str) -> None:
    assert normalise_phone(normalise_phone(number)) == normalise_phone(number)
