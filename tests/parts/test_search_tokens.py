"""Whatever is asked the way it is written is found again; redacted words, odd characters and quotes do no harm."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hotline.redaction import find
from app.hotline.search_tokens import Query, parse_query, searchable, tokens, vector

ANY = st.text(alphabet=st.characters(), max_size=200)
MIXED = st.text(alphabet="噪音扰民夜间施工水电abXYZ0123 ，。Ａ１５號é’'\\&|!:*()<->%_\x00", max_size=80)


def found(question: str, text: str) -> bool:
    """What the database does: every asked token is in the vector, then the exact recheck."""
    query = parse_query(question)
    assert query is not None
    kept = searchable(text, find(text))
    have = set(tokens(kept))
    return all(_has(have, asked) for asked in query.tsquery.split(" & ")) and query.matches(kept)


def _has(have: set[str], asked: str) -> bool:
    token = asked.removesuffix(":*")[1:-1].replace("''", "'")
    return any(word.startswith(token) for word in have) if asked.endswith(":*") else token in have


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("噪音", "工地夜间噪音扰民"),
        ("噪音 扰民", "扰民的噪音"),
        ("民", "噪音扰民"),
        ("水", "停水三天"),
        ("水", "小区停水"),
        ("停水", "今天停水。"),
        ("wifi", "ＷＩＦＩ断了"),
        ("Wi-Fi", "公园wi-fi坏了"),
        ("5号楼", "在5号楼门口"),
        ("２０２５", "2025年"),
        ("pm2.5", "PM2.5超标"),
        ("20250315", "工单202503150001234"),
        ("A座3", "A座3层"),
        ("噪音，扰民", "噪音，扰民"),
        ("ئۇيغۇر", "يېزىق ئۇيغۇر تىلى"),
        ("བོད", "བོད་ཡིག"),
        ("café", "CAFÉ门口"),
        ("豈", "豈有此理"),
        ("한국", "한국어"),
    ],
)
def test_what_is_asked_as_it_is_written_is_found(question: str, text: str) -> None:
    assert found(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("噪音扰民", "噪音很大，十分扰民"),
        ("噪音扰民", "噪音，扰民"),
        ("音噪", "噪音"),
        ("5号楼", "在15号楼门口"),
        ("5号楼", "15号楼5楼"),
        ("fi", "wifi"),
        ("噪音 停水", "噪音扰民"),
    ],
)
def test_what_is_not_written_is_not_found(question: str, text: str) -> None:
    assert not found(question, text)


def test_redacted_words_leave_no_token_and_join_nothing() -> None:
    text = "投诉人：李小明，电话13912345678，反映噪音扰民"
    kept = searchable(text, find(text))
    assert not {"李小", "小明", "13912345678"} & set(tokens(kept)) and "扰民" in tokens(kept)
    for question in ("李小明", "13912345678", "1391", "小明"):
        assert not found(question, text)
    one = searchable("噪音李小明扰民", [span for span in find("我叫李小明") if span.start == 2])
    assert parse_query("噪音 扰民").matches(one) and not parse_query("噪音|扰民").matches(one) and not parse_query("音扰").matches(one)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", " ", "😀", "\x00", "\ud800", "'\\&|!", "，。？", "()<->:*", "\u202e", "_%", "|"])
def test_nothing_to_search_for(text: str) -> None:
    assert parse_query(text) is None and tokens(searchable(text)) == () and vector(searchable(text)) == ""


@given(ANY | MIXED)
def test_any_text_makes_clean_tokens(text: str) -> None:
    kept = searchable(text)
    for token in tokens(kept):
        assert 1 <= len(token) <= 64 and not re.search(r"[\s\x00'\\|&!:*()<>_%\ud800-\udfff]", token)
    assert kept.encode().decode() == kept and vector(kept).count("'") == 2 * len(tokens(kept))


@given(MIXED)
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    kept = searchable(text)
    for word in kept.split():
        query = parse_query(word)
        assert query is not None and query.matches(kept)
        assert all(_has(set(tokens(kept)), asked) for asked in query.tsquery.split(" & "))


@given(st.lists(st.sampled_from("噪音扰民夜间施工水电abXYZ012"), min_size=1, max_size=40).map("".join), st.data())
def test_every_chinese_substring_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    inside_a_word = part[0].isascii() and start > 0 and text[start - 1].isascii()
    query = parse_query(part)
    assert query is not None and (inside_a_word or query.matches(searchable(text)))


@given(ANY | MIXED)
def test_any_question_makes_a_safe_tsquery(text: str) -> None:
    query = parse_query(text)
    if query is not None:
        assert re.fullmatch(r"'[^'\\\s]+'(:\*)?( & '[^'\\\s]+'(:\*)?)*", query.tsquery)
        assert query.tsquery.count("&") < 64 and all(query.phrases)


def test_four_thousand_characters_without_a_space() -> None:
    chinese = "".join(chr(0x4E00 + place) for place in range(4000))
    assert len(tokens(searchable(chinese))) == 4000 and found(chinese[1000:1100], chinese)
    assert tokens(searchable("a" * 4000)) == ("a" * 64,) and found("a" * 150, "a" * 4000) and not found("a" * 150, "a" * 149)
    long = parse_query(chinese)
    assert long is not None and long.tsquery.count("&") == 63 and len(long.phrases[0]) == 200


def test_a_query_is_a_value() -> None:
    assert parse_query("停水") == Query("'停水'", ("停水",))
