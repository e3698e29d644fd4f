"""The texts of the packs that come with the project: the files of one folder, one after the other, are one pack."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DATA_OF_THE_DISTRICT = "district.toml"  # Units and categories for a demonstration; no rules.


def shipped_packs() -> dict[str, str]:
    """By name, the texts that installation writes to the database."""
    return {path.parent.name: _text_of(path.parent) for path in sorted(FOLDER.glob("*/pack.toml"))}


def base_tables() -> dict[str, Any]:
    """The tables that lie under every pack which inherits no other: what must not depend on a pack being complete."""
    tables: dict[str, Any] = tomllib.loads((FOLDER / "base.toml").read_text("utf-8"))["tables"]
    return tables


def shipped_districts() -> dict[str, Mapping[str, Any]]:
    """What a demonstration fills an empty database with: `{pack: {"unit": [...], "category": [...]}}`, parents first."""
    files = sorted(FOLDER.glob(f"*/{DATA_OF_THE_DISTRICT}"))
    return {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in files}


def _text_of(folder: Path) -> str:
    tables = sorted(path for path in folder.glob("*.toml") if path.name not in ("pack.toml", DATA_OF_THE_DISTRICT))
    return "\n".join(path.read_text("utf-8") for path in (folder / "pack.toml", *tables))
