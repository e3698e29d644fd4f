"""A year published late moves what runs into it, once, with its reason, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.core import reproject, shipped
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.core.shipped import install_shipped
from app.core.sweep import sweep
from app.main import build
from cli.__main__ import main
from rules.calendars import shipped_calendars
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock

# A Monday eight working days before the year that nobody has published yet.
DECEMBER = datetime(2026, 12, 21, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCKS = """SELECT k.name, k.due_at, k.provisional, k.state, k.budget, k.consumed, k.next_rung_at, k.rungs, k.id FROM clocks k
WHERE k.root_id = %s ORDER BY k.id"""
EVENTS = """SELECT k.name, e.event, e.prior_due_at, e.due_at, e.reason FROM clock_events e JOIN clocks k ON k.id = e.clock_id
WHERE k.root_id = %s AND e.event = 'reproject' ORDER BY k.name, e.id"""
HOLIDAYS = {
    "元旦": ("01-01", "01-03"), "春节": ("02-05", "02-12"), "清明节": ("04-03", "04-05"), "劳动节": ("05-01", "05-05"),
    "端午节": ("06-09", "06-09"), "中秋节": ("09-15", "09-15"), "国庆节": ("10-01", "10-07"),
}  # fmt: skip


def year_2027(**changed: tuple[str, str]) -> str:
    """An invented notice for 2027; a holiday may be given other days."""
    lines = ['series = "cn"', "year = 2027", 'title = "2027（试验用）"', 'notices = ["试验用"]']
    for name, (first, last) in (HOLIDAYS | changed).items():
        lines += ["[[holiday]]", f'name = "{name}"', f"from = 2027-{first}", f"to = 2027-{last}"]
    return "\n".join(lines) + "\n"


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def midnight_after(day: str) -> datetime:
    return local(f"{day}T00:00") + DAY


@pytest.fixture
def december(desk: Desk, clock: MovedClock) -> Desk:
    clock.freeze(DECEMBER)
    return desk


@pytest.fixture
def command_line(
    december: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str | bytes], tuple[int, str, str]]:
    """`calendar publish` of a file with this text."""
    config = december.system.config
    told = {"CITYDESK_HOME": str(config.home), "DATABASE_URL": config.database_url, "DATABASE_OWNER_URL": config.owner_url}
    for name, value in (told | {"REDIS_URL": config.redis_url}).items():
        monkeypatch.setenv(name, value)

    def publish(text: str | bytes) -> tuple[int, str, str]:
        file = tmp_path / "year.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["calendar", "publish", str(file)])
        return code, *capfd.readouterr()

    return publish


Publish = Callable[[str | bytes], tuple[int, str, str]]


def total(desk: Desk, ticket: int) -> dict[str, Any]:
    return next(row for row in desk.rows(CLOCKS, ticket) if row["name"] == "total_clock")


def shown_total(desk: Desk, ticket: int) -> dict[str, Any]:
    clocks: list[dict[str, Any]] = desk.get("agent", f"/tickets/{ticket}")["clocks"]
    return next(shown for shown in clocks if shown["name"] == "total_clock")


def test_a_limit_that_runs_into_an_unpublished_year_is_provisional_until_it_is_published(december: Desk, command_line: Publish) -> None:
    """Fifteen working days from December 21: eight in 2026, and seven of a year of which only the weekends are known."""
    ticket = december.a_ticket("accepted")
    before = shown_total(december, ticket)
    assert (before["due_at"], before["provisional"]) == ("2027-01-11T23:59:59+08:00", True)
    code, out, _ = command_line(year_2027())
    assert (code, out) == (0, "cn-2027@1 published, 1 tickets re-projected, 0 set aside\n")
    after = shown_total(december, ticket)
    assert (after["due_at"], after["provisional"]) == ("2027-01-12T23:59:59+08:00", False), "New Year's Day was a Friday"
    assert december.rows(EVENTS, ticket) == [
        {
            "name": "total_clock", "event": "reproject", "prior_due_at": midnight_after("2027-01-11"),
            "due_at": midnight_after("2027-01-12"), "reason": "calendar cn-2027@1",
        }
    ]  # fmt: skip
    steps = december.get("agent", f"/clocks/{after['id']}/explanation")["steps"]
    assert "元旦" in str(steps)


def test_the_rungs_move_along_and_fire_when_they_now_stand(december: Desk, clock: MovedClock, command_line: Publish) -> None:
    ticket = december.a_ticket("accepted")
    before = {rung["key"]: rung["at"] for rung in total(december, ticket)["rungs"]}
    command_line(year_2027())
    after = {rung["key"]: rung["at"] for rung in total(december, ticket)["rungs"]}
    assert before["50%"] == after["50%"], "half of the time lies in 2026"
    assert datetime.fromisoformat(after["due"]) == midnight_after("2027-01-12")
    assert all(datetime.fromisoformat(after[key]) > datetime.fromisoformat(before[key]) for key in ("80%", "due", "+1wd"))
    fired = """SELECT f.rung, f.late FROM fires f JOIN clocks k ON k.id = f.clock_id
    WHERE k.root_id = %s AND k.name = 'total_clock' ORDER BY f.at"""
    clock.freeze(midnight_after("2027-01-11"))
    sweep(december.system)
    assert [row["rung"] for row in december.rows(fired, ticket)] == ["50%", "80%"], "not due any more on the day that was provisional"
    clock.freeze(midnight_after("2027-01-12"))
    sweep(december.system)
    assert december.rows(fired, ticket)[-1] == {"rung": "due", "late": False}


def test_what_has_stopped_or_does_not_reach_there_is_untouched(december: Desk, clock: MovedClock, command_line: Publish) -> None:
    closed = december.a_ticket("closed")
    clock.freeze(DECEMBER - timedelta(days=28))
    short = december.a_ticket("accepted", type="consult")
    clock.freeze(DECEMBER)
    before = december.rows(CLOCKS, closed), december.rows(CLOCKS, short)
    assert all(row["state"] == "stopped" for row in before[0]) and any(row["provisional"] for row in before[0])
    command_line(year_2027())
    assert (december.rows(CLOCKS, closed), december.rows(CLOCKS, short)) == before
    assert december.rows(EVENTS, closed) == december.rows(EVENTS, short) == []


def test_a_held_clock_is_reckoned_when_it_resumes(december: Desk, clock: MovedClock, command_line: Publish) -> None:
    """The unit's twelve working days, held since the first: eleven are left on January 4, a Monday."""
    ticket = december.a_ticket("handling")
    clock.freeze(DECEMBER + timedelta(hours=4))
    december.do("handler.cgj", ticket, "submit", contacted=False, not_contacted_reason="不需要", outcome="solved", reply_text="已办。")
    (held,) = (row for row in december.rows(CLOCKS, ticket) if row["name"] == "handle_clock")
    assert (held["state"], held["provisional"]) == ("held", True)
    command_line(year_2027())
    (still,) = (row for row in december.rows(CLOCKS, ticket) if row["name"] == "handle_clock")
    assert still == held
    clock.freeze(datetime(2027, 1, 4, 1, 30, tzinfo=UTC))
    share = december.get("lead.cgj", f"/tickets/{ticket}")["assignments"][0]["id"]
    sent_back = {"trigger": "send_back", "fields": {"reason": "再核实"}}
    assert december.call("lead.cgj", "POST", f"/assignments/{share}/transitions", sent_back).status_code == 200
    (resumed,) = (row for row in december.rows(CLOCKS, ticket) if row["name"] == "handle_clock")
    assert (resumed["state"], resumed["consumed"], resumed["provisional"]) == ("running", held["consumed"], False)
    assert local("2027-01-19T00:00") < resumed["due_at"] <= midnight_after("2027-01-20")
    assert "handle_clock" not in [row["name"] for row in december.rows(EVENTS, ticket)]


