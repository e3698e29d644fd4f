"""What an RQ job may do. A job carries a batch and only ids; the system comes from the worker that runs it."""

from __future__ import annotations

from contextvars import ContextVar

from app.core import outbox
from app.core.sweep import sweep
from app.core.system import System

working: ContextVar[System] = ContextVar("working")


def react(reaction: str, ids: list[int]) -> int:
    return outbox.react(working.get(), reaction, ids)


def sweep_due() -> int:
    return sweep(working.get())
