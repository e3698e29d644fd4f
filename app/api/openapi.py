"""The document of all doors, OpenAPI 3.1, made once from the doors themselves: it cannot fall behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from app.api.doors import NO_QUERY, PREFIX, Door
from app.api.fields import Trigger, Triggers
from app.api.problems import MEDIA_TYPE, kinds_of_refusal

_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "reference"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "违反的规则 / the rule that was broken"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "state": {"type": "string", "description": "当前状态 / the present state"},
        "actions": {"type": "array", "items": {"$ref": "#/components/schemas/Action"}},
        "reference": {"type": "string", "description": "请求编号 / the request's own number"},
    },
}
_ACTION: Mapping[str, Any] = {
    "type": "object",
    "required": ["trigger", "label", "needs"],
    "properties": {
        "trigger": {"type": "string"},
        "label": {"type": "string"},
        "needs": {"type": "array", "items": {"type": "string"}},
    },
}
_COMMON = ("400", "401", "403", "404", "429", "500", "503")
_CHANGING = ("409", "412", "413", "415", "422")
_HEADERS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("Idempotency-Key", "同一键只执行一次（48 小时）/ done once under one key (48 hours)", {"maxLength": 200, "pattern": "^[!-~]+$"}),
    ("If-Match", '所见版本，如 "3" / the version last seen, as in "3"', {}),
)


def _resolver(schema: Any) -> str:
    name = schema if isinstance(schema, str) else getattr(schema, "__name__", type(schema).__name__)
    return str(name).removesuffix("Schema")


class Document:
    """Collects doors; `result` is the finished mapping."""

    def __init__(self, title: str, version: str) -> None:
        self._plugin = MarshmallowPlugin(schema_name_resolver=_resolver)
        self._spec = APISpec(title=title, version=version, openapi_version="3.1.0", plugins=[self._plugin])
        assert self._plugin.converter is not None
        self._converter = self._plugin.converter
        self._spec.components.schema("Problem", dict(_PROBLEM))
        self._spec.components.schema("Action", dict(_ACTION))
        self._spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        titles: dict[str, list[str]] = {}
        for kind in kinds_of_refusal():
            titles.setdefault(str(kind.status), []).append(f"{kind.title_zh} / {kind.title_en}")
        for status in (*_COMMON, *_CHANGING):
            words = "; ".join(titles.get(status, ["内部错误 / Internal error"]))
            self._spec.components.response(f"Problem{status}", {"description": words, **problem})

    def add(self, door: Door) -> None:
        operation: dict[str, Any] = {
            "operationId": _operation_id(door),
            "summary": f"{door.summary_zh} / {door.summary_en}",
            "tags": [door.tag],
            "parameters": [*self._parameters(door)],
            "responses": self._responses(door),
            "security": [] if door.public else [{"token": [door.scope] if door.scope else []}],
        }
        body = self._request(door)
        if body is not None:
            operation["requestBody"] = {"required": True, "content": body}
        self._spec.path(path=PREFIX + door.path, operations={door.method.lower(): operation})

    def _parameters(self, door: Door) -> Iterable[Mapping[str, Any]]:
        for name in re.findall(r"\{(\w+)\}", door.path):
            number = name == "id" or name.endswith("_id")
            shape = {"type": "integer", "minimum": 1} if number else {"type": "string"}
            yield {"name": name, "in": "path", "required": True, "schema": shape}
        if door.query_schema is not NO_QUERY:
            yield {"in": "query", "schema": door.query_schema}
        if door.method != "GET" and door.upload is None:
            for name, words, more in _HEADERS:
                yield {"name": name, "in": "header", "required": False, "description": words, "schema": {"type": "string", **more}}

    def _request(self, door: Door) -> dict[str, Any] | None:
        if door.upload is not None:
            return {"multipart/form-data": {"schema": self._with_file(door.request_schema)}}
        shown = door.request_shown or door.request_schema
        return None if shown is None else {"application/json": {"schema": shown}}

    def _with_file(self, schema: Schema | None) -> dict[str, Any]:
        shown: dict[str, Any] = dict(self._converter.schema2jsonschema(schema)) if schema is not None else {"type": "object"}
        shown["properties"] = {**shown.get("properties", {}), "file": {"type": "string", "contentMediaType": "application/octet-stream"}}
        return shown

    def _responses(self, door: Door) -> dict[str, Any]:
        fine: dict[str, Any] = {"description": f"{door.summary_zh} / {door.summary_en}"}
        if door.response_schema is not None:
            fine["content"] = {"application/json": {"schema": door.response_schema}}
        statuses = _COMMON if door.method == "GET" else (*_COMMON, *_CHANGING)
        return {str(door.status): fine, **{status: f"Problem{status}" for status in statuses}}

    def triggers(self, triggers: Triggers) -> Mapping[str, Any]:
        """The body of a transitions door: one alternative for each trigger."""
        return {"oneOf": [self._alternative(triggers.known[name]) for name in sorted(triggers.known)]}

    def _alternative(self, trigger: Trigger) -> Mapping[str, Any]:
        fields: dict[str, Any] = {"allOf": [self._converter.resolve_nested_schema(trigger.schema)]}
        needed = ["trigger"]
        if trigger.needs:
            fields["required"] = list(trigger.needs)
            needed.append("fields")
        properties = {"trigger": {"const": trigger.name}, "fields": fields}
        return {"type": "object", "title": f"{trigger.label_zh} / {trigger.label_en}", "required": needed, "properties": properties}

    @property
    def result(self) -> dict[str, Any]:
        return dict(self._spec.to_dict())


def _operation_id(door: Door) -> str:
    words = re.sub(r"[{}]", "", door.path).replace("-", "_").strip("/").split("/")
    return "_".join([door.method.lower(), *words])