def test_a_notice_that_is_revised_moves_the_limits_again(december: Desk, command_line: Publish) -> None:
    ticket = december.a_ticket("accepted")
    command_line(year_2027())
    code, out, _ = command_line(year_2027(元旦=("01-01", "01-05")))
    assert code == 0 and out.startswith("cn-2027@2 published, 1 tickets")
    assert shown_total(december, ticket)["due_at"] == "2027-01-14T23:59:59+08:00"
    assert [row["reason"] for row in december.rows(EVENTS, ticket)] == ["calendar cn-2027@1", "calendar cn-2027@2"]
    (kept,) = december.rows("SELECT count(*) AS n FROM installed WHERE name = 'cn-2027'")
    assert kept["n"] == 2, "the first version stays: what was decided by it can be explained"


def test_the_citys_own_instant_stays_but_its_warnings_follow_the_calendar(december: Desk, command_line: Publish) -> None:
    ticket = december.register()["id"]
    december.change("UPDATE tickets SET upstream_due_at = %s WHERE id = %s", local("2027-01-04T12:00"), ticket)
    december.do("agent", ticket, "accept")

    def upstream() -> dict[str, Any]:
        (row,) = december.rows("SELECT due_at, rungs FROM clocks WHERE root_id = %s AND level = 'upstream'", ticket)
        return {"due_at": row["due_at"]} | {rung["key"]: datetime.fromisoformat(rung["at"]) for rung in row["rungs"]}

    before = upstream()
    command_line(year_2027())
    after = upstream()
    assert before["due_at"] == after["due_at"] == after["due"] == local("2027-01-04T12:00")
    assert before["-1wd"].astimezone(UTC).date() > after["-1wd"].astimezone(UTC).date(), "January 1 is no working day any more"


