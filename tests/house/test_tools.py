"""What the tools say of the whole checkout: style, types, and names that nobody uses."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from vulture.core import Vulture

from tests.house.sources import ROOT, everything, python, tree

# A name whose reader is a library and not a line of ours: it is found by its form, never listed one by one.
READ_BY_LIBRARIES = [
    "process_bind_param",
    "process_result_value",
    "cache_ok",
    "impl",
    "downgrade",
    "upgrade",
    "down_revision",
    "revision",
    "branch_labels",
    "depends_on",
    "list_commands",
    "format_commands",
    "get_command",
    "model_config",
    "Meta",
    "unknown",
    "ordered",
    "_*",
    "readable",
    "to_python",
    "to_url",
    "readinto",
]
DECORATED = ["@*.command", "@*.get", "@*.post", "@*.put", "@*.patch", "@*.delete", "@*.route", "@*errorhandler", "@*_request"]
DECORATED += ["@*app_errorhandler", "@validates*", "@pre_load", "@post_load", "@pre_dump", "@post_dump", "@*.template_filter"]
DECORATED += ["@*.context_processor", "@*teardown*", "@*listens_for*", "@*.app_template_filter", "@*.app_template_global"]


def run(*line: str) -> None:
    done = subprocess.run([sys.executable, "-m", *line], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_ruff() -> None:
    run("ruff", "check", "--no-cache", "--quiet", ".")


@pytest.mark.timeout(400)
def test_mypy() -> None:
    run("mypy", *([] if os.access(ROOT, os.W_OK) else ["--cache-dir", os.devnull]))


def test_no_name_without_a_user() -> None:
    """A function, class or method that only tests or nobody calls is dead: it goes, or somebody begins to use it."""
    look = Vulture(ignore_names=READ_BY_LIBRARIES, ignore_decorators=DECORATED)
    look.scavenge([str(path) for path in python("app", "bench", "cli", "migrations", "rules", "workflows")])
    kinds = {"function", "class", "method", "property", "import"}
    told = {node.value for path in python("app", "cli") for node in ast.walk(tree(path)) if is_text(node)}
    # A template uses what Python gives it.
    shown = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in everything() if path.suffix == ".html")))
    found = [
        item.get_report()
        for item in look.get_unused_code(min_confidence=60)
        # A model is used by being there: it is held against the migrated schema. A job is called by its dotted name.
        if item.typ in kinds
        and not (item.filename.is_relative_to(ROOT / "app") and item.typ in ("method", "property") and item.name in shown)
        and not (item.typ == "class" and item.filename.name.endswith("models.py"))
        and f"{'.'.join(item.filename.with_suffix('').relative_to(ROOT).parts)}.{item.name}" not in told
    ]
    assert not found, "\n".join(found)


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_the_lock_file_holds_what_the_project_asks_for() -> None:
    asked = [line.split("#")[0].strip() for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()]
    found = []
    for requirement in (Requirement(line) for line in asked if line):
        if requirement.marker is None or requirement.marker.evaluate():
            installed = version(requirement.name)
            locked = f"\n{requirement.name.lower().replace('_', '-')}=={installed}"
            if locked not in (ROOT / "requirements.lock").read_text(encoding="utf-8") or installed not in requirement.specifier:
                found.append(f"{requirement} is installed as {installed}")
    assert not found, "\n".join(found)
