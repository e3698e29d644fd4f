"""What comes with a release is installed once: published calendars and packs; what the district has edited since is never overwritten."""

from __future__ import annotations

import hashlib

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.reproject import publish
from app.core.settings import Choose, Install
from app.core.system import System
from rules.calendars import shipped_calendars
from rules.packs import header, shipped_packs

FIRST_PACK = "demo-district"
SHIPPED = "shipped with the release"
LATEST = "SELECT DISTINCT ON (kind, name) kind, name, digest, reason FROM installed ORDER BY kind, name, version DESC"


def install_shipped(system: System) -> list[str]:
    """Installs what is new since the last start and returns its names. New cases are pinned to the demonstration pack until an admin
    chooses another."""
    with transaction(system, SYSTEM) as tx:
        latest = {(row["kind"], row["name"]): row for row in tx.query(LATEST)}
    installed: list[str] = []
    for kind, name, text in shipped():
        known = latest.get((kind, name))
        changed = known is None or known["digest"] != hashlib.sha256(text.encode()).hexdigest()
        # A pack stays on the parent that it was installed over, so that a new parent needs its children anew.
        if (changed or (kind == "pack" and header(text).inherits in installed)) and (known is None or known["reason"] == SHIPPED):
            install(system, kind, name, text)
            installed.append(name)
    if ("choice", "pack") not in latest:
        version = max(v for n, v in system.settings.versions("pack") if n == FIRST_PACK)
        execute(system, Choose(SYSTEM, f"{FIRST_PACK}@{version}"))
        system.settings.refresh()
    return installed


def install(system: System, kind: str, name: str, text: str) -> None:
    """A pack is for new cases; a year of the calendar moves the clocks that run into it."""
    if kind == "calendar" and system.settings.versions("pack"):
        publish(system, SYSTEM, text, why=SHIPPED)
    else:
        execute(system, Install(SYSTEM, kind, name, text, SHIPPED))
        system.settings.refresh()


def shipped() -> list[tuple[str, str, str]]:
    """Kind, name and text; a pack comes after the one it inherits."""
    texts = shipped_packs()
    order: list[str] = []
    while len(order) < len(texts):
        order += [name for name in texts if name not in order and (header(texts[name]).inherits in (None, *order))]
    years = [("calendar", f"cn-{year}", text) for year, text in shipped_calendars().items()]
    return years + [("pack", name, texts[name]) for name in order]
