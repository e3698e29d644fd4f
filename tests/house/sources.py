"""What the rules of the house are read from: the files of the checkout themselves, with or without git."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
PURE = ("rules", "workflows")
ROOMS = ("app", "cli", *PURE)


@cache
def everything() -> tuple[Path, ...]:
    """Every file that belongs to the project."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in NOT_OURS or entry.name.startswith((".venv", ".import_linter")) or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def python(*folders: str) -> list[Path]:
    """The Python files under some folders of the checkout; a folder that is not there yet has none."""
    return [path for path in everything() if path.suffix == ".py" and named(path).split("/")[0] in folders]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def at(path: Path, node: ast.AST) -> str:
    return f"{named(path)}:{getattr(node, 'lineno', 1)}"


def imported(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module that a file names in an import, as a dotted path including the name taken from it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain, as far as it can be read."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
