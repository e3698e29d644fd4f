"""A name of the closed vocabularies means one thing: of two that are called alike the later would silently win."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from workflows.effects import GROUPS as EFFECTS
from workflows.fields import ALL as FIELDS
from workflows.guards import GROUPS as GUARDS


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([each.name for group in GUARDS for each in group], id="guards"),
        pytest.param([each.name for group in EFFECTS for each in group], id="effects"),
        pytest.param([each.name for each in FIELDS], id="fields"),
    ],
)
def test_no_name_is_given_twice(names: Iterable[str]) -> None:
    assert [name for name, times in Counter(names).items() if times > 1] == []
