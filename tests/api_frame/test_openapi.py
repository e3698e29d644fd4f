"""The document and the doors are one: every door is described, every reference leads somewhere, every refusal has its explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

from app.api.doors import PREFIX
from app.api.problems import kinds_of_refusal


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_describes_every_door(client: FlaskClient) -> None:
    document = client.get(f"{PREFIX}/openapi.json").json
    assert document["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    hung = set()
    for rule in client.application.url_map.iter_rules():
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        hung |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"} if path.startswith(PREFIX)}
    assert described == hung - {("GET", f"{PREFIX}/openapi.json")}
    assert len(described) > 20


def test_the_document_holds_together(client: FlaskClient) -> None:
    document = client.get(f"{PREFIX}/openapi.json").json
    for reference in references(document):
        at = document
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]
    names = [door["operationId"] for methods in document["paths"].values() for door in methods.values()]
    assert len(names) == len(set(names))
    for methods in document["paths"].values():
        for door in methods.values():
            zh, en = door["summary"].split(" / ", 1)
            assert re.search("[\u4e00-\u9fff]", zh)
            assert en.isascii()


def test_the_document_tells_each_trigger_with_its_fields(client: FlaskClient) -> None:
    document = client.get(f"{PREFIX}/openapi.json").json
    door = document["paths"][f"{PREFIX}/tickets/{{id}}/transitions"]["post"]
    alternatives = door["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    dispatch = next(each for each in alternatives if each["properties"]["trigger"]["const"] == "dispatch")
    fields = dispatch["properties"]["fields"]
    assert fields["required"] == ["lead_unit"]
    named = document["components"]["schemas"][fields["allOf"][0]["$ref"].rsplit("/", 1)[1]]
    assert named["properties"]["lead_unit"]["type"] == "integer"
    assert "主办单位" in named["properties"]["lead_unit"]["description"]
    assert {parameter["name"] for parameter in door["parameters"]} == {"id", "Idempotency-Key", "If-Match"}


def test_every_refusal_is_explained_at_its_address(client: FlaskClient) -> None:
    told = client.get(f"{PREFIX}/problems").json["items"]
    assert {item["type"] for item in told} == {f"{PREFIX}/problems/{kind.code}" for kind in kinds_of_refusal()}
    for item in told:
        assert client.get(item["type"]).json == item
        assert item["title"]["en"].isascii()
    assert client.get(f"{PREFIX}/problems/nothing").status_code == 404
