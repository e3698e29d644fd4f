"""What a machine can check of a reply, gate by gate: each finding says how grave it is and why; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from app.clock import local
from app.hotline.redaction import find
from app.hotline.review.points import answered, likeness, points_of, touched

# A reply is looked for among others only when it says something: a short one is like many.
LEAST_COMPARED: Final = 20
COPIED: Final = 0.9
SHORTEST: Final = 10
CUT: Final = 60
_DATED: Final = re.compile(
    r"\d{4}\s?[年./-]\s?\d{1,2}|\d{1,2}\s?月\s?\d{1,2}|\d{1,2}\s?月(?:份|底|初|中旬|上旬|下旬)|\d{1,2}\s?[日号]|[一二三四五六七八九十两\d]+\s?个?"
    r"(?:工作日|小时|天|周|星期|个月|月)[之以]?内|(?:本|下|上|这)(?:周|月|季度|年)|月底|年底|年内|今[天日年]|明[天日年]|昨[天日]|当[天日]|近日|季度|上午|下午"
)
_OFFICE: Final = re.compile(
    r"(?:我|本|贵|该|区|市|县|镇|乡)(?:局|委|办|街道|中心|单位|所|大队|支队|镇|乡|公司|院|校|社区|村)|[^结格布当全]局|"
    r"责任单位|主管部门|街道办|管委会|派出所"
)
KIND_WORDS: Final = {
    "phone": ("电话", "a telephone number"), "id_number": ("证件号", "an identity number"), "bank_card": ("银行卡号", "a bank card"),
    "email": ("邮箱", "an e-mail address"), "plate": ("车牌", "a number plate"), "wechat": ("微信号", "a WeChat name"),
    "qq": ("QQ号", "a QQ number"), "name": ("姓名", "a name"), "address": ("门牌", "somebody's door"),
}  # fmt: skip
CLOCK_WORDS: Final = {
    "handle_clock": ("late_submission", "fail", "提交答复晚于办理时限 {due}。", "The reply was submitted after the limit of {due}."),
    "first_contact_clock": ("late_contact", "warn", "先行联系晚于时限 {due}。", "The first contact came after its limit of {due}."),
    "interim_reply_clock": ("late_interim", "warn", "阶段性答复晚于时限 {due}。", "The interim reply came after its limit of {due}."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity` is info, warn or fail; `about` quotes the words it is about."""

    gate: str
    code: str
    severity: str
    zh: str
    en: str
    about: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "about": list(self.about)}


@dataclass(frozen=True, slots=True)
class Kept:
    """A limit of the share under review and whether it was kept."""

    name: str
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class Reviewed:
    """`reply` holds the fields of the reply; `earlier` the replies of earlier rounds of this ticket, `elsewhere` how many other recent
    tickets were answered in the same words; `phrases` what the pack says, by use."""

    demand: str
    reply: Mapping[str, Any]
    kept: tuple[Kept, ...] = ()
    earlier: tuple[str, ...] = ()
    elsewhere: int = 0
    units: frozenset[str] = frozenset()
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.reply.get("reply_text") or "")

    def says(self, use: str) -> list[str]:
        return [phrase for phrase in self.phrases.get(use, ()) if phrase in self.text]


def findings_on(reviewed: Reviewed) -> list[Finding]:
    checks = (time_kept, points_answered, copied, empty_phrases, length, named, public_data, contact, unsolved, outcome)
    return [finding for check in checks for finding in check(reviewed)]


def time_kept(reviewed: Reviewed) -> Iterator[Finding]:
    for kept in reviewed.kept:
        if kept.late and kept.name in CLOCK_WORDS:
            code, severity, zh, en = CLOCK_WORDS[kept.name]
            due = f"{local(kept.due_at):%Y-%m-%d %H:%M}"
            yield Finding("time", code, severity, zh.format(due=due), en.format(due=due))


def points_answered(reviewed: Reviewed) -> Iterator[Finding]:
    """A reply that touches none of several points fails; some left out are for the reviewer to see."""
    points = points_of(reviewed.demand)
    left = [point for point in points if not answered(point, reviewed.text)]
    if not left:
        return
    severity = "fail" if len(points) >= 2 and not any(touched(point, reviewed.text) for point in points) else "warn"
    yield Finding(
        "quality", "points_unanswered", severity, f"诉求共 {len(points)} 点，答复中找不到对应内容的有 {len(left)} 点。",
        f"Of {len(points)} points of the demand {len(left)} find nothing in the reply.", tuple(point.text[:CUT] for point in left),
    )  # fmt: skip


