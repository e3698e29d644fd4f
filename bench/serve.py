"""Serves the bare view exactly as the application is served: the same server, the same processes and threads."""

from __future__ import annotations

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server


@click.command()
@click.option("--port", type=int, required=True)
def serve(port: int) -> None:
    Server(
        "bench.bare:app", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=2, blocking_threads=4,
        http=HTTPModes.http1, websockets=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve()
