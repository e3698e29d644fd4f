"""How often one caller may knock: counted in the process, reconciled through Redis twice a second, so no request ever waits for Redis."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Lock

from redis import Redis

from app.clock import wall
from app.errors import TooMany

WINDOW = 60
_MOST_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a minute: by token, by address at doors without account, by address for tokens that are not accepted."""

    token: int = 30_000
    public: int = 120
    failed: int = 60


class Limiter:
    """Fixed windows of a minute. `epoch` gives seconds since 1970, so that all machines share the windows.

    While Redis is away each process counts alone and goes on: a caller may then knock as often at each process. Between two
    reconciliations the count may be over by the other processes' share of half a second. Legal state never depends on it.
    """

    def __init__(self, rates: Rates, epoch: Callable[[], float] = lambda: wall().timestamp()) -> None:
        self.rates, self._epoch, self._lock = rates, epoch, Lock()
        self._window = 0
        self._seen: dict[str, list[int]] = {}  # bucket -> [known to all, counted here since]

    def hit(self, bucket: str, limit: int) -> None:
        """Count one request, or refuse it with the seconds until the window turns."""
        now = self._epoch()
        with self._lock:
            self._turn(int(now // WINDOW))
            counts = self._seen.setdefault(bucket, [0, 0])
            counts[1] += 1
            over = counts[0] + counts[1] > limit
        if over:
            wait = int(WINDOW - now % WINDOW) + 1
            raise TooMany(f"请求过于频繁，请在 {wait} 秒后重试。", f"Too many requests; try again in {wait} seconds.", retry_after=wait)

    def by_token(self, actor_id: int) -> None:
        self.hit(f"t{actor_id}", self.rates.token)

    def by_address(self, address: str | None) -> None:
        self.hit(f"p{_folded(address)}", self.rates.public)

    def failed(self, address: str | None) -> None:
        self.hit(f"f{_folded(address)}", self.rates.failed)

    def _turn(self, window: int) -> None:
        if window != self._window or len(self._seen) > _MOST_BUCKETS:
            self._window, self._seen = window, {}

    def sync(self, redis: Redis) -> None:
        """Add what was counted here to what all processes know, and learn the sums."""
        with self._lock:
            window = self._window
            mine = {bucket: counts[1] for bucket, counts in self._seen.items() if counts[1]}
        if not mine:
            return
        with redis.pipeline(transaction=False) as pipe:
            for bucket, count in mine.items():
                name = f"citydesk:rate:{window}:{hashlib.blake2b(bucket.encode(), digest_size=12).hexdigest()}"
                pipe.incrby(name, count)
                pipe.expire(name, 2 * WINDOW)
            totals = pipe.execute()[::2]
        with self._lock:
            if window == self._window:
                for (bucket, count), total in zip(mine.items(), totals, strict=True):
                    counts = self._seen[bucket]
                    counts[0], counts[1] = int(total), counts[1] - count


def _folded(address: str | None) -> str:
    """An IPv6 subscriber holds a /64, so the half that he chooses himself does not count."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(parsed.exploded)[:19]
