"""The processes that drive the tickets: told what to do at each step, waited for at its end, gone when whoever leads them is gone."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol

from sqlalchemy import event

from app.config import Config
from app.core import outbox
from app.core.system import System
from app.errors import Unavailable
from app.simulation.office import News
from app.simulation.shard import Part, Shard, Told, open_shard

Build = Callable[[Config], System]
# What a power cut takes from a simulation is simulated again: no commit waits for the disk.
SETTING = "SET synchronous_commit = off"


class Crew(Protocol):
    """What the driver asks of its processes; each question is answered when all have done their part."""

    def step(self, now: datetime, news: list[News]) -> list[Told]: ...
    def drain(self) -> int: ...


@dataclass
class Alone:
    """Everything in this process."""

    system: System
    shard: Shard

    def step(self, now: datetime, news: list[News]) -> list[Told]:
        return [self.shard.step(now, news)]

    def drain(self) -> int:
        return drain(self.system)


@dataclass
class Several:
    """One pipe to each process."""

    pipes: list[Connection]

    def ask(self, question: str, *words: Any) -> list[Any]:
        try:
            for pipe in self.pipes:
                pipe.send((question, *words))
            answers = [pipe.recv() for pipe in self.pipes]
        except (EOFError, ConnectionError) as error:
            raise Unavailable("一个模拟进程中断。", "A process of the simulation ended by itself.") from error
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def step(self, now: datetime, news: list[News]) -> list[Told]:
        return self.ask("step", now, news)

    def drain(self) -> int:
        return sum(self.ask("drain"))


def drain(system: System) -> int:
    """Does the reactions that are owed now."""
    done = 0
    while leased := outbox.lease(system):
        for (reaction, _), ids in leased.items():
            for start in range(0, len(ids), outbox.CHUNK):
                done += outbox.react(system, reaction, ids[start : start + outbox.CHUNK])
    return done


def steady(system: System) -> System:
    """From the next connection on, this process does not wait for the disk."""

    @event.listens_for(system.engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.execute(SETTING)

    system.engine.dispose()
    return system


@contextmanager
def crew(system: System, build: Build, part: Part, processes: int) -> Iterator[Crew]:
    """As many processes as asked for; one means this one."""
    steady(system)
    if processes == 1:
        yield Alone(system, open_shard(system, part))
        return
    # A fresh interpreter: a forked one would share this process's connections.
    context = get_context("spawn")
    pipes, hands = [], []
    for index in range(processes):
        ours, theirs = context.Pipe()
        mine = replace(part, index=index, of=processes)
        hand = context.Process(target=serve, args=(theirs, build, system.config, mine), daemon=True)
        hand.start()
        theirs.close()
        pipes.append(ours)
        hands.append(hand)
    try:
        several = Several(pipes)
        several.ask("ready")
        yield several
    finally:
        for pipe in pipes:
            pipe.close()
        for hand in hands:
            hand.join(30)


def serve(pipe: Connection, build: Build, config: Config, part: Part) -> None:
    """One process: answers until its pipe is closed. Ctrl-C is for whoever leads, who then lets us finish the step."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    system = steady(build(config))
    try:
        shard = open_shard(system, part)
        alone = Alone(system, shard)
        while True:
            question, *words = pipe.recv()
            pipe.send(answered(alone, question, words))
    except (EOFError, ConnectionError):
        return
    finally:
        system.close()


def answered(alone: Alone, question: str, words: list[Any]) -> Any:
    """An error travels back as an answer: who leads decides what to say of it."""
    try:
        match question:
            case "step":
                return alone.shard.step(words[0], words[1])
            case "drain":
                return alone.drain()
        return None
    except Exception as error:  # noqa: BLE001 - whatever went wrong here is raised again in the process that leads.
        return Unavailable("模拟进程出错。", f"A process of the simulation failed: {type(error).__name__}: {error}")
