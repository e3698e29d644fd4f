"""People, units, tokens and policy through their pages: done by those who may, refused beside the field, nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.web import admin_people, admin_units
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost, words

PEOPLE, UNITS = "/admin/people", "/admin/units"
SECRET = "Correct-horse-7"


def test_a_newcomer_is_added_given_a_role_goes_on_leave_and_leaves(desk: Desk) -> None:
    admin, security = Eyes(desk, "admin"), Eyes(desk, "security")
    form = f"{PEOPLE}/new"
    page = admin.done(admin.open(f"{form}?unit_id=cgj"), form, username="xin.lai", name="新来的", unit_id="cgj 试验区城市管理局")
    assert "新来的" in page and "没有角色" in page
    number = desk.rows("SELECT id FROM users WHERE username = 'xin.lai'")[0]["id"]
    one = f"{PEOPLE}/{number}"
    admin.done(admin.open(f"{one}/password"), f"{one}/password", new=SECRET)
    page = security.done(security.open(f"{one}/grant"), f"{one}/grant", role="handler", unit_id="")
    assert "承办人" in words(page)
    leave = {"since": "2025-09-02T08:30", "until": "2025-09-05T17:30", "substitute_id": "handler.cgj"}
    page = admin.done(admin.open(f"{one}/leave"), f"{one}/leave", **leave)
    assert "替岗" in page and "转借的角色" in page
    page = admin.done(admin.open(f"{one}/deactivate"), f"{one}/deactivate", successor_id="handler.cgj")
    assert "已停用" in page
    assert desk.rows("SELECT deactivated_at FROM users WHERE id = %s", number)[0]["deactivated_at"] is not None


def test_the_separation_of_duties_is_said_beside_the_field(desk: Desk) -> None:
    security = Eyes(desk, "security")
    form = f"{PEOPLE}/{desk.user_ids['admin']}/grant"
    refused = security.send(security.open(form), form, role="auditor", unit_id="")
    assert refused.status_code == 422 and re.search(r'id="role-wrong">三员分立', refused.text)
    assert re.search(r'<option value="auditor" selected', refused.text), "what was chosen stays"
    own = f"{PEOPLE}/{desk.user_ids['security']}/grant"
    assert "不得为自己授权" in security.send(security.open(own), own, role="handler").text
    assert Eyes(desk, "admin").status(form) == 403


def test_an_account_is_barred_and_opened_again(desk: Desk) -> None:
    admin, one = Eyes(desk, "admin"), f"{PEOPLE}/{desk.user_ids['agent']}"
    short = admin.send(admin.open(f"{one}/bar"), f"{one}/bar", reason="疑")
    assert short.status_code == 422 and "请写明理由" in short.text and ">疑</textarea>" in short.text
    assert "已锁定" in admin.done(admin.open(f"{one}/bar"), f"{one}/bar", reason="账号被盗用")
    assert "已锁定" not in words(admin.done(admin.open(f"{one}/unlock"), f"{one}/unlock"))
    auditor = f"{PEOPLE}/{desk.user_ids['auditor']}/bar"
    assert admin.send(admin.open(auditor), auditor, reason="账号被盗用").status_code == 403, "the auditor is not the administrator's"


def test_a_unit_is_added_renamed_and_merged_and_its_story_tells_it(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    form = f"{UNITS}/new"
    taken = admin.send(admin.open(form), form, name="应急管理局", kind="department", code="cgj", parent_id="centre")
    assert taken.status_code == 409 and "已被使用" in taken.text and "应急管理局" in taken.text
    founded = {"name": "应急管理局", "kind": "department", "code": "yjj", "parent_id": "centre", "opened_at": "2024-01-01T00:00"}
    page = admin.done(admin.open(form), form, **founded)
    number = desk.rows("SELECT id FROM units WHERE code = 'yjj'")[0]["id"]
    one = f"{UNITS}/{number}"
    later = {"name": "应急局", "reason": "机构改革方案", "effective_at": "2025-10-01T00:00"}
    admin.done(admin.open(f"{one}/rename"), f"{one}/rename", **later)
    page = admin.open(UNITS)
    assert "待生效的机构调整" in page and "应急局" in page and "机构改革方案" in page
    waiting = desk.rows("SELECT id FROM reorganisations WHERE applied_at IS NULL")[0]["id"]
    cancel = f"/admin/reorganisations/{waiting}/cancel"
    assert "待生效的机构调整" not in admin.done(admin.open(cancel), cancel, reason="方案未获批准")
    changes = "/admin/reorganisations"
    assert "没有这样的调整" in admin.open(changes) and "机构改革方案" in admin.open(f"{changes}?state=cancelled")
    merge = f"{UNITS}/merge"
    wrong = admin.send(admin.open(merge), merge, unit_ids="yjj，没有这个局", into="swj", reason="机构改革方案")
    assert wrong.status_code == 400 and re.search(r'id="unit_ids-wrong">没有名称或代码为', wrong.text)
    admin.done(admin.open(merge), merge, unit_ids="应急管理局", into="swj", reason="机构改革方案")
    page = admin.open(one)
    assert "已撤并" in page and "试验区水务局" in page
    page = words(Eyes(desk, "auditor").open(changes))
    assert "合并" in page and "应急管理局" in page and desk.rows("SELECT name FROM users WHERE username = 'admin'")[0]["name"] in page
    assert Eyes(desk, "agent").status(changes) == 403
    assert "应急管理局" in admin.open(f"{UNITS}?open=false") and "应急管理局" not in admin.open(UNITS)


def test_what_would_move_stands_beside_the_form(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    page = words(Eyes(desk, "admin").open(f"{UNITS}/{desk.unit_ids['cgj']}/close"))
    assert re.search(r"在办工单\s*1", page) and re.search(r"人员\s*[1-9]", page)


def test_a_provisional_unit_is_found_and_confirmed(desk: Desk) -> None:
    answer = desk.call("admin", "POST", "/units", {"name": "导入的局", "kind": "department", "provisional": True})
    admin, one = Eyes(desk, "admin"), f"{UNITS}/{answer.json['id']}"
    assert "导入的局" in admin.open(f"{UNITS}?provisional=true") and "试验区水务局" not in admin.open(f"{UNITS}?provisional=true")
    page = admin.done(admin.open(f"{one}/confirm"), f"{one}/confirm", code="drj", kind="vertical")
    assert "待核定" not in page and "垂管单位" in page


def test_a_token_is_shown_once_and_revoked(desk: Desk) -> None:
    security = Eyes(desk, "security")
    form = "/admin/tokens/new"
    page = security.open(f"{form}?username=supervisor")
    refused = security.send(page, form, username="supervisor", label="统计大屏", days="9999", scopes=["reports:read"])
    assert refused.status_code == 400 and "统计大屏" in refused.text and 'id="days-wrong"' in refused.text
    issued = security.send(page, form, username="supervisor", label="统计大屏", days="30", scopes=["reports:read"])
    assert issued.status_code == 200 and issued.headers["Cache-Control"] == "no-store"
    found = re.search(r"cd_[A-Za-z0-9_-]{43}", issued.text)
    assert found
    listed = security.open("/admin/tokens")
    assert "统计大屏" in listed and found[0] not in listed
    number = desk.rows("SELECT id FROM access_tokens WHERE label = '统计大屏'")[0]["id"]
    revoke = f"/admin/tokens/{number}/revoke"
    security.done(security.open(revoke), revoke)
    assert desk.client.get("/api/v1/me", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 401


def test_the_policy_is_set_within_its_bounds_by_the_security_officer(desk: Desk) -> None:
    security, at = Eyes(desk, "security"), "/admin/policy"
    page = security.open(at)
    told = desk.get("security", "/policy")
    numbers = {name: str(value) for name, value in told["numbers"].items()}
    wrong = security.send(page, at, **{**numbers, "idle_minutes": "3", "reason": "等保整改"})
    assert wrong.status_code == 400 and "应为 5 至 720" in wrong.text and "等保整改" in wrong.text
    page = security.done(page, at, **{**numbers, "idle_minutes": "20", "reason": "等保整改", "second_factor_roles": ["admin"]})
    assert "等保整改" in page
    after = desk.get("auditor", "/policy")
    assert (after["numbers"]["idle_minutes"], after["second_factor_roles"]) == (20, ["admin"])
    assert Eyes(desk, "auditor").open(at).count("<form") < page.count("<form"), "who may not set it sees it"


def test_who_may_open_them(desk: Desk) -> None:
    for path in (PEOPLE, UNITS, "/admin/tokens", "/admin/policy"):
        found = [Eyes(desk, who).status(path) for who in ("admin", "auditor", "security", "agent", "dispatcher")]
        assert found == [200, 200, 200, 403, 403], path
    clerk = Eyes(desk, "clerk.cgj")
    assert clerk.status(f"{PEOPLE}/{desk.user_ids['clerk.cgj']}") == 200
    assert clerk.status(f"{PEOPLE}/{desk.user_ids['agent']}") == 404, "people of other units are not his to see"
    assert desk.call("agent", "GET", f"/units/{desk.unit_ids['cgj']}").status_code == 403
    assert desk.call("agent", "GET", "/policy").status_code == 403
    assert Eyes(desk, "admin").status(f"{UNITS}/999999") == 404


def test_a_person_lends_a_role_of_his_own(desk: Desk) -> None:
    clerk = Eyes(desk, "clerk.cgj")
    one = f"{PEOPLE}/{desk.user_ids['clerk.cgj']}"
    form = f"/admin/loans/new?to={one}"
    span = {"since": "2025-09-02T08:30", "until": "2025-09-05T17:30"}
    page = clerk.open(form)
    sent = clerk.send(page, "/admin/loans/new", to_user_id="handler.cgj", role="unit_clerk", unit_id="", **span)
    assert sent.status_code == 303 and sent.headers["Location"] == one
    assert "收回" in clerk.open(one)
    refused = clerk.send(page, "/admin/loans/new", to_user_id="handler.cgj", role="supervisor", unit_id="", key="another", **span)
    assert refused.status_code == 403 and "只能转借本人持有的角色" in refused.text


def test_in_english_and_as_a_part(desk: Desk) -> None:
    english = Eyes(desk, "admin", **{"Accept-Language": "en"})
    assert "Units below" in english.open(f"{UNITS}/{desk.unit_ids['centre']}") and "User name" in english.open(PEOPLE)
    part = Eyes(desk, "admin", **{"HX-Request": "true"}).open(f"{UNITS}/{desk.unit_ids['cgj']}/rename")
    assert "<html" not in part and 'hx-target="#act-body"' in part


@pytest.mark.parametrize("path", [PEOPLE, UNITS])
def test_trips_to_the_database_do_not_grow_with_the_rows(desk: Desk, path: str) -> None:
    eyes = Eyes(desk, "admin")
    before = cost(eyes, path)
    for n in range(5):
        desk.call("admin", "POST", "/units", {"name": f"新局{n}", "kind": "department"})
        desk.call("admin", "POST", "/users", {"username": f"new{n}", "name": f"新人{n}", "unit_id": desk.unit_ids["cgj"]})
    assert cost(eyes, path) == before <= 12


def test_every_verb_has_its_door(client: FlaskClient) -> None:
    hung = {f"{method} {rule.rule}" for rule in client.application.url_map.iter_rules() for method in rule.methods or ()}
    known = {re.sub(r"<\w+:(\w+)>", r"{\1}", each) for each in hung}
    verbs = (*admin_people.VERBS, *admin_units.VERBS)
    assert not [verb.door for verb in verbs if f"{verb.method} /api/v1{verb.door}" not in known]
