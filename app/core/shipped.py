"""What comes with a release is installed once: published calendars and packs; what the district has edited since is never overwritten."""

from __future__ import annotations

import hashlib

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.settings import Choose, Install
from app.core.system import System
from rules.calendars import shipped_calendars
from rules.packs import header, shipped_packs

FIRST_PACK = "demo-district"
LATEST = "SELECT DISTINCT ON (kind, name) kind, name, digest, installed_by FROM installed ORDER BY kind, name, version DESC"


def install_shipped(system: System) -> list[str]:
    """Installs what is new since the last start and returns its names. New cases are pinned to the demonstration pack until an admin
    chooses another."""
    with transaction(system, SYSTEM) as tx:
        latest = {(row["kind"], row["name"]): row for row in tx.query(LATEST)}
    installed = []
    for kind, name, text in shipped():
        known = latest.get((kind, name))
        if known is None or (known["installed_by"] == SYSTEM.label and known["digest"] != hashlib.sha256(text.encode()).hexdigest()):
            execute(system, Install(SYSTEM, kind, name, text, "shipped with the release"))
            system.settings.refresh()
            installed.append(name)
    if ("choice", "pack") not in latest:
        version = max(v for n, v in system.settings.versions("pack") if n == FIRST_PACK)
        execute(system, Choose(SYSTEM, f"{FIRST_PACK}@{version}"))
        system.settings.refresh()
    return installed


def shipped() -> list[tuple[str, str, str]]:
    """Kind, name and text; a pack comes after the one it inherits."""
    texts = shipped_packs()
    order: list[str] = []
    while len(order) < len(texts):
        order += [name for name in texts if name not in order and (header(texts[name]).inherits in (None, *order))]
    years = [("calendar", f"cn-{year}", text) for year, text in shipped_calendars().items()]
    return years + [("pack", name, texts[name]) for name in order]
