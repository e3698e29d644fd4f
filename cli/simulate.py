"""A district's life on a moved clock, ended by a check of every invariant: exit 0 when all hold, 1 with the first that does not."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

import click

from app.clock import local
from app.main import build
from app.simulation.drive import Progress, Ways
from app.simulation.run import Report, simulate
from cli import stores

EVERY = 2.0


class Watch:
    """Says every two seconds how far it is; the first Ctrl-C lets the step end, the second one does not."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.said_at = 0.0
        self.asked = False

    def say(self, progress: Progress) -> None:
        if time.monotonic() - self.said_at < EVERY:
            return
        self.said_at = time.monotonic()
        rate = progress.acts / progress.seconds if progress.seconds else 0.0
        told = f"{local(progress.now):%Y-%m-%d %H:%M}  工单 tickets {len(progress.born):,}  操作 commands {progress.acts:,}  {rate:,.0f}/s"
        click.echo(told, err=True)

    def interrupted(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        click.echo("正在收尾…… stopping after this step ...", err=True)

    def stop(self) -> bool:
        return self.asked


@click.command()
@click.option("--days", required=True, type=click.IntRange(1, 366), help="How many days demands arrive.")
@click.option("--per-day", required=True, type=click.IntRange(1, 20_000), help="How many a day, on average.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same life.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 16), help="How many processes drive the tickets.")
def command(days: int, per_day: int, seed: int, processes: int) -> int:
    """Drive tickets through their whole life on a moved clock, through the same door as people; check every invariant."""
    watch = Watch(days)
    with stores.system("simulate") as system:
        signal.signal(signal.SIGINT, watch.interrupted)
        signal.signal(signal.SIGTERM, watch.interrupted)
        report = simulate(system, build, days, per_day, seed, Ways(processes, watch=watch.say, stop=watch.stop))
        labels = {name: state.label_zh for name, state in system.registry.latest["ticket"].states.items()}
    if watch.asked:
        click.echo(f"已中断 interrupted at {local(report.progress.now):%Y-%m-%d %H:%M}", err=True)
    tell(report, labels)
    for finding in report.broken:
        click.echo(f"不变量被破坏 broken: {finding.law}: {finding.broken}", err=True)
    return 1 if report.broken else 0


def tell(report: Report, labels: dict[str, str]) -> None:
    season, progress, written = report.season, report.progress, report.written
    print(f"season {local(season.start):%Y-%m-%d} to {local(progress.now):%Y-%m-%d %H:%M}, seed {season.seed}")
    for state, label in labels.items():
        print(f"  {state:<12} {report.states.get(state, 0):>8,}  {label}")
    print(f"tickets {len(progress.born):,}, assignments {written['assignments']:,}, commands {progress.acts:,}")
    print(f"transitions {written['transitions']:,}, rungs {written['rungs']:,}, in {progress.seconds:,.1f} s")
    rate = written["transitions"] / progress.seconds
    print(f"transitions per second {rate:,.0f}; commands per second {progress.acts / progress.seconds:,.0f}")
    print("rates asked / reached: " + ", ".join(f"{rate.name} {rate.asked:.1%} / {rate.reached:.1%}" for rate in report.rates))
    whole = len(report.findings)
    print(f"invariants {whole - len(report.broken)} of {whole} hold")
    sys.stdout.flush()
