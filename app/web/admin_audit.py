"""The auditor's trail and the administrator's overview: who did what, whether the histories hold, what was not delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Unseen
from app.web.look import Done, Look, Page, Shown

GOVERN = frozenset({"admin", "auditor", "security_officer"})
AUDITOR, WATCH, ADMIN = frozenset({"auditor"}), frozenset({"auditor", "admin"}), frozenset({"admin"})
HOME, CHAIN, FAILURES = "/audit", "/audit/chain", "/admin/failures"
TABS: Mapping[str, tuple[str, str]] = {"log": ("账号与机构日志", "Accounts and units"), "unmasking": ("查看隐藏信息", "What was unmasked")}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "sign_in": ("登录", "Signed in"), "sign_out": ("退出", "Signed out"), "add_user": ("新增人员", "Person added"),
    "grant_role": ("授予角色", "Role granted"), "revoke_role": ("收回角色", "Role taken"), "move_user": ("调动", "Moved"),
    "deactivate_user": ("离岗停用", "Deactivated"), "bar_user": ("锁定账号", "Barred"), "unlock_user": ("解锁账号", "Unlocked"),
    "reset_password": ("重置密码", "Password reset"), "change_password": ("修改密码", "Password changed"),
    "issue_token": ("签发令牌", "Token issued"), "revoke_token": ("撤销令牌", "Token revoked"), "set_policy": ("修改策略", "Policy set"),
    "add_unit": ("新增单位", "Unit added"), "confirm_unit": ("核定单位", "Unit confirmed"), "rename_unit": ("单位更名", "Unit renamed"),
    "move_unit": ("调整隶属", "Unit moved"), "merge_unit": ("单位合并", "Units merged"), "split_unit": ("单位拆分", "Unit split"),
    "close_unit": ("撤销单位", "Unit closed"), "apply_reorganisation": ("机构调整生效", "Reorganisation applied"),
    "cancel_reorganisation": ("撤回机构调整", "Reorganisation taken back"),
    "take_leave": ("请假", "Leave"), "end_leave": ("销假", "Leave ended"),
    "lend_role": ("转借角色", "Role lent"), "take_back_role": ("收回转借", "Lent role taken back"),
    "add_category": ("新增分类", "Category added"), "retire_category": ("停用分类", "Category retired"),
    "confirm_category": ("核定分类", "Category confirmed"), "import_boundaries": ("导入边界", "Boundaries imported"),
    "restore_boundaries": ("恢复边界", "Boundaries restored"), "withdraw_boundaries": ("停用边界", "Boundaries withdrawn"),
}  # fmt: skip


def overview(look: Look) -> Shown:
    failures = look.get("/notices/failures", {"limit": "20"})["items"] if look.has("admin") else []
    return Shown("admin/overview.html", {"state": look.get("/administration"), "failures": len(failures)})


def trail(look: Look) -> Shown:
    tab = look.args.get("tab", "log")
    if tab not in TABS:
        raise Unseen
    query = {name: look.args[name] for name in ("user", "cursor") if look.args.get(name)}
    page = look.get("/people-log", {"limit": "50", **query}) if tab == "log" else look.get("/unmaskings", {"limit": "50", **query})
    values: dict[str, Any] = {"tab": tab, "tabs": TABS, "rows": page["items"], "next": page["next"], "actions": ACTIONS}
    return Shown("admin/audit.html", values)


def chain(look: Look) -> Shown:
    return Shown("admin/chain.html", look.get("/audit/verifications"))


def runs(look: Look) -> Shown:
    return Shown("admin/chain-runs.html", look.get("/audit/verifications"))


def verify(look: Look) -> Done:
    look.post("/audit/verifications")
    return Done(CHAIN, "已开始校验；可以离开，结果会留在这里。", "The verification has begun; leave if you like, its result stays here.")


def failures(look: Look) -> Shown:
    query = {"limit": "50"} | ({"cursor": look.args["cursor"]} if look.args.get("cursor") else {})
    return Shown("admin/failures.html", look.get("/notices/failures", query))


def retry(look: Look, id: int) -> Done:
    look.post("/deliveries/{id}/retry", id=id)
    return Done(FAILURES, "已重新排队发送。", "It will be sent once more.")


def keys(look: Look) -> Shown:
    return Shown("admin/keys.html", look.get("/keys"))


PAGES = (
    Page("/admin", overview, "管理总览", "Overview", GOVERN, nav="admin", icon="layout-dashboard"),
    Page(HOME, trail, "审计日志", "Audit trail", AUDITOR, nav="admin", icon="list-search"),
    Page(CHAIN, chain, "历史校验", "Verification", WATCH, nav="admin", icon="link"),
    Page(f"{CHAIN}/runs", runs, "历史校验", "Verification", WATCH),
    Page(CHAIN, verify, "校验历史", "Verify", WATCH, method="POST"),
    Page(FAILURES, failures, "发送失败", "Not delivered", ADMIN, nav="admin", icon="mail-off"),
    Page(f"{FAILURES}/{{id}}", retry, "重新发送", "Send once more", ADMIN, method="POST"),
    Page("/admin/keys", keys, "密钥", "Keys", GOVERN),
)
