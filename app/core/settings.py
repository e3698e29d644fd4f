"""Installed versions of packs and calendars: immutable rows, parsed once, chosen by date; a change of the installation's epoch re-reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from app.core.actors import Actor
from app.core.reach import unreachable
from app.core.registry import Registry
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, Unavailable
from rules import calendars, packs
from rules.days import Calendar, WorkingHours, Year
from rules.errors import PackError, RuleError
from rules.packs import Pack

NEXT_VERSION = "SELECT coalesce(max(version), 0) + 1 AS version FROM installed WHERE kind = %s AND name = %s"


@dataclass(frozen=True, slots=True)
class Install:
    """A new version of a pack or of a year of the calendar (`kind` "pack" or "calendar"), with the reason why."""

    actor: Actor
    kind: str
    name: str
    body: str
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Which pack new cases are pinned to from now on; cases in progress stay on theirs."""

    actor: Actor
    pack: str
    key: str | None = None


class Settings:
    """What is installed, as one process sees it. `read` gives the rows after an id; thread-safe."""

    def __init__(self, read: Callable[[], tuple[int, list[dict[str, Any]]]]) -> None:
        self._read = read
        self._lock = Lock()
        self._epoch = -1
        self._seen = 0
        self._texts: dict[tuple[str, str, int], str] = {}
        self._packs: dict[str, Pack] = {}
        self._calendars: dict[str, Calendar] = {}
        self._chosen = ""

    @property
    def epoch(self) -> int:
        """What caches of reference data compare themselves with."""
        self._fresh()
        return self._epoch

    @property
    def newest(self) -> int:
        """The newest epoch that this process has heard of, without asking."""
        return self._seen

    def seen(self, epoch: int) -> None:
        """A command has read the installation's epoch; when it is not ours, the next question reads anew."""
        self._seen = max(self._seen, epoch)

    def refresh(self) -> None:
        """Forget what was read; the next question reads anew."""
        with self._lock:
            self._epoch = -1

    @property
    def current_pack(self) -> str:
        """The pack that a new case is pinned to, as `name@version`."""
        self._fresh()
        if not self._chosen:
            raise Unavailable("尚未安装时限规则包。", "No pack of limits is installed yet.")
        return self._chosen

    def pack(self, reference: str) -> Pack:
        """The pack of a `name@version`."""
        self._fresh()
        if reference not in self._packs:
            name, _, version = reference.rpartition("@")
            self._packs[reference] = self._parse(name, int(version))
        return self._packs[reference]

    def calendar(self, reference: str) -> Calendar:
        """The calendar that a pack counts by, with every year published so far."""
        self._fresh()
        # A year that is published while this one is put together begins another shelf; what was made of the years before stays behind.
        shelf = self._calendars
        if reference not in shelf:
            shelf[reference] = calendar_of(self.pack(reference).hours, tuple(self._published()))
        return shelf[reference]

    def years(self) -> list[Year]:
        """The newest version of each published year."""
        return [calendars.parse(body) for body in self._published()]

    def _published(self) -> list[str]:
        newest: dict[str, str] = {}
        for (kind, name, _), body in sorted(self._texts.items(), key=lambda item: item[0][2]):
            if kind == "calendar":
                newest[name] = body
        return list(newest.values())

    def versions(self, kind: str) -> list[tuple[str, int]]:
        self._fresh()
        return sorted((name, version) for stored, name, version in self._texts if stored == kind)

    def _parse(self, name: str, version: int) -> Pack:
        text = self._texts.get(("pack", name, version))
        if text is None:
            raise Unavailable(f"规则包 {name}@{version} 未安装。", f"Pack {name}@{version} is not installed.")
        parent = packs.header(text).inherits
        return packs.parse_pack(text, self._parse(parent, self._beneath(parent, name, version)) if parent else None)

    def _beneath(self, parent: str, name: str, version: int) -> int:
        """The version of the parent that was the newest when this one was installed: a pack that cases are pinned to never changes."""
        installed = list(self._texts)
        before = installed[: installed.index(("pack", name, version))]
        return max(v for kind, n, v in before if kind == "pack" and n == parent)

    def _fresh(self) -> None:
        if self._epoch >= max(self._seen, 0):
            return
        with self._lock:
            if self._epoch >= max(self._seen, 0):
                return
            epoch, rows = self._read()
            self._texts = {(row["kind"], row["name"], row["version"]): row["body"] for row in rows}
            self._calendars = {}
            chosen = [row["body"] for row in rows if row["kind"] == "choice"]
            self._chosen = chosen[-1] if chosen else ""
            self._epoch = self._seen = epoch


@lru_cache(maxsize=16)
def calendar_of(hours: WorkingHours, published: tuple[str, ...]) -> Calendar:
    """One for the same hours and years, so that its days are laid out once."""
    return calendars.assemble(hours, [calendars.parse(body) for body in published])


def handle_install(tx: Tx, command: Install) -> dict[str, Any]:
    """Checks the text with the same parser and lint that the shipped ones pass, then adds the next version."""
    allowed(command.actor)
    try:
        if command.kind == "calendar":
            calendars.parse(command.body)
        else:
            parent = packs.header(command.body).inherits
            newest = max((v for n, v in tx.system.settings.versions("pack") if n == parent), default=0)
            read = packs.parse_pack(command.body, tx.system.settings.pack(f"{parent}@{newest}") if parent else None)
            prove(read, tx.system.registry)
    except RuleError as error:
        raise IllFormed(error.zh, error.en) from error
    return add(tx, command.kind, command.name, command.body, command.actor, command.reason)


def prove(pack: Pack, registry: Registry) -> None:
    """What the parser cannot know: whether the definitions follow the pack's rungs. Raises PackError with the first that they do not."""
    findings = unreachable(pack, registry.latest, {kind.name: kind.family for kind in registry.kinds.values()})
    if findings:
        first, more = findings[0], len(findings)
        raise PackError(
            f"规则包“{pack.name}”有 {more} 处错误；{first.table}/{first.row}：{first.zh}",
            f"The pack '{pack.name}' has {more} errors; {first.table}/{first.row}: {first.en}",
        )


def handle_choose(tx: Tx, command: Choose) -> dict[str, Any]:
    allowed(command.actor)
    tx.system.settings.pack(command.pack)
    return add(tx, "choice", "pack", command.pack, command.actor, f"new cases are pinned to {command.pack}")


def allowed(actor: Actor) -> None:
    if actor.roles.isdisjoint({"admin", "system"}):
        raise Forbidden("只有系统管理员可以修改规则与日历。", "Only an admin may change rules and calendars.")


def add(tx: Tx, kind: str, name: str, body: str, actor: Actor, reason: str) -> dict[str, Any]:
    # The lock first: of two who install at once the second counts on from the first.
    tx.forget_caches()
    version = tx.execute(NEXT_VERSION, (kind, name))[0]["version"]
    digest = hashlib.sha256(body.encode()).hexdigest()
    row = {"kind": kind, "name": name, "version": version, "body": body, "digest": digest}
    tx.insert("installed", {**row, "installed_at": tx.now, "installed_by": actor.label, "reason": reason})
    return {"kind": kind, "name": name, "version": version, "digest": digest}


HANDLERS: Mapping[type, Callable[..., Any]] = {Install: handle_install, Choose: handle_choose}
