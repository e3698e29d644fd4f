"""The literals of the search tokens mean to PostgreSQL what they mean here, whatever a person wrote or asked."""

from __future__ import annotations

import random

import psycopg
from sqlalchemy import make_url

from app.hotline.search_tokens import parse_query, searchable, tokens, vector
from tests.fixtures.servers import Database

ODD = [
    "",
    "\x00",
    "\ud800",
    "😀",
    "\u202e",
    "'",
    "\\",
    "''\\'",
    "|",
    "&",
    "!",
    ":*",
    "(",
    "<->",
    "%s",
    "_",
    "É",
    "ß",
    "İ",
    "Σς",
    "ﷺ",
    "ཀྲ",
    "か\u3099",
    "１５號",
]
PIECES = [*ODD, *"噪音扰民夜间施工停水电梯abXYZ0123 ，。", "Wi-Fi", "5号楼", "PM2.5", "a" * 300]
ASK = """SELECT %s::tsvector @@ %s::tsquery, tsvector_to_array(%s::tsvector),
    (SELECT bool_and(strpos(%s, phrase) > 0) FROM unnest(%s::text[]) phrase)"""


def test_a_thousand_odd_texts_and_questions(database: Database) -> None:
    chance = random.Random(12345)
    hits = 0
    with psycopg.connect(make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        for _ in range(1000):
            text = "".join(chance.choices(PIECES, k=chance.randint(0, 40)))
            start = chance.randint(0, len(text))
            query = parse_query(text[start : start + chance.randint(1, 8)])
            if query is None:
                continue
            kept = searchable(text)
            literal = vector(kept)
            row = connection.execute(ASK, (literal, query.tsquery, literal, kept, list(query.phrases)), prepare=False).fetchone()
            assert row is not None
            found, stored, rechecked = row
            assert set(stored) == set(tokens(kept)) and rechecked is query.matches(kept)
            assert found or not rechecked, "whatever the recheck would keep, the index must offer"
            hits += found and rechecked
    assert hits > 300
