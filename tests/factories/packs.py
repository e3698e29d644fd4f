"""The pack of the demonstration district with a few words of it changed, in force for tickets that come from now on."""

from __future__ import annotations

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.core.system import System
from rules.packs import shipped_packs

NEWEST = "SELECT max(version) AS version FROM installed WHERE kind = 'pack' AND name = 'demo-district'"


def a_pack(system: System, *changes: tuple[str, str]) -> None:
    """Each change is what the shipped text says and what it says instead."""
    text = shipped_packs()["demo-district"]
    for old, new in changes:
        assert old in text, f"the shipped pack does not say {old}"
        text = text.replace(old, new)
    execute(system, Install(SYSTEM, "pack", "demo-district", text, "试验"))
    with system.engine.connect() as connection:
        version = connection.exec_driver_sql(NEWEST).scalar_one()
    execute(system, Choose(SYSTEM, f"demo-district@{version}"))
