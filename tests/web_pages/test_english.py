"""Forms and refusals in English: what people wrote says that it is Chinese, and a refusal remembers the language that was clicked."""

from __future__ import annotations

import pytest

from app.main import PAGES
from tests.factories.hotline import Desk
from tests.supervision.office import begin
from tests.web.looks import left_in_chinese
from tests.web_pages.eyes import Eyes
from tests.web_pages.test_cost import ENTRY, REVIEW_BY

WHO = {"admin": "admin", "security_officer": "security", "auditor": "auditor"}
FORMS = sorted(
    (page.path, min(WHO[role] for role in page.roles & WHO.keys()) if page.roles else "admin") for page in PAGES
    if page.method == "GET" and page.path.startswith(("/admin/units/", "/admin/people/", "/admin/tokens/new"))
)  # fmt: skip


def test_the_forms_of_the_administration_leave_nothing_unmarked(desk: Desk) -> None:
    assert len(FORMS) > 12
    for path, who in FORMS:
        named = desk.unit_ids["cgj"] if path.startswith("/admin/units") else desk.user_ids["handler.cgj"]
        told = Eyes(desk, who).open(f"{path.format(id=named)}?lang=en")
        assert '<html lang="en"' in told and left_in_chinese(told) == [], path


def test_writing_and_revising_knowledge_leaves_nothing_unmarked(desk: Desk) -> None:
    entry = begin(desk, "clerk.cgj", "knowledge-entries", **ENTRY, review_by=REVIEW_BY)
    for path in ("/knowledge/new", f"/knowledge/{entry}/revise"):
        assert left_in_chinese(Eyes(desk, "clerk.cgj").open(f"{path}?lang=en")) == [], path


@pytest.mark.parametrize(("path", "status"), [("/nosuch", 404), ("/tickets/1", 404), ("/admin/units", 403)])
def test_a_refusal_remembers_the_language_that_was_clicked(desk: Desk, path: str, status: int) -> None:
    eyes = Eyes(desk, "agent")
    assert '<html lang="zh-CN"' in eyes.open("/inbox")
    refused = eyes.browser.get(f"{path}?lang=en", headers=eyes.headers)
    assert refused.status_code == status and '<html lang="en"' in refused.text
    assert '<html lang="en"' in eyes.open("/inbox")
