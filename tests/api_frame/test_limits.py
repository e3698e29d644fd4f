"""Counting knocks: windows turn, processes learn of each other through Redis, addresses of one subscriber are one."""

from __future__ import annotations

import pytest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.api.limits import Limiter, Rates
from app.api.meters import Meters, exposition
from app.api.pulse import Pulse
from app.errors import TooMany


def nowhere() -> Redis:
    """A client whose server is not there, and that says so at once."""
    return Redis(unix_socket_path="/nowhere/r.sock", retry=Retry(NoBackoff(), 0))


class Hour:
    """A clock in the test's hand, in seconds."""

    now = 6000.0

    def __call__(self) -> float:
        return self.now


def knocks(limiter: Limiter, times: int, address: str = "10.0.0.1") -> int:
    """How many of so many knocks are let in."""
    let_in = 0
    for _ in range(times):
        try:
            limiter.by_address(address)
            let_in += 1
        except TooMany:
            continue
    return let_in


def test_a_window_turns() -> None:
    hour = Hour()
    limiter = Limiter(Rates(public=3), hour)
    assert knocks(limiter, 5) == 3
    hour.now += 59
    with pytest.raises(TooMany) as refusal:
        limiter.by_address("10.0.0.1")
    assert refusal.value.extra["retry_after"] == 2
    hour.now += 1
    assert knocks(limiter, 5) == 3


def test_addresses_are_counted_apart_but_a_subscriber_is_one() -> None:
    limiter = Limiter(Rates(public=1), Hour())
    assert knocks(limiter, 1, "10.0.0.1") == knocks(limiter, 1, "10.0.0.2") == 1
    assert knocks(limiter, 1, "2001:db8:0:1::1") == 1
    assert knocks(limiter, 1, "2001:db8:0:1:ffff::9") == 0
    assert knocks(limiter, 1, "2001:db8:0:2::1") == 1
    assert (knocks(limiter, 2, "rubbish"), knocks(limiter, 2, "")) == (1, 0)


def test_processes_learn_of_each_other(redis_url: str) -> None:
    hour = Hour()
    one, two = Limiter(Rates(public=10), hour), Limiter(Rates(public=10), hour)
    with Redis.from_url(redis_url) as redis:
        assert knocks(one, 6) == 6
        one.sync(redis)
        assert knocks(two, 1) == 1
        two.sync(redis)
        assert knocks(two, 9) == 3
        two.sync(redis)
        assert knocks(one, 1) == 1, "not yet told"
        one.sync(redis)
        assert knocks(one, 1) == 0
        names = list(redis.scan_iter("citydesk:rate:*"))
        assert len(names) == 1
        assert b"10.0.0.1" not in names[0], "an address is not kept"
        assert 0 < redis.ttl(names[0]) <= 120
        redis.flushdb()
        hour.now += 60
        assert knocks(one, 10) == 10


def test_a_million_addresses_do_not_fill_the_memory() -> None:
    limiter = Limiter(Rates(), Hour())
    for number in range(120_000):
        limiter.hit(f"p{number}", 10)
    assert len(limiter._seen) <= 50_001


def test_meters_lose_nothing_while_redis_is_away(redis_url: str) -> None:
    meters = Meters()
    meters.request("GET /me", 200, 0.004)
    with nowhere() as away, pytest.raises(RedisError):
        meters.sync(away)
    meters.request("GET /me", 200, 0.2)
    with Redis.from_url(redis_url) as redis:
        meters.sync(redis)
        text = exposition(Meters().read(redis), {"citydesk_redis": 1.0})
    assert 'citydesk_requests_total{door="GET /me",status="200"} 2\n' in text
    assert 'citydesk_request_seconds_bucket{door="GET /me",le="0.005"} 1\n' in text
    assert 'citydesk_request_seconds_bucket{door="GET /me",le="0.1"} 1\n' in text
    assert 'citydesk_request_seconds_bucket{door="GET /me",le="0.3"} 2\n' in text
    assert 'citydesk_request_seconds_count{door="GET /me"} 2\n' in text
    assert 'citydesk_request_seconds_sum{door="GET /me"} 0.204\n' in text
    assert text.endswith("# TYPE citydesk_redis gauge\ncitydesk_redis 1\n")


def test_the_pulse_beats_by_itself_and_says_once_that_redis_is_away(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    meters = Meters()
    meters.request("GET /me", 200, 0.004)
    with Redis.from_url(redis_url) as redis:
        beaten: list[Redis] = []
        pulse = Pulse(lambda: redis, (meters.sync, beaten.append), seconds=0.01)
        pulse.start()
        pulse.start()
        while len(beaten) < 2:
            redis.ping()
        pulse.stop()
        assert redis.hlen("citydesk:meters") == 3
    with nowhere() as away:
        meters.request("GET /me", 200, 0.004)
        lonely = Pulse(lambda: away, (meters.sync,))
        assert [lonely.beat(), lonely.beat()] == [False, False]
    assert caplog.text.count("redis is away") == 1


def test_an_hour_is_counted_beside_the_minute(redis_url: str) -> None:
    hour = Hour()
    one, two = Limiter(Rates(), hour), Limiter(Rates(), hour)
    assert [one.hit("a", 3, 3600) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(TooMany) as refusal:
        one.hit("a", 3, 3600)
    assert refusal.value.extra["retry_after"] == 1201, "the window began at 3600 and now it is 6000"
    assert (one.seen("a", 3600), one.seen("a"), one.hit("a", 3)) == (4, 0, 1)
    hour.now += 60
    assert (one.seen("a", 3600), one.seen("a")) == (4, 0)
    with Redis.from_url(redis_url) as redis:
        one.sync(redis)
        two.hit("a", 9, 3600)
        two.sync(redis)
        assert two.seen("a", 3600) == 5
        redis.flushdb()
    hour.now += 3600
    assert one.hit("a", 3, 3600) == 1
