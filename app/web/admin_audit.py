"""The auditor's trail and the administrator's overview: who did what, whether the histories hold, what was not delivered."""

from __future__ import annotations

from collections.abc import Mapping

from app.api.audits import EVENTS
from app.errors import Unseen
from app.web.look import Done, Look, Page, Shown

GOVERN = frozenset({"admin", "auditor", "security_officer"})
AUDITOR, WATCH, ADMIN = frozenset({"auditor"}), frozenset({"auditor", "admin"}), frozenset({"admin"})
HOME, CHAIN, FAILURES = "/audit", "/audit/chain", "/admin/failures"
# What each tab asks: its door, its words, and which of the address's filters go along.
TABS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "log": ("/people-log", "账号与机构日志", "Accounts and units", ("user", "action", "success")),
    "unmasking": ("/unmaskings", "查看隐藏信息", "What was unmasked", ("user",)),
    "files": ("/file-log", "附件查看与删除", "Files", ("event",)),
}
# What the log of people, units and reference data knows, as codes.
ACTIONS = (
    "sign_in", "sign_out", "switch_unit", "switch_role", "keep_on_wall", "add_user", "grant_role", "revoke_role", "move_user",
    "deactivate_user",
    "bar_user", "unlock_user", "reset_password", "change_password", "begin_second_factor", "confirm_second_factor", "end_second_factor",
    "reset_second_factor", "issue_token", "revoke_token", "set_policy", "take_leave", "end_leave", "lend_role", "take_back_role",
    "add_unit", "confirm_unit", "rename_unit", "move_unit", "merge_unit", "split_unit", "close_unit", "apply_reorganisation",
    "cancel_reorganisation", "add_category", "retire_category", "confirm_category", "import_boundaries", "restore_boundaries",
    "withdraw_boundaries", "answer_for_boundary", "export_tickets", "give_demo_password",
)  # fmt: skip


def overview(look: Look) -> Shown:
    failures = look.get("/notices/failures", {"limit": "20"})["items"] if look.has("admin") else []
    return Shown("admin/overview.html", {"state": look.get("/administration"), "failures": len(failures)})


def trail(look: Look) -> Shown:
    tab = look.args.get("tab", "log")
    if tab not in TABS:
        raise Unseen
    door, _, _, filters = TABS[tab]
    query = {name: look.args[name] for name in (*filters, "cursor") if look.args.get(name)}
    page = look.get(door, {"limit": "50", **query})
    values = {"tab": tab, "tabs": TABS, "rows": page["items"], "next": page["next"], "actions": ACTIONS, "events": EVENTS}
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
