"""Chunks are replayed here or in several processes, each with a system of its own; the answers come back in the order of the file."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread

from app.config import Config
from app.core.system import System
from app.imports.chunk import Done, Order, Replayer
from app.imports.planned import Plan

# Two chunks for each process: one in work and one waiting; more would only hold memory.
AHEAD = 2
Build = Callable[[Config], System]
Replay = Callable[[Iterable[list[Plan]]], Iterator[Done]]

_here: list[Replayer] = []


@contextmanager
def replaying(system: System, order: Order, build: Build, processes: int) -> Iterator[Replay]:
    """A function from chunks to what became of them."""
    if processes == 1:
        replayer = Replayer(system, order)
        yield lambda chunks: map(replayer.do, chunks)
        return
    # A fresh interpreter: a forked one would share this process's connections.
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (build, system.config, order)) as pool:
        yield lambda chunks: _in_order(pool, chunks, processes * AHEAD)


def _in_order(pool: ProcessPoolExecutor, chunks: Iterable[list[Plan]], ahead: int) -> Iterator[Done]:
    waiting: deque[Future[Done]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_do, chunk))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _begin(build: Build, config: Config, order: Order) -> None:
    """Ctrl-C is the parent's to answer: a chunk in work is finished. Without the parent there is nobody to answer to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _here.append(Replayer(build(config), order))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _do(chunk: list[Plan]) -> Done:
    return _here[0].do(chunk)
