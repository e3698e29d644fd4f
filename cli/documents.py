"""Documents that are made from what they describe, so that they cannot fall behind: data dictionary, API, diagrams."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql

from app.config import CHECKOUT, Config
from app.errors import Refused
from app.main import build, create_app
from app.tables import laws, tables
from workflows.definition import load_released
from workflows.diagram import mermaid

FOLDER = CHECKOUT / "docs"
HEAD = "<!-- Made by `./citydesk docs`; do not edit. -->\n\n"
NOWHERE = "postgresql+psycopg://nobody@localhost/none"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a document is behind.")
def command(check: bool) -> None:
    """Write the data dictionary, the API document and the diagrams of all definitions into docs/."""
    behind = [path for path, words in documents().items() if not path.is_file() or path.read_text(encoding="utf-8") != words]
    if check:
        if behind:
            names = ", ".join(str(path.relative_to(CHECKOUT)) for path in behind)
            raise Refused(f"文档已过时，请运行 ./citydesk docs：{names}", f"behind what they describe, run ./citydesk docs: {names}")
        return
    for path in behind:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(documents()[path], encoding="utf-8")
        print(path.relative_to(CHECKOUT))


def documents() -> dict[Path, str]:
    made = {FOLDER / "data-dictionary.md": data_dictionary(), FOLDER / "api.md": api()}
    for flow in load_released().values():
        name = f"{flow.name}.v{flow.version}"
        made[FOLDER / "diagrams" / f"{name}.md"] = f"{HEAD}# {name}\n\n```mermaid\n{mermaid(flow)}```\n"
    return made


def data_dictionary() -> str:
    """Every table with its law and every column with its type, in the order of their names."""
    parts = [f"{HEAD}# 数据字典 / Data dictionary\n"]
    said = laws()
    for name, table in tables().items():
        parts.append(f"\n## {name}\n\n{said.get(name, '')}\n\n| column | type | null | key |\n|---|---|---|---|\n")
        parts += [column_line(column) for column in table.columns]
    return "".join(parts)


def column_line(column: Column[Any]) -> str:
    kind = column.type.compile(postgresql.dialect())
    return f"| `{column.name}` | {kind} | {'yes' if column.nullable else ''} | {keys(column)} |\n"


def keys(column: Column[Any]) -> str:
    found = ["primary"] if column.primary_key else []
    return ", ".join(found + [f"→ {key.target_fullname}" for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname)])


def api() -> str:
    """The doors in the order of their paths, from the same OpenAPI document that the server gives."""
    system = build(Config(home=Path("."), database_url=NOWHERE, owner_url=NOWHERE, redis_url="redis://localhost"))
    document = json.loads(create_app(system).test_client().get("/api/v1/openapi.json").get_data())
    parts = [f"{HEAD}# 接口 / API\n\nOpenAPI 3.1：`GET /api/v1/openapi.json`。\n"]
    for path, methods in sorted(document["paths"].items()):
        for method, door in sorted(methods.items()):
            if method in ("get", "post", "put", "patch", "delete"):
                parts.append(f"\n## {method.upper()} {path}\n\n{door.get('summary', '')}\n" + takes(door, document) + answers(door))
    return "".join(parts)


def takes(door: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    rows = [f"| `{p['name']}` | {p['in']} | {shape(p.get('schema', {}))} | {said(p)} |" for p in door.get("parameters", []) if "name" in p]
    for media in door.get("requestBody", {}).get("content", {}).values():
        schema = media.get("schema", {})
        named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
        rows += [f"| `{name}` | body | {shape(field)} | {said(field)} |" for name, field in named.get("properties", {}).items()]
    return "\n| name | where | type | |\n|---|---|---|---|\n" + "\n".join(rows) + "\n" if rows else ""


def shape(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type") or schema.get("$ref", "").rpartition("/")[2]
    kind = "/".join(kind) if isinstance(kind, list) else kind
    words = ", ".join(f"`{value}`" for value in schema.get("enum", [])[:20])
    return f"{kind} {words}".strip()


def said(field: Mapping[str, Any]) -> str:
    return re.sub(r"\s+", " ", field.get("description", "")).replace("|", "\\|")


def answers(door: Mapping[str, Any]) -> str:
    codes: Iterable[str] = sorted(door.get("responses", {}))
    return "\n" + " · ".join(codes) + "\n"
