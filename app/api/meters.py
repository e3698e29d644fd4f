"""What was asked and how long it took, by door: counted in the process, gathered in Redis, shown as Prometheus text by any process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from redis import Redis

HASH = "citydesk:meters"
BUCKETS = (0.005, 0.015, 0.05, 0.1, 0.3, 1.0, 3.0)


class Meters:
    """A counter is a name in the Prometheus form, labels included. Flushing Redis sets them to zero, which Prometheus understands."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fresh: dict[str, float] = {}

    def request(self, door: str, status: int, seconds: float) -> None:
        bound = next((str(edge) for edge in BUCKETS if seconds <= edge), "+Inf")
        with self._lock:
            fresh = self._fresh
            for name, step in (
                (f'citydesk_requests_total{{door="{door}",status="{status}"}}', 1.0),
                (f"bucket|{door}|{bound}", 1.0),
                (f'citydesk_request_seconds_sum{{door="{door}"}}', seconds),
            ):
                fresh[name] = fresh.get(name, 0.0) + step

    def sync(self, redis: Redis) -> None:
        with self._lock:
            mine, self._fresh = self._fresh, {}
        if not mine:
            return
        try:
            with redis.pipeline(transaction=False) as pipe:
                for name, step in mine.items():
                    pipe.hincrbyfloat(HASH, name, step)
                pipe.execute()
        except BaseException:
            with self._lock:
                for name, step in mine.items():
                    self._fresh[name] = self._fresh.get(name, 0.0) + step
            raise

    def read(self, redis: Redis | None) -> dict[str, float]:
        """All processes' sums; of this process alone when Redis is away."""
        found: Any = {} if redis is None else redis.hgetall(HASH)
        gathered = {name.decode(): float(value) for name, value in found.items()}
        with self._lock:
            for name, step in self._fresh.items():
                gathered[name] = gathered.get(name, 0.0) + step
        return gathered


def exposition(counters: Mapping[str, float], gauges: Mapping[str, float]) -> str:
    """Prometheus text format 0.0.4."""
    lines = ["# TYPE citydesk_requests_total counter"]
    lines += _sorted(counters, "citydesk_requests_total")
    lines += ["# TYPE citydesk_request_seconds histogram", *_histograms(counters)]
    for name, value in sorted(gauges.items()):
        lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
    return "\n".join(lines) + "\n"


def _sorted(counters: Mapping[str, float], prefix: str) -> Iterable[str]:
    return [f"{name} {value:.15g}" for name, value in sorted(counters.items()) if name.startswith(prefix)]


def _histograms(counters: Mapping[str, float]) -> Iterable[str]:
    doors = sorted({name.split("|")[1] for name in counters if name.startswith("bucket|")})
    for door in doors:
        total = 0.0
        for bound in (*map(str, BUCKETS), "+Inf"):
            total += counters.get(f"bucket|{door}|{bound}", 0.0)
            yield f'citydesk_request_seconds_bucket{{door="{door}",le="{bound}"}} {total:.15g}'
        name = f'citydesk_request_seconds_sum{{door="{door}"}}'
        yield f"{name} {counters.get(name, 0.0):.15g}"
        yield f'citydesk_request_seconds_count{{door="{door}"}} {total:.15g}'
