"""Who may import whom."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys

from tests.house.sources import PURE, ROOT, at, imported, python, tree

ALL = ("app", "bench", "cli", "migrations", "rules", "tests", "workflows")
# The doors of a feature and what it alone may know; its verbs, its reads and its pure helpers are for others too.
HIDDEN = {"api", "facts", "pages", "reactions", "schemas"}


def test_the_contracts_in_setup_cfg_hold() -> None:
    """In a process of its own: the tool sets logging up for itself and silences every logger that is there."""
    line = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*line, "--config", str(ROOT / "setup.cfg"), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_no_import_inside_a_function() -> None:
    found = []
    for path in python(*ALL):
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found += [at(path, inner) for inner in ast.walk(node) if isinstance(inner, (ast.Import, ast.ImportFrom))]
    assert not found, "\n".join(found)


def test_modules_are_loaded_by_name_in_one_place_only() -> None:
    found = [at(path, node) for path in python("app", "cli", *PURE) for node, name in imported(path) if name == "importlib.import_module"]
    found += [
        at(path, node)
        for path in python("app", "cli", *PURE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("import_module", "__import__") and path != ROOT / "cli" / "__main__.py"
    ]
    assert not found, "\n".join(found)


def test_rules_stand_on_the_standard_library_and_workflows_on_one_package_more() -> None:
    allowed = set(sys.stdlib_module_names)
    found = []
    for path in python(*PURE):
        own = path.relative_to(ROOT).parts[0]
        machine = {"transitions"} if path == ROOT / "workflows" / "machine.py" else set()
        found += [f"{at(path, node)} {name}" for node, name in imported(path) if name.split(".")[0] not in allowed | machine | {own}]
    assert not found, "\n".join(found)


def test_a_feature_keeps_its_doors_to_itself() -> None:
    """The order of the features is a contract in setup.cfg; this is about what may be taken from an earlier one."""
    found = []
    for path in python("app"):
        parts = path.relative_to(ROOT / "app").parts
        if len(parts) < 2 or parts[0] not in features():
            continue
        for node, name in imported(path):
            room = name.split(".")
            if room[0] == "app" and room[1] in features() - {parts[0]} and room[2] in HIDDEN:
                found.append(f"{at(path, node)} {name}")
    assert not found, "\n".join(found)


def features() -> set[str]:
    """The optional layers above the frames in the first contract."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = settings["importlinter:contract:rooms"]["layers"].split("\n")
    names = [line.strip(" ()") for line in layers if line.strip()]
    frames = next(index for index, line in enumerate(names) if "|" in line and "api" in line)
    return set(names[1:frames])
