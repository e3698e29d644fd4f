"""What answers for long waits for no search through what it was loaded with; and how the time of answers is told."""

from __future__ import annotations

import gc

import pytest

from app.core.system import System
from app.main import create_lasting
from bench.pages import percentile


def test_what_is_loaded_is_left_out_of_every_search_for_garbage(system: System) -> None:
    before = gc.get_freeze_count()
    try:
        client = create_lasting(system).test_client()
        assert gc.get_freeze_count() > before + 50_000
        assert client.get("/healthz").status_code == 200
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(("many", "share", "which"), [(20, 95, 19), (40, 95, 38), (40, 50, 20), (1, 95, 1), (3, 50, 2)])
def test_a_percentile_is_the_first_that_so_many_do_not_exceed(many: int, share: int, which: int) -> None:
    assert percentile([float(number) for number in range(1, many + 1)], share) == which