BAD: dict[str, tuple[str | bytes, str]] = {
    "no TOML": ("series = ", "not valid TOML"),
    "no text": (b"\xff\xfe\x00series", "UTF-8"),
    "an unknown key": ('colour = "red"\n' + year_2027(), "Unknown keys"),
    "a typo in an entry": (year_2027().replace("from = 2027-05-01", "form = 2027-05-01"), "lacks or has too much"),
    "no such day": (year_2027().replace("2027-02-05", "2027-02-30"), "not valid TOML"),
    "a day of another year": (year_2027().replace("2027-05-05", "2028-05-05"), "does not lie in 2027"),
    "ends before it begins": (year_2027(劳动节=("05-05", "05-01")), "ends before it begins"),
    "a holiday missing": (year_2027().replace('name = "端午节"', 'name = "植树节"'), "lacks the statutory holiday"),
    "without its own day": (year_2027(国庆节=("10-02", "10-08")), "does not contain 2027-10-01"),
    "two holidays on one day": (year_2027(劳动节=("05-01", "05-05"), 端午节=("05-05", "05-06")), "named twice"),
    "a hole": (year_2027() + '[[holiday]]\nname = "国庆节"\nfrom = 2027-10-09\nto = 2027-10-09\n', "with a hole between"),
    "make-up for nothing": (year_2027() + '[[makeup]]\ndate = 2027-01-09\nfor = "植树节"\n', "no such holiday"),
    "a plain year": ('series = "cn"\nyear = 2027\ntitle = "x"\nnotices = ["x"]\n', "leave it unpublished"),
    "no notice": (year_2027().replace('["试验用"]', "[]"), "must name the notice"),
    "a series that nobody counts by": (year_2027().replace('"cn"', '"CN"'), "No pack counts by"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_year_that_cannot_be_right_is_refused_with_one_sentence(bad: str, december: Desk, command_line: Publish) -> None:
    text, sentence = BAD[bad]
    december.a_ticket("accepted")
    before = december.rows("SELECT max(epoch) AS epoch, (SELECT count(*) FROM installed) AS n FROM installation"), december.everything()
    code, out, said = command_line(text)
    assert (code, out, said.count("\n")) == (1, "", 1) and sentence in said, said
    after = december.rows("SELECT max(epoch) AS epoch, (SELECT count(*) FROM installed) AS n FROM installation"), december.everything()
    assert after == before


def test_interrupted_it_is_run_again_and_does_only_what_is_left(december: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [december.a_ticket("accepted") for _ in range(4)]
    monkeypatch.setattr(reproject, "Batch", partial(reproject.Batch, size=1))

    def interrupted(at: int, of: int) -> None:
        if at == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reproject.publish(december.system, SYSTEM, year_2027(), interrupted)
    assert [shown_total(december, ticket)["provisional"] for ticket in tickets] == [False, False, True, True]
    done = reproject.publish(december.system, SYSTEM, year_2027())
    assert (done["version"], done["set_aside"]) == (1, 0), "the same text is the same version"
    assert [shown_total(december, ticket)["due_at"] for ticket in tickets] == ["2027-01-12T23:59:59+08:00"] * 4
    assert [len(december.rows(EVENTS, ticket)) for ticket in tickets] == [1] * 4, "each clock was moved once"
    (open_,) = december.rows("SELECT count(*) FILTER (WHERE done_at IS NULL) AS left, count(*) AS n FROM batches")
    assert (open_["left"], open_["n"]) == (1, 2)


def test_another_process_counts_by_the_new_year_with_its_next_command(december: Desk) -> None:
    other = build(december.system.config)
    try:
        assert 2027 not in december.system.settings.calendar("demo-district@1").years
        reproject.publish(other, SYSTEM, year_2027())
        ticket = december.a_ticket("accepted")
        assert shown_total(december, ticket)["provisional"] is False
    finally:
        other.close()


def test_a_release_that_ships_the_year_moves_the_clocks_and_leaves_the_districts_own_years(
    december: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = december.a_ticket("accepted")
    own = shipped_calendars()[2026].replace('title = "', 'title = "本区修订：')
    reproject.publish(december.system, SYSTEM, own)
    assert install_shipped(december.system) == [], "what the district revised is not overwritten by the next start"
    monkeypatch.setattr(shipped, "shipped_calendars", lambda: shipped_calendars() | {2027: year_2027()})
    assert install_shipped(december.system) == ["cn-2027"]
    assert shown_total(december, ticket)["provisional"] is False
    assert december.rows(EVENTS, ticket)[0]["reason"] == "calendar cn-2027@1"
    assert install_shipped(december.system) == []
    (kept,) = december.rows("SELECT body FROM installed WHERE name = 'cn-2026' ORDER BY version DESC LIMIT 1")
    assert kept["body"] == own


def test_a_case_stays_on_its_pack_even_when_the_packs_parent_changes(december: Desk) -> None:
    """gd-2022@2 gives complaints twenty days: for packs that are installed over it from now on."""
    twenty = shipped_packs()["gd-2022"].replace('give = { amount = "15wd" }', 'give = { amount = "20wd" }')
    execute(december.system, Install(SYSTEM, "pack", "gd-2022", twenty, "试验"))
    fresh = build(december.system.config)
    try:
        assert fresh.settings.pack("demo-district@1").digest == december.system.settings.pack("demo-district@1").digest
        execute(fresh, Install(SYSTEM, "pack", "demo-district", shipped_packs()["demo-district"], "随省级规定修订"))
        execute(fresh, Choose(SYSTEM, "demo-district@2"))
    finally:
        fresh.close()
    ticket = december.a_ticket("accepted")
    assert total(december, ticket)["budget"] == "20wd"
