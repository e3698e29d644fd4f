"""What was released stays as it was: the lock, the shipped definitions, and everything `check` can prove about them."""

from pathlib import Path

import pytest

from workflows.check import check
from workflows.definition import DEFINITIONS, DefinitionError, check_released, load_released, locked
from workflows.diagram import mermaid
from workflows.machine import facts_needed


def shipped(tmp_path: Path) -> Path:
    for path in DEFINITIONS.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_nothing_is_found_in_what_is_released() -> None:
    assert check(load_released().values()) == []


def test_every_file_is_in_the_lock_and_every_line_of_the_lock_is_a_file() -> None:
    assert locked().keys() == {path.stem for path in DEFINITIONS.glob("*.toml")}
    assert locked() == {f"{name}.v{version}": workflow.digest for (name, version), workflow in load_released().items()}


def test_a_released_file_that_changed_does_not_load(tmp_path: Path) -> None:
    path = shipped(tmp_path) / "ticket.v1.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# one more comment\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="ticket.v1: file: was changed after its release"):
        check_released(tmp_path, locked())


def test_a_released_file_that_is_gone_is_missed(tmp_path: Path) -> None:
    (shipped(tmp_path) / "assignment.v1.toml").unlink()
    with pytest.raises(DefinitionError, match="assignment.v1: file: was released and is gone"):
        check_released(tmp_path, locked())


def test_a_file_that_was_never_released_does_not_load(tmp_path: Path) -> None:
    released = {name: digest for name, digest in locked().items() if name != "ticket.v1"}
    with pytest.raises(DefinitionError, match="ticket.v1: file: is not released"):
        check_released(shipped(tmp_path), released)


def test_a_file_under_another_name_does_not_load(tmp_path: Path) -> None:
    (shipped(tmp_path) / "ticket.v1.toml").rename(tmp_path / "ticket.v2.toml")
    digests = locked()
    digests["ticket.v2"] = digests.pop("ticket.v1")
    with pytest.raises(DefinitionError, match="ticket.v2: file: calls itself ticket.v1"):
        check_released(tmp_path, digests)


def test_the_diagram_shows_every_state_and_every_trigger() -> None:
    workflow = load_released()["ticket", 1]
    drawn = mermaid(workflow)
    assert drawn.startswith("stateDiagram-v2\n")
    assert "    [*] --> registered_: register\n" in drawn and "    archived_ --> [*]\n" in drawn
    assert "    replied_ --> handling_: send_back\n" in drawn and "    accepted_ --> dispatched_: dispatch\n" in drawn
    for state in workflow.states.values():
        assert f'state "{state.label_zh} {state.label_en}" as {state.name}_' in drawn
    for row in workflow.transitions:
        assert row.trigger in drawn


def test_an_edge_asks_for_the_facts_of_all_its_branches_and_no_others() -> None:
    ticket = load_released()["ticket", 1]
    assert facts_needed(ticket, "accepted", "dispatch") == {
        "row", "now", "actor_id", "active_unit_ids", "complained_unit_ids",
    }  # fmt: skip
    assert facts_needed(ticket, "dispatched", "sign") == frozenset()
    assert facts_needed(ticket, "closed", "dispatch") == frozenset()
