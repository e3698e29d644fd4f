"""The operator's view of definitions: what is listed, proved, drawn and locked."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli.workflows
from app.errors import Refused
from cli.workflows import command
from workflows.definition import DEFINITIONS, load_released, locked
from workflows.diagram import mermaid


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of definitions of one's own, with ticket.v1 released and assignment.v1 still being written."""
    for path in DEFINITIONS.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "released.lock").write_text(f"ticket.v1 {locked()['ticket.v1']}\n", encoding="utf-8")
    monkeypatch.setattr(cli.workflows, "DEFINITIONS", tmp_path)
    monkeypatch.setattr(cli.workflows, "LOCK", tmp_path / "released.lock")
    return tmp_path


def test_list_names_every_released_definition() -> None:
    lines = run("list").output.splitlines()
    assert [line.split()[0] for line in lines] == [f"{name}.v{version}" for name, version in sorted(load_released())]


def test_check_finds_nothing_in_what_is_shipped() -> None:
    result = run("check")
    assert result.exit_code == 0 and result.output == f"{len(load_released())} definitions, nothing found\n"


def test_diagram_draws_by_name_and_by_version() -> None:
    first, second = (mermaid(load_released()["assignment", version]) for version in (1, 2))
    assert run("diagram", "assignment.v1").output == first != second
    assert run("diagram", "assignment").output == run("diagram", "assignment.v2").output == second


def test_a_diagram_of_nothing_is_refused() -> None:
    error = run("diagram", "assignement").exception
    assert isinstance(error, Refused) and error.en == "No definition is called assignement."


def test_releasing_locks_the_file_as_it_stands(folder: Path) -> None:
    assert run("release", "assignment.v1").exit_code == 0
    assert locked(folder / "released.lock") == {name: locked()[name] for name in ("assignment.v1", "ticket.v1")}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ticket.v1", "ticket.v1 is released already: write the next version instead."),
        ("ticket.v9", "There is no file ticket.v9.toml among the definitions."),
        ("assignment.v2", "assignment.v2.toml calls itself assignment.v1."),
        ("broken.v1", "The definition does not load: broken.v1: file: kind is missing"),
    ],
)
def test_what_cannot_be_released_leaves_the_lock_alone(folder: Path, name: str, sentence: str) -> None:
    (folder / "assignment.v2.toml").write_bytes((folder / "assignment.v1.toml").read_bytes())
    (folder / "broken.v1.toml").write_text('name = "broken"\nversion = 1\n', encoding="utf-8")
    before = (folder / "released.lock").read_bytes()
    error = run("release", name).exception
    assert isinstance(error, Refused) and error.en == sentence
    assert (folder / "released.lock").read_bytes() == before
