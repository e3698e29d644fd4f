"""Every sentence about a field exists in both languages, whatever field or validator says it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from app.api.words import Words, flatten, preferred, say

LATIN = re.compile(r"[A-Za-z]{3,}")
# Names of standards and literals that Chinese writes in Latin letters too.
MEANT = re.compile(r"UTF-8|UUID|RFC|null|true|false|alpha|beta")


def messages_of_fields() -> Iterator[str]:
    for _, kind in inspect.getmembers(fields, inspect.isclass):
        if issubclass(kind, fields.Field):
            for base in kind.__mro__:
                yield from vars(base).get("default_error_messages", {}).values()
    yield from Schema._default_error_messages.values()


def refusals_of_validators() -> Iterator[str]:
    tried = [
        (validate.Range(min=1, max=5), 9), (validate.Range(min=1), 0), (validate.Range(max=5), 9),
        (validate.Range(min=1, max=5, min_inclusive=False, max_inclusive=False), 9), (validate.Range(min=1, min_inclusive=False), 1),
        (validate.Range(max=5, max_inclusive=False), 5), (validate.Length(min=2), "a"), (validate.Length(max=1), "ab"),
        (validate.Length(min=1, max=2), "abc"), (validate.Length(equal=2), "a"), (validate.Equal("beta"), "a"),
        (validate.Regexp("x"), "a"), (validate.OneOf(["alpha", "beta"]), "a"), (validate.NoneOf(["alpha"]), "alpha"),
        (validate.ContainsOnly(["alpha"]), ["x"]), (validate.ContainsNoneOf(["alpha"]), ["alpha"]), (validate.Email(), "a"),
        (validate.URL(), "a"),
    ]  # fmt: skip
    for validator, value in tried:
        with pytest.raises(ValidationError) as refused:
            validator(value)
        yield from refused.value.normalized_messages()["_schema"]


def test_no_message_of_the_library_stays_english_in_chinese() -> None:
    told = [*messages_of_fields(), *refusals_of_validators()]
    assert len(told) > 40
    general = say("Something this table has never heard of.", "zh")
    for message in told:
        chinese = say(message.format(input="x", obj_type="datetime", awareness="aware", choices="alpha, beta"), "zh")
        assert not LATIN.search(MEANT.sub("", chinese)), (message, chinese)
        assert chinese != general or message in ("Invalid value.", "Invalid input."), message


def test_our_own_words_and_those_of_core() -> None:
    assert say(Words("不能为空。", "Must not be empty."), "zh") == "不能为空。"
    assert say(Words("不能为空。", "Must not be empty."), "en") == "Must not be empty."
    assert (say("必填 / required", "zh"), say("必填 / required", "en")) == ("必填", "required")
    assert say("Must be one of: a / b.", "zh") == "必须是以下之一：a / b。"


def test_nested_errors_get_dotted_names() -> None:
    nested = {"location": {"lon": ["x"]}, "labels": {1: ["y"]}, "_schema": ["z"]}
    assert dict(flatten(nested)) == {"location.lon": ["x"], "labels.1": ["y"], "": ["z"]}


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh"), ("*", "zh"), ("fr", "zh"), ("en", "en"), ("en-GB,zh;q=0.9", "en"), ("zh-CN,en;q=0.9", "zh"),
        ("zh;q=0.1,en;q=0.2", "en"), ("en,zh", "en"), ("zh,en", "zh"), ("en;q=0", "zh"), ("en;q=rubbish", "en"), (",,;;q=1", "zh"),
    ],
)  # fmt: skip
def test_chinese_unless_english_is_wished(accept: str, language: str) -> None:
    assert preferred(accept) == language
