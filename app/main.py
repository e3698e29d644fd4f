"""The composition root: the one place that knows every part. Nobody imports it but the command line."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, event

from app.api import frame
from app.config import Config
from app.core import bus, fire, reproject, settings, sweep
from app.core import files as attachments
from app.core.actors import SYSTEM
from app.core.ids import IdBlocks
from app.core.registry import Registry
from app.core.secrets import Keyring
from app.core.settings import Settings
from app.core.system import System
from app.hotline import api as hotline_doors
from app.hotline import commands as hotline
from app.hotline import facts as hotline_facts
from app.hotline import handover
from app.hotline import reactions as hotline_reactions
from app.imports import commands as imports
from app.people import commands as people
from app.simulation import found as simulation
from app.web import frame as web
from workflows.definition import load_released

POOL = 8


def registry(engine: Engine) -> Registry:
    kinds = hotline_facts.kinds(engine)
    handlers: dict[Any, Any] = {
        **fire.HANDLERS, **sweep.HANDLERS, **settings.HANDLERS, **reproject.HANDLERS, **attachments.HANDLERS, **people.HANDLERS,
        **hotline.HANDLERS, **imports.HANDLERS, **simulation.HANDLERS,
    }  # fmt: skip
    return Registry({kind.name: kind for kind in kinds}, load_released(), handlers, [*hotline_reactions.REACTIONS, *handover.REACTIONS])


def engine_for(url: str) -> Engine:
    """Sessions speak UTC, end a statement after half a minute, and never leave a transaction lying open."""
    # Commands say themselves where a transaction begins and ends, and readers need none: nothing is left for the pool to undo.
    engine = create_engine(
        url, pool_size=POOL, max_overflow=POOL, pool_recycle=1800, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # Commands name their own plans; what the driver would prepare by itself it also throws away, and ours with it.
        connection.prepare_threshold = None
        connection.autocommit = True
        for setting in ("TimeZone = 'UTC'", "statement_timeout = '30s'", "idle_in_transaction_session_timeout = '30s'"):
            connection.execute(f"SET {setting}")

    return engine


def build(config: Config) -> System:
    """Connects everything; opens no connection by itself."""
    engine = engine_for(config.database_url)
    system = System(
        config=config,
        engine=engine,
        registry=registry(engine),
        keyring=Keyring(config.keys_dir),
        settings=Settings(lambda: installed(system)),
        ids=IdBlocks(lambda sequence: next_block(system, sequence)),
    )
    return system


def installed(system: System) -> tuple[int, list[dict[str, Any]]]:
    with bus.transaction(system, SYSTEM) as tx:
        epoch = tx.query("SELECT epoch FROM installation")[0]["epoch"]
        return epoch, tx.query("SELECT kind, name, version, body FROM installed ORDER BY id")


def next_block(system: System, sequence: str) -> int:
    with bus.transaction(system, SYSTEM) as tx:
        return tx.query("SELECT nextval(%s) AS block", (sequence,))[0]["block"]  # type: ignore[no-any-return]


def create_app(system: System) -> Flask:
    """The web application of one system: the API's frame with every feature's doors, and the pages."""
    app = Flask("citydesk", static_folder=None)
    frame.install(app, system, hotline_doors.doors(system.registry))
    web.install(app)
    return app
