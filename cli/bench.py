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
}


@click.command()
@click.argument("name", type=click.Choice(list(MEASUREMENTS)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--rows", default=1_000_000, show_default=True, type=click.IntRange(0, 5_000_000), help="Rows that are there before.")
@click.option("--seconds", default=10, show_default=True, type=click.IntRange(1, 120), help="How long each run takes.")
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(1, 9), help="Runs; the median counts.")
def command(name: str, as_json: bool, rows: int, seconds: int, repeats: int) -> None:
    """Measure NAME on servers of its own: bus, transitions, clocks, import, the parts of one transition, or the reads of the overview."""
    found = {"name": name, **MEASUREMENTS[name](rows, seconds, repeats), "machine": machine()}
    if as_json:
        print(json.dumps(found))
        return
    width = max(len(key) for key in found)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):<{width}}  {value}")
