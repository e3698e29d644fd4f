"""Doors for those who run the machine: alive, ready, measured. They tell numbers and no person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import psycopg
from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from app.api.meters import Meters, exposition
from app.api.problems import refused_by_database
from app.api.pulse import Pulse
from app.core.system import System

Probe = Callable[[System], Mapping[str, Any]]


def install(app: Flask, system: System, probe: Probe, meters: Meters, pulse: Pulse) -> None:
    def healthz() -> Response:
        """This process answers. It says nothing of others."""
        return _json({"status": "ok"}, 200)

    def readyz() -> Response:
        """Ready when the database answers. Redis away is told and does not make us unready: no legal state waits for it."""
        found = looked(probe, system)
        return _json({"status": "ok" if found["database"] else "unavailable", **found}, 200 if found["database"] else 503)

    def metrics() -> Response:
        """All processes' sums, whoever of them is asked."""
        redis = system.redis if pulse.beat() else None
        return Response(exposition(meters.read(redis), gauges(looked(probe, system))), content_type=_PROMETHEUS)

    for path, view in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_url_rule(path, f"door {path}", _named(path, view), methods=["GET"], provide_automatic_options=False)


_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def looked(probe: Probe, system: System) -> Mapping[str, Any]:
    """What the probe found; a database that cannot even be connected to is an answer too."""
    try:
        return probe(system)
    except (SQLAlchemyError, psycopg.Error) as error:
        if not refused_by_database(error):
            raise
        return {"database": False}


def _named(path: str, view: Callable[[], Response]) -> Callable[[], Response]:
    def enter() -> Response:
        request.environ["citydesk.door"] = f"GET {path}"
        return view()

    return enter


def _json(found: Mapping[str, Any], status: int) -> Response:
    return Response(orjson.dumps(found, default=str), status=status, mimetype="application/json")


def gauges(found: Mapping[str, Any]) -> dict[str, float]:
    """Every number (and every yes or no) of the probe as a gauge."""
    return {f"citydesk_{name}": float(value) for name, value in found.items() if isinstance(value, (bool, int, float))}
