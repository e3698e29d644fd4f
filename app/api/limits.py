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
    """Fixed windows of a minute, or of another `span`. `epoch` gives seconds since 1970, so that all machines share the windows.

    While Redis is away each process counts alone and goes on: a caller may then knock as often at each process. Between two
    reconciliations the count may be over by the other processes' share of half a second. Legal state never depends on it.
    """

    def __init__(self, rates: Rates, epoch: Callable[[], float] = lambda: wall().timestamp()) -> None:
        self.rates, self._epoch, self._lock = rates, epoch, Lock()
        # By span: the window, and in it bucket -> [known to all, counted here since].
        self._seen: dict[int, tuple[int, dict[str, list[int]]]] = {}

    def hit(self, bucket: str, limit: int, span: int = WINDOW) -> int:
        """Count one request and tell how many that makes, or refuse it with the seconds until the window turns."""
        now = self._epoch()
        with self._lock:
            counts = self._turned(int(now // span), span).setdefault(bucket, [0, 0])
            counts[1] += 1
            made = counts[0] + counts[1]
        if made > limit:
            wait = int(span - now % span) + 1
            raise TooMany(f"请求过于频繁，请在 {wait} 秒后重试。", f"Too many requests; try again in {wait} seconds.", retry_after=wait)
        return made

    def seen(self, bucket: str, span: int = WINDOW) -> int:
        """How many were counted in this window; to ask counts nothing."""
        with self._lock:
            counts = self._turned(int(self._epoch() // span), span).get(bucket, (0, 0))
            return counts[0] + counts[1]

    def by_token(self, actor_id: int) -> None:
        self.hit(f"t{actor_id}", self.rates.token)

    def by_address(self, address: str | None) -> None:
        self.hit(f"p{folded(address)}", self.rates.public)

    def failed(self, address: str | None) -> None:
        self.hit(f"f{folded(address)}", self.rates.failed)

    def _turned(self, window: int, span: int) -> dict[str, list[int]]:
        known, buckets = self._seen.get(span, (window, {}))
        if window != known or len(buckets) > _MOST_BUCKETS:
            buckets = {}
        self._seen[span] = (window, buckets)
        return buckets

    def sync(self, redis: Redis) -> None:
        """Add what was counted here to what all processes know, and learn the sums."""
        for span in tuple(self._seen):
            self._sync(redis, span)

    def _sync(self, redis: Redis, span: int) -> None:
        with self._lock:
            window, buckets = self._seen[span]
            mine = {bucket: counts[1] for bucket, counts in buckets.items() if counts[1]}
        if not mine:
            return
        with redis.pipeline(transaction=False) as pipe:
            for bucket, count in mine.items():
                name = f"citydesk:rate:{span}:{window}:{hashlib.blake2b(bucket.encode(), digest_size=12).hexdigest()}"
                pipe.incrby(name, count)
                pipe.expire(name, 2 * span)
            totals = pipe.execute()[::2]
        with self._lock:
            if self._seen[span][1] is buckets:
                for (bucket, count), total in zip(mine.items(), totals, strict=True):
                    counts = buckets[bucket]
                    counts[0], counts[1] = int(total), counts[1] - count


def folded(address: str | None) -> str:
    """An IPv6 subscriber holds a /64, so the half that he chooses himself does not count."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(parsed.exploded)[:19]
