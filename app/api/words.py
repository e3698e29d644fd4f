"""Sentences about a field, in both languages: marshmallow speaks English, this table is the only place that translates it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

TAGS = {"zh": "zh-CN", "en": "en"}
_QUALITY = re.compile(r"\s*q=([01](?:\.\d{0,3})?)\s*")


class Words(str):
    """A Chinese sentence that knows its English: passes wherever a plain message passes."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Words:
        made = super().__new__(cls, zh)
        made.en = en
        return made


# Each English message of marshmallow, as a pattern over the message that it formats. Order matters only where one contains another.
_TABLE: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "必须填写。"),
    (r"Field may not be null\.", "不能为 null。"),
    (r"Invalid value\.", "值不符合要求。"),
    (r"Invalid input\.", "值不符合要求。"),
    (r"Unknown field\.", "没有这个字段。"),
    (r"Invalid (?:input )?type\.", "必须是一个对象。"),
    (r"Not a valid list\.", "必须是一个列表。"),
    (r"Not a valid tuple\.", "必须是一个列表。"),
    (r"Not a valid string\.", "必须是文字。"),
    (r"Not a valid utf-8 string\.", "必须是 UTF-8 文字。"),
    (r"Not a valid UUID\.", "必须是 UUID。"),
    (r"Not a valid number\.", "必须是数字。"),
    (r"Number too large\.", "数字太大。"),
    (r"Not a valid integer\.", "必须是整数。"),
    (r"Special numeric values .*", "不能是无穷大或非数字。"),
    (r"Not a valid boolean\.", "必须是 true 或 false。"),
    (r"Not a valid aware datetime\.", "时间必须带时区，例如 2025-09-30T10:00:00+08:00。"),
    (r"Not a valid naive datetime\.", "时间不能带时区。"),
    (r"Not a valid datetime\.", "必须是 RFC 3339 时间，例如 2025-09-30T10:00:00+08:00。"),
    (r"Not a valid time\.", "必须是时刻，例如 10:00:00。"),
    (r"Not a valid date\.", "必须是日期，例如 2025-09-30。"),
    (r"Not a valid period of time\.", "必须是时长。"),
    (r".* cannot be formatted as an? .*\.", "格式不正确。"),
    (r"Not a valid mapping type\.", "必须是一个对象。"),
    (r"Not a valid URL\.", "必须是网址。"),
    (r"Not a valid email address\.", "必须是电子邮件地址。"),
    (r"Not a valid IP.*\.", "必须是 IP 地址。"),
    (r"Must be one of: (.*)\.", "必须是以下之一：{0}。"),
    (r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.", "必须在 {0} 到 {1} 之间。"),
    (r"Must be greater than or equal to (\S+)\.", "不能小于 {0}。"),
    (r"Must be less than or equal to (\S+)\.", "不能大于 {0}。"),
    (r"Must be greater than (\S+) and less than (\S+)\.", "必须大于 {0} 且小于 {1}。"),
    (r"Must be greater than (\S+)\.", "必须大于 {0}。"),
    (r"Must be less than (\S+)\.", "必须小于 {0}。"),
    (r"Shorter than minimum length (\d+)\.", "至少 {0} 个。"),
    (r"Longer than maximum length (\d+)\.", "最多 {0} 个。"),
    (r"Length must be between (\d+) and (\d+)\.", "长度必须在 {0} 到 {1} 之间。"),
    (r"Length must be (\d+)\.", "长度必须是 {0}。"),
    (r"Must be equal to (.*)\.", "必须等于 {0}。"),
    (r"String does not match expected pattern\.", "格式不正确。"),
    (r"One or more of the choices you made was not in: (.*)\.", "只能从以下选择：{0}。"),
    (r"One or more of the choices you made was in: (.*)\.", "不能选择以下各项：{0}。"),
)
_COMPILED: tuple[tuple[Callable[[str], re.Match[str] | None], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL).fullmatch, zh) for pattern, zh in _TABLE
)
_UNNAMED_RULE = "值不符合要求。"


@lru_cache(maxsize=512)
def _chinese(message: str) -> str:
    for matches, zh in _COMPILED:
        found = matches(message)
        if found:
            return zh.format(*found.groups())
    return message if _has_chinese(message) else _UNNAMED_RULE


def say(message: str, lang: str) -> str:
    """One message in one language; core writes both in one string, "zh / en".

    A message that this table does not know becomes a general Chinese sentence, never English.
    """
    if isinstance(message, Words):
        return message.en if lang == "en" else str(message)
    zh, slash, en = message.partition(" / ")
    if slash and _has_chinese(zh) and not _has_chinese(en):
        return en if lang == "en" else zh
    return str(message) if lang == "en" else _chinese(str(message))


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def flatten(errors: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Marshmallow's nested errors as (dotted path, messages)."""
    if isinstance(errors, dict):
        for name, inner in errors.items():
            step = "" if name == "_schema" else str(name)[:100]
            yield from flatten(inner, f"{path}.{step}" if path and step else path or step)
    elif isinstance(errors, (list, tuple)):
        yield path, list(errors)
    else:
        yield path, [errors]


@lru_cache(maxsize=256)
def preferred(accept: str) -> str:
    """The language of an Accept-Language value: Chinese unless English is wished more; two equal wishes are settled by their order."""
    best, order = {"zh": 0.0, "en": 0.0}, []
    for part in accept[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        name = tag.strip().lower().split("-")[0]
        found = _QUALITY.fullmatch(parameters) if parameters else None
        if name in best:
            best[name] = max(best[name], float(found[1]) if found else 1.0)
            order.append(name)
    if best["en"] == best["zh"]:
        return order[0] if order and best["en"] else "zh"
    return "en" if best["en"] > best["zh"] else "zh"
