"""Chores run beside the heartbeat: one that hangs holds up nothing else, one that fails comes round again, and all end when asked."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from time import monotonic

import pytest

from app.config import Channels, Config
from app.core.registry import Chore
from app.core.system import System
from app.errors import IllFormed
from app.jobs.rounds import Rounds


def with_chores(system: System, *chores: Chore) -> System:
    system.registry = replace(system.registry, chores=chores)
    return system


def test_a_chore_that_hangs_holds_up_no_other_and_a_failing_one_comes_again(system: System, caplog: pytest.LogCaptureFixture) -> None:
    hanging, let_go, thrice = Event(), Event(), Event()
    runs: list[System] = []

    def hang(_: System) -> None:
        hanging.set()
        let_go.wait(10)

    def fail(given: System) -> None:
        runs.append(given)
        if len(runs) >= 3:
            thrice.set()
        raise ValueError("13812345678")

    began = monotonic()
    with Rounds(with_chores(system, Chore("hang", 0.01, hang), Chore("fail", 0.01, fail))) as rounds:
        assert hanging.wait(5) and thrice.wait(5)
        let_go.set()
    assert monotonic() - began < 10 and not any(thread.is_alive() for thread in rounds.threads)
    assert runs[0] is system
    assert "fail failed" in caplog.text and "13812345678" not in caplog.text


def test_the_channels_come_from_the_environment_and_show_no_secret() -> None:
    given = {
        "CITYDESK_SMS_URL": "https://sms.example/send", "CITYDESK_SMS_SECRET": "s3cret", "CITYDESK_PUBLIC_URL": "https://12345.example/",
        "CITYDESK_MAIL_URL": "smtp://u:p4ss@mail.example", "CITYDESK_MAIL_FROM": "hotline@district.example",
    }  # fmt: skip
    channels = Config.from_env(given).channels
    assert (channels.sms_url, channels.public_url) == ("https://sms.example/send", "https://12345.example")
    assert "s3cret" not in repr(channels) and "p4ss" not in repr(channels)
    assert Config.from_env({}).channels == Channels()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CITYDESK_SMS_URL": "https://sms.example"}, "CITYDESK_SMS_SECRET"),
        ({"CITYDESK_CHAT_URL": "https://chat.example"}, "CITYDESK_CHAT_SECRET"),
        ({"CITYDESK_MAIL_URL": "smtp://mail.example"}, "CITYDESK_MAIL_FROM"),
        ({"CITYDESK_MAIL_URL": "mail.example", "CITYDESK_MAIL_FROM": "a@b.example"}, "CITYDESK_MAIL_URL"),
        ({"CITYDESK_SMS_URL": "sms.example", "CITYDESK_SMS_SECRET": "s"}, "CITYDESK_SMS_URL"),
        ({"CITYDESK_PUBLIC_URL": "file:///etc"}, "CITYDESK_PUBLIC_URL"),
    ],
)
def test_half_a_channel_is_refused_at_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(IllFormed) as refused:
        Config.from_env(given)
    assert said in refused.value.zh