def copied(reviewed: Reviewed) -> Iterator[Finding]:
    if len(reviewed.text) < LEAST_COMPARED:
        return
    if any(likeness(reviewed.text, text) >= COPIED for text in reviewed.earlier):
        yield Finding("quality", "copy_of_earlier", "fail", "与上一轮的答复雷同。", "It is a copy of the reply of an earlier round.")
    if reviewed.elsewhere:
        yield Finding(
            "quality", "same_elsewhere", "warn", f"近期另有 {reviewed.elsewhere} 件工单用了完全相同的答复。",
            f"{reviewed.elsewhere} other recent tickets were answered in the very same words.",
        )  # fmt: skip


def empty_phrases(reviewed: Reviewed) -> Iterator[Finding]:
    """A phrase that only passes the matter on, where no word tells what came of it."""
    empty = reviewed.says("empty")
    if empty and not reviewed.says("result"):
        en = "It says that the matter was passed on, and no result."
        yield Finding("quality", "empty_phrases", "fail", "只说已转办，没有办理结果。", en, tuple(empty))


def length(reviewed: Reviewed) -> Iterator[Finding]:
    if len(reviewed.text.strip()) < SHORTEST:
        yield Finding("quality", "too_short", "warn", f"答复不足 {SHORTEST} 个字。", f"The reply has fewer than {SHORTEST} characters.")


def named(reviewed: Reviewed) -> Iterator[Finding]:
    if not _OFFICE.search(reviewed.text) and not reviewed.says("unit") and not any(unit in reviewed.text for unit in reviewed.units):
        yield Finding("reply", "no_unit", "warn", "答复没有写明责任单位。", "No responsible unit is named.")
    if not _DATED.search(reviewed.text):
        yield Finding("reply", "no_date", "warn", "答复没有写明时间。", "No date or time is named.")


def public_data(reviewed: Reviewed) -> Iterator[Finding]:
    """An office's landline may be told to everybody; a mobile number is somebody's."""
    spans = find(str(reviewed.reply.get("public_reply") or ""))
    kinds = {span.kind for span in spans if span.kind != "phone" or span.value.removeprefix("86")[:1] == "1"}
    if kinds:
        zh, en = ("、".join(KIND_WORDS[kind][0] for kind in sorted(kinds)), ", ".join(KIND_WORDS[kind][1] for kind in sorted(kinds)))
        yield Finding("reply", "personal_data", "fail", f"公开答复中有个人信息：{zh}。", f"The public reply tells {en}.")


def contact(reviewed: Reviewed) -> Iterator[Finding]:
    if reviewed.reply.get("contacted") is None:
        yield Finding("reply", "contact_unknown", "warn", "没有登记是否联系诉求人。", "Whether the citizen was contacted is not recorded.")
    elif not reviewed.reply["contacted"]:
        yield Finding("reply", "not_contacted", "info", "未联系诉求人，理由见答复。", "The citizen was not contacted; the reply says why.")


def unsolved(reviewed: Reviewed) -> Iterator[Finding]:
    if reviewed.reply.get("outcome") not in ("unsolved", "partly"):
        return
    words = f"{reviewed.text}{reviewed.reply.get('unsolved_reason') or ''}"
    planned = any(phrase in words for phrase in reviewed.phrases.get("plan", ()))
    if planned and _DATED.search(words):
        return
    severity = "warn" if planned or _DATED.search(words) else "fail"
    yield Finding(
        "implementation", "unsolved_without_plan", severity, "问题未（全部）解决，答复没有写明下一步计划或者时间。",
        "It is not (wholly) solved, and the reply lacks what comes next or by when.",
    )  # fmt: skip


def outcome(reviewed: Reviewed) -> Iterator[Finding]:
    unfinished = reviewed.says("unfinished")
    if reviewed.reply.get("outcome") == "solved" and unfinished and not reviewed.says("result"):
        yield Finding(
            "implementation", "outcome_contradicted", "fail", "办理结果填“已解决”，答复却说还在办理。",
            "The outcome says solved, the words say that it is still going on.", tuple(unfinished),
        )  # fmt: skip
