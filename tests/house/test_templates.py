"""What pages may not do: say a word in one language only, carry script or style inside, or ask a door that does not exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.config import CHECKOUT
from app.main import PAGES

TEMPLATES = sorted((CHECKOUT / "app").rglob("templates/**/*.html"))
SPOKEN = re.compile(r'\b(?:title|placeholder|aria-label|alt|data-key-name)="([^"]*)"')
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]")


def bare(source: str) -> tuple[str, list[str]]:
    """The text between tags and the spoken attributes, without what Jinja puts there."""
    plain = JINJA.sub("", source)
    spoken = SPOKEN.findall(plain)
    plain = re.sub(r"<!doctype[^>]*>|<!--.*?-->|<kbd>[^<]*</kbd>|<(code)\b[^>]*>[^<]*</code>", "", plain, flags=re.DOTALL | re.I)
    without_tags = re.sub(r"<[^>]*>", "", plain, flags=re.DOTALL)
    # A macro may give attributes instead of text.
    return re.sub(r"""[\w-]+=(?:"[^"]*"|'[^']*')""", "", without_tags), spoken


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_is_said_in_both_languages(path: Path) -> None:
    text, spoken = bare(path.read_text(encoding="utf-8"))
    assert not [line.strip() for line in text.splitlines() if WORD.search(line)]
    assert not [each for each in spoken if WORD.search(each)]


CHIP = re.compile(r"\bleft\(((?:[^()]|\([^()]*\))*)\)")
# Deadlines without a walk to print, by template.
NO_WALK = {
    ("ticket/clock.html", "walk.due_at"): "this page is the walk",
    ("supervision/matters-rows.html", "row.next_milestone_at"): "a person has set the date of a milestone",
    ("supervision/matter.html", "one.due_at"): "the same",
    ("supervision/meeting.html", "task.due_at"): "those who met have set the date of a task",
}  # fmt: skip


def test_one_click_on_a_deadline_prints_its_walk() -> None:
    without = {
        ("/".join(path.parts[-2:]), given) for path in TEMPLATES for given in CHIP.findall(path.read_text(encoding="utf-8"))
        if "href=" not in given and "clocks=" not in given
    }  # fmt: skip
    assert without == NO_WALK.keys()


def test_a_template_with_a_bare_word_is_found() -> None:
    assert WORD.search(bare("<p>{{ x }} 派单</p>")[0])
    assert WORD.search(bare('<input placeholder="Name">')[1][0])
    assert not WORD.search(bare("<p class='a'>{{ t('派单', 'Dispatch') }} <kbd>d</kbd></p>")[0])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_inside_that_the_content_policy_refuses(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "script is a file of its own"
    assert not re.search(r"\sstyle=|<style", source), "style is in the style sheet"
    assert not re.search(r"\son[a-z]+=", source), "handlers are set by script files"
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", source), "nothing leaves the host"


def test_template_names_are_unique() -> None:
    names = [str(path).split("/templates/", 1)[1] for path in TEMPLATES]
    assert sorted(set(names)) == sorted(names)


def asked_doors() -> set[tuple[str, str, str]]:
    """(file, method, path) of each door that a page's code names in plain text."""
    found = set()
    for path in (CHECKOUT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
                continue
            if node.func.value.id != "look" or node.func.attr not in ("get", "post", "upload") or not node.args:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                method = {"get": "GET", "post": "POST", "upload": "POST"}[node.func.attr]
                method = next((word.value.value for word in node.keywords if word.arg == "method"), method)  # type: ignore[attr-defined]
                found.add((path.name, method, first.value))
    return found


def test_every_door_that_a_page_asks_exists(client: FlaskClient) -> None:
    hung = {f"{method} {rule.rule}" for rule in client.application.url_map.iter_rules() for method in rule.methods or ()}
    known = {re.sub(r"<\w+:(\w+)>", r"{\1}", each) for each in hung}
    assert asked_doors()
    assert not [asked for asked in asked_doors() if f"{asked[1]} /api/v1{asked[2]}" not in known]


def test_no_page_is_hung_twice() -> None:
    names = [(page.method, page.path) for page in PAGES]
    assert len(names) == len(set(names))
