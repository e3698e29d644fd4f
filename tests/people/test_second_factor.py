"""A second factor is enrolled, asked for, used once, lost and reset: told through the API on a moved clock."""

from __future__ import annotations

import re
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from app.api.people_shapes import BEGUN, CONFIRMED, SECOND_FACTOR
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.key_use import keys_in_use
from app.core.system import System
from app.errors import Forbidden, Refused, SecondFactorWanted, Unauthenticated
from app.people.accounts import actor_of
from app.people.credentials import ResetPassword
from app.people.leave import LendRole
from app.people.second_factor import BeginSecondFactor, ResealSecondFactors
from app.people.signin import sign_in
from app.people.totp import SECONDS, code_at, plain, qr_svg, step_of, uri_of
from cli.keys import reseal_all
from tests.factories.hotline import MONDAY, Desk, a_desk
from tests.factories.people import PASSWORD
from tests.fixtures.living import MovedClock
from tests.fixtures.servers import Database

RFC_SECRET = b"12345678901234567890"
STEP = timedelta(seconds=SECONDS)


@pytest.fixture
def desk(system: System, client: FlaskClient, clock: MovedClock, database: Database) -> Desk:
    clock.freeze(MONDAY)
    made = a_desk(system, client, database.owner_url)
    for name in ("handler.cgj", "agent", "admin"):
        execute(system, ResetPassword(SYSTEM, made.user_ids[name], PASSWORD))
        made.change("UPDATE users SET must_change_password = false WHERE id = %s", made.user_ids[name])
    return made


class Phone:
    """An authenticator: it was shown the secret once and reads the same clock."""

    def __init__(self, clock: MovedClock, desk: Desk, who: str) -> None:
        self.clock, self.desk, self.who = clock, desk, who
        self.begun = desk.call(who, "POST", "/me/second-factor").json
        asked = parse_qs(urlsplit(self.begun["uri"]).query)
        self.text = asked["secret"][0]
        self.recovery: list[str] = []

    def code(self, steps: int = 0) -> str:
        (at,) = self.desk.rows("SELECT frozen_at FROM installation")
        return code_at(b32decode(self.text), int(at["frozen_at"].timestamp()) // SECONDS + steps)

    def confirm(self) -> Phone:
        answer = self.desk.call(self.who, "POST", "/me/second-factor/confirm", {"code": self.code()})
        assert answer.status_code == 200, answer.text
        assert answer.json.keys() == CONFIRMED.fields.keys()
        self.recovery = answer.json["recovery_codes"]
        return self

    def next(self) -> str:
        """The code after the last one, when it has come up."""
        self.clock.advance(STEP)
        return self.code()


def come_in(desk: Desk, username: str, **more: Any) -> Any:
    return desk.call("", "POST", "/sessions", {"username": username, "password": PASSWORD, **more})


def in_session(desk: Desk, username: str, **more: Any) -> str:
    """Signs in and gives the name under which the desk calls with this session."""
    answer = come_in(desk, username, **more)
    assert answer.status_code == 201, answer.text
    desk.tokens[f"{username} in session"] = answer.json["token"]
    return f"{username} in session"


@pytest.fixture
def phone(desk: Desk, clock: MovedClock) -> Phone:
    return Phone(clock, desk, in_session(desk, "handler.cgj")).confirm()


def test_codes_are_those_of_the_standard(clock: MovedClock) -> None:
    # RFC 4226, appendix D, and RFC 6238, appendix B, cut to six digits.
    assert [code_at(RFC_SECRET, step) for step in range(4)] == ["755224", "287082", "359152", "969429"]
    assert code_at(RFC_SECRET, 1111111109 // SECONDS) == "081804"
    present = int(MONDAY.timestamp()) // SECONDS
    fits = [step for step in range(present - 3, present + 4) if step_of(RFC_SECRET, code_at(RFC_SECRET, step), MONDAY, 0) == step]
    assert fits == [present - 1, present, present + 1]
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, present), MONDAY, present) is None
    assert step_of(RFC_SECRET, f" {code_at(RFC_SECRET, present)[:3]} {code_at(RFC_SECRET, present)[3:]}", MONDAY, 0) == present
    for nonsense in ("", "0", "１２３", "é" * 6, "0" * 40):
        assert step_of(RFC_SECRET, nonsense, MONDAY, 0) is None
    assert plain("ab2c-d3ef ｇｈ") == "AB2CD3EFGH"


