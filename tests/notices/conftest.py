"""A small district, and other sides that really listen: an SMS gateway, a work chat and a mail server on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.core.system import System
from tests.notices.sides import Gateway, MailServer


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def configured(system: System) -> Callable[..., None]:
    """Gives the system its channels, as the environment would have."""

    def give(**settings: object) -> None:
        given = {"public_url": "https://12345.example", "timeout": 2.0, **settings}
        system.config = replace(system.config, channels=replace(system.config.channels, **given))

    return give
