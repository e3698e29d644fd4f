"""One measurement at a time, as a table or as JSON, each beside a yardstick taken in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from bench.imports import measure as measure_import
from bench.inprocess import measure as measure_bus
from bench.overhttp import measure as measure_transitions
from bench.overview import measure as measure_overview
from bench.pages import measure as measure_pages
from bench.parts import measure as measure_parts
from bench.report import machine
from bench.sweeps import measure as measure_clocks

MEASUREMENTS: Mapping[str, Callable[[int, int, int], dict[str, Any]]] = {
    "bus": measure_bus,
    "transitions": measure_transitions,
    "clocks": measure_clocks,
    "import": measure_import,
    "parts": measure_parts,
    "overview": measure_overview,
    "pages": measure_pages,
}


# How many rows are there before unless somebody says.
BEFORE = {"pages": 0}


@click.command()
@click.argument("name", type=click.Choice(list(MEASUREMENTS)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--rows", "--tickets", type=click.IntRange(0, 5_000_000),
    help="Rows that are there before: 1000000, of pages none but a demonstration's.",
)  # fmt: skip
@click.option("--seconds", default=10, show_default=True, type=click.IntRange(1, 120), help="How long each run takes.")
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(1, 9), help="Runs; the median counts.")
def command(name: str, as_json: bool, rows: int | None, seconds: int, repeats: int) -> None:
    """Measure NAME on servers of its own: bus, transitions, clocks, import, the parts of one transition, the reads of the overview, or
    pages."""
    before = rows if rows is not None else BEFORE.get(name, 1_000_000)
    found = {"name": name, **MEASUREMENTS[name](before, seconds, repeats), "machine": machine()}
    if as_json:
        print(json.dumps(found))
        return
    width = max(len(key) for key in found)
    for key, value in found.items():
        for line in lines(value):
            print(f"{key.replace('_', ' '):<{width}}  {line}")


def lines(value: Any) -> list[str]:
    """A list of measurements is a line for each."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ["  ".join(f"{name} {part}" for name, part in each.items()) for each in value]
    return [str(value)]
