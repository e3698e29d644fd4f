"""What the commands about rules share: the shipped packs by name, and a rule's refusal in the words of the house."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from app.core.registry import Registry
from app.errors import Refused
from app.main import registry
from rules.errors import RuleError
from rules.packs import Pack, load_shipped_packs

NOWHERE = "postgresql+psycopg://nobody@localhost/none"


@contextmanager
def refusing() -> Iterator[None]:
    """A rule that cannot be used is a refusal, not a crash."""
    try:
        yield
    except RuleError as error:
        raise Refused(error.zh, error.en) from error


def known_kinds() -> Registry:
    """The kinds and definitions of this release; nothing is asked of a database."""
    return registry(create_engine(NOWHERE))


def pack_called(name: str) -> Pack:
    packs = load_shipped_packs()
    if name not in packs:
        known = ", ".join(sorted(packs))
        raise Refused(f"没有名为 {name} 的规则包；现有：{known}。", f"No pack is called {name}; there are: {known}.")
    return packs[name]
