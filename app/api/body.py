"""Reading what a client sends: sized, typed, strict JSON, tidy text. What passes here is safe to validate, store and show."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from app.api.problems import ill_formed
from app.api.words import Words, flatten
from app.errors import IllFormed, TooLarge, UnsupportedMedia

JSON_LIMIT = 1024 * 1024
_DEEPEST = 16
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Invisible marks that come along when a number is copied from a phone, and that can turn round what a reader sees.
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROL = Words("含有控制字符或无效字符。", "Contains control characters or invalid characters.")
_NUL = Words("含有 NUL 字符。", "Contains a NUL character.")
_TOO_DEEP = Words(f"嵌套超过 {_DEEPEST} 层。", f"Is nested deeper than {_DEEPEST} levels.")


def tidy(value: Any, path: str = "", depth: int = 0) -> Any:
    """The same value, every text in NFC and without invisible marks; control characters and deep nesting are refused by field."""
    if isinstance(value, str):
        return tidy_text(value, path)
    if isinstance(value, dict):
        if depth >= _DEEPEST:
            raise ill_formed({path: [_TOO_DEEP]})
        return {tidy_text(name, path): tidy(inner, f"{path}.{name}" if path else name, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        if depth >= _DEEPEST:
            raise ill_formed({path: [_TOO_DEEP]})
        return [tidy(inner, f"{path}.{place}", depth + 1) for place, inner in enumerate(value)]
    return value


def tidy_text(text: str, path: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    bad = _FORBIDDEN.search(text)
    if bad:
        raise ill_formed({path[:200]: [_NUL if bad[0] == "\x00" else _CONTROL]})
    return unicodedata.normalize("NFC", _MARKS.sub("", text))


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ill_formed({name[:100]: [Words("这个字段写了两次。", "This field is given twice.")]})
        made[name] = value
    return made


# Made once: json.loads would make one for each body. `len` stands for int(), which fails on a thousand digits.
_TWICE = json.JSONDecoder(object_pairs_hook=_once, parse_int=len)


def parse_object(raw: bytes) -> dict[str, Any]:
    """A JSON object from bytes. orjson is strict about everything but repeated names, which the second reading finds."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        at = error.start
        raise IllFormed(f"请求内容在第 {at} 字节处不是有效的 UTF-8。", f"The body is not valid UTF-8 at byte {at}.") from error
    if b"\x00" in raw:
        raise IllFormed("请求内容含有 NUL 字节。", "The body contains a NUL byte.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        zh, en = f"请求内容不是有效的 JSON（第 {line} 行第 {column} 列）。", f"The body is not valid JSON (line {line}, column {column})."
        raise IllFormed(zh, en) from error
    if not isinstance(value, dict):
        raise IllFormed("请求内容必须是一个 JSON 对象。", "The body must be a JSON object.")
    tidied: dict[str, Any] = tidy(value)
    # Nesting is known to be shallow by now, so the recursive reader is safe.
    _TWICE.decode(text)
    return tidied


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"请求内容超过 {limit // 1024} KB。", f"The body is larger than {limit // 1024} KB.")


def read_raw(request: Request, limit: int = JSON_LIMIT) -> bytes:
    """The body's bytes, at most `limit` of them, whether its length was announced or not."""
    announced = request.content_length
    if announced is not None and announced > limit:
        raise too_large(limit)
    stream = request.environ["wsgi.input"]
    if announced is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    raw: bytes = stream.read(announced if announced is not None else limit + 1)
    if len(raw) > limit:
        raise too_large(limit)
    return raw


def read_json(request: Request) -> dict[str, Any]:
    """The JSON object of a request."""
    raw = read_raw(request)
    if request.mimetype != "application/json":
        raise UnsupportedMedia("请求内容的类型必须是 application/json。", "The content type must be application/json.")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise UnsupportedMedia("请求内容的编码必须是 UTF-8。", "The charset must be UTF-8.")
    return parse_object(raw)


def check(schema: Schema, data: dict[str, Any], under: str = "") -> dict[str, Any]:
    """Data as the schema understands it, or a refusal that names each field and the rule it breaks."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        errors = {f"{under}.{name}".strip(".") if under else name: told for name, told in flatten(error.messages)}
        raise ill_formed(errors) from error
    return loaded


def read_query(request: Request, schema: Schema) -> dict[str, Any]:
    """The query string by its schema: a name given twice is refused unless its field is a list."""
    return check(schema, _unfold(request.args, schema))


def _unfold(given: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, values in given.lists():
        field = schema.fields.get(name)
        many = field is not None and hasattr(field, "inner")
        if len(values) > 1 and not many:
            raise ill_formed({name[:100]: [Words("这个参数写了两次。", "This parameter is given twice.")]})
        if any("\ufffd" in text for text in (name, *values)):
            raise ill_formed({name[:100]: [Words("不是有效的 UTF-8。", "Is not valid UTF-8.")]})
        data[tidy_text(name, "query")] = [tidy_text(value, name) for value in values] if many else tidy_text(values[0], name)
    return data


def read_form(request: Request, schema: Schema, limit: int) -> dict[str, Any]:
    """The fields of a multipart form by their schema; its files stay in `request.files`."""
    announced = request.content_length
    if announced is None or announced > limit:
        raise too_large(limit)
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("请求内容的类型必须是 multipart/form-data。", "The content type must be multipart/form-data.")
    request.max_content_length = limit
    return check(schema, _unfold(request.form, schema))
