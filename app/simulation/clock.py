"""The hand on the installation's clock: only the owner of the database may move it, and only simulation and tests do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, text

from app.config import Config
from app.errors import Refused

STATE = "SELECT purpose, EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM units) AS used FROM installation"
# One trip a step: at `until`, or at the point of the grid, later than now, at which something is due next.
STEP = """UPDATE installation SET frozen_at = CASE WHEN rung.at IS NULL THEN :until ELSE least(:until, greatest(
    CAST(:now AS timestamptz) + :grid, date_bin(:grid, rung.at - interval '1 microsecond', :start) + :grid)) END
FROM (SELECT min(next_rung_at) AS at FROM clocks WHERE state = 'running' AND set_aside_at IS NULL) rung
RETURNING frozen_at, coalesce(rung.at <= frozen_at, false)"""
LAST = "SELECT max(last_at) FROM cases"


class ClockHand:
    """One connection of the owner, kept for the length of a simulation."""

    def __init__(self, config: Config) -> None:
        self._engine = create_engine(config.owner_url, pool_size=1, isolation_level="AUTOCOMMIT")

    def __enter__(self) -> ClockHand:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def _do(self, statement: str, **values: Any) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(text(statement), values)

    def freeze(self, at: datetime) -> None:
        """It is `at` for every process, until it is moved again."""
        self._do("UPDATE installation SET frozen_at = :at", at=at)

    def step(self, until: datetime, start: datetime, now: datetime, grid: timedelta) -> tuple[datetime, bool]:
        """Freezes the clock at the next step, and tells whether anything is due then. The grid has a point at `start`."""
        at, due = self._do(STEP, until=until, start=start, now=now, grid=grid).one()
        return at, due

    def hurry(self) -> None:
        """From here on no step waits for the disk: what a power cut takes from a simulation is simulated again."""
        self._do("SET synchronous_commit = off")

    def run_on_from(self, at: datetime) -> None:
        """The clock goes on by itself from `at`."""
        self._do("UPDATE installation SET frozen_at = NULL, shift = :at - clock_timestamp()", at=at)

    def run_true(self) -> None:
        """It is what it is."""
        self._do("UPDATE installation SET frozen_at = NULL, shift = '0'")

    def thaw(self, purpose: str) -> None:
        """Whoever was killed while filling a database for `purpose` left its clock standing."""
        self._do("UPDATE installation SET frozen_at = NULL, shift = '0' WHERE purpose = :purpose", purpose=purpose)

    def wall(self) -> datetime:
        """The real time as the database knows it."""
        return self._do("SELECT clock_timestamp()").scalar_one()  # type: ignore[no-any-return]

    def last(self) -> datetime | None:
        """The latest instant at which anything happened to a case."""
        return self._do(LAST).scalar_one()  # type: ignore[no-any-return]

    def is_empty(self) -> bool:
        return not self._do(STATE).one().used

    def is_founded(self) -> bool:
        return bool(self._do("SELECT EXISTS (SELECT 1 FROM units)").scalar_one())

    def take(self, purpose: str) -> None:
        """Marks an empty database as `purpose`. Raises Refused when it holds anything else, so that no real case meets a moved clock."""
        found = self._do(STATE).one()
        if found.purpose != purpose and (found.used or found.purpose != "empty"):
            raise Refused(
                "数据库中已有真实或演示工单，不能模拟；请用 CITYDESK_HOME 指定另一个目录。",
                "This database holds cases that no simulation made; name another folder by CITYDESK_HOME.",
            )
        self._do("UPDATE installation SET purpose = :purpose", purpose=purpose)