def test_a_phone_scans_what_a_page_may_show() -> None:
    uri = uri_of(RFC_SECRET, "wang.fang")
    assert uri.startswith("otpauth://totp/Citydesk%2012345:wang.fang?")
    assert parse_qs(urlsplit(uri).query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Citydesk 12345"], "algorithm": ["SHA1"], "digits": ["6"],
        "period": ["30"],
    }  # fmt: skip
    drawing = qr_svg(uri)
    assert not re.search(r"style|script|href|\son", drawing)
    root = ElementTree.fromstring(drawing)
    assert (root.tag, root.get("class")) == ("{http://www.w3.org/2000/svg}svg", "qr")
    side = int(root.get("viewBox", "").split()[-1])
    assert side % 4 == 1 and side > 8 + 21
    assert [path.get("fill") or path.get("stroke") for path in root] == ["#fff", "#000"]


def test_it_is_begun_confirmed_and_asked_for_from_then_on(desk: Desk, clock: MovedClock) -> None:
    who, elsewhere = in_session(desk, "handler.cgj"), come_in(desk, "handler.cgj").json["token"]
    off = desk.get(who, "/me/second-factor")
    assert off == {"state": "off", "confirmed_at": None, "recovery_codes_left": 0} and off.keys() == SECOND_FACTOR.fields.keys()
    phone = Phone(clock, desk, who)
    assert phone.begun["secret"] == phone.text and phone.begun.keys() == BEGUN.fields.keys()
    assert "handler.cgj" in unquote(urlsplit(phone.begun["uri"]).path)
    assert phone.begun["qr"].startswith("<svg")
    assert come_in(desk, "handler.cgj").status_code == 201  # begun is not yet on
    wrong = desk.call(who, "POST", "/me/second-factor/confirm", {"code": "000000"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["code"])
    phone.confirm()
    assert len(set(phone.recovery)) == 8
    shown = desk.get(who, "/me/second-factor")
    assert (shown["state"], shown["recovery_codes_left"]) == ("active", 8)
    assert desk.get(who, "/sessions")["second_factor"] is True
    desk.tokens["elsewhere"] = elsewhere
    assert desk.call("elsewhere", "GET", "/me").status_code == 401  # opened by the password alone
    missing = come_in(desk, "handler.cgj")
    assert (missing.status_code, missing.json["type"], list(missing.json["errors"])) == (401, "/api/v1/problems/second-factor", ["code"])
    assert come_in(desk, "handler.cgj", code=phone.next()).status_code == 201


def test_a_code_opens_once_and_only_near_its_time(desk: Desk, phone: Phone) -> None:
    first = phone.code()
    assert come_in(desk, "handler.cgj", code=first).status_code == 401  # it has confirmed the enrolment already
    early = phone.code(1)
    assert come_in(desk, "handler.cgj", code=early).status_code == 201
    assert come_in(desk, "handler.cgj", code=early).status_code == 401
    assert come_in(desk, "handler.cgj", code=phone.code(0)).status_code == 401  # nor one before it
    phone.clock.advance(5 * STEP)
    assert come_in(desk, "handler.cgj", code=phone.code(-2)).status_code == 401
    assert come_in(desk, "handler.cgj", code=phone.code(-1)).status_code == 201


def test_one_code_tried_side_by_side_opens_one_session(desk: Desk, system: System, phone: Phone) -> None:
    code = phone.next()

    def attempt(_: int) -> bool:
        try:
            sign_in(system, "handler.cgj", PASSWORD, code=code)
        except Unauthenticated:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


def test_a_wrong_password_does_not_tell_whether_there_is_a_second_factor(desk: Desk, phone: Phone) -> None:
    said = set()
    for username, code in (("handler.cgj", None), ("handler.cgj", phone.next()), ("agent", None), ("agent", "123456"), ("nobody", None)):
        answer = desk.call("", "POST", "/sessions", {"username": username, "password": "wrong", "code": code} if code else
                           {"username": username, "password": "wrong"})  # fmt: skip
        said.add((answer.status_code, answer.json["type"], answer.json["detail"], str(answer.json.get("errors"))))
    assert len(said) == 1
    assert come_in(desk, "handler.cgj", code=phone.code()).status_code == 201  # the code beside a wrong password was not used up


def test_wrong_and_missing_codes_lock_like_wrong_passwords(desk: Desk, phone: Phone) -> None:
    assert come_in(desk, "handler.cgj").json["errors"] == {"code": ["必填"]}
    for _ in range(3):
        answer = come_in(desk, "handler.cgj", code="000000")
        assert (answer.json["type"], answer.json["errors"]) == ("/api/v1/problems/second-factor", {"code": ["不正确"]})
    desk.call("", "POST", "/sessions", {"username": "handler.cgj", "password": "wrong"})
    locked = come_in(desk, "handler.cgj", code=phone.next())
    assert "还有 15 分钟" in locked.json["detail"]
    logged = desk.rows("SELECT detail FROM people_log WHERE action = 'sign_in' AND NOT success ORDER BY id")
    assert [row["detail"]["failed"] for row in logged] == [1, 2, 3, 4, 5]
    assert [row["detail"]["wrong"] for row in logged] == ["no code", "code", "code", "code", "password"]
    phone.clock.advance(timedelta(minutes=15))
    assert come_in(desk, "handler.cgj", code=phone.code()).status_code == 201


def test_a_recovery_code_opens_once(desk: Desk, phone: Phone) -> None:
    first, second = phone.recovery[:2]
    who = in_session(desk, "handler.cgj", code=first.lower().replace("-", " "))
    assert come_in(desk, "handler.cgj", code=first).status_code == 401
    assert desk.get(who, "/me/second-factor")["recovery_codes_left"] == 7
    ended = desk.call(who, "DELETE", "/me/second-factor", {"code": second})
    assert (ended.status_code, ended.json["state"]) == (200, "off")
    assert desk.rows("SELECT 1 FROM recovery_codes") == desk.rows("SELECT 1 FROM second_factors") == []
    assert come_in(desk, "handler.cgj").status_code == 201


def test_what_is_kept_opens_nothing(desk: Desk, phone: Phone) -> None:
    kept = str(desk.rows("SELECT * FROM second_factors")) + str(desk.rows("SELECT * FROM recovery_codes"))
    kept += str(desk.rows("SELECT * FROM people_log")) + str(desk.rows("SELECT * FROM receipts"))
    assert phone.text not in kept
    assert b32decode(phone.text).hex() not in str(desk.rows("SELECT encode(secret_sealed, 'hex') AS s FROM second_factors"))
    assert not any(code in kept or plain(code) in kept for code in phone.recovery)


def test_it_ends_by_a_code_and_guesses_are_counted(desk: Desk, phone: Phone) -> None:
    for _ in range(5):
        wrong = desk.call(phone.who, "DELETE", "/me/second-factor", {"code": "000000"})
        assert (wrong.status_code, wrong.json["errors"]) == (422, {"code": ["不正确"]})
    locked = desk.call(phone.who, "DELETE", "/me/second-factor", {"code": phone.next()})
    assert (locked.status_code, "还有 15 分钟" in locked.json["detail"]) == (422, True)
    assert desk.get(phone.who, "/me/second-factor")["state"] == "active"  # the session itself is as good as before
    assert "锁定" in come_in(desk, "handler.cgj", code=phone.next()).json["detail"]
    phone.clock.advance(timedelta(minutes=15))
    assert desk.call(phone.who, "POST", "/me/second-factor").status_code == 422  # no second one beside the first
    assert desk.call(phone.who, "DELETE", "/me/second-factor", {"code": phone.code()}).json["state"] == "off"
    assert desk.call(phone.who, "DELETE", "/me/second-factor", {"code": phone.next()}).status_code == 422


def test_only_a_session_sets_it_up(desk: Desk, system: System) -> None:
    for method in ("GET", "POST"):
        assert desk.call("handler.cgj", method, "/me/second-factor").status_code == 403  # an API token
    with pytest.raises(Forbidden):
        execute(system, BeginSecondFactor(SYSTEM))


def test_who_has_lost_all_is_reset_by_the_administrator(desk: Desk, phone: Phone) -> None:
    path = f"/users/{desk.user_ids['handler.cgj']}/second-factor/reset"
    assert desk.call("supervisor", "POST", path, {"reason": "手机遗失"}).status_code == 403
    assert desk.call("admin", "POST", path, {"reason": "无"}).status_code == 422
    assert desk.call("admin", "POST", path, {"reason": "手机遗失"}).json["state"] == "off"
    assert desk.call(phone.who, "GET", "/me").status_code == 401
    (logged,) = desk.rows("SELECT actor, detail FROM people_log WHERE action = 'reset_second_factor'")
    assert (logged["actor"], logged["detail"]) == (f"user:{desk.user_ids['admin']}", {"reason": "手机遗失"})
    assert come_in(desk, "handler.cgj").status_code == 201
    assert desk.call("admin", "POST", path, {"reason": "手机遗失"}).status_code == 422  # nothing left to reset
    for name, status in (("admin", 403), ("security", 422)):  # an administrator's is the security officer's, and nobody's is his own
        own = f"/users/{desk.user_ids[name]}/second-factor/reset"
        assert desk.call(name, "POST", own, {"reason": "手机遗失"}).status_code == status


def test_a_role_may_demand_it(desk: Desk, clock: MovedClock) -> None:
    asked = {"second_factor_roles": ["admin", "unit_lead"], "reason": "等保要求"}
    assert desk.call("admin", "POST", "/policy", asked).status_code == 403
    assert desk.call("security", "POST", "/policy", {"second_factor_roles": ["boss"], "reason": "等保要求"}).status_code == 400
    assert desk.call("security", "POST", "/policy", asked).json["second_factor_roles"] == ["admin", "unit_lead"]
    assert come_in(desk, "agent").json["must_enrol"] is False
    assert come_in(desk, "admin").json["must_enrol"] is True
    who = in_session(desk, "admin")
    for method, path in (("GET", "/me"), ("GET", "/users"), ("POST", "/tokens"), ("POST", "/sessions/role"), ("GET", "/tickets")):
        answer = desk.call(who, method, path, {} if method == "POST" else None)
        assert (answer.status_code, "绑定动态验证码" in answer.json["detail"]) == (403, True)
    shown = desk.get(who, "/sessions")
    assert (shown["must_enrol"], shown["roles"], shown["second_factor"]) == (True, ["admin"], False)
    phone = Phone(clock, desk, who).confirm()
    assert desk.get(who, "/me")["roles"] == ["admin"]  # this session goes on, in full
    ended = desk.call(who, "DELETE", "/me/second-factor", {"code": phone.next()})
    assert ended.json["must_enrol"] is True
    assert desk.call(who, "GET", "/me").status_code == 403  # and is back where it came from
    assert desk.call(who, "DELETE", "/sessions").status_code == 200
    assert desk.call("security", "POST", "/policy", {"numbers": {"failures": 4}, "reason": "等保要求"}).status_code == 200
    assert come_in(desk, "admin").json["must_enrol"] is True  # other changes leave the roles
    assert desk.call("security", "POST", "/policy", {"second_factor_roles": [], "reason": "等保要求"}).status_code == 200
    assert come_in(desk, "admin").json["must_enrol"] is False


def test_a_lent_role_demands_it_too_and_the_password_comes_first(desk: Desk, system: System) -> None:
    desk.call("security", "POST", "/policy", {"second_factor_roles": ["unit_lead"], "reason": "等保要求"})
    lead, until = actor_of(system, "lead.cgj"), MONDAY + timedelta(days=2)
    execute(system, LendRole(lead, desk.user_ids["handler.cgj"], "unit_lead", MONDAY, until))
    desk.change("UPDATE users SET must_change_password = true WHERE username = 'handler.cgj'")
    opened = come_in(desk, "handler.cgj").json
    assert (opened["must_change_password"], opened["must_enrol"]) == (True, True)
    desk.tokens["first"] = opened["token"]
    assert "密码" in desk.call("first", "POST", "/me/second-factor").json["detail"]
    assert desk.get("first", "/sessions")["must_change_password"] is True
    changed = {"username": "handler.cgj", "old": PASSWORD, "new": "Another-horse-8"}
    assert desk.call("", "POST", "/password", changed).status_code == 200
    second = desk.call("", "POST", "/sessions", {"username": "handler.cgj", "password": "Another-horse-8"}).json
    assert (second["must_change_password"], second["must_enrol"]) == (False, True)


def test_a_password_is_changed_only_with_the_code(desk: Desk, phone: Phone) -> None:
    changed = {"username": "handler.cgj", "old": PASSWORD, "new": "Another-horse-8"}
    assert desk.call("", "POST", "/password", changed).json["type"].endswith("second-factor")
    assert desk.call("", "POST", "/password", {**changed, "code": phone.next()}).status_code == 200


def test_a_new_key_seals_the_secret_anew(desk: Desk, system: System, phone: Phone, capsys: pytest.CaptureFixture[str]) -> None:
    before = keys_in_use(system)
    assert execute(system, ResealSecondFactors(SYSTEM, 0)) is None
    number = system.keyring.add_key()
    reseal_all(system)
    assert f"named by rows: {number}" in capsys.readouterr().out
    assert number not in before
    system.keyring.retire(min(before), keys_in_use(system))
    assert come_in(desk, "handler.cgj", code=phone.next()).status_code == 201


def test_the_function_for_the_page_says_what_the_page_must_ask(system: System, phone: Phone) -> None:
    with pytest.raises(SecondFactorWanted) as missing:
        sign_in(system, "handler.cgj", PASSWORD)
    assert missing.value.extra["errors"] == {"code": ["必填 / required"]}
    assert "authenticator" in missing.value.en
    assert sign_in(system, "handler.cgj", PASSWORD, code=phone.next()).must_enrol is False
    with pytest.raises(Refused):
        execute(system, BeginSecondFactor(actor_of(system, "handler.cgj")))
