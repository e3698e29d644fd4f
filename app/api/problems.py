"""One table turns a refusal into application/problem+json; nothing else in the house knows how a refusal looks on the wire."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import psycopg
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.api.words import TAGS, Words, preferred, say
from app.errors import IllFormed, Refusal, TooLarge, Unavailable, trail_of

LOG = logging.getLogger("citydesk.error")
MEDIA_TYPE = "application/problem+json"
_MAX_ERRORS = 50
_AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)

# What HTTP itself refuses before any door is reached.
_HTTP_WORDS: Mapping[int, tuple[Words, Words]] = {
    400: (Words("请求格式不正确", "Ill-formed request"), Words("无法读懂这个请求。", "The request cannot be read.")),
    404: (Words("未找到", "Not found"), Words("没有这个地址。", "There is nothing at this address.")),
    405: (Words("不支持的方法", "Method not allowed"), Words("此地址不支持这种方法。", "This address does not answer to this method.")),
    408: (Words("请求超时", "Request timeout"), Words("请求没有及时到达。", "The request did not arrive in time.")),
    500: (Words("内部错误", "Internal error"), Words("出现意外错误，请凭编号联系管理员。", "Something failed; quote the reference.")),
}


def refused_by_database(error: Exception) -> bool:
    """Whether the database is away or out of reach, as opposed to a statement that is wrong."""
    if isinstance(error, _AWAY):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def kinds_of_refusal() -> Iterator[type[Refusal]]:
    """Every word of refusal there is, for the page and the document that explain them."""
    waiting = [Refusal]
    seen: set[str] = set()
    while waiting:
        kind = waiting.pop(0)
        waiting.extend(kind.__subclasses__())
        if kind.code not in seen:
            seen.add(kind.code)
            yield kind


def spoken_errors(errors: Mapping[str, Any], lang: str) -> dict[str, list[str]]:
    """Messages by field in the reader's language, no more of them than a person would read."""
    shown: dict[str, list[str]] = {}
    for name, messages in list(errors.items())[:_MAX_ERRORS]:
        several = [messages] if isinstance(messages, str) else messages
        shown[name] = [say(message, lang) for message in several]
    return shown


def spoken_action(action: Any, lang: str) -> dict[str, Any]:
    """One open action as the contract shows it: trigger, label, needs; and what else it takes and how much hangs on it."""
    return {
        "trigger": action.trigger, "label": action.label_en if lang == "en" else action.label_zh,
        "needs": list(action.needs), "takes": list(action.takes), "weight": action.weight,
    }  # fmt: skip


def spoken_actions(actions: Sequence[Any], lang: str) -> list[dict[str, Any]]:
    return [spoken_action(action, lang) for action in actions]


def body_of(refusal: Refusal, lang: str) -> dict[str, Any]:
    """The problem document of a refusal (RFC 9457), without the request's own reference."""
    english = lang == "en"
    shown: dict[str, Any] = {
        "type": f"/api/v1/problems/{refusal.code}",
        "title": refusal.title_en if english else refusal.title_zh,
        "status": refusal.status,
        "detail": refusal.en if english else refusal.zh,
    }
    for name, value in refusal.extra.items():
        if name == "errors":
            shown[name] = spoken_errors(value, lang)
        elif name == "actions":
            shown[name] = spoken_actions(value, lang)
        elif name not in ("headers", "retry_after"):
            shown[name] = value
    return shown


def reference() -> str:
    """The request's own id, which the log line carries too."""
    return str(request.environ.get("citydesk.id", ""))


def _answer(body: dict[str, Any], lang: str, headers: Mapping[str, str] | None = None) -> Response:
    body["reference"] = reference()
    made = Response(orjson.dumps(body, default=str), status=body["status"], mimetype=MEDIA_TYPE)
    made.headers["Content-Language"] = TAGS[lang]
    made.headers["Vary"] = "Accept-Language"
    for name, value in (headers or {}).items():
        made.headers[name] = value
    return made


def _headers_of(refusal: Refusal) -> dict[str, str]:
    headers = dict(refusal.extra.get("headers", {}))
    if refusal.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="citydesk"')
    if refusal.status in (429, 503):
        headers["Retry-After"] = str(int(refusal.extra.get("retry_after", 5)))
    return headers


def _lang() -> str:
    return preferred(request.headers.get("Accept-Language", ""))


def on_refusal(refusal: Refusal) -> Response:
    lang = _lang()
    return _answer(body_of(refusal, lang), lang, _headers_of(refusal))


def on_http(error: HTTPException) -> Response:
    """What the framework refuses, in the same form."""
    if isinstance(error, RequestEntityTooLarge):
        return on_refusal(TooLarge("请求内容超过允许的大小。", "The request is larger than allowed."))
    if error.code is not None and error.code < 400:
        return Response(status=error.code, headers=error.get_headers())
    lang, status = _lang(), error.code or 500
    title, detail = _HTTP_WORDS.get(status, _HTTP_WORDS[400 if status < 500 else 500])
    body = {"type": "about:blank", "title": say(title, lang), "status": status, "detail": say(detail, lang)}
    allow = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _answer(body, lang, allow)


def on_unexpected(error: Exception) -> Response:
    if refused_by_database(error):
        LOG.error("database unavailable: %s reference=%s", type(error).__qualname__, reference())
        return on_refusal(Unavailable("数据库暂时不可用，请稍后重试。", "The database is not available; try again shortly."))
    LOG.error("unexpected reference=%s %s", reference(), trail_of(error))
    lang = _lang()
    title, detail = _HTTP_WORDS[500]
    return _answer({"type": "about:blank", "title": say(title, lang), "status": 500, "detail": say(detail, lang)}, lang)


def ill_formed(errors: Mapping[str, Sequence[str]]) -> IllFormed:
    """The refusal whose sentence names the first field and its rule; the others stand in `errors`."""
    name, messages = next(iter(errors.items()))
    first = messages[0]
    zh, en = say(first, "zh"), say(first, "en")
    return IllFormed(f"{name}：{zh}" if name else zh, f"{name}: {en}" if name else en, errors)


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_unexpected)
