"""What every test stands on. Pure tests load nothing of the application and start no server."""

from __future__ import annotations

import gc
import signal
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parent
PURE = (TESTS / "workflows", TESTS / "rules", TESTS / "parts")
# What takes long comes first and what is over at once comes last, so that no process ends alone with a long one.
FIRST = ("setup", "faults", "simulation", "house", "web")

settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.register_profile("deep", deadline=None, max_examples=2000, database=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="also run the tests that take long")


def pytest_configure(config: pytest.Config) -> None:
    # Whoever is started in the background of a script inherits that interrupts are ignored, and so would all that tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # By default a third of the time of a test that makes an application goes into looking for garbage among what is kept anyway.
    gc.set_threshold(50_000, 20, 20)
    settings.load_profile("deep" if config.getoption("--deep") else "house")
    if not _only_pure(config):
        config.pluginmanager.import_plugin("tests.fixtures.servers")
        config.pluginmanager.import_plugin("tests.fixtures.living")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--deep"):
        long = [item for item in items if item.get_closest_marker("deep")]
        if long:
            config.hook.pytest_deselected(items=long)
            items[:] = [item for item in items if item not in long]
    items.sort(key=place)


def place(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST) + (TESTS / folder in PURE)


def _only_pure(config: pytest.Config) -> bool:
    """Whether every path on the command line lies in a folder of pure tests."""
    chosen = [Path(config.invocation_params.dir, argument.split("::")[0]).resolve() for argument in config.args]
    return all(any(path.is_relative_to(folder) for folder in PURE) for path in chosen)
