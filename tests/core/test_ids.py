"""No two processes ever hold the same id, and none asks the database for each."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from app.config import CHECKOUT, Config
from app.core.ids import BLOCK, IdBlocks
from app.core.system import System

DEAL = """
from contextlib import closing
from app.config import Config
from app.main import build
with closing(build(Config.from_env())) as system:
    print(*[system.ids.next() for _ in range(300)])
"""


def test_ids_of_many_processes_never_meet(system: System, config: Config) -> None:
    env = dict(os.environ) | {"CITYDESK_HOME": str(config.home), "DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url}
    line = [sys.executable, "-c", DEAL]
    others = [subprocess.Popen(line, env=env, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        ours = list(pool.map(lambda _: system.ids.next(), range(300)))
    dealt = ours + [int(number) for other in others for number in other.communicate(timeout=60)[0].split()]
    assert len(dealt) == len(set(dealt)) == 1200 and min(dealt) > 0


def test_a_block_is_one_question() -> None:
    asked: list[str] = []

    def fetch(sequence: str) -> int:
        asked.append(sequence)
        return len(asked)

    ids = IdBlocks(fetch)
    dealt = [ids.next() for _ in range(2 * BLOCK)]
    assert len(asked) == 2 and len(set(dealt)) == 2 * BLOCK
    assert ids.next("other") not in dealt and asked[-1] == "other"
