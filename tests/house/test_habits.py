"""The habits that a reader relies on: one clock, one place of commits, small files that say what they are for."""

from __future__ import annotations

import ast
import re

from tests.house.sources import ROOMS, ROOT, at, dotted, everything, named, python, tree

CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# Where a transaction may begin and end: the bus, and the claim loops that take many rows at once.
TRANSACTIONS = {"app/core/bus.py"}
LONGEST = 300


def test_only_the_clock_reads_the_time() -> None:
    found = [
        f"{at(path, node)} {dotted(node)}"
        for path in python(*ROOMS)
        if path != ROOT / "app" / "clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCKS
    ]
    assert not found, "\n".join(found)


def test_transactions_begin_and_end_in_one_place() -> None:
    found = [
        f"{at(path, node)} {dotted(node.func)}"
        for path in python("app")
        if named(path) not in TRANSACTIONS and not named(path).startswith("app/jobs/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "begin", "begin_nested", "rollback")
    ]
    assert not found, "\n".join(found)


def test_no_file_grows_past_what_can_be_read_at_once() -> None:
    found = []
    for path in python("app", "bench", "cli", "migrations", "rules", "workflows"):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST:
            found.append(f"{named(path)}: {lines} lines")
    assert not found, "\n".join(found)


def test_every_module_states_its_law_in_one_line() -> None:
    found = []
    for path in python(*ROOMS, "bench", "migrations"):
        law = ast.get_docstring(tree(path), clean=False)
        if not law or "\n" in law.strip():
            found.append(named(path))
    assert not found, "\n".join(found)


def test_no_file_names_a_machine_or_a_registry() -> None:
    """The parts are put together here, so that this file does not find itself."""
    hosts = ("pyp" + "i.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "deb" + ".debian.org", "tuna.tsing" + "hua")
    paths = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]+/")
    pattern = re.compile("|".join([*map(re.escape, hosts), *paths]))
    found = []
    for path in everything():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "ignore").split("\n"), start=1):
            if pattern.search(line):
                found.append(f"{named(path)}:{number}")
    assert not found, "\n".join(found)
