"""Names are found by what a person types: words, a code, whole pinyin or its first letters; the best first."""

import pytest

from app.people.finding import Entry, Index
from app.people.pinyin import readings_of, spellings

NAMES = {
    "01": "城市管理", "0101": "市容环境卫生", "010101": "垃圾清运不及时", "02": "环境保护", "0201": "噪声", "0202": "社会生活噪声",
    "0203": "公厕管理", "0204": "重复收费", "0205": "银行服务", "0206": "绿化养护", "03": "区城市管理局", "04": "110联动",
}  # fmt: skip
INDEX = Index(Entry(number, code, name, "环境保护" if code.startswith("02") else "") for number, (code, name) in enumerate(NAMES.items()))


def found(asked: str) -> list[str]:
    names = list(NAMES.values())
    return [names[number] for number in INDEX.find(asked)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("zs", "噪声"), ("ZS", "噪声"), ("zaosheng", "噪声"), ("zao sheng", "噪声"), ("zaos", "噪声"), ("噪声", "噪声"),
        ("shzs", "社会生活噪声"), ("生活", "社会生活噪声"), ("gongce", "公厕管理"), ("gc", "公厕管理"), ("chongfu", "重复收费"),
        ("yinhang", "银行服务"), ("lvhua", "绿化养护"), ("0101", "市容环境卫生"), ("010", "市容环境卫生"), ("城管局", "区城市管理局"),
        ("cgj", "区城市管理局"), ("csgl", "城市管理"), ("110", "110联动"), ("110ld", "110联动"), ("ｚｓ", "噪声"),
    ],
)  # fmt: skip
def test_what_is_typed_finds_the_name_meant(asked: str, first: str) -> None:
    assert found(asked)[:1] == [first]


def test_whole_names_come_before_longer_ones_and_those_that_only_hold_it() -> None:
    assert found("zs") == ["噪声", "社会生活噪声"] and found("噪声") == ["噪声", "社会生活噪声"]
    assert found("环境 噪声") == ["噪声", "社会生活噪声"], "a word may stand above"


@pytest.mark.parametrize("asked", ["", "  ", "qqq", "没有这样的", "^", "|z", "$", ".*", "\n", "(", "z" * 64])
def test_what_names_nothing_finds_nothing(asked: str) -> None:
    assert found(asked) == []


def test_no_more_than_asked_for_and_the_usable_first() -> None:
    many = Index(Entry(number, f"{number:04}", f"噪声{number}") for number in range(100))
    assert len(many.find("zs")) == 20 and many.find("zs", most=3) == [0, 1, 2]
    assert many.find("zs", most=2, usable=lambda number: number == 77) == [77, 0]


def test_a_name_of_many_readings_is_spelt_in_a_few_ways() -> None:
    name = "长重行乐着了" * 4
    typed = spellings(name, readings_of([name]))
    assert typed.count("^") <= 12 and len(typed) < 20_000
    assert "^changzhong" in typed or "^zhangzhong" in typed


def test_letters_without_a_reading_are_left_out() -> None:
    assert spellings("（A区）", readings_of(["（A区）"])).startswith("^aqu$")
    assert spellings("，。", readings_of(["，。"])) == ""
