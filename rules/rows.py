"""Rows are read strictly; a pack's own rows stand before the inherited ones, and one with the same id takes its place."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from rules.conditions import Condition, read_condition
from rules.derived import fact_of
from rules.errors import PackError
from rules.shapes import SHAPES, Shape
from rules.tables import Policy, Row, Table, make_table

_TABLE_KEYS = {"policy", "by", "row", "drop"}
_ROW_KEYS = {"id", "when", "give", "basis", "valid_from", "valid_to"}


def merge_table(name: str, data: Any, pack: str, inherited: Table | None) -> Table:
    """The table `name` of a pack over the inherited one: rows replaced by id, dropped, or put in front."""
    if not isinstance(data, dict) or data.keys() - _TABLE_KEYS:
        raise PackError(f"规则表“{name}”的写法不对。", f"The table '{name}' is written wrongly.")
    shape = SHAPES[name]
    policy, by = _policy(name, data, shape, inherited)
    own = [_named(name, row, lambda row: _read_row(row, shape, pack)) for row in data.get("row", [])]
    ids = [row.id for row in own]
    twice = sorted({row for row in ids if ids.count(row) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise PackError(f"规则表“{name}”中 {twice} 重复。", f"The table '{name}' has {twice} twice.")
    kept = _kept(name, data.get("drop", []), inherited)
    replaced = {row.id: row for row in own if row.id in kept}
    rows = [row for row in own if row.id not in replaced] + [replaced.get(row_id, row) for row_id, row in kept.items()]
    return make_table(name, policy, by, rows)


def _policy(name: str, data: Mapping[str, Any], shape: Shape, inherited: Table | None) -> tuple[Policy, str | None]:
    policy = data.get("policy", inherited.policy if inherited else None)
    by = data.get("by", inherited.by if inherited else None)
    if policy not in shape.policies:
        raise PackError(f"规则表“{name}”的策略应为 {shape.policies} 之一。", f"The policy of '{name}' must be one of {shape.policies}.")
    if policy == "min" and by not in shape.gives:
        raise PackError(f"规则表“{name}”取 min，须以 by 写明比较项。", f"The policy of '{name}' is min: 'by' must say of what.")
    return cast(Policy, policy), by if policy == "min" else None


def _kept(name: str, drop: Any, inherited: Table | None) -> dict[str, Row]:
    rows = {row.id: row for row in inherited.rows} if inherited else {}
    for row_id in drop:
        if row_id not in rows:
            raise PackError(f"规则表“{name}”要去掉的行“{row_id}”并不存在。", f"The table '{name}' drops '{row_id}', which does not exist.")
        del rows[row_id]
    return rows


def _named(table: str, data: Any, read: Any) -> Row:
    if not isinstance(data, dict) or not isinstance(data.get("id"), str) or not data["id"]:
        raise PackError(f"规则表“{table}”有一行没有 id。", f"A row of '{table}' has no id.")
    try:
        return cast(Row, read(data))
    except PackError as error:
        raise PackError(f"{table}/{data['id']}：{error.zh}", f"{table}/{data['id']}: {error.en}") from error


def _read_row(data: Mapping[str, Any], shape: Shape, pack: str) -> Row:
    unknown = sorted(data.keys() - _ROW_KEYS)
    if unknown:
        raise PackError(f"有不认识的项：{unknown}。", f"Unknown keys: {unknown}.")
    begins, ends = _day(data.get("valid_from")), _day(data.get("valid_to"))
    if begins and ends and begins >= ends:
        raise PackError(f"生效期 {begins} 至 {ends} 是空的。", f"It is never in force: from {begins} until {ends}.")
    basis = data.get("basis")
    if not isinstance(basis, str) or not basis.strip():
        raise PackError("缺少依据（basis）。", "It lacks its basis.")
    when = _read_when(data.get("when", {}), shape)
    return Row(data["id"], when, _read_give(data.get("give"), shape), basis, begins, ends, pack)


def _read_when(data: Any, shape: Shape) -> dict[str, Condition]:
    if not isinstance(data, dict):
        raise PackError("条件（when）应为一组列。", "'when' must be a set of columns.")
    missing = [column for column in shape.asks if column not in data]
    if missing:
        raise PackError(f"必须写明 {missing}。", f"It must ask {missing}.")
    return {column: _read_column(column, value) for column, value in data.items()}


def _read_column(column: str, value: Any) -> Condition:
    fact = fact_of(column)
    if fact is None:
        raise PackError(f"没有“{column}”这一列。", f"There is no column '{column}'.")
    return read_condition(fact, value)


def _read_give(data: Any, shape: Shape) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise PackError("缺少结果（give）。", "It gives nothing.")
    wrong = sorted((data.keys() - shape.gives.keys() - shape.optional.keys()) | (shape.gives.keys() - data.keys()))
    if wrong:
        raise PackError(f"结果（give）缺少或多出：{wrong}。", f"What it gives lacks or has too much of: {wrong}.")
    readers = {**shape.gives, **shape.optional}
    return {key: readers[key](value) for key, value in data.items()}


def _day(value: Any) -> date | None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise PackError(f"{value!r} 不是日期。", f"{value!r} is not a date.")
    return value
