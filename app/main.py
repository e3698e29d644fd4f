"""The composition root: the one place that knows every part. Nobody imports it but the command line."""

from __future__ import annotations

import gc
from dataclasses import replace
from select import POLLIN, poll
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from werkzeug.middleware.proxy_fix import ProxyFix

from app.api import frame
from app.api.feature import Feature
from app.api.limits import Rates
from app.config import Config
from app.core import files as attachments
from app.core import fire, publishing, reproject, rungs, settings, verifying
from app.core.ids import IdBlocks
from app.core.registry import Registry
from app.core.secrets import Keyring
from app.core.settings import Settings
from app.core.system import System
from app.duty import api as duty_doors
from app.duty import facts as duty_facts
from app.duty import pages as duty_pages
from app.hotline import api as hotline_doors
from app.hotline import categories, exporting, handover, linking
from app.hotline import commands as hotline
from app.hotline import facts as hotline_facts
from app.hotline import reactions as hotline_reactions
from app.hotline.boundaries import api as boundary_doors
from app.hotline.boundaries import commands as boundaries
from app.hotline.boundaries import pages as boundary_pages
from app.hotline.callbacks import api as callback_doors
from app.hotline.callbacks import commands as callbacks
from app.hotline.callbacks import kinds as callback_kinds
from app.hotline.callbacks import pages as callback_pages
from app.hotline.co_requests import api as co_request_doors
from app.hotline.co_requests import commands as co_requests
from app.hotline.co_requests import facts as co_request_facts
from app.hotline.co_requests import pages as co_request_pages
from app.hotline.co_requests import reactions as co_request_reactions
from app.hotline.desks import composing, dispatch, handling, intake, picking, reference, search, ticket, unit
from app.hotline.groups import pages as group_pages
from app.hotline.handling import api as handling_doors
from app.hotline.handling import kinds as handling_kinds
from app.hotline.returns import api as returns_doors
from app.hotline.returns import facts as returns_facts
from app.hotline.returns import offering as returns
from app.hotline.returns import pages as returns_pages
from app.hotline.returns import unit_pages
from app.hotline.review import pages as review_pages
from app.hotline.vocabulary import VOCABULARY
from app.imports import commands as imports
from app.knowledge import api as knowledge_doors
from app.knowledge import commands as knowledge
from app.knowledge import facts as knowledge_facts
from app.knowledge import pages as knowledge_pages
from app.knowledge import reactions as knowledge_reactions
from app.notices import api as notice_doors
from app.notices import chores as notice_chores
from app.notices import commands as notices
from app.notices import pages as notice_pages
from app.notices import reactions as notice_reactions
from app.overview import api as overview_doors
from app.overview import folding
from app.overview import pages as overview_pages
from app.people import commands as people
from app.portal import pages as portal
from app.simulation import found as simulation
from app.supervision import api as supervision_doors
from app.supervision import commands as supervision
from app.supervision import facts as supervision_facts
from app.supervision import pages as supervision_pages
from app.supervision import reactions as supervision_reactions
from app.web import admin
from app.web import frame as web
from workflows.definition import load_released

POOL, SIDE = 8, 2


CORE: dict[Any, Any] = {
    **fire.HANDLERS, **rungs.HANDLERS, **settings.HANDLERS, **reproject.HANDLERS, **attachments.HANDLERS, **people.HANDLERS,
    **publishing.HANDLERS, **verifying.HANDLERS,
}  # fmt: skip
# In the order in which they may know each other: a later one may import an earlier one.
FEATURES = (
    Feature(
        hotline_facts.kinds, {**hotline.HANDLERS, **categories.HANDLERS}, (*hotline_reactions.REACTIONS, *handover.REACTIONS),
        hotline_doors.doors,
    ),
    Feature(handlers=exporting.HANDLERS, doors=exporting.doors),
    Feature(callback_kinds.kinds, callbacks.HANDLERS, doors=callback_doors.doors),
    Feature(handling_kinds.kinds, doors=handling_doors.doors),
    Feature(returns_facts.kinds, returns.HANDLERS, doors=returns_doors.doors, facts=returns_facts.LENT),
    Feature(co_request_facts.kinds, co_requests.HANDLERS, co_request_reactions.REACTIONS, co_request_doors.doors),
    Feature(linking.kinds, linking.HANDLERS, linking.REACTIONS, linking.doors, chores=linking.CHORES),
    Feature(handlers=boundaries.HANDLERS, doors=boundary_doors.boundary_doors),
    Feature(handlers=imports.HANDLERS),
    Feature(supervision_facts.kinds, supervision.HANDLERS, supervision_reactions.REACTIONS, supervision_doors.doors),
    Feature(knowledge_facts.kinds, knowledge.HANDLERS, knowledge_reactions.REACTIONS, knowledge_doors.doors, knowledge_facts.LENT),
    Feature(
        handlers=notices.HANDLERS, reactions=notice_reactions.REACTIONS, doors=notice_doors.doors, chores=notice_chores.CHORES,
        gauges=notice_chores.GAUGES,
    ),
    Feature(duty_facts.kinds, doors=duty_doors.doors, facts=duty_facts.FACTS),
    Feature(doors=overview_doors.doors, chores=folding.CHORES),
    Feature(chores=(*publishing.CHORES, *verifying.CHORES)),
    Feature(handlers=simulation.HANDLERS),
)  # fmt: skip


