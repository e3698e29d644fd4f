"""Every state × trigger × role@relation of the released definitions, against what was looked at and checked in."""

import pytest

from tests.workflows.matrix import GOLDEN, golden_file, matrix, may_try
from workflows.definition import Workflow, load_released


@pytest.mark.parametrize("workflow", load_released().values(), ids=lambda workflow: f"{workflow.name}.v{workflow.version}")
def test_who_may_try_what_is_what_was_checked_in(workflow: Workflow) -> None:
    assert matrix(workflow).splitlines() == golden_file(workflow).read_text(encoding="utf-8").splitlines()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {golden_file(workflow).name for workflow in load_released().values()}


def test_the_three_separate_roles_move_no_case() -> None:
    """Administrator, auditor and security officer look after the system, not after tickets."""
    for workflow in load_released().values():
        for row in workflow.transitions:
            for source in row.sources:
                for role in ("admin", "auditor", "security_officer"):
                    assert not may_try(workflow, source, row.trigger, f"{role}@any"), (row.trigger, role)


def test_only_the_case_below_or_above_acts_by_cause() -> None:
    for name, state, trigger in (("ticket", "dispatched", "sign"), ("ticket", "handling", "reply"), ("assignment", "replied", "finish")):
        workflow = load_released()[name, 1]
        assert may_try(workflow, state, trigger, "system@cause")
        assert not may_try(workflow, state, trigger, "system@any")
        assert not may_try(workflow, state, trigger, "supervisor@centre")
