"""The servers of a test run are what the system will meet: UTF-8, the application's role, an empty Redis."""

from __future__ import annotations

import psycopg
from redis import Redis
from sqlalchemy import create_engine, make_url, text

from tests.fixtures.servers import Database


def test_a_database_is_utf8_and_reached_as_the_application(database: Database) -> None:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
        assert connection.scalar(text("SELECT current_user")) == "citydesk_app"
        assert connection.scalar(text("SELECT upper('é') || length('热线')")) == "É2"
    engine.dispose()


def test_only_a_socket_leads_to_it(database: Database) -> None:
    url = make_url(database.owner_url)
    with psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=url.username) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()
    assert row == ("",)


def test_redis_is_empty(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
