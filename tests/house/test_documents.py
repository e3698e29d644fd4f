"""What is made from the code is not behind the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.documents import documents
from tests.house.sources import ROOT

MADE = documents()


@pytest.mark.parametrize("path", MADE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_made_document_says_what_the_code_says(path: Path) -> None:
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert written == MADE[path], "run ./citydesk docs"
