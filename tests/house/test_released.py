"""A released definition never changes: running cases are pinned to it."""

from __future__ import annotations

from workflows.definition import DEFINITIONS, load_released, locked


def test_every_shipped_definition_is_as_it_was_released() -> None:
    loaded = {f"{name}.v{version}": flow.digest for (name, version), flow in load_released().items()}
    assert loaded == locked()
    assert {path.stem for path in DEFINITIONS.glob("*.toml")} == set(loaded)