# In the order of the navigation.
PAGES = (
    *overview_pages.PAGES,
    *intake.PAGES,
    *dispatch.PAGES,
    *returns_pages.PAGES,
    *unit_pages.PAGES,
    *unit.PAGES,
    *handling.PAGES,
    *composing.PAGES,
    *co_request_pages.PAGES,
    *review_pages.PAGES,
    *callback_pages.PAGES,
    *duty_pages.PAGES,
    *supervision_pages.PAGES,
    *group_pages.PAGES,
    *knowledge_pages.PAGES,
    *search.PAGES,
    *ticket.PAGES,
    *notice_pages.PAGES,
    *boundary_pages.PAGES,
    *picking.PAGES,
    *portal.PAGES,
    *admin.PAGES,
    *reference.PAGES,
)  # fmt: skip


def registry(engine: Engine) -> Registry:
    kinds = {kind.name: kind for feature in FEATURES for kind in feature.kinds(engine)}
    for name, loaders in (lent for feature in FEATURES for lent in feature.facts.items()):
        kinds[name] = replace(kinds[name], facts={**kinds[name].facts, **loaders})
    handlers = {**CORE, **{verb: handler for feature in FEATURES for verb, handler in feature.handlers.items()}}
    return Registry(
        kinds, load_released(), handlers, [reaction for feature in FEATURES for reaction in feature.reactions],
        [chore for feature in FEATURES for chore in feature.chores],
        {name: sql for feature in FEATURES for name, sql in feature.gauges.items()},
    )  # fmt: skip


def engine_for(url: str, size: int) -> Engine:
    """Sessions speak UTC, end a statement after half a minute, and never leave a transaction lying open."""
    # Commands say themselves where a transaction begins and ends, and readers need none: nothing is left for the pool to undo.
    engine = create_engine(
        url, pool_size=size, max_overflow=size, pool_recycle=1800, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # Commands name their own plans; what the driver would prepare by itself it also throws away, and ours with it.
        connection.prepare_threshold = None
        connection.autocommit = True
        for setting in ("TimeZone = 'UTC'", "statement_timeout = '30s'", "idle_in_transaction_session_timeout = '30s'"):
            connection.execute(f"SET {setting}")

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: object, fairy: object) -> None:
        if gone(connection):
            raise InvalidatePoolError("the server has closed this connection")

    return engine


def gone(connection: Any) -> bool:
    """Whether the other end was closed while the connection lay in the pool: told by its socket, without a trip."""
    if connection.closed:
        return True
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    try:
        # The server's last words may stand before the end: read until there is nothing, or nobody, left.
        while waiting.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False


def build(config: Config) -> System:
    """Connects everything; opens no connection by itself."""
    engine, side = engine_for(config.database_url, POOL), engine_for(config.database_url, SIDE)
    return System(
        config=config,
        engine=engine,
        side=side,
        registry=registry(engine),
        keyring=Keyring(config.keys_dir),
        settings=Settings(lambda: installed(side)),
        ids=IdBlocks(lambda sequence: next_block(side, sequence)),
    )


def installed(side: Engine) -> tuple[int, list[dict[str, Any]]]:
    with side.connect() as connection:
        epoch = connection.execute(text("SELECT epoch FROM installation")).scalar_one()
        rows = connection.execute(text("SELECT kind, name, version, body FROM installed ORDER BY id")).mappings()
        return epoch, [dict(row) for row in rows]


def next_block(side: Engine, sequence: str) -> int:
    with side.connect() as connection:
        block: int = connection.execute(text("SELECT nextval(:sequence)"), {"sequence": sequence}).scalar_one()
        return block


def create_app(system: System, rates: Rates | None = None) -> Flask:
    """The web application of one system: the API's frame with every feature's doors, and the pages. `rates` are those of the house if
    not named."""
    app = Flask("citydesk", static_folder=None)
    hung = frame.install(app, system, [door for feature in FEATURES for door in feature.doors(system)], rates)
    system.closers.append(hung.pulse.stop)
    web.install(app, system, hung.doors, PAGES, VOCABULARY, hung.limiter)
    believed = system.config.proxies
    if believed:
        # Who comes, and by which scheme, as the proxy says that stands in front; a header that nobody of ours has written is nobody's word.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=believed, x_proto=believed)  # type: ignore[method-assign]
    return app


def create_lasting(system: System, rates: Rates | None = None) -> Flask:
    """The same for a process that answers from now until its end. What is loaded by now lives as long as the process; were it gone through
    with every search for garbage, one request in a few hundred would wait for that longer than for its answer."""
    app = create_app(system, rates)
    gc.collect()
    gc.freeze()
    return app
