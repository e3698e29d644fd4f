"""A pack is the law of one jurisdiction as dated data: it may inherit another, and comes into force only without an error."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from rules.days import WorkingHours
from rules.errors import CalendarError, PackError
from rules.hours import read_working_hours
from rules.lint import Finding, lint_table
from rules.packlint import lint_clocks
from rules.packs.shipped import base_tables, shipped_districts, shipped_packs
from rules.rows import merge_table
from rules.runglint import lint_rungs
from rules.shapes import PARAMETERS, SHAPES
from rules.tables import Table

__all__ = [
    "BASE", "Finding", "Header", "Pack", "header", "in_force", "lint", "load_packs", "load_shipped_packs", "parse_pack", "read_pack",
    "shipped_districts", "shipped_packs",
]

# Every pack that inherits no other stands on these: a danger to life is seen, and its alarm climbs, whatever else the pack says.
# It lends rows, but how a table of limits is read the pack says itself.
BASE: Mapping[str, Table] = {name: replace(merge_table(name, table, "base", None), by=None) for name, table in base_tables().items()}
_KEYS = {"name", "version", "title", "inherits", "official", "valid_from", "valid_to", "calendar", "parameters", "tables"}


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    version: int
    title: str
    inherits: str | None
    official: bool  # False for a pack that demonstrates: it must be shown as such.
    valid_from: date | None
    valid_to: date | None  # The first day on which it no longer holds.


@dataclass(frozen=True, eq=False, slots=True)
class Pack:
    """Tables and parameters of the pack itself and of those it inherits, merged; each row remembers who wrote it."""

    name: str
    version: int
    title: str
    official: bool
    hours: WorkingHours
    tables: Mapping[str, Table]
    parameters: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None
    digest: str
    findings: tuple[Finding, ...]


def load_shipped_packs() -> dict[str, Pack]:
    return load_packs(shipped_packs())


def load_packs(texts: Mapping[str, str]) -> dict[str, Pack]:
    """Packs by name, each after the one it inherits; raises PackError for a missing parent or a circle."""
    headers = {name: header(text) for name, text in texts.items()}
    loaded: dict[str, Pack] = {}
    while len(loaded) < len(texts):
        ready = [name for name, head in headers.items() if name not in loaded and (head.inherits is None or head.inherits in loaded)]
        if not ready:
            stuck = sorted(headers.keys() - loaded.keys())
            raise PackError(f"规则包 {stuck} 所继承的包不存在或互相继承。", f"What {stuck} inherit is missing or circular.")
        for name in ready:
            loaded[name] = parse_pack(texts[name], loaded.get(headers[name].inherits or ""))
    return loaded


def in_force(packs: Iterable[Pack], name: str, on: date) -> Pack | None:
    """The newest version of a pack that holds on that day."""
    valid = [
        pack for pack in packs
        if pack.name == name and (pack.valid_from is None or pack.valid_from <= on) and (pack.valid_to is None or on < pack.valid_to)
    ]
    return max(valid, key=lambda pack: pack.version, default=None)


@lru_cache(maxsize=64)
def header(text: str) -> Header:
    """Name, version, dates and parent, without reading the tables."""
    return _header(_toml(text))


# Nine tenths of it are the lint, which would say the same of the same text; whoever installs a pack soon reads it.
@lru_cache(maxsize=32)
def parse_pack(text: str, inherited: Pack | None = None) -> Pack:
    """Reads and lints; raises PackError with the first error and how many there are. Notes stay with the pack."""
    return _checked(read_pack(text, inherited), inherited)


def read_pack(text: str, inherited: Pack | None = None) -> Pack:
    """Reads only: what can be read may still have errors, all of which `lint` tells. Raises PackError for what cannot be read."""
    data = _toml(text)
    head = _header(data)
    if head.inherits != (inherited.name if inherited else None):
        raise PackError(f"规则包“{head.name}”应继承“{head.inherits}”。", f"The pack '{head.name}' must be read with '{head.inherits}'.")
    return Pack(
        name=head.name,
        version=head.version,
        title=head.title,
        official=head.official,
        hours=_hours(data, inherited),
        tables=_tables(head.name, data, inherited),
        parameters=_parameters(data, inherited),
        valid_from=head.valid_from,
        valid_to=head.valid_to,
        digest=hashlib.sha256(f"{inherited.digest if inherited else ''}\n{text}".encode()).hexdigest(),
        findings=(),
    )


def lint(pack: Pack, inherited: Pack | None = None) -> list[Finding]:
    """Errors and notes over every table alone and all together."""
    findings = [finding for table in pack.tables.values() for finding in lint_table(table, pack.valid_from, pack.valid_to)]
    findings += lint_clocks(pack.tables, pack.hours, inherited.tables if inherited else {}, pack.valid_from)
    return findings + lint_rungs(pack.tables, pack.hours, pack.valid_from)


def _checked(pack: Pack, inherited: Pack | None) -> Pack:
    findings = lint(pack, inherited)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise PackError(
            f"规则包“{pack.name}”有 {len(errors)} 处错误；{first.table}/{first.row}：{first.zh}",
            f"The pack '{pack.name}' has {len(errors)} errors; {first.table}/{first.row}: {first.en}",
        )
    return replace(pack, findings=tuple(findings))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"规则包不是有效的 TOML：{error}。", f"The pack is not valid TOML: {error}.") from error


def _header(data: Mapping[str, Any]) -> Header:
    unknown = sorted(data.keys() - _KEYS)
    if unknown:
        raise PackError(f"规则包中有不认识的项：{unknown}。", f"Unknown keys in the pack: {unknown}.")
    for key, kind in (("name", str), ("version", int), ("title", str), ("official", bool)):
        if not isinstance(data.get(key), kind):
            raise PackError(f"规则包缺少“{key}”或类型不对。", f"The pack lacks '{key}' or has it ill-typed.")
    inherits, begins, ends = data.get("inherits"), data.get("valid_from"), data.get("valid_to")
    if not all(type(day) in (date, type(None)) for day in (begins, ends)) or (begins and ends and begins >= ends):
        raise PackError("规则包的生效日期不对。", "The dates of the pack are wrong.")
    return Header(data["name"], data["version"], data["title"], inherits, data["official"], begins, ends)


def _hours(data: Mapping[str, Any], inherited: Pack | None) -> WorkingHours:
    if "calendar" not in data and inherited:
        return inherited.hours
    if not isinstance(data.get("calendar"), dict):
        raise PackError("规则包缺少 [calendar]。", "The pack lacks [calendar].")
    try:
        return read_working_hours(data["calendar"])
    except CalendarError as error:
        raise PackError(error.zh, error.en) from error


def _tables(pack: str, data: Mapping[str, Any], inherited: Pack | None) -> dict[str, Table]:
    written = data.get("tables", {})
    unknown = sorted(written.keys() - SHAPES.keys()) if isinstance(written, dict) else [written]
    if unknown:
        raise PackError(f"没有这样的规则表：{unknown}。", f"There are no such tables: {unknown}.")
    tables = dict(inherited.tables if inherited else BASE)
    if inherited is None and "limits" not in written:
        del tables["limits"]
    for name, table in written.items():
        tables[name] = merge_table(name, table, pack, tables.get(name))
    return tables


def _parameters(data: Mapping[str, Any], inherited: Pack | None) -> dict[str, Any]:
    parameters = dict(inherited.parameters) if inherited else {}
    for name, value in data.get("parameters", {}).items():
        if name not in PARAMETERS:
            raise PackError(f"没有参数“{name}”。", f"There is no parameter '{name}'.")
        try:
            parameters[name] = PARAMETERS[name](value)
        except PackError as error:
            raise PackError(f"参数“{name}”：{error.zh}", f"Parameter '{name}': {error.en}") from error
    return parameters
