"""Coming in and leaving: the password, the second factor, the unit and role one works for."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from app.errors import Refusal
from app.web import visits
from app.web.kept import carried
from app.web.look import Done, Look, Page, Shown


def ask(look: Look) -> Shown:
    return Shown("sign-in.html", {"to": visits.inner_path(look.args.get("next", "/")), "kept": (), "expired": False, "second": False})


def come_in(look: Look) -> Response | Shown | Done:
    """What another form had typed before its session ended goes on with the new one."""
    given = {name: look.form[name] for name in ("username", "password", "code") if look.form.get(name)}
    opened = look.post("/sessions", given)
    token, kept = opened["token"], carried(look)
    typed = {**kept, "csrf": visits.csrf_of(token)}
    if opened["must_change_password"]:
        first = Done("/password", "请先修改初始密码。", "Change the first password before anything else.", session=token)
        return Shown("password.html", {"second": False, **typed}, session=token) if kept["kept"] else first
    if opened["must_enrol"]:
        first = Done("/account/second-factor", "您的角色须先设置动态验证码。", "Your role needs a second factor first.", session=token)
        none = {"factor": {"state": "none"}, "begun": None, "codes": None}
        return Shown("second-factor.html", {**none, **typed}, session=token) if kept["kept"] else first
    if look.partial:
        made = Response(status=204)
        made.headers["HX-Trigger"] = json.dumps({"citydesk:signed-in": {"csrf": visits.csrf_of(token)}})
        visits.keep(look.request, made, token)
        return made
    return Shown("kept.html", typed, session=token) if kept["kept"] else Done(kept["to"], session=token)


def again(look: Look, refusal: Refusal) -> Shown:
    """The name is kept, the password never."""
    second = asks_code(refusal)
    values = {
        **carried(look), "expired": False, "second": second,
        "problem": look.problem(refusal), "typed": {"username": look.form.getlist("username")},
    }  # fmt: skip
    # A part of a page that is answered with 401 would be asked to sign in once more.
    return Shown("sign-in.html", values, status=422 if look.partial else refusal.status)


def asks_code(refusal: Refusal) -> bool:
    return "code" in refusal.extra.get("errors", {})


def leave(look: Look) -> Done:
    look.post("/sessions", method="DELETE")
    return Done("/sign-in", "已退出。", "Signed out.", session="")


def password(look: Look) -> Shown:
    return Shown("password.html", {"second": False})


def change_password(look: Look) -> Done | Shown:
    """Every session ends with the old password, this one too; what another form had typed waits for the next."""
    given: dict[str, Any] = {name: look.form.get(name, "") for name in ("username", "old", "new")}
    given |= {"code": look.form["code"]} if look.form.get("code") else {}
    look.post("/password", given)
    kept = carried(look)
    if kept["kept"]:
        return Shown("sign-in.html", {**kept, "expired": False, "second": False}, session="")
    return Done("/sign-in", "密码已修改，请用新密码登录。", "The password is changed; sign in with the new one.", session="")


def password_again(look: Look, refusal: Refusal) -> Shown:
    values = {
        **carried(look), "second": asks_code(refusal), "problem": look.problem(refusal),
        "typed": {"username": look.form.getlist("username")},
    }  # fmt: skip
    return Shown("password.html", values, status=refusal.status)


PAGES = (
    Page("/sign-in", ask, "登录", "Sign in", public=True),
    Page("/sign-in", come_in, "登录", "Sign in", method="POST", public=True, again=again),
    Page("/sign-out", leave, "退出", "Sign out", method="POST"),
    Page("/password", password, "修改密码", "Change the password", public=True),
    Page("/password", change_password, "修改密码", "Change the password", method="POST", public=True, again=password_again),
)
