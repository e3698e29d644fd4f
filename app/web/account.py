"""One's own account: the unit and the role one works for, the second factor, the password, when the session ends."""

from __future__ import annotations

from typing import Any

from app.errors import Refusal
from app.web.kept import carried
from app.web.look import Done, Look, Page, Shown

HOME, FACTOR = "/account", "/account/second-factor"


def account(look: Look) -> Shown:
    return Shown("account.html", {"session": look.get("/sessions"), "factor": look.get("/me/second-factor")})


def unit(look: Look) -> Done:
    look.post("/sessions/unit", {"unit_id": int(look.form["unit"])})
    return Done("/", "已切换单位。", "You now work for the other unit.")


def role(look: Look) -> Done:
    look.post("/sessions/role", {"role": look.form.get("role") or None})
    return Done("/", "已切换角色。", "Your role is switched.")


def factor(look: Look) -> Shown:
    return Shown("second-factor.html", {"factor": look.get("/me/second-factor"), "begun": None, "codes": None})


def begin(look: Look) -> Shown:
    """The secret is shown on this page only."""
    begun = look.post("/me/second-factor")
    return Shown("second-factor.html", {**carried(look), "begun": begun, "factor": look.get("/me/second-factor"), "codes": None})


def confirm(look: Look) -> Shown:
    done = look.post("/me/second-factor/confirm", {"code": look.form.get("code", "")})
    values = {**carried(look), "factor": look.get("/me/second-factor"), "begun": None, "codes": done["recovery_codes"]}
    return Shown("second-factor.html", values)


def again(look: Look, refusal: Refusal) -> Shown:
    values: dict[str, Any] = {**carried(look), "factor": look.get("/me/second-factor"), "begun": None, "codes": None}
    return Shown("second-factor.html", {**values, "problem": look.problem(refusal)}, status=refusal.status)


def end(look: Look) -> Done:
    look.post("/me/second-factor", {"code": look.form.get("code", "")}, method="DELETE")
    return Done(HOME, "动态验证码已停用。", "The second factor is off.")


PAGES = (
    Page(HOME, account, "我的账号", "My account"),
    Page(f"{HOME}/unit", unit, "切换单位", "Switch the unit", method="POST"),
    Page(f"{HOME}/role", role, "切换角色", "Switch the role", method="POST"),
    Page(FACTOR, factor, "动态验证码", "Second factor"),
    Page(FACTOR, begin, "动态验证码", "Second factor", method="POST", again=again),
    Page(f"{FACTOR}/confirm", confirm, "确认动态验证码", "Confirm the second factor", method="POST", again=again),
    Page(f"{FACTOR}/end", end, "停用动态验证码", "Turn the second factor off", method="POST", again=again),
)
