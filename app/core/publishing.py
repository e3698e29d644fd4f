"""What an administrator puts in force from the console: a pack, the choice of one, a year of the calendar, each with the reason why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.bus import Result
from app.core.registry import Chore
from app.core.reproject import NEWEST, publish, read
from app.core.settings import Choose, Install, allowed, handle_choose, handle_install
from app.core.system import System
from app.core.tx import Tx
from app.core.works import ask, working
from app.errors import Conflict, IllFormed, Refused
from rules import packs
from rules.errors import RuleError

BODY = "SELECT body FROM installed WHERE kind = 'calendar' AND name = %s AND version = %s"
LAST = "SELECT version, digest FROM installed WHERE kind = %s AND name = %s ORDER BY version DESC LIMIT 1"
PUBLISHING = "publish"
LEAST_REASON = 4


@dataclass(frozen=True, slots=True)
class InstallPack:
    """The next version of the pack that the text names. New cases follow it only when it is chosen. `against`, here and below: the
    newest version that its writer has seen, 0 when there was none; what was put in force meanwhile is not undone unread."""

    actor: Actor
    text: str
    reason: str
    against: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ChoosePack:
    actor: Actor
    pack: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class PublishYear:
    """The year is in force at once; the running limits that reach into it are reckoned anew by a tick process."""

    actor: Actor
    text: str
    reason: str
    against: int | None = None
    key: str | None = None


def handle_pack(tx: Tx, command: InstallPack) -> Result:
    allowed(command.actor)
    reason = given(command.reason)
    try:
        name = packs.header(command.text).name
    except RuleError as error:
        raise IllFormed(error.zh, error.en) from error
    another(tx, "pack", name, command)
    return told(handle_install(tx, Install(command.actor, "pack", name, command.text, reason)))


def handle_chosen(tx: Tx, command: ChoosePack) -> Result:
    name, _, version = command.pack.rpartition("@")
    if not version.isdecimal() or (name, int(version)) not in tx.system.settings.versions("pack"):
        raise IllFormed(f"没有安装规则包 {command.pack}。", f"No pack {command.pack} is installed.")
    if tx.system.settings.current_pack == command.pack:
        raise Conflict("新工单已经使用该规则包。", "New tickets follow this pack already.")
    return told(handle_choose(tx, Choose(command.actor, command.pack)))


def handle_year(tx: Tx, command: PublishYear) -> Result:
    allowed(command.actor)
    reason = given(command.reason)
    year = read(tx.system, command.text)
    name = f"{year.series}-{year.year}"
    another(tx, "calendar", name, command)
    row = handle_install(tx, Install(command.actor, "calendar", name, command.text, reason))
    ask(tx, f"{PUBLISHING} {name}@{row['version']}")
    return told(row)


def given(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise Refused(f"请写明理由（不少于 {LEAST_REASON} 个字）。", f"Give a reason of at least {LEAST_REASON} characters.")
    return reason.strip()


def another(tx: Tx, kind: str, name: str, command: InstallPack | PublishYear) -> None:
    # The lock first: of two who send at once the second has not seen what the first sent.
    tx.forget_caches()
    newest = tx.query(LAST, (kind, name))
    if newest and newest[0]["digest"] == hashlib.sha256(command.text.encode()).hexdigest():
        raise Conflict("内容与最新版本完全相同。", "The text is that of the newest version.")
    version = newest[0]["version"] if newest else 0
    if command.against is not None and command.against != version:
        raise Conflict(
            f"您打开后，他人已装入第 {version} 版；请核对与它的差别，再提交一次。",
            f"Version {version} has been installed since you opened this; see how yours differs from it, then send it again.",
        )


def told(row: Mapping[str, Any]) -> Result:
    """Settings are no cases: they have no id of their own."""
    detail = {name: row[name] for name in ("name", "version", "digest")}
    return Result(case_id=0, kind=row["kind"], root_id=0, state="installed", version=row["version"], detail=detail)


def publish_asked(system: System) -> None:
    """The limits of a year that was published since; a later version of the same year does the work of an earlier one."""
    with working(system, PUBLISHING) as work:
        if work is None:
            return
        name, _, version = work.name.removeprefix(f"{PUBLISHING} ").rpartition("@")
        with work.reading() as tx:
            body, newest = tx.query(BODY, (name, int(version)))[0]["body"], tx.query(NEWEST, (name,))[0]["version"]
        system.settings.refresh()
        if newest == int(version):
            done = publish(system, SYSTEM, body, work.progress)
            work.finish({"reprojected": done["reprojected"], "set_aside": done["set_aside"]})
        else:
            work.finish({"replaced_by": newest})


CHORES = (Chore("publish_asked", 2.0, publish_asked),)
HANDLERS: Mapping[type, Any] = {InstallPack: handle_pack, ChoosePack: handle_chosen, PublishYear: handle_year}
